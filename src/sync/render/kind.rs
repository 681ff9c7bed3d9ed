//! What a field of the catalog takes: a JSON Schema property, compiled once per stream.
//! It owns the reading of types and formats; how a value is written as one is `value`'s and `nested`'s.

use crate::singer::selection::DESELECTED;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What a value is written as. Null is always allowed: whether a key may be null is the row's matter.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Any text; a number, a boolean or nested JSON that arrives becomes its own text.
    Text,
    /// A JSON number with the digits of the API.
    Number,
    /// A JSON number without a fraction.
    Integer,
    /// `true` or `false`, also from 0, 1 and text.
    Boolean,
    /// RFC 3339 with a `Z`.
    DateTime,
    /// `YYYY-MM-DD`.
    Date,
    /// An object, an array, or either.
    Nested(Nested),
    /// Several types at once, or none named: the value as the API sent it, if its JSON type is among them.
    Mixed(Types, Nested),
}

/// What is known of the inside of a nested value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nested {
    /// Whether an object is allowed, whether an array is.
    pub object: bool,
    /// See `object`.
    pub array: bool,
    /// Declared properties of the object, by their JSON key with its quotes; `None` for a deselected one.
    pub properties: HashMap<Box<str>, Option<Kind>>,
    /// The kind of the array's items.
    pub items: Option<Box<Kind>>,
}

/// The scalar JSON types that a mixed field allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Types {
    /// `string` is allowed.
    pub string: bool,
    /// `number` or `integer` is allowed.
    pub number: bool,
    /// `boolean` is allowed.
    pub boolean: bool,
}

impl Kind {
    /// Compiles one property. A schema without a type, or with `anyOf`, allows everything.
    #[must_use]
    pub fn of(schema: &Value) -> Self {
        let names = type_names(schema);
        let has = |name: &str| names.contains(&name);
        let nested = Nested::of(schema, has("object"), has("array"));
        let scalars = names.iter().filter(|n| !matches!(**n, "object" | "array" | "null")).count();
        if names.iter().all(|n| *n == "null") {
            let all = Types { string: true, number: true, boolean: true };
            return Kind::Mixed(all, Nested { object: true, array: true, ..nested });
        }
        match (scalars, nested.object || nested.array) {
            (0, _) => Kind::Nested(nested),
            (1, false) if has("string") => match schema.get("format").and_then(Value::as_str) {
                Some("date-time") => Kind::DateTime,
                Some("date") => Kind::Date,
                _ => Kind::Text,
            },
            (1, false) if has("integer") => Kind::Integer,
            (1, false) if has("boolean") => Kind::Boolean,
            (1, false) if has("number") => Kind::Number,
            (2, false) if has("number") && has("integer") => Kind::Number,
            _ => {
                let types = Types { string: has("string"), number: has("number") || has("integer"), boolean: has("boolean") };
                Kind::Mixed(types, nested)
            }
        }
    }

    /// Whether the kind is plain text, for which a narrower kind of the stream's own schema may stand in.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Kind::Text)
    }
}

impl Nested {
    fn of(schema: &Value, object: bool, array: bool) -> Self {
        let properties = schema.get("properties").and_then(Value::as_object).map(properties).unwrap_or_default();
        let items = schema.get("items").filter(|i| i.is_object()).map(|i| Box::new(Kind::of(i)));
        Nested { object, array, properties, items }
    }
}

fn properties(declared: &Map<String, Value>) -> HashMap<Box<str>, Option<Kind>> {
    declared
        .iter()
        .map(|(name, schema)| {
            let kind = if schema.get(DESELECTED).is_some() { None } else { Some(Kind::of(schema)) };
            (Value::from(name.as_str()).to_string().into_boxed_str(), kind)
        })
        .collect()
}

fn type_names(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_the_types_of_taps_and_of_people() {
        let kind = |schema: Value| Kind::of(&schema);
        assert_eq!(kind(json!({"type": ["null", "string"]})), Kind::Text);
        assert_eq!(kind(json!({"type": "string", "format": "date-time"})), Kind::DateTime);
        assert_eq!(kind(json!({"type": ["string", "null"], "format": "date"})), Kind::Date);
        assert_eq!(kind(json!({"type": ["null", "integer"]})), Kind::Integer);
        assert_eq!(kind(json!({"type": ["null", "integer", "number"]})), Kind::Number);
        assert!(matches!(kind(json!({})), Kind::Mixed(types, _) if types.string && types.number));
        assert!(
            matches!(kind(json!({"type": ["array", "string", "null"]})), Kind::Mixed(types, n) if types.string && n.array && !n.object)
        );
        let Kind::Nested(nested) = kind(json!({"type": ["null", "array"], "items": {"type": "string"}})) else {
            panic!("an array is nested")
        };
        assert_eq!(nested.items.as_deref(), Some(&Kind::Text));
    }
}

//! What a field of the catalog takes: a JSON Schema property, compiled once per stream. It owns the
//! reading of types and formats; how a value is written as one is `value`'s and `nested`'s.

use foldhash::fast::FixedState;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Marks a nested property that is not delivered, in a schema that [`Kind::of`] compiles.
pub const DESELECTED: &str = "x-deselected";

/// What a value is written as. Null is always allowed: whether a key may be null is the row's
/// matter.
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
    /// Several types at once, or none named: the value as the API sent it if its JSON type is among
    /// them, else as one that is. Without any type, only null is allowed.
    Mixed(Types, Nested),
}

/// What is known of the inside of a nested value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nested {
    /// Whether an object is allowed, whether an array is.
    pub object: bool,
    /// See `object`.
    pub array: bool,
    /// Declared properties of the object, by their JSON key with its quotes; `None` for a
    /// deselected one.
    pub properties: HashMap<Box<str>, Option<Kind>, FixedState>,
    /// The kind of the array's items.
    pub items: Option<Box<Kind>>,
}

/// The scalar JSON types that a mixed field allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Types {
    /// Whether `string` is allowed, and of what form.
    pub string: Option<Form>,
    /// `number` is allowed, or only `integer`.
    pub number: Option<Digits>,
    /// `boolean` is allowed.
    pub boolean: bool,
}

/// What strings a mixed field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any.
    Any,
    /// Times, as of [`Kind::DateTime`].
    DateTime,
    /// Dates, as of [`Kind::Date`].
    Date,
}

/// What numbers a mixed field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// Any.
    Any,
    /// Whole ones.
    Whole,
}

impl Kind {
    /// Compiles one property, in the plain form of `singer::shape`. A schema without a type allows
    /// everything.
    pub fn of(schema: &Value) -> Self {
        let all = ["string", "number", "boolean", "object", "array"];
        let names = type_names(schema).unwrap_or_else(|| all.to_vec());
        let has = |name: &str| names.contains(&name);
        let nested = Nested::of(schema, has("object"), has("array"));
        let form = match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => Form::DateTime,
            Some("date") => Form::Date,
            _ => Form::Any,
        };
        let number =
            if has("number") { Some(Digits::Any) } else { has("integer").then_some(Digits::Whole) };
        let types =
            Types { string: has("string").then_some(form), number, boolean: has("boolean") };
        match (types, nested.object || nested.array) {
            (Types { string: None, number: None, boolean: false }, true) => Kind::Nested(nested),
            (Types { string: Some(form), number: None, boolean: false }, false) => match form {
                Form::DateTime => Kind::DateTime,
                Form::Date => Kind::Date,
                Form::Any => Kind::Text,
            },
            (Types { string: None, number: Some(Digits::Any), boolean: false }, false) => {
                Kind::Number
            }
            (Types { string: None, number: Some(Digits::Whole), boolean: false }, false) => {
                Kind::Integer
            }
            (Types { string: None, number: None, boolean: true }, false) => Kind::Boolean,
            _ => Kind::Mixed(types, nested),
        }
    }

    /// Whether the kind is plain text, for which a narrower kind of the stream's own schema may
    /// stand in.
    pub fn is_text(&self) -> bool {
        matches!(self, Kind::Text)
    }
}

impl Nested {
    fn of(schema: &Value, object: bool, array: bool) -> Self {
        let properties =
            schema.get("properties").and_then(Value::as_object).map(properties).unwrap_or_default();
        let items = schema.get("items").filter(|i| i.is_object()).map(|i| Box::new(Kind::of(i)));
        Nested { object, array, properties, items }
    }
}

fn properties(declared: &Map<String, Value>) -> HashMap<Box<str>, Option<Kind>, FixedState> {
    declared
        .iter()
        .map(|(name, schema)| {
            let kind = if schema.get(DESELECTED).is_some() { None } else { Some(Kind::of(schema)) };
            (Value::from(name.as_str()).to_string().into_boxed_str(), kind)
        })
        .collect()
}

fn type_names(schema: &Value) -> Option<Vec<&str>> {
    match schema.get("type")? {
        Value::String(one) => Some(vec![one]),
        Value::Array(many) => Some(many.iter().filter_map(Value::as_str).collect()),
        _ => None,
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
        assert!(
            matches!(kind(json!({})), Kind::Mixed(types, n) if types.string == Some(Form::Any) && types.boolean && n.object)
        );
        assert_eq!(kind(json!({"type": "null"})), Kind::Mixed(Types::default(), Nested::default()));
        let Kind::Mixed(types, nested) =
            kind(json!({"type": ["array", "string", "null", "integer"], "format": "date-time"}))
        else {
            panic!("several types")
        };
        assert_eq!((types.string, types.number), (Some(Form::DateTime), Some(Digits::Whole)));
        assert!(nested.array && !nested.object);
        let Kind::Nested(nested) =
            kind(json!({"type": ["null", "array"], "items": {"type": "string"}}))
        else {
            panic!("an array is nested")
        };
        assert_eq!(nested.items.as_deref(), Some(&Kind::Text));
    }
}

//! The kinds of fields: properties of a JSON Schema, compiled once per stream into the form that
//! rendering needs. `value` and `nested` write values as one of these kinds.

use foldhash::fast::FixedState;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Marks a nested property that is not delivered, in a schema that [`Kind::of`] compiles.
pub(crate) const DESELECTED: &str = "x-deselected";

/// The type as which a value is written. Null is always allowed; rows with a null key are handled
/// in `rows`.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Text. A number, a boolean or nested JSON becomes its JSON text.
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
    /// Several types, or none named. A value keeps its JSON type if that is allowed, and is
    /// converted to an allowed one otherwise. Without any type, only null is allowed.
    Mixed(Types, Nested),
}

/// The declared inside of an object or an array.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nested {
    /// Whether an object is allowed.
    pub object: bool,
    /// Whether an array is allowed.
    pub array: bool,
    /// The declared properties of an object, by name with its JSON quotes. `None` stands for a
    /// deselected property.
    pub properties: HashMap<Box<str>, Option<Kind>, FixedState>,
    /// The kind of the items of an array.
    pub items: Option<Box<Kind>>,
}

/// The scalar JSON types that a mixed field allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Types {
    /// Whether `string` is allowed, and in which form.
    pub string: Option<Form>,
    /// Whether `number` or only `integer` is allowed.
    pub number: Option<Digits>,
    /// Whether `boolean` is allowed.
    pub boolean: bool,
}

/// The strings that a mixed field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Any,
    /// Times like those of [`Kind::DateTime`].
    DateTime,
    /// Dates like those of [`Kind::Date`].
    Date,
}

/// The numbers that a mixed field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// Any number.
    Any,
    /// Whole numbers.
    Whole,
}

impl Kind {
    /// Compiles a property in the plain form of `singer::shape`. Without a type, a schema allows
    /// everything.
    pub(crate) fn of(schema: &Value) -> Self {
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

    /// Whether the kind is text. The schema of the stream may then suggest a more specific kind.
    pub(crate) fn is_text(&self) -> bool {
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
    fn types_are_read_as_taps_and_users_write_them() {
        let kind = |schema: Value| Kind::of(&schema);
        assert_eq!(kind(json!({"type": ["null", "string"]})), Kind::Text);
        assert_eq!(kind(json!({"type": "string", "format": "date-time"})), Kind::DateTime);
        assert_eq!(kind(json!({"type": ["string", "null"], "format": "date"})), Kind::Date);
        assert_eq!(kind(json!({"type": ["null", "integer"]})), Kind::Integer);
        assert_eq!(kind(json!({"type": ["null", "integer", "number"]})), Kind::Number);
        let Kind::Mixed(types, nested) = kind(json!({})) else { panic!("all types") };
        assert!(types.string == Some(Form::Any) && types.boolean && nested.object);
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

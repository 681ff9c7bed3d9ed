//! Writes one value of the API as the kind that the catalog gives its field, and decides which
//! values become null and which do not fit. Objects and arrays are written in `nested`.

use super::kind::{Digits, Form, Kind, Nested, Types};
use super::nested::{push_as_text, push_nested};
use super::{date, text};
use crate::json::scan::is_not_finite;

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// It was written.
    Value,
    /// `null` was written because the API sent no value: null, or, except in text fields, `-`,
    /// empty text or a zero date.
    Null,
    /// `null` was written because the value does not fit the type of its field.
    Misfit,
}

/// Appends `raw`, a valid JSON value without white space around it, as `kind`.
pub(super) fn push_value(kind: &Kind, raw: &str, out: &mut Vec<u8>) -> Written {
    if raw == "null" {
        return push_null(Written::Null, out);
    }
    match kind {
        _ if is_not_finite(raw) => push_null(Written::Misfit, out),
        Kind::Text => push_text(raw, out),
        Kind::Number => push_or_nothing(inner(raw), text::push_number, out),
        Kind::Integer => push_or_nothing(inner(raw), text::push_integer, out),
        Kind::Boolean => match boolean(inner(raw)) {
            Some(truth) => push_bytes(truth, out),
            None => push_nothing(inner(raw), out),
        },
        Kind::DateTime => push_time(inner(raw), date::push_date_time, out),
        Kind::Date => push_time(inner(raw), date::push_date, out),
        Kind::Nested(nested) => match raw.as_bytes()[0] {
            b'{' | b'[' => push_nested(nested, raw, out),
            _ => push_nothing(inner(raw), out),
        },
        Kind::Mixed(types, nested) => push_mixed(*types, nested, raw, out),
    }
}

fn push_text(raw: &str, out: &mut Vec<u8>) -> Written {
    match raw.as_bytes()[0] {
        b'"' => text::push_string(raw, out),
        b'{' | b'[' => return push_as_text(raw, out),
        _ => push_in_quotes(raw, out),
    }
    Written::Value
}

/// Keeps the JSON type of a value if that is allowed. Otherwise the value is converted to the first
/// of these types that is allowed and fits: a number, a boolean, a time, text.
fn push_mixed(types: Types, nested: &Nested, raw: &str, out: &mut Vec<u8>) -> Written {
    let inside = inner(raw);
    match raw.as_bytes()[0] {
        b'"' if types.string == Some(Form::Any) => text::push_string(raw, out),
        b'{' if nested.object => return push_nested(nested, raw, out),
        b'[' if nested.array => return push_nested(nested, raw, out),
        b'{' | b'[' if types.string == Some(Form::Any) => return push_as_text(raw, out),
        b'{' | b'[' => return push_null(Written::Misfit, out),
        b't' | b'f' if types.boolean => out.extend_from_slice(raw.as_bytes()),
        first => {
            let is_text = first == b'"';
            if is_text && types.string.is_some() && date::is_zero(inside) {
                return push_null(Written::Null, out);
            }
            let time = match types.string {
                Some(Form::DateTime) => date::push_date_time,
                Some(Form::Date) => date::push_date,
                _ => |_: &str, _: &mut Vec<u8>| None,
            };
            let number = match types.number {
                Some(Digits::Any) => text::push_number,
                Some(Digits::Whole) => text::push_integer,
                None => |_: &str, _: &mut Vec<u8>| None,
            };
            // Text is tried as a time first. A number is a time only if numbers are not allowed.
            let written =
                is_text.then(|| time(inside, out)).flatten().or_else(|| number(inside, out));
            let truth = boolean(inside).filter(|_| types.boolean);
            if written
                .or_else(|| truth.map(|truth| out.extend_from_slice(truth)))
                .or_else(|| time(inside, out))
                .is_none()
            {
                match types.string {
                    Some(Form::Any) => {}
                    Some(_) if date::is_zero(inside) => return push_null(Written::Null, out),
                    _ => return push_nothing(inside, out),
                }
                push_in_quotes(raw, out);
            }
        }
    }
    Written::Value
}

fn push_time(
    inside: &str,
    push: fn(&str, &mut Vec<u8>) -> Option<()>,
    out: &mut Vec<u8>,
) -> Written {
    if date::is_zero(inside) {
        return push_null(Written::Null, out);
    }
    match push(inside, out) {
        Some(()) => Written::Value,
        None => push_null(Written::Misfit, out),
    }
}

/// The text between the quotes of a string, or the value itself. Escapes stay, because numbers,
/// booleans and times need none.
fn inner(raw: &str) -> &str {
    raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')).unwrap_or(raw)
}

fn boolean(inside: &str) -> Option<&'static [u8]> {
    match inside {
        "1" => Some(b"true"),
        "0" => Some(b"false"),
        _ if inside.eq_ignore_ascii_case("true") => Some(b"true"),
        _ if inside.eq_ignore_ascii_case("false") => Some(b"false"),
        // Some programs print every number as a float.
        "1.0" => Some(b"true"),
        "0.0" => Some(b"false"),
        _ => None,
    }
}

/// Whether this is how TikTok sends no value: `-` in metrics, empty text in times.
fn is_nothing(inside: &str) -> bool {
    matches!(inside, "-" | "")
}

fn push_or_nothing(
    inside: &str,
    push: fn(&str, &mut Vec<u8>) -> Option<()>,
    out: &mut Vec<u8>,
) -> Written {
    match push(inside, out) {
        Some(()) => Written::Value,
        None => push_nothing(inside, out),
    }
}

fn push_nothing(inside: &str, out: &mut Vec<u8>) -> Written {
    push_null(if is_nothing(inside) { Written::Null } else { Written::Misfit }, out)
}

pub(super) fn push_null(why: Written, out: &mut Vec<u8>) -> Written {
    out.extend_from_slice(b"null");
    why
}

fn push_in_quotes(plain: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(plain.as_bytes());
    out.push(b'"');
}

fn push_bytes(bytes: &[u8], out: &mut Vec<u8>) -> Written {
    out.extend_from_slice(bytes);
    Written::Value
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(schema: &serde_json::Value, raw: &str) -> (String, Written) {
        let mut out = Vec::new();
        let written = push_value(&Kind::of(schema), raw, &mut out);
        (String::from_utf8(out).expect("text"), written)
    }

    #[test]
    fn values_keep_their_digits_and_missing_ones_become_null() {
        let number = json!({"type": ["null", "number"]});
        let integer = json!({"type": ["null", "integer"]});
        let boolean = json!({"type": ["null", "boolean"]});
        let string = json!({"type": ["null", "string"]});
        let time = json!({"type": ["null", "string"], "format": "date-time"});
        let object = json!({"type": ["null", "object"]});
        for (schema, raw, want, how) in [
            (&number, r#""12.50""#, "12.50", Written::Value),
            (&number, "12345678901234.123456", "12345678901234.123456", Written::Value),
            (&number, r#""-""#, "null", Written::Null),
            (&number, r#""<5""#, "null", Written::Misfit),
            (&number, "[1]", "null", Written::Misfit),
            (&number, "1e-7", "1e-7", Written::Value),
            (&number, r#""1e400""#, "null", Written::Misfit),
            (&number, "NaN", "null", Written::Misfit),
            (&integer, "-Infinity", "null", Written::Misfit),
            (&string, "Infinity", "null", Written::Misfit),
            (&string, r#""NaN""#, r#""NaN""#, Written::Value),
            (&string, "[NaN]", r#""[null]""#, Written::Misfit),
            (&integer, r#""9.18E+09""#, "9180000000", Written::Value),
            (&integer, "1e5", "100000", Written::Value),
            (&integer, "-0", "0", Written::Value),
            (&integer, "1e99", "null", Written::Misfit),
            (&object, r#""""#, "null", Written::Null),
            (&object, r#""-""#, "null", Written::Null),
            (&object, r#""x""#, "null", Written::Misfit),
            (&object, r#"{"a":NaN}"#, r#"{"a":null}"#, Written::Misfit),
            (&time, r#""9999-12-31T23:59:59-08:00""#, "null", Written::Misfit),
            (&number, "true", "null", Written::Misfit),
            (&integer, r#""20.000""#, "20", Written::Value),
            (&integer, r#""20.5""#, "null", Written::Misfit),
            (&integer, r#""-""#, "null", Written::Null),
            (&boolean, "0", "false", Written::Value),
            (&boolean, "1.0", "true", Written::Value),
            (&boolean, r#""True""#, "true", Written::Value),
            (&boolean, r#""ON""#, "null", Written::Misfit),
            (&string, r#""-""#, r#""-""#, Written::Value),
            (&string, r#""""#, r#""""#, Written::Value),
            (&string, "7012341234123412345", r#""7012341234123412345""#, Written::Value),
            (&string, "null", "null", Written::Null),
            (&string, "[1, \"a\"]", r#""[1,\"a\"]""#, Written::Value),
            (&time, r#""2026-07-12 00:00:00""#, r#""2026-07-12T00:00:00Z""#, Written::Value),
            (&time, r#""0000-00-00 00:00:00""#, "null", Written::Null),
            (&time, r#""soon""#, "null", Written::Misfit),
        ] {
            assert_eq!(written(schema, raw), (want.to_owned(), how), "{raw} as {schema}");
        }
    }

    #[test]
    fn a_field_of_several_types_accepts_each_of_them() {
        let either = json!({"type": ["null", "string", "number"]});
        assert_eq!(written(&either, r#""5""#).0, r#""5""#);
        assert_eq!(written(&either, "5").0, "5");
        assert_eq!(written(&either, "true").0, r#""true""#);
        assert_eq!(written(&json!({}), "{ }").0, "{}");
        let numbers = json!({"type": ["boolean", "number"]});
        assert_eq!(written(&numbers, r#""5""#).0, "5");
        assert_eq!(written(&numbers, r#""x""#), ("null".to_owned(), Written::Misfit));
        let null = json!({"type": "null"});
        let many = |types: &[&str]| json!({"type": types});
        let time = |types: &[&str]| json!({"type": types, "format": "date-time"});
        for (schema, raw, want, how) in [
            (&many(&["null", "integer", "boolean"]), "1.5", "null", Written::Misfit),
            (&many(&["null", "integer", "boolean"]), r#""true""#, "true", Written::Value),
            (&many(&["null", "array", "boolean"]), "0", "false", Written::Value),
            (&many(&["null", "integer", "string"]), "1.5", r#""1.5""#, Written::Value),
            (&many(&["null", "integer", "string"]), "1e2", "100", Written::Value),
            (&many(&["null", "integer", "array"]), r#""2.5""#, "null", Written::Misfit),
            (&many(&["null", "integer", "array"]), r#""2""#, "2", Written::Value),
            (&many(&["null", "integer", "array"]), r#""-""#, "null", Written::Null),
            (&many(&["null", "number", "string"]), "1e999", r#""1e999""#, Written::Value),
            (&many(&["null", "number", "string"]), "NaN", "null", Written::Misfit),
            (
                &time(&["null", "string", "integer"]),
                r#""2026-01-01 00:00:00""#,
                r#""2026-01-01T00:00:00Z""#,
                Written::Value,
            ),
            (&time(&["null", "string", "integer"]), "1671432089", "1671432089", Written::Value),
            (&time(&["null", "string", "integer"]), r#""""#, "null", Written::Null),
            (&time(&["null", "string", "integer"]), r#""soon""#, "null", Written::Misfit),
            (
                &time(&["null", "string", "object"]),
                "1671432089",
                r#""2022-12-19T06:41:29Z""#,
                Written::Value,
            ),
            (&time(&["null", "string", "object"]), "[1]", "null", Written::Misfit),
            (&null, "1", "null", Written::Misfit),
            (&null, r#""x""#, "null", Written::Misfit),
        ] {
            assert_eq!(written(schema, raw), (want.to_owned(), how), "{raw} as {schema}");
        }
    }
}

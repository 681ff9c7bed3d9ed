//! One value of the API, written as the kind that the catalog gives its field. It owns what becomes null and what does
//! not fit; nested values are walked in `nested`.

use super::kind::{Kind, Nested, Types};
use super::nested::{push_as_text, push_nested};
use super::{date, text};

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// It was written.
    Value,
    /// `null` was written, because the API had nothing: null, and in fields that are no text also `-`, empty text and zero dates.
    Null,
    /// `null` was written, because the value does not fit the field's type.
    Misfit,
}

/// Appends `raw`, a valid JSON value without white space around it, as `kind`.
pub(super) fn push_value(kind: &Kind, raw: &str, out: &mut Vec<u8>) -> Written {
    if raw == "null" {
        return push_null(Written::Null, out);
    }
    match kind {
        Kind::Text => push_text(raw, out),
        Kind::Number => match inner(raw) {
            number if text::is_number(number.as_bytes()) => push_bytes(number.as_bytes(), out),
            other => push_nothing(other, out),
        },
        Kind::Integer => match inner(raw) {
            other if is_nothing(other) => push_null(Written::Null, out),
            number => match text::integer(number.as_bytes()) {
                Some(digits) => push_bytes(digits, out),
                None => push_null(Written::Misfit, out),
            },
        },
        Kind::Boolean => match boolean(inner(raw)) {
            Some(truth) => push_bytes(truth, out),
            None => push_nothing(inner(raw), out),
        },
        Kind::DateTime => push_time(inner(raw), date::push_date_time, out),
        Kind::Date => push_time(inner(raw), date::push_date, out),
        Kind::Nested(nested) => match raw.as_bytes()[0] {
            b'{' | b'[' => push_nested(nested, raw, out),
            _ => push_null(Written::Misfit, out),
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

fn push_mixed(types: Types, nested: &Nested, raw: &str, out: &mut Vec<u8>) -> Written {
    let inside = inner(raw);
    match raw.as_bytes()[0] {
        b'"' if types.string => text::push_string(raw, out),
        b'"' if types.number && text::is_number(inside.as_bytes()) => out.extend_from_slice(inside.as_bytes()),
        b'"' if types.boolean && boolean(inside).is_some() => out.extend_from_slice(boolean(inside).unwrap_or(b"null")),
        b'"' => return push_nothing(inside, out),
        b'{' if nested.object => return push_nested(nested, raw, out),
        b'[' if nested.array => return push_nested(nested, raw, out),
        b'{' | b'[' if types.string => return push_as_text(raw, out),
        b't' | b'f' if types.boolean => out.extend_from_slice(raw.as_bytes()),
        b'-' | b'0'..=b'9' if types.number => out.extend_from_slice(raw.as_bytes()),
        b'{' | b'[' => return push_null(Written::Misfit, out),
        _ if types.string => push_in_quotes(raw, out),
        _ => return push_null(Written::Misfit, out),
    }
    Written::Value
}

fn push_time(inside: &str, push: fn(&str, &mut Vec<u8>) -> Option<()>, out: &mut Vec<u8>) -> Written {
    if date::is_zero(inside) {
        return push_null(Written::Null, out);
    }
    match push(inside, out) {
        Some(()) => Written::Value,
        None => push_null(Written::Misfit, out),
    }
}

/// The text between the quotes of a string, or the value itself. Escapes stay: nothing that a number, a boolean or a
/// time is made of needs one.
fn inner(raw: &str) -> &str {
    raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')).unwrap_or(raw)
}

fn boolean(inside: &str) -> Option<&'static [u8]> {
    match inside {
        "1" => Some(b"true"),
        "0" => Some(b"false"),
        _ if inside.eq_ignore_ascii_case("true") => Some(b"true"),
        _ if inside.eq_ignore_ascii_case("false") => Some(b"false"),
        _ => None,
    }
}

/// TikTok returns `-` for a metric without a value, and empty text for a time that was never set.
fn is_nothing(inside: &str) -> bool {
    matches!(inside, "-" | "")
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
    fn values_keep_their_digits_and_lose_what_is_nothing() {
        let number = json!({"type": ["null", "number"]});
        let integer = json!({"type": ["null", "integer"]});
        let boolean = json!({"type": ["null", "boolean"]});
        let string = json!({"type": ["null", "string"]});
        let time = json!({"type": ["null", "string"], "format": "date-time"});
        for (schema, raw, want, how) in [
            (&number, r#""12.50""#, "12.50", Written::Value),
            (&number, "12345678901234.123456", "12345678901234.123456", Written::Value),
            (&number, r#""-""#, "null", Written::Null),
            (&number, r#""<5""#, "null", Written::Misfit),
            (&number, "[1]", "null", Written::Misfit),
            (&number, "true", "null", Written::Misfit),
            (&integer, r#""20.000""#, "20", Written::Value),
            (&integer, r#""20.5""#, "null", Written::Misfit),
            (&integer, r#""-""#, "null", Written::Null),
            (&boolean, "0", "false", Written::Value),
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
    fn several_types_take_what_they_name() {
        let either = json!({"type": ["null", "string", "number"]});
        assert_eq!(written(&either, r#""5""#).0, r#""5""#);
        assert_eq!(written(&either, "5").0, "5");
        assert_eq!(written(&either, "true").0, r#""true""#);
        assert_eq!(written(&json!({}), "{ }").0, "{}");
        let numbers = json!({"type": ["boolean", "number"]});
        assert_eq!(written(&numbers, r#""5""#).0, "5");
        assert_eq!(written(&numbers, r#""x""#), ("null".to_owned(), Written::Misfit));
    }
}

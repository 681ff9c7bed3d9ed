//! Writes objects and arrays inside a row on one line. Declared parts are written as their kinds,
//! undeclared ones as they came.

use super::kind::{Kind, Nested};
use super::text;
use super::value::{Written, push_null, push_value};
use crate::json::scan::{DEPTH, Malformed, Scan, is_not_finite};
use std::collections::HashSet;

/// Appends `raw`, a valid JSON object or array, as the kind `nested`. If that allows only the other
/// of the two, null is written and the value is a misfit. A value inside that does not fit its type
/// becomes null; then the whole is written but also counted as a misfit.
pub(super) fn push_nested(nested: &Nested, raw: &str, out: &mut Vec<u8>) -> Written {
    let start = out.len();
    push_next(nested, &mut Scan::new(raw), out).unwrap_or_else(|_| {
        out.truncate(start);
        push_null(Written::Misfit, out)
    })
}

/// Like [`push_nested`], for the next object or array in `scan`, which is checked while it is being
/// written.
pub(super) fn push_next(
    nested: &Nested,
    scan: &mut Scan,
    out: &mut Vec<u8>,
) -> Result<Written, Malformed> {
    let wanted = if scan.peek() == b'{' { nested.object } else { nested.array };
    if !wanted {
        scan.skip()?;
        return Ok(push_null(Written::Misfit, out));
    }
    let mut walk = Walk { scan, misfit: false, depth: 0 };
    walk.container(Some(nested), out)?;
    Ok(if walk.misfit { Written::Misfit } else { Written::Value })
}

/// Appends `raw`, a valid JSON object or array, as a JSON string with its compact text.
pub(super) fn push_as_text(raw: &str, out: &mut Vec<u8>) -> Written {
    let mut compact = Vec::with_capacity(raw.len());
    let mut scan = Scan::new(raw);
    let mut walk = Walk { scan: &mut scan, misfit: false, depth: 0 };
    if walk.container(None, &mut compact).is_err() {
        return push_null(Written::Misfit, out);
    }
    text::push_quoted(&String::from_utf8_lossy(&compact), out);
    if walk.misfit { Written::Misfit } else { Written::Value }
}

struct Walk<'s, 'a> {
    scan: &'s mut Scan<'a>,
    misfit: bool,
    /// The number of objects and arrays around the current one.
    depth: u32,
}

impl Walk<'_, '_> {
    fn container(&mut self, nested: Option<&Nested>, out: &mut Vec<u8>) -> Result<(), Malformed> {
        if self.depth == DEPTH {
            return self.scan.fail("less nesting");
        }
        self.depth += 1;
        if self.scan.peek() == b'{' {
            self.object(nested, out)?;
        } else {
            self.array(nested.and_then(|n| n.items.as_deref()), out)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self, nested: Option<&Nested>, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut seen = SeenNames::default();
        let mut first = true;
        out.push(b'{');
        self.scan.enter(b'{')?;
        while self.scan.next(first, b'}')? {
            first = false;
            let name = self.scan.name()?;
            let kind = nested.and_then(|n| declared(n, name));
            if seen.is_new(name) && !matches!(kind, Some(None)) {
                if out.last() != Some(&b'{') {
                    out.push(b',');
                }
                text::push_string(name, out);
                out.push(b':');
                self.value(kind.and_then(Option::as_ref), out)?;
            } else {
                self.scan.skip()?;
            }
        }
        out.push(b'}');
        Ok(())
    }

    fn array(&mut self, items: Option<&Kind>, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut first = true;
        out.push(b'[');
        self.scan.enter(b'[')?;
        while self.scan.next(first, b']')? {
            if !first {
                out.push(b',');
            }
            first = false;
            self.value(items, out)?;
        }
        out.push(b']');
        Ok(())
    }

    fn value(&mut self, kind: Option<&Kind>, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let byte = self.scan.peek();
        let is_container = matches!(byte, b'{' | b'[');
        match kind {
            None if is_container => self.container(None, out)?,
            Some(Kind::Nested(n) | Kind::Mixed(_, n))
                if (byte == b'{' && n.object) || (byte == b'[' && n.array) =>
            {
                self.container(Some(n), out)?;
            }
            None if byte == b'"' => text::push_string(self.scan.value()?, out),
            None => {
                let raw = self.scan.value()?;
                let is_number = matches!(byte, b'-' | b'0'..=b'9');
                let is_null = is_not_finite(raw) || (is_number && !text::is_finite(raw));
                self.misfit |= is_null;
                out.extend_from_slice(if is_null { b"null" } else { raw.as_bytes() });
            }
            Some(kind) => {
                self.misfit |= push_value(kind, self.scan.value()?, out) == Written::Misfit;
            }
        }
        Ok(())
    }
}

/// The declaration of a member in the catalog. Its name may contain escapes.
fn declared<'n>(nested: &'n Nested, name: &str) -> Option<&'n Option<Kind>> {
    nested.properties.get(name).or_else(|| {
        let plain =
            name.contains('\\').then(|| serde_json::Value::from(text::decode(name)).to_string())?;
        nested.properties.get(plain.as_str())
    })
}

/// The most names that are kept in a plain list.
const FEW: usize = 24;

/// The names of one object so far, since the first of duplicate names counts. Most objects are
/// small, so a short list is faster than a set and needs no allocation.
#[derive(Default)]
struct SeenNames<'a> {
    few: [&'a str; FEW],
    length: usize,
    many: HashSet<String>,
}

impl<'a> SeenNames<'a> {
    fn is_new(&mut self, name: &'a str) -> bool {
        let is_plain = !name.contains('\\');
        if is_plain && self.many.is_empty() && self.length < FEW {
            let is_new = !self.few[..self.length].contains(&name);
            if is_new {
                self.few[self.length] = name;
                self.length += 1;
            }
            return is_new;
        }
        // A name with escapes may be another spelling of a plain one.
        let few = &self.few[..self.length];
        self.many.extend(few.iter().map(|name| text::decode(name)));
        self.length = 0;
        self.many.insert(text::decode(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn written(schema: &Value, raw: &str) -> (String, Written) {
        let mut out = Vec::new();
        let written = push_value(&Kind::of(schema), raw, &mut out);
        (String::from_utf8(out).expect("text"), written)
    }

    #[test]
    fn nested_values_are_written_on_one_line_with_their_declared_types() {
        let schema = json!({"type": ["null", "object"], "properties": {
            "ids": {"type": ["null", "array"], "items": {"type": ["null", "string"]}},
            "days": {"type": ["null", "integer"]},
            "gone": {"type": "string", "x-deselected": true}}});
        let raw = "{ \"ids\" : [ 12345678901234567890,\n\"b\", null ],\r\n\"days\":\"7\", \
                   \"gone\": {\"x\": [1]}, \"more\": {\"k\" : [ 1.50 , true ]} }";
        assert_eq!(
            written(&schema, raw),
            (
                r#"{"ids":["12345678901234567890","b",null],"days":7,"more":{"k":[1.50,true]}}"#
                    .into(),
                Written::Value
            )
        );
        assert_eq!(
            written(&schema, r#"{"days":"x"}"#),
            (r#"{"days":null}"#.into(), Written::Misfit)
        );
        assert_eq!(
            written(&schema, r#"{"more":[{"k":NaN}]}"#),
            (r#"{"more":[{"k":null}]}"#.into(), Written::Misfit)
        );
        assert_eq!(written(&schema, r#"{"days":2e1}"#), (r#"{"days":20}"#.into(), Written::Value));
        assert_eq!(written(&schema, "[1]"), ("null".into(), Written::Misfit));
    }

    #[test]
    fn members_follow_their_schema_in_every_spelling_of_their_names() {
        let schema = json!({"type": ["null", "object"], "properties": {
            "age": {"type": ["null", "string"]},
            "a/\"b": {"type": ["null", "integer"]},
            "gone": {"x-deselected": true},
        }});
        let raw = r#"{"\u0061ge":7,"a\/\"b":"8","\u0067one":1,"\u00e9":2}"#;
        assert_eq!(
            written(&schema, raw),
            (r#"{"\u0061ge":"7","a\/\"b":8,"\u00e9":2}"#.into(), Written::Value)
        );
    }

    #[test]
    fn the_first_of_duplicate_names_wins_in_every_spelling() {
        let any = json!({"type": "object"});
        assert_eq!(written(&any, r#"{"a":1,"b":2,"a":3}"#).0, r#"{"a":1,"b":2}"#);
        assert_eq!(
            written(&any, r#"{"a":1,"\u0061":2,"b":{"c":1,"c":2}}"#).0,
            r#"{"a":1,"b":{"c":1}}"#
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ -~\\n\u{e9}\u{1F680}]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map("[a-z\"\\\\]{0,4}", inner, 0..6)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn undeclared_values_keep_their_meaning(value in any_json()) {
            let raw = serde_json::to_string_pretty(&value).expect("json");
            let (text, _) = written(&json!({}), &raw);
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Value>(&text).expect("json"), value);
        }
    }
}

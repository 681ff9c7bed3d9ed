//! Objects and arrays inside a row: written on one line, with declared parts as their kinds and undeclared ones as they
//! came. The text was already checked by the page's pass, so this walk only has to find where things end.

use super::kind::{Kind, Nested};
use super::text;
use super::value::{Written, push_null, push_value};
use crate::json::scan::{Malformed, Scan, is_not_finite};
use std::collections::HashSet;

/// Appends `raw`, a valid JSON object or array, as `nested` says: null, and a misfit, if it is the other of the two. Inside it a
/// value that does not fit its declared type becomes null and makes the whole a misfit that is counted but written.
pub(super) fn push_nested(nested: &Nested, raw: &str, out: &mut Vec<u8>) -> Written {
    let wanted = if raw.starts_with('{') { nested.object } else { nested.array };
    if !wanted {
        return push_null(Written::Misfit, out);
    }
    let start = out.len();
    let mut walk = Walk { scan: Scan::new(raw), misfit: false };
    if walk.container(Some(nested), out).is_err() {
        out.truncate(start);
        return push_null(Written::Misfit, out);
    }
    if walk.misfit { Written::Misfit } else { Written::Value }
}

/// Appends `raw`, a valid JSON object or array, as one JSON string that holds its compact text.
pub(super) fn push_as_text(raw: &str, out: &mut Vec<u8>) -> Written {
    let mut compact = Vec::with_capacity(raw.len());
    let mut walk = Walk { scan: Scan::new(raw), misfit: false };
    if walk.container(None, &mut compact).is_err() {
        return push_null(Written::Misfit, out);
    }
    text::push_quoted(&String::from_utf8_lossy(&compact), out);
    if walk.misfit { Written::Misfit } else { Written::Value }
}

struct Walk<'a> {
    scan: Scan<'a>,
    misfit: bool,
}

impl Walk<'_> {
    fn container(&mut self, nested: Option<&Nested>, out: &mut Vec<u8>) -> Result<(), Malformed> {
        if self.scan.peek() == b'{' { self.object(nested, out) } else { self.array(nested.and_then(|n| n.items.as_deref()), out) }
    }

    fn object(&mut self, nested: Option<&Nested>, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut seen = Seen::default();
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
            Some(Kind::Nested(n) | Kind::Mixed(_, n)) if (byte == b'{' && n.object) || (byte == b'[' && n.array) => {
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
            Some(kind) => self.misfit |= push_value(kind, self.scan.value()?, out) == Written::Misfit,
        }
        Ok(())
    }
}

/// What the catalog says of a member, `None` if nothing. Its name may be spelt with escapes.
fn declared<'n>(nested: &'n Nested, name: &str) -> Option<&'n Option<Kind>> {
    nested.properties.get(name).or_else(|| {
        let plain = name.contains('\\').then(|| serde_json::Value::from(text::decode(name)).to_string())?;
        nested.properties.get(plain.as_str())
    })
}

/// The keys of one object, of which the first of each name counts. Objects are small: a short list beats a set.
#[derive(Default)]
struct Seen<'a> {
    few: Vec<&'a str>,
    many: HashSet<String>,
}

impl<'a> Seen<'a> {
    fn is_new(&mut self, key: &'a str) -> bool {
        const FEW: usize = 24;
        let plain = !key.contains('\\');
        if plain && self.many.is_empty() && self.few.len() < FEW {
            let new = !self.few.contains(&key);
            if new {
                self.few.push(key);
            }
            return new;
        }
        // An escaped key may be another spelling of a plain one.
        self.many.extend(self.few.drain(..).map(text::decode));
        self.many.insert(text::decode(key))
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
    fn nested_values_come_out_on_one_line_with_their_declared_types() {
        let schema = json!({"type": ["null", "object"], "properties": {
            "ids": {"type": ["null", "array"], "items": {"type": ["null", "string"]}},
            "days": {"type": ["null", "integer"]},
            "gone": {"type": "string", "x-deselected": true}}});
        let raw = "{ \"ids\" : [ 12345678901234567890,\n\"b\", null ],\r\n\"days\":\"7\", \"gone\": {\"x\": [1]}, \"more\": {\"k\" : [ 1.50 , true ]} }";
        assert_eq!(
            written(&schema, raw),
            (r#"{"ids":["12345678901234567890","b",null],"days":7,"more":{"k":[1.50,true]}}"#.into(), Written::Value)
        );
        assert_eq!(written(&schema, r#"{"days":"x"}"#), (r#"{"days":null}"#.into(), Written::Misfit));
        assert_eq!(written(&schema, r#"{"more":[{"k":NaN}]}"#), (r#"{"more":[{"k":null}]}"#.into(), Written::Misfit));
        assert_eq!(written(&schema, r#"{"days":2e1}"#), (r#"{"days":20}"#.into(), Written::Value));
        assert_eq!(written(&schema, "[1]"), ("null".into(), Written::Misfit));
    }

    #[test]
    fn members_follow_their_schema_however_they_are_spelt() {
        let schema = json!({"type": ["null", "object"], "properties": {
            "age": {"type": ["null", "string"]}, "a/\"b": {"type": ["null", "integer"]}, "gone": {"x-deselected": true}}});
        let raw = r#"{"\u0061ge":7,"a\/\"b":"8","\u0067one":1,"\u00e9":2}"#;
        assert_eq!(written(&schema, raw), (r#"{"\u0061ge":"7","a\/\"b":8,"\u00e9":2}"#.into(), Written::Value));
    }

    #[test]
    fn the_first_of_duplicate_keys_wins_however_it_is_spelt() {
        let any = json!({"type": "object"});
        assert_eq!(written(&any, r#"{"a":1,"b":2,"a":3}"#).0, r#"{"a":1,"b":2}"#);
        assert_eq!(written(&any, r#"{"a":1,"\u0061":2,"b":{"c":1,"c":2}}"#).0, r#"{"a":1,"b":{"c":1}}"#);
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
                proptest::collection::btree_map("[a-z\"\\\\]{0,4}", inner, 0..6).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn undeclared_values_mean_the_same_after(value in any_json()) {
            let raw = serde_json::to_string_pretty(&value).expect("json");
            let (text, _) = written(&json!({}), &raw);
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Value>(&text).expect("json"), value);
        }
    }
}

//! JSON as a tree in which numbers keep their digits, to compare values by meaning.
//!
//! It is independent of how the tap reads JSON, so that a mistake there is found here. It supports
//! what TikTok sends: escaped names, duplicate names of which the first counts, lone surrogates,
//! and NUL, which is left out.

use serde_json::value::RawValue;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// Its digits.
    Number(String),
    Text(String),
    List(Vec<Json>),
    /// Sorted by name.
    Object(Vec<(String, Json)>),
    /// A text that contains this value as JSON.
    Inside(Box<Json>),
}

impl Json {
    /// Reads a value.
    pub(crate) fn read(raw: &str) -> Self {
        let raw = raw.trim();
        match raw.as_bytes()[0] {
            b'n' => Json::Null,
            b't' | b'f' => Json::Bool(raw == "true"),
            b'"' => Json::Text(decode(raw)),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(raw).expect("a list");
                Json::List(items.iter().map(|item| Json::read(item.get())).collect())
            }
            b'{' => Json::Object(
                members(raw).into_iter().map(|(name, value)| (name, Json::read(&value))).collect(),
            ),
            _ => Json::Number(raw.to_owned()),
        }
    }

    /// Whether a written value has the same meaning.
    pub(crate) fn is(&self, written: &Json) -> bool {
        match (self, written) {
            (Json::Inside(value), Json::Text(text)) => {
                !text.contains('\n') && value.is(&Json::read(text))
            }
            (Json::List(ours), Json::List(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| a.is(b))
            }
            (Json::Object(ours), Json::Object(theirs)) => {
                ours.len() == theirs.len()
                    && ours.iter().zip(theirs).all(|(a, b)| a.0 == b.0 && a.1.is(&b.1))
            }
            _ => self == written,
        }
    }
}

/// The members of an object as raw text, sorted by name, the first of each name.
pub(crate) fn members(raw: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = raw.trim().strip_prefix('{').expect("an object").trim_start();
    while !rest.starts_with('}') {
        let (name, after) = first(rest);
        let value_on = after.trim_start().strip_prefix(':').expect("a colon").trim_start();
        let (value, after) = first(value_on);
        let name = decode(name);
        if !found.iter().any(|(known, _)| *known == name) {
            found.push((name, value.to_owned()));
        }
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    found.sort();
    found
}

/// The value at the start of a text, and the rest of the text.
fn first(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '{' | '[' if !in_text => depth += 1,
            '}' | ']' | ',' | ':' if !in_text && depth == 0 => return text.split_at(at),
            '}' | ']' if !in_text => depth -= 1,
            _ => {}
        }
        if depth == 0 && !in_text && matches!(c, '}' | ']' | '"') {
            return text.split_at(at + 1);
        }
    }
    (text, "")
}

/// The text of a JSON string, with U+FFFD for lone surrogates and without NUL.
pub(crate) fn decode(raw: &str) -> String {
    let inside = raw
        .strip_prefix('"')
        .and_then(|r| r.strip_suffix('"'))
        .unwrap_or_else(|| panic!("no string: {raw}"));
    let mut units: Vec<u16> = Vec::new();
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        let plain = match c {
            '\\' => match chars.next().expect("an escape") {
                'u' => {
                    let code: String = chars.by_ref().take(4).collect();
                    units.push(u16::from_str_radix(&code, 16).expect("four hexadecimal digits"));
                    continue;
                }
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                other => other,
            },
            other => other,
        };
        units.extend_from_slice(plain.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16_lossy(&units).replace('\0', "")
}

#[test]
fn values_are_compared_by_meaning() {
    let one =
        Json::read("{ \"b\" : [ 1.50, \"\\u0041\\ud83d\\u0000\" ], \"\\u0061\": null, \"a\": 2 }");
    assert!(one.is(&Json::read("{\"a\":null,\"b\":[1.50,\"A\u{fffd}\"]}")));
    assert!(!one.is(&Json::read("{\"a\":null,\"b\":[1.5,\"A\u{fffd}\"]}")));
    assert!(
        Json::Inside(Box::new(one))
            .is(&Json::read("\"{\\\"a\\\":null,\\\"b\\\":[1.50,\\\"A\u{fffd}\\\"]}\""))
    );
}

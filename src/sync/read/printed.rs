//! Text that a Python program printed: TikTok's change log is CSV, as bytes or as text, in an
//! object that is printed in Python's form, or in JSON.

use serde_json::Value;

/// The member that holds the file.
const MEMBER: &str = "file_data";

/// The file in the text of an object.
pub(crate) fn file_data(text: &str) -> Option<Vec<u8>> {
    if let Ok(object) = serde_json::from_str::<Value>(text) {
        return member_data(&object);
    }
    let (_, after) = text.split_once(MEMBER)?;
    let value = after.trim_start_matches(['\'', '"']).trim_start().strip_prefix(':')?;
    literal(value.trim_start()).map(|(bytes, _)| bytes)
}

/// The file in an object.
pub(crate) fn member_data(object: &Value) -> Option<Vec<u8>> {
    let text = object.get(MEMBER)?.as_str()?;
    // Text that was bytes is printed with their quotation marks.
    let printed = text.strip_prefix(['b', 'B']).filter(|text| text.starts_with(['\'', '"']));
    match printed.and_then(literal) {
        Some((bytes, "")) => Some(bytes),
        _ => Some(text.as_bytes().to_vec()),
    }
}

/// The bytes of a literal at the start of a text, and what follows it.
fn literal(text: &str) -> Option<(Vec<u8>, &str)> {
    let text = text.strip_prefix(['b', 'B']).unwrap_or(text);
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = &text[1..];
    loop {
        let one = rest.chars().next()?;
        rest = &rest[one.len_utf8()..];
        if one == quote {
            return Some((bytes, rest));
        } else if one == '\\' {
            rest = escape(rest, &mut bytes)?;
        } else {
            push(one, &mut bytes);
        }
    }
}

/// Adds what follows a backslash, and returns the rest.
fn escape<'t>(text: &'t str, bytes: &mut Vec<u8>) -> Option<&'t str> {
    let one = text.chars().next()?;
    let rest = &text[one.len_utf8()..];
    let digits = match one {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    if digits > 0 {
        let number = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
        match u8::try_from(number).ok().filter(|_| one == 'x') {
            Some(byte) => bytes.push(byte),
            None => push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER), bytes),
        }
        return Some(&rest[digits..]);
    }
    match one {
        'n' => bytes.push(b'\n'),
        'r' => bytes.push(b'\r'),
        't' => bytes.push(b'\t'),
        '0' => bytes.push(0),
        // A line that is continued.
        '\n' => {}
        '\\' | '\'' | '"' => push(one, bytes),
        _ => {
            bytes.push(b'\\');
            push(one, bytes);
        }
    }
    Some(rest)
}

fn push(one: char, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_every_form() {
        for (text, want) in [
            (r"{'file_data': b'a,\xc3\xa9\n1,2', 'file_name': 'x'}", "a,é\n1,2"),
            (r#"{'file_name': 'x', 'file_data': b"it's \"a\" \\ b\r\n"}"#, "it's \"a\" \\ b\r\n"),
            (r"{'file_data': 'a\u00e9\'b'}", "aé'b"),
            (r#"{"file_data":"b'a,\\xc3\\xa9\\n1'","file_name":"x"}"#, "a,é\n1"),
            (r#"{"file_data":"b,c\n1,2"}"#, "b,c\n1,2"),
            (r#"{"file_data":"a,b\n"}"#, "a,b\n"),
        ] {
            assert_eq!(file_data(text).as_deref(), Some(want.as_bytes()), "{text}");
        }
        for text in ["", "{}", "{'file_name': 'x'}", "{'file_data': b'a", "{'file_data': b'\\x1"] {
            assert_eq!(file_data(text), None, "{text}");
        }
    }
}

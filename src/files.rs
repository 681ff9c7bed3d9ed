//! Reads the files of users as text, in the encodings that editors and the shells of Windows write.

use crate::error::{InputError, input};
use anyhow::{Context, Result};
use std::fs;

/// Reads a file, without its byte order mark. `what`, such as `config`, says in errors which file
/// it is.
pub(crate) fn read(what: &str, path: &str) -> Result<String> {
    let bytes =
        fs::read(path).with_context(|| InputError(format!("{what}: cannot read `{path}`")))?;
    decode(bytes).ok_or_else(|| input(format!("{what}: `{path}` is not UTF-8 text")))
}

/// Decodes UTF-8 with or without a byte order mark, and UTF-16 with one, which `>` in PowerShell
/// writes.
fn decode(bytes: Vec<u8>) -> Option<String> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, left) = rest.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        left.is_empty().then(|| String::from_utf16(&units).ok()).flatten()
    };
    match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_the_same_with_every_byte_order_mark_and_without_one() {
        let text = "{\"name\": \"\u{e9}\u{1f600}\"}";
        let wide = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ] {
            assert_eq!(decode(bytes.clone()).as_deref(), Some(text), "{bytes:?}");
        }
        for bad in [&b"\xff\xfe{"[..], b"{\"a\": \"\xe9\"}", b"\xff\xfe\x00\xd8"] {
            assert_eq!(decode(bad.to_vec()), None, "{bad:?}");
        }
    }
}

//! Writes single strings and numbers as JSON: repairs string escapes that targets cannot read, and
//! checks the grammar and size of numbers.

use crate::json::decimal::Decimal;
use crate::json::scan::MOST_DIGITS;
use crate::json::token::number_end;
use memchr::{memchr, memchr2};

/// Appends a JSON string (`raw`, with its quotes) as it came, except for what targets cannot store:
/// the escape `\u0000` is removed and a lone surrogate becomes U+FFFD. `raw` must be valid JSON.
pub(super) fn push_string(raw: &str, out: &mut Vec<u8>) {
    if memchr(b'\\', raw.as_bytes()).is_none() {
        out.extend_from_slice(raw.as_bytes());
    } else {
        push_escaped(raw, out);
    }
}

#[cold]
fn push_escaped(raw: &str, out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let taken = match unicode_escape(rest) {
            None => {
                out.extend_from_slice(&rest.as_bytes()[..2]);
                2
            }
            Some(0) => 6,
            Some(0xD800..=0xDBFF)
                if matches!(unicode_escape(&rest[6..]), Some(0xDC00..=0xDFFF)) =>
            {
                out.extend_from_slice(&rest.as_bytes()[..12]);
                12
            }
            Some(0xD800..=0xDFFF) => {
                out.extend_from_slice("\u{FFFD}".as_bytes());
                6
            }
            Some(_) => {
                out.extend_from_slice(&rest.as_bytes()[..6]);
                6
            }
        };
        rest = &rest[taken..];
    }
    out.extend_from_slice(rest.as_bytes());
}

/// The code unit of the `\uXXXX` at the start of `text`.
fn unicode_escape(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

/// The text of a JSON string (`raw`, with its quotes), repaired as in [`push_string`].
pub(super) fn decode(raw: &str) -> String {
    let mut clean = Vec::with_capacity(raw.len());
    push_string(raw, &mut clean);
    serde_json::from_slice(&clean).unwrap_or_default()
}

/// Appends `text` as a JSON string.
pub(super) fn push_quoted(text: &str, out: &mut Vec<u8>) {
    // Writing a str into a Vec cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Whether `text` is a JSON number.
pub(super) fn is_number(text: &[u8]) -> bool {
    number_end(text, 0) == Some(text.len())
}

/// Appends `text` unchanged, if it is a number in the range of the floats that targets use.
pub(super) fn push_number(text: &str, out: &mut Vec<u8>) -> Option<()> {
    (is_number(text.as_bytes()) && is_finite(text)).then(|| out.extend_from_slice(text.as_bytes()))
}

/// Whether a number is in the range of the floats that targets use.
pub(super) fn is_finite(number: &str) -> bool {
    let is_plain = number.len() <= MOST_DIGITS && memchr2(b'e', b'E', number.as_bytes()).is_none();
    is_plain || Decimal::read(number).is_some_and(|decimal| decimal.is_finite())
}

/// Appends a whole number in full digits: `20.000` and `2e1` become `20`. `None` if `text` is not a
/// whole number.
pub(super) fn push_integer(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let is_plain = digits.len() <= MOST_DIGITS
        && digits.iter().all(u8::is_ascii_digit)
        && (text == "0" || digits.first().is_some_and(|b| *b != b'0'));
    if is_plain {
        out.extend_from_slice(text.as_bytes());
        return Some(());
    }
    let whole = Decimal::read(text).filter(|_| is_number(text.as_bytes()))?.whole()?;
    out.extend_from_slice(whole.as_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(raw: &str) -> String {
        let mut out = Vec::new();
        push_string(raw, &mut out);
        String::from_utf8(out).expect("text stays text")
    }

    #[test]
    fn escapes_that_targets_cannot_read_are_repaired() {
        assert_eq!(cleaned(r#""a\u0000b""#), r#""ab""#);
        assert_eq!(cleaned(r#""x\ud83d""#), "\"x\u{FFFD}\"");
        assert_eq!(cleaned(r#""\ude80x""#), "\"\u{FFFD}x\"");
        assert_eq!(cleaned(r#""\ud83d\ude80""#), r#""\ud83d\ude80""#);
        assert_eq!(cleaned(r#""\ud83d\ud83d\ude80""#), "\"\u{FFFD}\\ud83d\\ude80\"");
        assert_eq!(cleaned(r#""\\u0000 \n \/ \u005f""#), r#""\\u0000 \n \/ \u005f""#);
    }

    #[test]
    fn integers_are_written_in_full_digits() {
        let integer = |text: &str| -> Option<String> {
            let mut out = Vec::new();
            push_integer(text, &mut out)?;
            String::from_utf8(out).ok()
        };
        for (text, want) in [
            ("20.000", "20"),
            ("-7", "-7"),
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("9007199254740993", "9007199254740993"),
            ("9.18E+09", "9180000000"),
            ("1.50e1", "15"),
            ("-2e1", "-20"),
        ] {
            assert_eq!(integer(text).as_deref(), Some(want), "{text}");
        }
        for odd in
            ["", "-", "20.5", "007", "007e1", "1e99", "1e-3", "20.", " 1", "<5", "NaN", "-Infinity"]
        {
            assert_eq!(integer(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn numbers_keep_their_digits_unless_no_float_holds_them() {
        let mut out = Vec::new();
        for text in ["1e-7", "-0.00", "12345678901234567890.123456789", "1E300"] {
            out.clear();
            assert!(push_number(text, &mut out).is_some() && out == text.as_bytes(), "{text}");
        }
        let long = "9".repeat(400);
        out.clear();
        assert!(
            push_number(&long, &mut out).is_none()
                && push_integer(&long, &mut out).is_none()
                && out.is_empty()
        );
        for odd in ["1e400", "-1.5E+999999999999999999999", "1e", "NaN", "5x"] {
            out.clear();
            assert!(push_number(odd, &mut out).is_none() && out.is_empty(), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_json(text in "[-+]?[0-9.eE<, ]{0,12}") {
            let raw = serde_json::from_str::<&serde_json::value::RawValue>(&text);
            let is_json = raw.is_ok_and(|raw| raw.get().len() == text.len());
            prop_assert_eq!(is_number(text.as_bytes()), is_json);
        }

        #[test]
        fn any_string_stays_valid_json(units in proptest::collection::vec(any::<u16>(), 0..12)) {
            let escapes: Vec<String> = units.iter().map(|u| format!("\\u{u:04x}")).collect();
            let raw = format!("\"{}\"", escapes.concat());
            let text: String = serde_json::from_str(&cleaned(&raw)).expect("valid JSON");
            let want = String::from_utf16_lossy(&units).replace('\0', "");
            prop_assert_eq!(text, want);
        }
    }
}

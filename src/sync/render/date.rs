//! Dates and times as TikTok sends them, written as RFC 3339. It owns the forms that are understood;
//! whether a field is a date is the catalog's word.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Appends `text` (a time without its JSON quotes) as a quoted RFC 3339 time with a `Z`. `None`: no time that is known;
/// nothing is appended then.
///
/// TikTok sends `YYYY-MM-DD HH:MM:SS` for entities (UTC) and reports (the account's wall clock), RFC 3339 for creatives, and epoch
/// seconds for accounts and comments (milliseconds for pixels).
#[must_use]
pub fn push_date_time(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let bytes = text.as_bytes();
    if bytes.len() >= 19 && is_date(&bytes[..10]) && matches!(bytes[10], b' ' | b'T') && is_clock(&bytes[11..19]) {
        let (fraction, zone) = split_fraction(&text[19..])?;
        if matches!(zone, "" | "Z" | "+00:00" | "-00:00" | "+0000") {
            out.push(b'"');
            out.extend_from_slice(&bytes[..10]);
            out.push(b'T');
            out.extend_from_slice(&bytes[11..19]);
            out.extend_from_slice(fraction.as_bytes());
            out.extend_from_slice(b"Z\"");
            return Some(());
        }
        return push_instant(OffsetDateTime::parse(&with_colon(text), &Rfc3339).ok()?, out);
    }
    if bytes.len() == 10 && is_date(bytes) {
        out.push(b'"');
        out.extend_from_slice(bytes);
        out.extend_from_slice(b"T00:00:00Z\"");
        return Some(());
    }
    epoch(text).and_then(|instant| push_instant(instant, out))
}

/// Appends the calendar date of `text` as written, quoted. `None` as in [`push_date_time`].
#[must_use]
pub(super) fn push_date(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let date = text.as_bytes().get(..10).filter(|d| is_date(d))?;
    if text.len() > 10 && !matches!(text.as_bytes()[10], b' ' | b'T') {
        return None;
    }
    out.push(b'"');
    out.extend_from_slice(date);
    out.push(b'"');
    Some(())
}

/// Whether `text` stands for no time at all: empty, `-`, zero, or a date of zeros.
#[must_use]
pub(super) fn is_zero(text: &str) -> bool {
    matches!(text, "" | "-" | "0") || text.starts_with("0000-00-00")
}

fn push_instant(instant: OffsetDateTime, out: &mut Vec<u8>) -> Option<()> {
    let text = instant.to_offset(UtcOffset::UTC).format(&Rfc3339).ok()?;
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Some(())
}

/// Epoch seconds have ten digits from 2001 to 2286, milliseconds thirteen.
fn epoch(text: &str) -> Option<OffsetDateTime> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    match text.len() {
        9 | 10 => OffsetDateTime::from_unix_timestamp(number).ok(),
        13 => OffsetDateTime::from_unix_timestamp_nanos(i128::from(number) * 1_000_000).ok(),
        _ => None,
    }
}

fn split_fraction(rest: &str) -> Option<(&str, &str)> {
    let Some(digits) = rest.strip_prefix('.') else { return Some(("", rest)) };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    (end > 0).then(|| rest.split_at(end + 1))
}

/// RFC 3339 wants a `T` and a colon in the offset; some libraries leave both out.
fn with_colon(text: &str) -> String {
    let mut text = text.replacen(' ', "T", 1);
    let tail = text.len().saturating_sub(5);
    if text.is_char_boundary(tail) && matches!(text.as_bytes().get(tail), Some(b'+' | b'-')) {
        text.insert(tail + 3, ':');
    }
    text
}

fn is_date(d: &[u8]) -> bool {
    let digits = [0, 1, 2, 3, 5, 6, 8, 9].iter().all(|i| d[*i].is_ascii_digit());
    if !digits || d[4] != b'-' || d[7] != b'-' {
        return false;
    }
    let two = |i: usize| (d[i] - b'0') * 10 + (d[i + 1] - b'0');
    let (month, day) = (two(5), two(8));
    let leap = || {
        let year = u16::from(two(0)) * 100 + u16::from(two(2));
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    };
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(day == 29 && leap()),
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_clock(t: &[u8]) -> bool {
    let digits = [0, 1, 3, 4, 6, 7].iter().all(|i| t[*i].is_ascii_digit());
    digits && t[2] == b':' && t[5] == b':' && (t[0], t[1]) < (b'2', b'4') && t[3] < b'6' && t[6] < b'6'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Option<String> {
        let mut out = Vec::new();
        push_date_time(text, &mut out)?;
        Some(String::from_utf8(out).expect("ascii"))
    }

    #[test]
    fn every_form_that_tiktok_sends() {
        for (sent, want) in [
            ("2026-07-12 00:00:00", "2026-07-12T00:00:00Z"),
            ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z"),
            ("2024-02-29 23:59:59.123456", "2024-02-29T23:59:59.123456Z"),
            ("2024-05-06T07:08:09+08:00", "2024-05-05T23:08:09Z"),
            ("2024-05-06 07:08:09+0800", "2024-05-05T23:08:09Z"),
            ("2024-05-06", "2024-05-06T00:00:00Z"),
            ("1671432089", "2022-12-19T06:41:29Z"),
            ("1671432089123", "2022-12-19T06:41:29.123Z"),
        ] {
            assert_eq!(written(sent), Some(format!("\"{want}\"")), "{sent}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_guessed() {
        for odd in [
            "2023-02-29 00:00:00",
            "2024-13-01",
            "2024-05-06 24:00:00",
            "2024-05-06 07:08",
            "yesterday",
            "12",
            "2024-05-06 07:08:09.",
            "２０２４-05-06",
        ] {
            assert_eq!(written(odd), None, "{odd}");
        }
        assert!(is_zero("0000-00-00 00:00:00") && is_zero("-") && !is_zero("2024-05-06"));
    }
}

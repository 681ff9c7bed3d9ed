//! Reads dates and times in the forms that TikTok sends, and writes them as RFC 3339.
//!
//! Only fields that the catalog declares as dates or times get here.

use crate::json::decimal::Decimal;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Appends `text` (a time without its JSON quotes) as a quoted RFC 3339 time with a `Z`. Returns
/// `None` and appends nothing if it is not a time in a known form.
///
/// TikTok sends `YYYY-MM-DD HH:MM:SS` for entities (UTC) and reports (the account's wall clock),
/// RFC 3339 for creatives, and epoch seconds for accounts and comments (milliseconds for pixels).
/// Targets support only the years 1 to 9999.
pub(crate) fn push_date_time(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let bytes = text.as_bytes();
    if bytes.len() >= 19
        && is_date(&bytes[..10])
        && matches!(bytes[10], b' ' | b'T')
        && is_clock(&bytes[11..19])
    {
        let (fraction, zone) = split_fraction(&text[19..])?;
        if matches!(zone, "" | "Z" | "z" | "+00:00" | "-00:00" | "+0000") {
            out.push(b'"');
            out.extend_from_slice(&bytes[..10]);
            out.push(b'T');
            out.extend_from_slice(&bytes[11..19]);
            out.extend_from_slice(fraction.as_bytes());
            out.extend_from_slice(b"Z\"");
            return Some(());
        }
        let zone = with_colon(zone)?;
        let joined = format!("{}T{}{fraction}{zone}", &text[..10], &text[11..19]);
        return push_instant(OffsetDateTime::parse(&joined, &Rfc3339).ok()?, out);
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

/// Whether `text` means that there is no time: empty, `-`, zero, or a date of zeros.
pub(super) fn is_zero(text: &str) -> bool {
    matches!(text, "" | "-" | "0") || text.starts_with("0000-00-00")
}

fn push_instant(instant: OffsetDateTime, out: &mut Vec<u8>) -> Option<()> {
    let utc =
        instant.checked_to_offset(UtcOffset::UTC).filter(|utc| (1..=9999).contains(&utc.year()))?;
    let text = utc.format(&Rfc3339).ok()?;
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Some(())
}

/// Epoch seconds have ten digits from 2001 to 2286, milliseconds thirteen.
fn epoch(text: &str) -> Option<OffsetDateTime> {
    let digits = Decimal::read(text)?.whole()?;
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
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

/// The offset in the form of RFC 3339. Some programs leave out its colon, others its minutes.
/// `None` if it is not an offset.
fn with_colon(zone: &str) -> Option<String> {
    let digits: String = zone.get(1..)?.chars().filter(|c| *c != ':').collect();
    let is_offset = zone.starts_with(['+', '-']) && digits.bytes().all(|b| b.is_ascii_digit());
    match digits.len() {
        2 | 4 if is_offset => Some(format!("{}{}:{:0<2}", &zone[..1], &digits[..2], &digits[2..])),
        _ => None,
    }
}

/// Whether ten bytes are a day of the years 1 to 9999.
fn is_date(d: &[u8]) -> bool {
    let digits = [0, 1, 2, 3, 5, 6, 8, 9].iter().all(|i| d[*i].is_ascii_digit());
    if !digits || d[4] != b'-' || d[7] != b'-' || d.starts_with(b"0000") {
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
    digits
        && t[2] == b':'
        && t[5] == b':'
        && (t[0], t[1]) < (b'2', b'4')
        && t[3] < b'6'
        && t[6] < b'6'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> Option<String> {
        let mut out = Vec::new();
        push_date_time(text, &mut out)?;
        Some(String::from_utf8(out).expect("ascii"))
    }

    #[test]
    fn every_form_that_tiktok_sends_is_read() {
        for (sent, want) in [
            ("2026-07-12 00:00:00", "2026-07-12T00:00:00Z"),
            ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z"),
            ("2024-02-29 23:59:59.123456", "2024-02-29T23:59:59.123456Z"),
            ("2024-05-06T07:08:09+08:00", "2024-05-05T23:08:09Z"),
            ("2024-05-06 07:08:09+0800", "2024-05-05T23:08:09Z"),
            ("2024-05-06", "2024-05-06T00:00:00Z"),
            ("1671432089", "2022-12-19T06:41:29Z"),
            ("1671432089123", "2022-12-19T06:41:29.123Z"),
            ("1.671432089E9", "2022-12-19T06:41:29Z"),
            ("2024-05-06 07:08:09.5+08", "2024-05-05T23:08:09.5Z"),
            ("2024-05-06T07:08:09z", "2024-05-06T07:08:09Z"),
            ("0001-01-01T00:00:00-08:00", "0001-01-01T08:00:00Z"),
            ("9999-12-31T23:59:59+00:01", "9999-12-31T23:58:59Z"),
        ] {
            assert_eq!(written(sent), Some(format!("\"{want}\"")), "{sent}");
        }
    }

    #[test]
    fn other_text_is_not_taken_for_a_time() {
        for odd in [
            "2023-02-29 00:00:00",
            "2024-13-01",
            "2024-05-06 24:00:00",
            "2024-05-06 07:08",
            "yesterday",
            "12",
            "2024-05-06 07:08:09.",
            "２０２４-05-06",
            "2026-01-01 00:00:00+1€",
            "2026-01-01 00:00:00-😀",
            "2026-01-01 00:00:00+08:0é",
            "2026-01-01 00:00:00+24:00",
            "2026-01-01 00:00:00+8",
            "9999-12-31T23:59:59-08:00",
            "9999-12-31 23:59:59-0001",
            "0001-01-01T00:00:00+08:00",
            "0000-01-01 00:00:00",
            "0000-12-31",
            "0000-01-01T00:00:00Z",
            "10000-01-01 00:00:00",
            "51502-06-08T14:46:42Z",
            "99999999999999",
            "-1",
        ] {
            assert_eq!(written(odd), None, "{odd}");
        }
        assert!(is_zero("0000-00-00 00:00:00") && is_zero("-") && !is_zero("2024-05-06"));
        let mut out = Vec::new();
        for odd in ["0000-01-01", "2024-02-30", "2024-05-06x", "2024-05-0é", ""] {
            assert_eq!(push_date(odd, &mut out), None, "{odd}");
        }
    }

    /// Texts that are times, or nearly so: any part of them may be wrong.
    fn near_times() -> impl Strategy<Value = String> {
        let day = prop_oneof![
            4 => "[0-9]{4}-[01][0-9]-[0-3][0-9]",
            2 => prop::sample::select(vec!["9999-12-31", "0001-01-01", "0000-12-31", "2024-02-29"])
                .prop_map(str::to_owned),
            1 => "[0-9é€-]{8,12}",
        ];
        let clock = prop_oneof![
            4 => "[ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9]",
            1 => Just(String::new()),
            1 => "\\PC{0,10}",
        ];
        let fraction =
            prop_oneof![3 => Just(String::new()), 1 => "\\.[0-9]{0,12}", 1 => "\\.\\PC{0,3}"];
        let zone = prop_oneof![
            2 => prop::sample::select(vec!["", "Z", "+00:00"]).prop_map(str::to_owned),
            4 => "[+-][0-2][0-9]:?[0-6][0-9]",
            2 => "[+-]\\PC{0,5}",
        ];
        (day, clock, fraction, zone)
            .prop_map(|(day, clock, fraction, zone)| format!("{day}{clock}{fraction}{zone}"))
    }

    fn check(text: &str) -> Result<(), TestCaseError> {
        let mut out = Vec::new();
        if push_date_time(text, &mut out).is_some() {
            let quoted = String::from_utf8(std::mem::take(&mut out)).expect("text");
            let inside = quoted.trim_matches('"');
            let time = OffsetDateTime::parse(inside, &Rfc3339);
            prop_assert!(
                time.is_ok_and(|t| (1..=9999).contains(&t.year())) && inside.ends_with('Z'),
                "{text} as {inside}"
            );
        }
        prop_assert!(out.is_empty(), "{text}");
        if push_date(text, &mut out).is_some() {
            prop_assert!(
                out.len() == 12
                    && out[1..11] == text.as_bytes()[..10]
                    && !out.starts_with(b"\"0000")
            );
        }
        let _ = is_zero(text);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn what_looks_like_a_time_is_written_correctly_or_not_at_all(text in near_times()) {
            check(&text)?;
        }

        #[test]
        fn no_text_and_no_number_panics(
            text in "\\PC{0,40}", number in any::<i64>(), float in any::<f64>(),
            digits in "-?[0-9]{8,14}",
        ) {
            for text in [text, number.to_string(), format!("{float:E}"), digits] {
                check(&text)?;
            }
        }

        #[test]
        fn an_offset_moves_the_clock_and_nothing_else(
            seconds in -62_135_596_800_i64..=253_402_300_799,
            hours in -23_i8..=23, minutes in 0_i8..=59, form in 0..3,
        ) {
            let instant = OffsetDateTime::from_unix_timestamp(seconds).expect("years 1 to 9999");
            let minutes = if hours < 0 { -minutes } else { minutes };
            let offset = UtcOffset::from_hms(hours, minutes, 0).expect("an offset");
            let there =
                instant.checked_to_offset(offset).filter(|t| (1..=9999).contains(&t.year()));
            if let Some(there) = there {
                let sent = there.format(&Rfc3339).expect("RFC 3339");
                let sent = match form {
                    0 => sent,
                    1 => sent.replacen('T', " ", 1),
                    _ => format!("{}{}", &sent[..sent.len() - 3], &sent[sent.len() - 2..]),
                };
                // In UTC there is no colon to leave out.
                if !offset.is_utc() || form < 2 {
                    let want = format!("\"{}\"", instant.format(&Rfc3339).expect("RFC 3339"));
                    prop_assert_eq!(written(&sent), Some(want), "{}", sent);
                }
            }
        }
    }
}

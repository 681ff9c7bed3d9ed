//! A bookmark: the time up to which everything of a stream was delivered. All forms in which it is
//! written stand here: in the state, in the filters of the API, and as rows have it.

use std::fmt;
use time::format_description::FormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

const STATE: &[FormatItem] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const CURSOR: &[FormatItem] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
const FILTER: &[FormatItem] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// A time to the second: in UTC, or for reports midnight of a day in the zone of the account. Years
/// 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bookmark(PrimitiveDateTime);

impl Bookmark {
    /// Reads any form that taps write. Fractions of a second are dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let joined = text.trim().replacen(' ', "T", 1);
        let utc = if let Ok(instant) = OffsetDateTime::parse(&joined, &Rfc3339) {
            instant.checked_to_offset(UtcOffset::UTC)?
        } else {
            let naive = joined.split('.').next().unwrap_or_default();
            let midnight = if naive.len() == 10 { "T00:00:00" } else { "" };
            PrimitiveDateTime::parse(&format!("{naive}{midnight}"), CURSOR).ok()?.assume_utc()
        };
        Self::at(utc)
    }

    /// The second of an instant.
    pub fn at(instant: OffsetDateTime) -> Option<Self> {
        let utc = instant.checked_to_offset(UtcOffset::UTC)?;
        let second = Time::from_hms(utc.hour(), utc.minute(), utc.second()).ok()?;
        // A year with a sign or five digits would not sort as text.
        (1..=9999)
            .contains(&utc.year())
            .then(|| Bookmark(PrimitiveDateTime::new(utc.date(), second)))
    }

    /// The beginning of a day.
    pub fn of_day(day: Date) -> Self {
        Bookmark(day.midnight())
    }

    /// The calendar date.
    pub fn day(self) -> Date {
        self.0.date()
    }

    /// The time so much before it.
    pub fn before(self, by: Duration) -> Option<Self> {
        self.0.checked_sub(by).and_then(|time| Self::at(time.assume_utc()))
    }

    /// As filters of the API have it: `YYYY-MM-DD HH:MM:SS`.
    pub fn filter(self) -> String {
        self.text(FILTER)
    }

    /// As it is compared with the times of rows: `YYYY-MM-DDTHH:MM:SS`.
    pub fn cursor(self) -> String {
        self.text(CURSOR)
    }

    fn text(self, format: &[FormatItem]) -> String {
        // Years 1 to 9999 have a text in all of these formats.
        self.0.format(format).unwrap_or_default()
    }
}

impl fmt::Display for Bookmark {
    /// As states have it: `YYYY-MM-DDTHH:MM:SSZ`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.text(STATE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn every_form_has_one_text() {
        let bookmark = Bookmark::parse("2026-02-01T04:04:05.9+01:00").expect("a time");
        assert_eq!(bookmark.to_string(), "2026-02-01T03:04:05Z");
        assert_eq!(bookmark.cursor(), "2026-02-01T03:04:05");
        assert_eq!(bookmark.filter(), "2026-02-01 03:04:05");
        assert_eq!(bookmark.day(), date!(2026 - 02 - 01));
        assert_eq!(
            bookmark.before(Duration::SECOND).map(Bookmark::filter).as_deref(),
            Some("2026-02-01 03:04:04")
        );
        assert_eq!(Bookmark::parse("0001-01-01").and_then(|b| b.before(Duration::SECOND)), None);
        assert_eq!(Bookmark::parse("9999-12-31T23:59:59-01:00"), None);
        assert_eq!(Bookmark::of_day(date!(2026 - 02 - 01)).to_string(), "2026-02-01T00:00:00Z");
    }
}

//! Reads the timestamps of bookmarks, which taps write in several forms.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// Turns a timestamp in any form that taps write into `YYYY-MM-DDTHH:MM:SSZ`, without fractions of
/// a second. `None` if the text is not a timestamp.
pub(super) fn normalize(text: &str) -> Option<String> {
    let text = text.trim();
    let second = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let joined = text.replacen(' ', "T", 1);
    let utc = if let Ok(instant) = OffsetDateTime::parse(&joined, &Rfc3339) {
        instant.checked_to_offset(UtcOffset::UTC)?
    } else {
        let naive = joined.split('.').next().unwrap_or_default();
        let whole = if naive.len() == 10 { format!("{naive}T00:00:00") } else { naive.to_owned() };
        PrimitiveDateTime::parse(
            &whole,
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]"),
        )
        .ok()?
        .assume_utc()
    };
    // Bookmarks are compared as text, which a year with a sign or five digits would break.
    (1..=9999).contains(&utc.year()).then(|| utc.format(second).ok()).flatten()
}

//! The hours of a day on the wall clock of a zone: a day on which the clock is put forward has one
//! less, and on a day on which it is put back one comes twice.

use std::ops::RangeInclusive;
use time::{Date, PrimitiveDateTime, Time, UtcOffset};

/// Added to an hour that comes a second time.
const AGAIN: u8 = 32;

/// What belongs to no hour: the last row of a day, whose hour is `-`.
pub(super) const NO_HOUR: u8 = 63;

/// The hours of a day, earliest first: 0 to 23, and more for one that comes again. Where rows of
/// a repeated hour are put together, it comes once.
pub(super) fn of_day(zone: &str, day: i32, repeated: bool) -> Vec<u8> {
    let mut found: Vec<(u8, UtcOffset)> = Vec::new();
    for (hour, offset) in quarters(zone, day) {
        if !found.contains(&(hour, offset)) {
            found.push((hour, offset));
        }
    }
    let mut hours = Vec::new();
    for (hour, _) in found {
        if !hours.contains(&hour) {
            hours.push(hour);
        } else if repeated {
            hours.push(hour + AGAIN);
        }
    }
    hours
}

/// The hour on the wall clock.
pub(super) fn wall_clock(hour: u8) -> u8 {
    hour % AGAIN
}

/// The quarters of an hour that make up a day, in order: hour and offset of each.
fn quarters(zone: &str, day: i32) -> impl Iterator<Item = (u8, UtcOffset)> {
    let zone = tzdb::tz_by_name(zone).expect("checked when the world was made");
    let date = Date::from_julian_day(day).unwrap_or(Date::MIN);
    let midnight = PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_utc();
    // The day may begin so much before and end so much after that of UTC.
    let around: RangeInclusive<i64> = -4 * 15..=4 * (24 + 15);
    around.filter_map(move |quarter| {
        let instant = midnight + time::Duration::minutes(15 * quarter);
        let kind = zone.find_local_time_type(instant.unix_timestamp()).ok()?;
        let offset = UtcOffset::from_whole_seconds(kind.ut_offset()).ok()?;
        let local = instant.to_offset(offset);
        (local.date() == date).then(|| (local.hour(), offset))
    })
}

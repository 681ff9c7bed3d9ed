//! One account of a run: its currency and time zone, and what day and hour it is there.

use crate::singer::bookmark::Bookmark;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};
use tz::TimeZoneRef;

/// No zone is further behind UTC.
const WESTERNMOST: Duration = Duration::hours(12);

/// One account of the run.
#[derive(Debug, Default)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// The currency of its money, if that is known.
    pub currency: Option<String>,
    /// The name of its time zone, if TikTok gives one.
    pub zone_name: Option<String>,
    /// Its zone, by which TikTok counts days; `None` where it is not known.
    pub zone: Option<TimeZoneRef<'static>>,
    /// When it was created, in UTC: it has no results before.
    pub created: Option<Date>,
}

impl Account {
    /// The calendar date there at `now`; in UTC where the zone is not known.
    pub fn today(&self, now: OffsetDateTime) -> Date {
        let local = self.zone.and_then(|zone| zone.find_local_time_type(now.unix_timestamp()).ok());
        let offset = local.and_then(|local| UtcOffset::from_whole_seconds(local.ut_offset()).ok());
        now.to_offset(offset.unwrap_or(UtcOffset::UTC)).date()
    }

    /// The last day that has certainly begun there. If the zone is unknown, that is the day of the
    /// westernmost zone, because a bookmark on a later day could skip hours that are still to come.
    pub fn begun_day(&self, now: OffsetDateTime) -> Date {
        if self.zone.is_some() { self.today(now) } else { (now - WESTERNMOST).date() }
    }

    /// The hours of a day there, `YYYY-MM-DD HH`, and the beginning of each in UTC, RFC 3339. If a
    /// day has an hour twice, the first one counts. An unknown zone is taken as UTC.
    pub fn hours(&self, day: Date) -> Vec<(String, String)> {
        let hours = (0..24).filter_map(|hour| {
            let utc = self.utc(day.with_hms(hour, 0, 0).ok()?)?;
            Some((format!("{day} {hour:02}"), Bookmark::at(utc)?.to_string()))
        });
        hours.collect()
    }

    /// The instant at which clocks there show a time, the first of two.
    fn utc(&self, wall: PrimitiveDateTime) -> Option<OffsetDateTime> {
        let Some(zone) = self.zone else { return Some(wall.assume_utc()) };
        let offset_at = |instant: OffsetDateTime| {
            let local = zone.find_local_time_type(instant.unix_timestamp()).ok()?;
            UtcOffset::from_whole_seconds(local.ut_offset()).ok()
        };
        let near = |days: i64| offset_at(wall.assume_utc() + Duration::days(days));
        let (before, after) = (near(-1)?, near(1)?);
        let instants = [before, after].map(|offset| wall.assume_offset(offset));
        let is_real = |instant: &OffsetDateTime| offset_at(*instant) == Some(instant.offset());
        // Clocks never show the hour that is skipped in spring. It gets the offset from before.
        Some(instants.into_iter().filter(is_real).min().unwrap_or(instants[0]))
    }

    /// The first day that can have results, if that is known: a day before the account was
    /// created, because its zone may be behind UTC.
    pub fn first_day(&self) -> Option<Date> {
        self.created.and_then(Date::previous_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn today_is_the_accounts_own() {
        let now = datetime!(2026-03-08 11:30 UTC);
        let today = |zone: &str| {
            Account { id: "1".into(), zone: tzdb::tz_by_name(zone), ..Account::default() }
                .today(now)
        };
        assert_eq!(today("Pacific/Kiritimati"), date!(2026 - 03 - 09));
        assert_eq!(today("Pacific/Pago_Pago"), date!(2026 - 03 - 08));
        assert_eq!(today("Pacific/Midway"), date!(2026 - 03 - 08));
        // The sign of these names is the other way round: this one is an hour ahead of UTC.
        assert_eq!(
            Account { id: "1".into(), zone: tzdb::tz_by_name("Etc/GMT-14"), ..Account::default() }
                .today(now),
            date!(2026 - 03 - 09)
        );
        assert_eq!(
            Account { id: "1".into(), zone: None, ..Account::default() }.today(now),
            date!(2026 - 03 - 08)
        );
    }

    #[test]
    fn an_unknown_zone_has_begun_no_day_that_another_has_not() {
        let unknown = Account { id: "1".into(), zone: None, ..Account::default() };
        assert_eq!(unknown.begun_day(datetime!(2026-03-08 11:30 UTC)), date!(2026 - 03 - 07));
        assert_eq!(unknown.begun_day(datetime!(2026-03-08 12:00 UTC)), date!(2026 - 03 - 08));
    }

    #[test]
    fn hours_are_those_of_utc_over_daylight_saving() {
        let account = Account { zone: tzdb::tz_by_name("America/New_York"), ..Account::default() };
        let utc = |day, hour: usize| account.hours(day)[hour].1.clone();
        assert_eq!(account.hours(date!(2026 - 01 - 15))[5].0, "2026-01-15 05");
        assert_eq!(utc(date!(2026 - 01 - 15), 5), "2026-01-15T10:00:00Z");
        // In November the hour from one to two comes twice; the first one counts.
        assert_eq!(utc(date!(2026 - 11 - 01), 0), "2026-11-01T04:00:00Z");
        assert_eq!(utc(date!(2026 - 11 - 01), 1), "2026-11-01T05:00:00Z");
        assert_eq!(utc(date!(2026 - 11 - 01), 2), "2026-11-01T07:00:00Z");
        // In March there is no hour from two to three.
        assert_eq!(utc(date!(2026 - 03 - 08), 1), "2026-03-08T06:00:00Z");
        assert_eq!(utc(date!(2026 - 03 - 08), 3), "2026-03-08T07:00:00Z");
        let unknown = Account::default();
        assert_eq!(unknown.hours(date!(2026 - 01 - 15))[23].1, "2026-01-15T23:00:00Z");
    }
}

//! Days of reports: where to begin, and how they are cut into windows. Pure functions of dates.

use time::{Date, Duration};

/// Days from `start` to `end`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
}

/// The first day to read: the bookmark less the days that are read again, but never before `start_date`.
#[must_use]
pub(super) fn first_day(start_date: Date, bookmark: Option<Date>, attribution_window: u16) -> Date {
    let again = Duration::days(i64::from(attribution_window));
    bookmark.map_or(start_date, |b| b.checked_sub(again).unwrap_or(Date::MIN).max(start_date))
}

/// Windows of at most `days` days that hold every day from `start` to `end` once, oldest first. None if `start` lies after `end`.
pub(super) fn windows(start: Date, end: Date, days: u16) -> impl Iterator<Item = Window> + Send {
    let span = Duration::days(i64::from(days.max(1)) - 1);
    let mut next = (start <= end).then_some(start);
    std::iter::from_fn(move || {
        let start = next?;
        let last = start.checked_add(span).unwrap_or(Date::MAX).min(end);
        next = last.next_day().filter(|day| *day <= end);
        Some(Window { start, end: last })
    })
}

impl Window {
    /// Both halves, the older one first; `None` for a single day.
    #[must_use]
    pub fn halves(self) -> Option<(Window, Window)> {
        let days = (self.end - self.start).whole_days();
        let middle = self.start.checked_add(Duration::days((days - 1).max(0) / 2))?;
        let after = middle.next_day()?;
        (self.start < self.end).then_some((Window { start: self.start, end: middle }, Window { start: after, end: self.end }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn thirty_days_count_both_ends() {
        let got: Vec<Window> = windows(date!(2026 - 01 - 01), date!(2026 - 01 - 31), 30).collect();
        assert_eq!(got[0], Window { start: date!(2026 - 01 - 01), end: date!(2026 - 01 - 30) });
        assert_eq!(got[1], Window { start: date!(2026 - 01 - 31), end: date!(2026 - 01 - 31) });
        assert_eq!(windows(date!(2026 - 02 - 01), date!(2026 - 01 - 31), 30).count(), 0);
        assert_eq!(windows(Date::MAX, Date::MAX, 30).count(), 1);
    }

    #[test]
    fn the_window_that_is_read_again_ends_at_the_start_date() {
        let start = date!(2026 - 01 - 10);
        assert_eq!(first_day(start, None, 7), start);
        assert_eq!(first_day(start, Some(date!(2026 - 02 - 10)), 7), date!(2026 - 02 - 03));
        assert_eq!(first_day(start, Some(date!(2026 - 01 - 12)), 7), start);
        assert_eq!(first_day(start, Some(Date::MIN), 364), start);
    }

    proptest! {
        #[test]
        fn every_day_is_in_one_window(from in 0_i64..2000, length in 0_i64..500, days in 1_u16..40, cut in any::<bool>()) {
            let start = date!(2020 - 01 - 01) + Duration::days(from);
            let end = start + Duration::days(length);
            let mut pieces: Vec<Window> = windows(start, end, days).collect();
            if cut {
                pieces = pieces.into_iter().flat_map(|w| w.halves().map_or(vec![w], |(a, b)| vec![a, b])).collect();
            }
            let mut expected = start;
            for piece in pieces {
                prop_assert_eq!(piece.start, expected);
                prop_assert!(piece.end >= piece.start && (piece.end - piece.start).whole_days() < i64::from(days));
                expected = piece.end.next_day().expect("far from the end of time");
            }
            prop_assert_eq!(expected, end + Duration::days(1));
        }
    }
}

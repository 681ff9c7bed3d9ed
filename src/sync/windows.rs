//! Computes the first day to read, and the windows that days are divided into.

use time::{Date, Duration};

/// Days from `start` to `end`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
}

/// The first day to read: the bookmark less the days that are read again, but never before
/// `start_date`.
pub(crate) fn first_day(start_date: Date, bookmark: Option<Date>, attribution_window: u16) -> Date {
    let again = Duration::days(i64::from(attribution_window));
    bookmark.map_or(start_date, |b| b.checked_sub(again).unwrap_or(Date::MIN).max(start_date))
}

/// Windows of at most `days` days that contain every day from `start` to `end` once, oldest first.
/// There is none if `start` is after `end`.
pub(crate) fn windows(start: Date, end: Date, days: u16) -> impl Iterator<Item = Window> + Send {
    let span = Duration::days(i64::from(days.max(1)) - 1);
    let mut next = (start <= end).then_some(start);
    std::iter::from_fn(move || {
        let start = next?;
        let last = start.checked_add(span).unwrap_or(Date::MAX).min(end);
        next = last.next_day().filter(|day| *day <= end);
        Some(Window { start, end: last })
    })
}

/// Like [`windows`], but the first window has one day, and each further one has twice as many as
/// the one before, unless `fitting` returns fewer. It is called when a window starts.
pub(crate) fn growing_windows(
    start: Date,
    end: Date,
    most: u16,
    fitting: impl Fn(u16) -> u16 + Send,
) -> impl Iterator<Item = Window> + Send {
    let mut left = (start <= end).then_some(Window { start, end });
    let mut days = 1;
    std::iter::from_fn(move || {
        let window = left?.first(fitting(days).clamp(1, most.max(1)));
        days = window.days().saturating_mul(2).min(most);
        left = left?.after(window.end);
        Some(window)
    })
}

impl Window {
    /// Days, both ends included.
    pub(crate) fn days(self) -> u16 {
        u16::try_from((self.end - self.start).whole_days() + 1).unwrap_or(u16::MAX)
    }

    /// The first `days` days of it, or all.
    pub(crate) fn first(self, days: u16) -> Window {
        let last = self.start.checked_add(Duration::days(i64::from(days.max(1)) - 1));
        Window { end: last.map_or(self.end, |last| last.min(self.end)), ..self }
    }

    /// The part of it after a day.
    pub(crate) fn after(self, day: Date) -> Option<Window> {
        let start = day.next_day()?.max(self.start);
        (start <= self.end).then_some(Window { start, ..self })
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

    fn is_covered(
        start: Date,
        end: Date,
        most: u16,
        pieces: &[Window],
    ) -> Result<(), TestCaseError> {
        let mut expected = start;
        for piece in pieces {
            prop_assert_eq!(piece.start, expected);
            prop_assert!(piece.end >= piece.start && piece.days() <= most);
            expected = piece.end.next_day().expect("far from the end of time");
        }
        prop_assert_eq!(expected, end + Duration::days(1));
        Ok(())
    }

    proptest! {
        #[test]
        fn every_day_is_in_one_window(
            from in 0_i64..2000,
            length in 0_i64..500,
            days in 1_u16..40,
            cut in 1_u16..40,
        ) {
            let start = date!(2020 - 01 - 01) + Duration::days(from);
            let end = start + Duration::days(length);
            let whole: Vec<Window> = windows(start, end, days).collect();
            is_covered(start, end, days, &whole)?;
            let pieces = whole.into_iter().flat_map(|window| {
                let mut left = Some(window);
                std::iter::from_fn(move || {
                    let piece = left?.first(cut);
                    left = left?.after(piece.end);
                    Some(piece)
                })
            });
            is_covered(start, end, days.min(cut), &pieces.collect::<Vec<_>>())?;
            let growing = growing_windows(start, end, days, |wanted| wanted.min(cut));
            let growing: Vec<Window> = growing.collect();
            is_covered(start, end, days.min(cut), &growing)?;
            prop_assert_eq!(growing[0].days(), 1);
        }
    }
}

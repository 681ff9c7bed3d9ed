//! Remembers how many days of a report can be requested at once, by stream, partition and pass, so
//! that the next window starts with what worked for the one before.

use super::partition::Partition;
use crate::streams::Buying;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The number of windows that must succeed before twice as many days are tried again.
const GROW_AFTER: u32 = 8;

/// A stream by its place among the plans, a partition, and a pass.
pub(crate) type Of = (usize, Partition, Buying);

/// What is known in this run.
#[derive(Debug, Default)]
pub(crate) struct Sizes {
    learnt: Mutex<HashMap<Of, Size>>,
    /// When the run ends, if that is set.
    deadline: Option<Instant>,
}

#[derive(Debug)]
struct Size {
    /// The most days to request.
    days: u16,
    /// The number of windows of that size that succeeded since it was set.
    worked: u32,
    /// The number of windows that must succeed before more days are tried.
    grow_after: u32,
    /// How long a day took in the last window that succeeded.
    pace: Option<Duration>,
    /// Whether TikTok counts the rows of a window that is too large to be read at once.
    counts: bool,
}

impl Default for Size {
    fn default() -> Self {
        Size { days: u16::MAX, worked: 0, grow_after: GROW_AFTER, pace: None, counts: true }
    }
}

impl Sizes {
    /// An empty memory. A run that ends after `max_runtime` fits its windows into the remaining
    /// time.
    pub(crate) fn new(max_runtime: Option<Duration>) -> Self {
        let deadline = max_runtime.and_then(|most| Instant::now().checked_add(most));
        Sizes { learnt: Mutex::default(), deadline }
    }

    /// The number of days that may be requested at once.
    pub(crate) fn days(&self, of: Of) -> u16 {
        self.lock().get(&of).map_or(u16::MAX, |size| size.days)
    }

    /// As many of `days` as can probably be read in half of the remaining time of the run; at least
    /// one.
    pub(crate) fn fitting(&self, of: Of, days: u16) -> u16 {
        let pace = self.lock().get(&of).and_then(|size| size.pace);
        let (Some(deadline), Some(pace)) = (self.deadline, pace) else { return days };
        let left = deadline.saturating_duration_since(Instant::now()) / 2;
        let fit = left.as_nanos() / pace.as_nanos().max(1);
        days.min(u16::try_from(fit).unwrap_or(u16::MAX)).max(1)
    }

    /// Notes that a window of `days` days was read in that time.
    pub(crate) fn worked(&self, of: Of, days: u16, took: Duration) {
        let mut learnt = self.lock();
        let size = learnt.entry(of).or_default();
        size.pace = Some(took / u32::from(days.max(1)));
        if days >= size.days {
            size.worked += 1;
            if size.worked >= size.grow_after {
                (size.days, size.worked) = (size.days.saturating_mul(2), 0);
            }
        }
    }

    /// Notes that a window of `days` days was too large. Each time, more windows must succeed
    /// before more days are tried, because TikTok penalises time-outs.
    pub(crate) fn failed(&self, of: Of, days: u16) {
        let mut learnt = self.lock();
        let size = learnt.entry(of).or_default();
        if days / 2 < size.days {
            if size.days != u16::MAX {
                size.grow_after = size.grow_after.saturating_mul(2);
            }
            (size.days, size.worked) = ((days / 2).max(1), 0);
        }
    }

    /// Whether to ask for the number of rows of a window that is too large to be read at once.
    pub(crate) fn counts(&self, of: Of) -> bool {
        self.lock().get(&of).is_none_or(|size| size.counts)
    }

    /// TikTok does not count them.
    pub(crate) fn cannot_count(&self, of: Of) {
        self.lock().entry(of).or_default().counts = false;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Of, Size>> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: Of = (0, Partition::Account(0), Buying::Ordinary);

    #[test]
    fn the_size_that_worked_is_the_next_ones() {
        let sizes = Sizes::new(None);
        assert_eq!(sizes.days(OF), u16::MAX);
        // What three windows in flight together meet counts once.
        for days in [30, 30, 30, 15, 15] {
            sizes.failed(OF, days);
        }
        assert_eq!(sizes.days(OF), 7);
        assert_eq!(
            sizes.days((0, Partition::Account(1), Buying::Ordinary)),
            u16::MAX,
            "another account"
        );
        sizes.failed(OF, 1);
        assert_eq!(sizes.days(OF), 1, "a day is the least");
    }

    #[test]
    fn more_is_tried_again_later_and_each_time_later() {
        let sizes = Sizes::new(None);
        let mut windows = Vec::new();
        for _ in 0..3 {
            sizes.failed(OF, 2);
            let mut worked = 0;
            while sizes.days(OF) == 1 {
                sizes.worked(OF, 1, Duration::ZERO);
                worked += 1;
            }
            windows.push(worked);
        }
        assert_eq!(windows, [8, 16, 32]);
    }

    #[test]
    fn windows_fit_what_is_left_of_the_run() {
        let sizes = Sizes::new(Some(Duration::from_secs(3600)));
        assert_eq!(sizes.fitting(OF, 30), 30, "nothing is known yet");
        sizes.worked(OF, 2, Duration::from_secs(600));
        assert_eq!(sizes.fitting(OF, 30), 5);
        sizes.worked(OF, 1, Duration::from_secs(7200));
        assert_eq!(sizes.fitting(OF, 30), 1);
    }
}

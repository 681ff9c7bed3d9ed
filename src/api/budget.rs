//! Computes when the next request may start under a limit per second and per minute, from the
//! requests that started before. `pacing` does the waiting.

use super::limits::Limit;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// One rate limit and how much of it was used.
#[derive(Debug)]
pub(super) struct Budget {
    /// The time between the starts of two requests. They are spread evenly, because a burst would
    /// exceed the limit per second.
    interval: Duration,
    /// The most requests per minute; `None` if the interval already enforces it.
    per_minute: Option<usize>,
    /// When the requests of the last minute started, if they are counted.
    recent: VecDeque<Instant>,
    /// The earliest time at which the next request may start.
    next: Instant,
}

impl Budget {
    /// A budget of which nothing was used yet.
    pub(super) fn new(limit: Limit, now: Instant) -> Self {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number, rounded down"
        )]
        let per_minute = (limit.per_minute < limit.per_second * 60.0)
            .then_some((limit.per_minute as usize).max(1));
        Budget {
            interval: Duration::from_secs_f64(1.0 / limit.per_second.max(0.001)),
            per_minute,
            recent: VecDeque::new(),
            next: now,
        }
    }

    /// Reserves the next start, which is not before `earliest`, and returns its time.
    pub(super) fn take(&mut self, earliest: Instant) -> Instant {
        let mut start = self.next.max(earliest);
        if let Some(most) = self.per_minute {
            if self.recent.len() >= most
                && let Some(first) = self.recent.pop_front()
            {
                start = start.max(first + MINUTE);
            }
            self.recent.push_back(start);
        }
        self.next = start + self.interval;
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn turns_are_evenly_spread_from_the_first_on() {
        let now = Instant::now();
        let mut budget = Budget::new(Limit { per_second: 8.0, per_minute: 480.0 }, now);
        let starts: Vec<Duration> = (0..5).map(|_| budget.take(now) - now).collect();
        assert_eq!(starts, [0, 125, 250, 375, 500].map(Duration::from_millis));
        // Time that nobody used is not made up for.
        let later = now + Duration::from_secs(9);
        assert_eq!(
            (budget.take(later), budget.take(later)),
            (later, later + Duration::from_millis(125))
        );
    }

    proptest! {
        #[test]
        fn no_second_and_no_minute_holds_more_than_its_limit(
            per_second in 1_u32..20,
            part in 1_u32..100,
            waits in prop::collection::vec(0_u64..700, 1..400),
        ) {
            let per_minute = (f64::from(per_second * part) * 0.6).max(1.0);
            let limit = Limit { per_second: f64::from(per_second), per_minute };
            let now = Instant::now();
            let mut budget = Budget::new(limit, now);
            let mut earliest = now;
            let starts: Vec<Duration> = waits.iter().map(|wait| {
                earliest += Duration::from_millis(*wait);
                budget.take(earliest) - now
            }).collect();
            let second = Duration::from_secs(1);
            for (length, most) in [(second, limit.per_second), (MINUTE, limit.per_minute)] {
                for (i, start) in starts.iter().enumerate() {
                    // Rounded to nanoseconds, an interval may be a little short.
                    let is_within =
                        |s: &&Duration| **s + Duration::from_micros(1) < *start + length;
                    let within = starts[i..].iter().take_while(is_within).count();
                    let count = f64::from(u32::try_from(within).expect("few"));
                    prop_assert!(count <= most.floor().max(1.0), "{within} in {length:?}");
                }
            }
        }
    }
}

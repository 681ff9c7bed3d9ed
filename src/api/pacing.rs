//! When a request may start: one budget for the whole process, and the pauses that TikTok asks for. It owns time; what an answer
//! means is `codes`' matter.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long everybody pauses when TikTok throttles, in seconds, one after the other. A breach of the limit by the second is over at
/// once, one by the minute is suspended for five minutes, and asking on during a suspension keeps it alive.
pub const PAUSES: [u64; 5] = [1, 5, 30, 300, 300];

/// The end of a run, told to everyone who waits.
#[derive(Debug, Default)]
pub struct Halt {
    halted: Mutex<bool>,
    told: Condvar,
}

impl Halt {
    /// Nothing starts from now on, and nobody sleeps any longer.
    pub fn halt(&self) {
        *lock(&self.halted) = true;
        self.told.notify_all();
    }

    /// Whether the run is over.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        *lock(&self.halted)
    }

    /// Sleeps until `then`. `false`: the run is over.
    #[must_use]
    pub fn sleep_until(&self, then: Instant) -> bool {
        let mut halted = lock(&self.halted);
        loop {
            let left = then.saturating_duration_since(Instant::now());
            if *halted || left.is_zero() {
                return !*halted;
            }
            halted = self.told.wait_timeout(halted, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// The budget of the process.
#[derive(Debug)]
pub struct Pacing {
    /// Between the starts of two requests.
    interval: Duration,
    /// What every pause is multiplied by; 1 except in tests.
    scale: f64,
    turns: Mutex<Turns>,
}

#[derive(Debug)]
struct Turns {
    /// When the next request may start.
    next: Instant,
    /// Nobody starts before.
    paused_until: Instant,
    /// Pauses taken since the last good answer.
    pauses: usize,
}

impl Pacing {
    /// A budget of `rate` requests a second, evenly spread: a burst at the start would be a breach by itself.
    #[must_use]
    pub fn new(rate: f64, scale: f64) -> Self {
        let now = Instant::now();
        Pacing {
            interval: Duration::from_secs_f64(1.0 / rate.max(0.001)),
            scale,
            turns: Mutex::new(Turns { next: now, paused_until: now, pauses: 0 }),
        }
    }

    /// Waits for a turn. Returns when it began; `None`: the run is over.
    #[must_use]
    pub fn turn(&self, halt: &Halt) -> Option<Instant> {
        loop {
            let start = {
                let mut turns = lock(&self.turns);
                let start = turns.next.max(turns.paused_until).max(Instant::now());
                turns.next = start + self.interval;
                start
            };
            if !halt.sleep_until(start) {
                return None;
            }
            // Somebody may have been throttled while this turn was waited for.
            if lock(&self.turns).paused_until <= start {
                return Some(start);
            }
        }
    }

    /// Pauses everybody, because a request that began at `start` was throttled. Requests that were in flight together count as one.
    /// `None`: all pauses are spent.
    #[must_use]
    pub fn pause(&self, start: Instant) -> Option<Duration> {
        let mut turns = lock(&self.turns);
        if start < turns.paused_until {
            return Some(turns.paused_until.saturating_duration_since(Instant::now()));
        }
        let pause = self.scaled(Duration::from_secs(*PAUSES.get(turns.pauses)?));
        turns.pauses += 1;
        turns.paused_until = Instant::now() + pause;
        Some(pause)
    }

    /// A request that began at `start` was answered: pauses begin anew, unless one was taken since.
    pub fn answered(&self, start: Instant) {
        let mut turns = lock(&self.turns);
        if start >= turns.paused_until {
            turns.pauses = 0;
        }
    }

    /// A pause as long as it is in this process.
    #[must_use]
    pub fn scaled(&self, pause: Duration) -> Duration {
        pause.mul_f64(self.scale)
    }
}

/// A lock whose holder panicked is taken all the same: what it guards is changed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_evenly_spread_from_the_first_on() {
        let (pacing, halt) = (Pacing::new(200.0, 1.0), Halt::default());
        let turns: Vec<Instant> = (0..5).map(|_| pacing.turn(&halt).expect("not halted")).collect();
        for pair in turns.windows(2) {
            assert!(pair[1] - pair[0] >= Duration::from_millis(5), "{:?}", pair[1] - pair[0]);
        }
    }

    #[test]
    fn pauses_grow_until_they_are_spent_and_begin_anew_after_an_answer() {
        let pacing = Pacing::new(1e6, 0.0);
        let mut taken = Vec::new();
        while let Some(pause) = pacing.pause(Instant::now()) {
            taken.push(pause);
            assert!(taken.len() <= PAUSES.len());
        }
        assert_eq!(taken.len(), PAUSES.len());
        pacing.answered(Instant::now());
        assert!(pacing.pause(Instant::now()).is_some());
    }

    #[test]
    fn requests_throttled_together_are_one_breach() {
        let pacing = Pacing::new(1e6, 1.0);
        let start = Instant::now();
        assert_eq!(pacing.pause(start), Some(Duration::from_secs(1)));
        assert!(pacing.pause(start).is_some_and(|left| left <= Duration::from_secs(1)), "the same pause, not the next");
    }

    #[test]
    fn a_halt_wakes_sleepers() {
        let halt = Halt::default();
        halt.halt();
        assert!(!halt.sleep_until(Instant::now() + Duration::from_secs(3600)));
        assert!(Pacing::new(1.0, 1.0).turn(&halt).is_none());
    }
}

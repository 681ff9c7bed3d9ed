//! When a request may start: one budget for the whole process, one more for each slower endpoint,
//! and the pauses that TikTok asks for. It owns time; what an answer means is `codes`' matter.

use super::budget::Budget;
use super::limits::Limits;
use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long everybody pauses when TikTok throttles, in seconds, one after the other. A breach of
/// the limit by the second is over at once, one by the minute is suspended for five minutes, and
/// asking on during a suspension keeps it alive.
pub const PAUSES: [u64; 5] = [1, 5, 30, 300, 300];

/// So many time-outs within [`TIME_OUT_SPAN`] are two short of what TikTok punishes.
const TIME_OUTS: usize = 8;
const TIME_OUT_SPAN: Duration = Duration::from_secs(10);

/// A turn that was taken so much later than it was due is taken anew.
const MISSED: Duration = Duration::from_secs(1);

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
    pub fn is_halted(&self) -> bool {
        *lock(&self.halted)
    }

    /// Sleeps until `then`. `false`: the run is over.
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
    limits: Limits,
    /// What every pause is multiplied by; 1 except in tests.
    scale: f64,
    turns: Mutex<Turns>,
}

#[derive(Debug)]
struct Turns {
    app: Budget,
    /// Of endpoints that have limits of their own, once they are asked.
    endpoints: HashMap<&'static str, Budget>,
    /// Nobody asks an endpoint about an account before.
    held: HashMap<(&'static str, String), Instant>,
    /// Nobody starts before.
    paused_until: Instant,
    /// Pauses taken for each endpoint since it last answered: what other endpoints answer says
    /// nothing about one that is throttled for good.
    pauses: HashMap<&'static str, usize>,
    /// When requests timed out, of the last [`TIME_OUTS`] only.
    timed_out: VecDeque<Instant>,
}

impl Pacing {
    /// Keeps to limits.
    pub fn new(limits: Limits, scale: f64) -> Self {
        let now = Instant::now();
        let turns = Turns {
            app: Budget::new(limits.app, now),
            endpoints: HashMap::new(),
            held: HashMap::new(),
            paused_until: now,
            pauses: HashMap::new(),
            timed_out: VecDeque::with_capacity(TIME_OUTS),
        };
        Pacing { limits, scale, turns: Mutex::new(turns) }
    }

    /// Waits for a turn at an endpoint, for an account if it is about one. Returns when it began;
    /// `None`: the run is over.
    pub fn turn(&self, path: &'static str, account: &str, halt: &Halt) -> Option<Instant> {
        while let Some(until) = self.held_until(path, account) {
            if !halt.sleep_until(until) {
                return None;
            }
        }
        if let Some(limit) = self.limits.endpoint(path) {
            let now = Instant::now();
            let start = lock(&self.turns)
                .endpoints
                .entry(path)
                .or_insert_with(|| Budget::new(limit, now))
                .take(now);
            // Slept through before the turn of the app is taken: requests elsewhere do not wait
            // behind it.
            if !halt.sleep_until(start) {
                return None;
            }
        }
        loop {
            let start = {
                let mut turns = lock(&self.turns);
                let earliest = turns.paused_until.max(Instant::now());
                turns.app.take(earliest)
            };
            if !halt.sleep_until(start) {
                return None;
            }
            // Somebody may have been throttled while this turn was waited for; and a process that
            // was stopped for a while would make all the turns that it missed at once.
            if lock(&self.turns).paused_until <= start && start.elapsed() < MISSED {
                return Some(start);
            }
        }
    }

    /// Holds an endpoint for one account: TikTok throttles some accounts by themselves.
    pub fn hold(&self, path: &'static str, account: &str, pause: Duration) {
        let until = Instant::now() + pause;
        let mut turns = lock(&self.turns);
        let held = turns.held.entry((path, account.to_owned())).or_insert(until);
        *held = until.max(*held);
    }

    fn held_until(&self, path: &'static str, account: &str) -> Option<Instant> {
        let mut turns = lock(&self.turns);
        if turns.held.is_empty() {
            return None;
        }
        let now = Instant::now();
        turns.held.retain(|_, until| *until > now);
        turns.held.get(&(path, account.to_owned())).copied()
    }

    /// Pauses everybody, because a request to `path` that began at `start` was throttled. Requests
    /// that were in flight together count as one. `None`: all pauses of the endpoint are spent.
    pub fn pause(&self, path: &'static str, start: Instant) -> Option<Duration> {
        let mut turns = lock(&self.turns);
        if start < turns.paused_until {
            return Some(turns.paused_until.saturating_duration_since(Instant::now()));
        }
        let taken = turns.pauses.entry(path).or_default();
        let pause = self.scaled(Duration::from_secs(*PAUSES.get(*taken)?));
        *taken += 1;
        turns.paused_until = Instant::now() + pause;
        Some(pause)
    }

    /// A request to `path` that began at `start` was answered: the pauses of that endpoint begin
    /// again with the shortest, unless one was taken since.
    pub fn answered(&self, path: &'static str, start: Instant) {
        let mut turns = lock(&self.turns);
        if start >= turns.paused_until {
            turns.pauses.remove(path);
        }
    }

    /// A request timed out. TikTok slows an app down that has ten time-outs within ten seconds, and
    /// blocks it at thirty: before that everybody pauses until the first of them is old enough.
    pub fn timed_out(&self) {
        let mut turns = lock(&self.turns);
        let now = Instant::now();
        if turns.timed_out.len() == TIME_OUTS {
            turns.timed_out.pop_front();
        }
        turns.timed_out.push_back(now);
        if let Some(first) = turns.timed_out.front().filter(|_| turns.timed_out.len() == TIME_OUTS)
        {
            let until = *first + self.scaled(TIME_OUT_SPAN);
            turns.paused_until = turns.paused_until.max(until);
        }
    }

    /// A pause as long as it is in this process.
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
    use crate::config::Rate;
    use std::thread;

    fn pacing(per_second: f64, scale: f64) -> Pacing {
        Pacing::new(Limits::new(Rate::PerSecond(per_second), false), scale)
    }

    #[test]
    fn a_slow_endpoint_holds_nobody_else_up() {
        let (pacing, halt) = (pacing(1000.0, 1.0), Halt::default());
        let begun = Instant::now();
        // Two a second and 80 % of it: the third of these would start after more than a second.
        for _ in 0..2 {
            assert!(pacing.turn("report/task/create/", "", &halt).is_some());
        }
        let slow = begun.elapsed();
        assert!(slow >= Duration::from_millis(600), "{slow:?}");
        thread::scope(|scope| {
            let waits = scope.spawn(|| pacing.turn("report/task/create/", "", &halt));
            thread::sleep(Duration::from_millis(20));
            let begun = Instant::now();
            assert!(pacing.turn("campaign/get/", "", &halt).is_some());
            assert!(begun.elapsed() < Duration::from_millis(300), "{:?}", begun.elapsed());
            halt.halt();
            assert!(waits.join().expect("no panic").is_none());
        });
    }

    #[test]
    fn pauses_grow_until_they_are_spent_and_only_the_same_endpoint_ends_them() {
        let pacing = pacing(1e6, 0.0);
        let mut taken = Vec::new();
        while let Some(pause) = pacing.pause("ad/get/", Instant::now()) {
            taken.push(pause);
            assert!(taken.len() <= PAUSES.len());
            pacing.answered("campaign/get/", Instant::now());
        }
        assert_eq!(taken.len(), PAUSES.len());
        assert!(
            pacing.pause("campaign/get/", Instant::now()).is_some(),
            "another endpoint has pauses of its own"
        );
        pacing.answered("ad/get/", Instant::now());
        assert!(pacing.pause("ad/get/", Instant::now()).is_some());
    }

    #[test]
    fn time_outs_in_a_row_pause_before_tiktok_punishes_them() {
        let pacing = pacing(1e6, 1.0);
        let is_paused = || lock(&pacing.turns).paused_until > Instant::now();
        for _ in 1..TIME_OUTS {
            pacing.timed_out();
        }
        assert!(!is_paused(), "fewer time-outs than TikTok counts");
        pacing.timed_out();
        assert!(is_paused());
    }

    #[test]
    fn an_account_is_held_by_itself() {
        let (pacing, halt) = (pacing(1e6, 1.0), Halt::default());
        pacing.hold("ad/get/", "1", Duration::from_millis(200));
        let begun = Instant::now();
        for (path, account) in [("ad/get/", "2"), ("campaign/get/", "1")] {
            assert!(pacing.turn(path, account, &halt).is_some());
        }
        assert!(begun.elapsed() < Duration::from_millis(150), "{:?}", begun.elapsed());
        assert!(pacing.turn("ad/get/", "1", &halt).is_some());
        assert!(begun.elapsed() >= Duration::from_millis(200));
    }

    #[test]
    fn requests_throttled_together_are_one_breach() {
        let pacing = pacing(1e6, 1.0);
        let start = Instant::now();
        assert_eq!(pacing.pause("ad/get/", start), Some(Duration::from_secs(1)));
        assert!(
            pacing.pause("ad/get/", start).is_some_and(|left| left <= Duration::from_secs(1)),
            "the same pause, not the next"
        );
    }

    #[test]
    fn a_halt_wakes_sleepers() {
        let halt = Halt::default();
        halt.halt();
        assert!(!halt.sleep_until(Instant::now() + Duration::from_secs(3600)));
        assert!(pacing(1.0, 1.0).turn("campaign/get/", "", &halt).is_none());
    }
}

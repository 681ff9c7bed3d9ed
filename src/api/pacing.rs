//! Delays requests so that they stay within the rate limits: one budget for the whole process, one
//! for each slower endpoint, and the pauses that TikTok demands.

use super::budget::Budget;
use super::limits::Limits;
use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The pauses of the whole process when TikTok throttles, in seconds, one after the other. The
/// limit per second is over at once. Exceeding the limit per minute suspends the app for five
/// minutes, and requests during a suspension extend it.
pub const PAUSES: [u64; 5] = [1, 5, 30, 300, 300];

/// TikTok slows down an app that has two more time-outs than this within [`TIME_OUT_SPAN`].
const TIME_OUTS: usize = 8;
const TIME_OUT_SPAN: Duration = Duration::from_secs(10);

/// A turn that is used this much later than planned is reserved again.
const MISSED: Duration = Duration::from_secs(1);

/// Ends the waiting of all workers at the end of a run.
#[derive(Debug, Default)]
pub struct Halt {
    halted: Mutex<bool>,
    told: Condvar,
}

impl Halt {
    /// From now on no request starts, and nobody waits.
    pub fn halt(&self) {
        *lock(&self.halted) = true;
        self.told.notify_all();
    }

    /// Whether the run has ended.
    pub fn is_halted(&self) -> bool {
        *lock(&self.halted)
    }

    /// Sleeps until `then`. Returns `false` if the run ended.
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
    /// The factor for every pause, and for the intervals of endpoints with limits of their own; 1
    /// except in tests.
    scale: f64,
    turns: Mutex<Turns>,
}

#[derive(Debug)]
struct Turns {
    app: Budget,
    /// The budgets of endpoints with limits of their own, once they are used.
    endpoints: HashMap<&'static str, Budget>,
    /// The earliest time of the next request for an endpoint and account.
    held: HashMap<(&'static str, String), Instant>,
    /// The earliest time of the next request.
    paused_until: Instant,
    /// The number of pauses for each endpoint since it last answered. Answers of other endpoints do
    /// not show that a permanently throttled one works again.
    pauses: HashMap<&'static str, usize>,
    /// When the last [`TIME_OUTS`] requests timed out.
    timed_out: VecDeque<Instant>,
}

impl Pacing {
    /// Keeps requests within limits.
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

    /// Waits until a request to an endpoint may start, for an account if it is about one. Returns
    /// the time of the start, or `None` if the run ended.
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
                .or_insert_with(|| Budget::new(limit.paced(self.scale), now))
                .take(now);
            // Wait before reserving the turn of the app, so that requests to other endpoints do not
            // wait behind this one.
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
            // Another request may have been throttled meanwhile. And a process that was suspended
            // would otherwise start all requests that it missed at once.
            if lock(&self.turns).paused_until <= start && start.elapsed() < MISSED {
                return Some(start);
            }
        }
    }

    /// Delays an endpoint for one account, because TikTok throttles some accounts separately.
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

    /// Pauses the whole process, because a request to `path` that started at `start` was throttled.
    /// Requests that were in flight at the same time count as one. Returns `None` if the endpoint
    /// has used all its pauses.
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

    /// Notes that a request to `path` that started at `start` was answered. The next pause of that
    /// endpoint is the shortest again, unless a pause began since.
    pub fn answered(&self, path: &'static str, start: Instant) {
        let mut turns = lock(&self.turns);
        if start >= turns.paused_until {
            turns.pauses.remove(path);
        }
    }

    /// Notes that a request timed out. TikTok slows down an app that has ten time-outs within ten
    /// seconds, and blocks it at thirty. Before that, the process pauses until the first of them is
    /// old enough; the length of that pause is returned.
    pub fn timed_out(&self) -> Option<Duration> {
        let mut turns = lock(&self.turns);
        let now = Instant::now();
        if turns.timed_out.len() == TIME_OUTS {
            turns.timed_out.pop_front();
        }
        turns.timed_out.push_back(now);
        let first = turns.timed_out.front().filter(|_| turns.timed_out.len() == TIME_OUTS)?;
        let until = *first + self.scaled(TIME_OUT_SPAN);
        turns.paused_until = turns.paused_until.max(until);
        Some(until.saturating_duration_since(now)).filter(|pause| !pause.is_zero())
    }

    /// The length of a pause in this process.
    pub fn scaled(&self, pause: Duration) -> Duration {
        pause.mul_f64(self.scale)
    }
}

/// Takes a lock even if its holder panicked, because its data is changed in one step.
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

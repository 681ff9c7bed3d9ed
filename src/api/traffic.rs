//! Counts the requests of a run and what they wait for. The progress, the summary and the run
//! report read it.

use crate::logging::stream;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The requests of a run.
#[derive(Debug, Default)]
pub struct Traffic {
    requests: AtomicU64,
    retries: AtomicU64,
    pauses: Mutex<Pauses>,
    /// Requests by stream and endpoint, of the streams that are not over.
    by_stream: Mutex<HashMap<Arc<str>, HashMap<&'static str, u64>>>,
}

/// Why a request waits, and how much longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// What happened, for messages.
    pub reason: String,
    /// The time until it ends.
    pub left: Duration,
}

#[derive(Debug, Default)]
struct Pauses {
    /// The time in which at least one request waits, up to the end of the last pause.
    total: Duration,
    /// The pause that ends last.
    last: Option<(Instant, String)>,
}

impl Traffic {
    /// Counts a request to an endpoint, for the stream that this thread works for.
    pub(super) fn sent(&self, path: &'static str) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if let Some(stream) = stream::current() {
            *lock(&self.by_stream).entry(stream).or_default().entry(path).or_default() += 1;
        }
    }

    /// Notes that a request waits before it is made again.
    pub(super) fn repeats(&self, reason: String, pause: Duration) {
        self.retries.fetch_add(1, Ordering::Relaxed);
        self.pauses(reason, pause);
    }

    /// Notes that requests wait.
    pub(super) fn pauses(&self, reason: String, pause: Duration) {
        lock(&self.pauses).begin(reason, pause, Instant::now());
    }

    /// Requests sent so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Requests of these that repeat a failed one.
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// The pause that ends last, of those that have not ended.
    pub fn pause(&self) -> Option<Pause> {
        let pauses = lock(&self.pauses);
        let (until, reason) = pauses.last.as_ref()?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| Pause { reason: reason.clone(), left })
    }

    /// The time so far in which at least one request waited before it was made again.
    pub fn paused(&self) -> Duration {
        lock(&self.pauses).so_far(Instant::now())
    }

    /// The requests that a stream took, by endpoint, which are forgotten.
    pub fn take(&self, stream: &str) -> Vec<(&'static str, u64)> {
        let taken = lock(&self.by_stream).remove(stream).unwrap_or_default();
        let mut taken: Vec<_> = taken.into_iter().collect();
        taken.sort_unstable();
        taken
    }
}

impl Pauses {
    fn begin(&mut self, reason: String, pause: Duration, now: Instant) {
        let (until, covered) = (now + pause, self.last.as_ref().map_or(now, |(until, _)| *until));
        if until > covered {
            self.total += until - covered.max(now);
            self.last = Some((until, reason));
        }
    }

    fn so_far(&self, now: Instant) -> Duration {
        let left = self.last.as_ref().map(|(until, _)| until.saturating_duration_since(now));
        self.total.saturating_sub(left.unwrap_or_default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_at_the_same_time_count_once() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut pauses = Pauses::default();
        pauses.begin("first".to_owned(), 5 * second, start);
        pauses.begin("shorter".to_owned(), 2 * second, start + second);
        assert_eq!(pauses.so_far(start + 3 * second), 3 * second);
        pauses.begin("longer".to_owned(), 5 * second, start + 3 * second);
        assert_eq!(pauses.so_far(start + 8 * second), 8 * second);
        pauses.begin("later".to_owned(), second, start + 20 * second);
        assert_eq!(pauses.so_far(start + 60 * second), 9 * second);
        assert_eq!(pauses.last.map(|(_, reason)| reason).as_deref(), Some("later"));
    }

    #[test]
    fn requests_are_those_of_the_stream_that_its_thread_works_for() {
        let traffic = Traffic::default();
        traffic.sent("advertiser/info/");
        let working = stream::work_for("ads");
        for path in ["ad/get/", "campaign/get/", "ad/get/"] {
            traffic.sent(path);
        }
        drop(working);
        assert_eq!(traffic.take("ads"), [("ad/get/", 2), ("campaign/get/", 1)]);
        assert!(traffic.take("ads").is_empty() && traffic.take("campaigns").is_empty());
        assert_eq!(traffic.requests(), 4);
    }
}

//! What a run is doing: on a terminal a display that is always current, elsewhere a line in the log
//! every minute. A thread of its own shows it, so that it goes on while the target takes no more
//! lines.

mod display;
mod view;

pub(crate) use view::Requests;

use display::Display;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use view::View;

/// The time between two versions of the display.
const REDRAW: Duration = Duration::from_millis(250);
/// The time over which requests per second are measured, if the display is drawn more often.
const MEASURED: Duration = Duration::from_secs(10);

/// What the main thread of a run knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Status {
    /// Streams of the run, and how many of them are over.
    pub streams: usize,
    pub streams_done: usize,
    /// Stream, owner and days that are being delivered.
    pub place: String,
    /// RECORD lines written.
    pub records: u64,
    /// The work that is done, in thousandths of all.
    pub done: u32,
}

/// Shows the progress of a run until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    status: Mutex<Status>,
    ended: Mutex<bool>,
    told: Condvar,
}

impl Progress {
    /// Starts to show the progress; in the log, every `interval`. `requests` says what was sent.
    pub(crate) fn start(
        interval: Duration,
        requests: impl Fn() -> Requests + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let display = Display::open();
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new().name("progress".to_owned());
        // Without the thread nothing is shown, which harms nobody.
        let thread =
            thread.spawn(move || of_thread.show(interval, &requests, display.as_ref())).ok();
        Progress { shared, thread }
    }

    /// Changes what is known.
    pub(crate) fn update(&self, change: impl FnOnce(&mut Status)) {
        change(&mut lock(&self.shared.status));
    }
}

impl Drop for Progress {
    /// Removes the display.
    fn drop(&mut self) {
        *lock(&self.shared.ended) = true;
        self.shared.told.notify_all();
        if let Some(thread) = self.thread.take() {
            // If the thread panicked, there is nothing to wait for.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn show(&self, interval: Duration, requests: &dyn Fn() -> Requests, display: Option<&Display>) {
        let begun = Instant::now();
        let mut sent = VecDeque::from([(begun, requests().sent)]);
        let interval = if display.is_some() { REDRAW } else { interval };
        while self.goes_on_after(interval) {
            let (now, requests) = (Instant::now(), requests());
            sent.push_back((now, requests.sent));
            while sent.len() > 2 && now - sent[1].0 >= MEASURED {
                sent.pop_front();
            }
            let (since, before) = sent[0];
            let lately = u32::try_from(requests.sent - before).unwrap_or(u32::MAX);
            let rate = f64::from(lately) / (now - since).as_secs_f64().max(0.001);
            let status = lock(&self.status).clone();
            let view = View { status, requests, rate, elapsed: now - begun };
            match display {
                Some(display) => display.draw(&view),
                None => log::info!("{}", view.line()),
            }
        }
    }

    /// Waits. Returns `false` if the run ended.
    fn goes_on_after(&self, interval: Duration) -> bool {
        let ended = lock(&self.ended);
        let waited = self.told.wait_timeout_while(ended, interval, |ended| !*ended);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Decides when a run ends early: after a signal, or after `max_runtime`.

use crate::signals::Signals;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The interval at which a waiting thread checks.
pub(crate) const LOOK: Duration = Duration::from_millis(100);

/// What may end a run early.
#[derive(Debug)]
pub(crate) struct Stop<'a> {
    signals: &'a Signals,
    begun: Instant,
    max_runtime: Option<Duration>,
}

impl<'a> Stop<'a> {
    /// For a run that starts now.
    pub(crate) fn new(signals: &'a Signals, max_runtime: Option<Duration>) -> Self {
        Stop { signals, begun: Instant::now(), max_runtime }
    }

    /// The time since the run started.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Why the run should end now, if it should.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        if self.signals.received() {
            return Some("told to stop");
        }
        self.max_runtime.filter(|most| self.elapsed() >= *most).map(|_| "`max_runtime` is over")
    }

    /// Does work that may take long in another thread. Returns `None` if the run should end before
    /// it is done.
    pub(crate) fn wait_for<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (done, outcome) = mpsc::channel();
        thread::spawn(move || drop(done.send(work())));
        loop {
            match outcome.recv_timeout(LOOK) {
                Ok(outcome) => return Some(outcome),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if self.reason().is_some() => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

//! Watches for signals during calls to TikTok. After a signal, a call that waits for another try
//! fails at once; what changes nothing at TikTok is left alone.

use crate::api::pacing::Halt;
use crate::signals::Signals;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// The interval at which signals are looked for.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// Does some work. After a signal, its calls end instead of waiting for another try.
pub(super) fn watched<T>(signals: &Signals, halt: &Halt, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                if signals.received() {
                    halt.halt();
                }
                thread::sleep(LOOK);
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}

/// Does work that only asks. Returns `None` after a signal, without waiting for its end.
pub(super) fn unless_told<T: Send + 'static>(
    signals: &Signals,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, outcome) = mpsc::channel();
    thread::spawn(move || drop(done.send(work())));
    loop {
        match outcome.recv_timeout(LOOK) {
            Ok(outcome) => return Some(outcome),
            Err(RecvTimeoutError::Timeout) if !signals.received() => {}
            Err(_) => return None,
        }
    }
}

//! How long the tasks of one stream and owner are waited for. Once a task does not end, TikTok
//! probably has trouble with the others as well, so they are waited for much shorter.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Seconds for all tasks that are created for the same rows together.
const MOST: u64 = 30 * 60;
/// Seconds once one did not end.
const LITTLE: u64 = 60;
/// So many tasks may not end before no other one is created.
const MOST_UNFINISHED: usize = 10;

/// The number of tasks that did not end.
#[derive(Debug, Default)]
pub(crate) struct Patience(AtomicUsize);

impl Patience {
    /// Seconds that a task may be waited for; 0 if none is to be created any more.
    pub(crate) fn seconds(&self) -> u64 {
        match self.0.load(Ordering::Relaxed) {
            0 => MOST,
            unfinished if unfinished < MOST_UNFINISHED => LITTLE,
            _ => 0,
        }
    }

    /// A task did not end.
    pub(crate) fn lose(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

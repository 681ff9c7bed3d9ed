//! Signals: the first one makes the run stop and write its state, the second one ends the process
//! at once.

use anyhow::Result;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the first signal sets.
#[derive(Debug, Default)]
pub struct Signals(Arc<AtomicBool>);

impl Signals {
    /// Handles SIGINT and SIGTERM, both in the same way, because orchestrators send either or both.
    pub fn handle() -> Result<Self> {
        let received = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // Handlers run in this order, so only a second signal finds the flag set.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&received))?;
            flag::register(signal, Arc::clone(&received))?;
        }
        // If stdout is a file at its size limit, the write should fail instead of the process.
        #[cfg(unix)]
        flag::register(signal_hook::consts::SIGXFSZ, Arc::default())?;
        Ok(Signals(received))
    }

    /// Whether a signal was received.
    pub(crate) fn received(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

//! Signals: the first asks for an end in good order, the second ends at once.

use anyhow::Result;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a signal came.
#[derive(Debug, Default)]
pub struct Signals(Arc<AtomicBool>);

impl Signals {
    /// Takes SIGINT and SIGTERM over, the same way: orchestrators send either, some both.
    pub fn take() -> Result<Self> {
        let told = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the second signal finds the flag set by the first.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&told))?;
            flag::register(signal, Arc::clone(&told))?;
        }
        // A file at its limit of size: the write that meets it fails, instead of the process.
        #[cfg(unix)]
        flag::register(signal_hook::consts::SIGXFSZ, Arc::default())?;
        Ok(Signals(told))
    }

    /// Whether one came.
    pub fn told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

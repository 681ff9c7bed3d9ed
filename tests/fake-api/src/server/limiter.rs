//! The limit of requests a second. Owns counting and suspension, not the answer.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Somewhat below a second: a client that spaces its requests evenly must not be refused because
/// one of them travelled a little faster than the one before.
const WINDOW: Duration = Duration::from_millis(900);

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was one too many.
    Breach,
    /// It came during the suspension, and prolonged it.
    Suspended,
}

#[derive(Debug, Default)]
pub(crate) struct Limiter {
    recent: VecDeque<Instant>,
    suspended_until: Option<Instant>,
}

impl Limiter {
    pub(crate) fn check(&mut self, limit: u32, suspension: Duration) -> Result<(), Refused> {
        let now = Instant::now();
        if self.suspended_until.is_some_and(|until| now < until) {
            self.suspended_until = Some(now + suspension);
            return Err(Refused::Suspended);
        }
        while self.recent.front().is_some_and(|&then| now.duration_since(then) >= WINDOW) {
            self.recent.pop_front();
        }
        if self.recent.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            self.suspended_until = Some(now + suspension);
            return Err(Refused::Breach);
        }
        self.recent.push_back(now);
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

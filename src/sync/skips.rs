//! Slices that workers can skip, because their result would be dropped. Workers run ahead of the
//! delivery, which alone decides what is left out.

use crate::api::error::{ApiError, Outcome};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// What need not be read any more, since something else failed.
#[derive(Debug, Default)]
pub(crate) struct Skips(Mutex<Left>);

#[derive(Debug, Default)]
struct Left {
    everything: bool,
    accounts: HashSet<usize>,
    streams: HashSet<usize>,
    parts: HashSet<(usize, usize)>,
}

impl Skips {
    /// Whether a slice of that stream and account is no use.
    pub(crate) fn has(&self, plan: usize, account: usize) -> bool {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.everything
            || left.accounts.contains(&account)
            || left.streams.contains(&plan)
            || left.parts.contains(&(plan, account))
    }

    /// Notes how a slice failed.
    pub(crate) fn add(&self, plan: usize, account: usize, failure: Option<&ApiError>) {
        let Some(failure) = failure else { return };
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failure.outcome {
            Outcome::StopRun | Outcome::EndRun => left.everything = true,
            Outcome::SkipAccount => drop(left.accounts.insert(account)),
            Outcome::CloseStream => drop(left.streams.insert(plan)),
            _ => {}
        }
        left.parts.insert((plan, account));
    }
}

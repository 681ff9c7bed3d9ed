//! What workers learn about TikTok on the way, so that nobody has to find it out twice in a run.

use super::ids::Ids;
use crate::streams::Buying;
use crate::sync::partition::Partition;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is known so far.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// What TikTok refused of reports, by stream and partition.
    refused: Mutex<HashMap<(usize, Partition), Refused>>,
    /// Which accounts have results of `TopView`.
    pub top_view: Answers<Partition, bool>,
    /// Ids of parents, by owner and by what was asked for.
    pub ids: Answers<(Partition, String), Arc<Ids>>,
    /// The campaigns of accounts and passes, by which reports are narrowed: every window that is
    /// too large needs them.
    pub campaigns: Answers<(Partition, Buying), Arc<Vec<String>>>,
}

/// What TikTok refused of the reports of one stream and partition.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    /// Metrics.
    pub metrics: HashSet<String>,
    /// The filter that lets Promote in.
    pub origins: bool,
    /// The whole pass of `TopView`.
    pub top_view: bool,
    /// Requests that were made to find out what is refused.
    pub probes: u32,
}

impl Memory {
    /// What was refused, to be read or changed.
    pub(crate) fn refused(&self) -> MutexGuard<'_, HashMap<(usize, Partition), Refused>> {
        lock(&self.refused)
    }
}

/// Answers to questions that are asked once each. Those who need an answer that somebody else is
/// asking for wait for it.
#[derive(Debug)]
pub(crate) struct Answers<Q, A>(Mutex<HashMap<Q, Arc<Mutex<Option<A>>>>>);

impl<Q, A> Default for Answers<Q, A> {
    fn default() -> Self {
        Answers(Mutex::default())
    }
}

impl<Q: Eq + std::hash::Hash, A: Clone> Answers<Q, A> {
    /// The answer to a question, which is asked with `ask` if nobody did so before. An error is not
    /// kept.
    pub(crate) fn get<E>(&self, question: Q, ask: impl FnOnce() -> Result<A, E>) -> Result<A, E> {
        let place = Arc::clone(lock(&self.0).entry(question).or_default());
        let mut known = lock(&place);
        match &*known {
            Some(answer) => Ok(answer.clone()),
            None => Ok(known.insert(ask()?).clone()),
        }
    }
}

/// A lock whose holder panicked is taken all the same: what it guards is changed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

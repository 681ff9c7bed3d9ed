//! What workers find out about TikTok during a run, shared so that it is found out only once.

use super::ids::Ids;
use crate::api::error::ApiError;
use crate::streams::Buying;
use crate::sync::partition::Partition;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The memory of a run.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// What TikTok refused of reports, by stream and partition.
    refused: Mutex<HashMap<(usize, Partition), Refused>>,
    /// Which accounts have results of `TopView`.
    pub top_view: Answers<Partition, bool>,
    /// On which days accounts have results, as bits, by the span that counts back from today.
    pub days: Answers<(Partition, u16), u32>,
    /// Ids of parents, by owner and by what was asked for, and what was refused of their lists.
    pub ids: Answers<(Partition, String), Listed>,
    /// The campaigns of accounts and passes, which every window needs that is too large and has to
    /// be split.
    pub campaigns: Answers<(Partition, Buying), Arc<Vec<String>>>,
}

/// What TikTok refuses, in words, and why.
pub(crate) type Refusal = (String, ApiError);

/// The ids of a parent, and what TikTok refuses of their lists.
pub(crate) type Listed = (Arc<Ids>, Vec<Refusal>);

/// What TikTok refused of the reports of one stream and partition.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    /// Metrics.
    pub metrics: HashSet<String>,
    /// The filter that lets Promote in.
    pub origins: bool,
    /// The whole pass of `TopView`.
    pub top_view: bool,
    /// The number of requests that were made to find out what is refused.
    pub probes: u32,
}

impl Memory {
    /// The refusals, to be read or changed.
    pub(crate) fn refused(&self) -> MutexGuard<'_, HashMap<(usize, Partition), Refused>> {
        lock(&self.refused)
    }
}

/// Answers to questions that are asked only once. Workers that need an answer wait if another
/// worker is asking.
#[derive(Debug)]
pub(crate) struct Answers<Q, A>(Mutex<HashMap<Q, Arc<Mutex<Option<A>>>>>);

impl<Q, A> Default for Answers<Q, A> {
    fn default() -> Self {
        Answers(Mutex::default())
    }
}

impl<Q: Eq + std::hash::Hash, A: Clone> Answers<Q, A> {
    /// The answer to a question, which is found with `ask` the first time. An error is not kept.
    pub(crate) fn get<E>(&self, question: Q, ask: impl FnOnce() -> Result<A, E>) -> Result<A, E> {
        let place = Arc::clone(lock(&self.0).entry(question).or_default());
        let mut known = lock(&place);
        match &*known {
            Some(answer) => Ok(answer.clone()),
            None => Ok(known.insert(ask()?).clone()),
        }
    }
}

/// Takes a lock even if its holder panicked, because its data is changed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

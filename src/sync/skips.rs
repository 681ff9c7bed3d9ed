//! Slices that workers can skip, because their result would be dropped. Workers run ahead of the
//! delivery, which alone decides what is left out.

use super::partition::Partition;
use crate::api::cause::Loss;
use crate::api::error::ApiError;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// What does not need to be read any more because of a failure.
#[derive(Debug, Default)]
pub(crate) struct Skips(Mutex<Left>);

#[derive(Debug, Default)]
struct Left {
    everything: bool,
    partitions: HashSet<Partition>,
    streams: HashSet<usize>,
    parts: HashSet<(usize, Partition)>,
}

impl Skips {
    /// Whether the result of a slice would be dropped.
    pub(crate) fn has(&self, plan: usize, partition: Partition) -> bool {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.everything
            || left.partitions.contains(&partition)
            || left.streams.contains(&plan)
            || left.parts.contains(&(plan, partition))
    }

    /// Notes how a slice failed.
    pub(crate) fn add(&self, plan: usize, partition: Partition, failure: Option<&ApiError>) {
        let Some(failure) = failure else { return };
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failure.cause.loss() {
            Loss::Run => left.everything = true,
            Loss::Account => drop(left.partitions.insert(partition)),
            Loss::Stream => drop(left.streams.insert(plan)),
            Loss::Slice => {}
        }
        left.parts.insert((plan, partition));
    }
}

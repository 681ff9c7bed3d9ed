//! A job in numbered pieces that several workers do at once: who does which, and which are done. It owns numbers, no threads.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The pieces of one job.
#[derive(Debug)]
pub(super) struct Share<L, P> {
    whole: Arc<L>,
    /// The first piece that the job has not got back yet.
    first: u64,
    /// The first piece that nobody does yet.
    open: u64,
    last: u64,
    done: BTreeMap<u64, P>,
}

impl<L, P> Share<L, P> {
    pub(super) fn new(whole: Arc<L>, pieces: RangeInclusive<u64>) -> Self {
        Share { whole, first: *pieces.start(), open: *pieces.start(), last: *pieces.end(), done: BTreeMap::new() }
    }

    /// What all pieces have in common.
    pub(super) fn whole(&self) -> &Arc<L> {
        &self.whole
    }

    /// The number of a piece for somebody to do, unless `most` are done or in hand already.
    pub(super) fn claim(&mut self, most: usize) -> Option<u64> {
        let ahead = usize::try_from(self.open - self.first).unwrap_or(usize::MAX);
        (self.open <= self.last && ahead < most).then(|| {
            self.open += 1;
            self.open - 1
        })
    }

    /// A piece is done.
    pub(super) fn put(&mut self, number: u64, piece: P) {
        self.done.insert(number, piece);
    }

    /// The piece of that number, if it is done; numbers are taken in order.
    pub(super) fn take(&mut self, number: u64) -> Option<P> {
        let piece = self.done.remove(&number)?;
        self.first = number + 1;
        Some(piece)
    }

    /// Moves the end, but not to before what somebody does already. Whether there is more to do.
    pub(super) fn extend(&mut self, last: u64) -> bool {
        self.last = last;
        self.open <= last
    }

    /// What was done and not taken.
    pub(super) fn into_done(self) -> impl Iterator<Item = P> {
        self.done.into_values()
    }
}

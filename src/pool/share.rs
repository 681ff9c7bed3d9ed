//! A shared job: which of its numbered pieces are open, in progress or done, and what is gathered
//! from them in order. Threads and locks are elsewhere.

use super::Work;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was gathered from the pieces of a job, and the error if one ended that early.
pub(crate) type Gathered<W> = (<W as Work>::Gathered, Result<(), <W as Work>::Error>);

/// The pieces of one job.
pub(super) struct Share<W: Work> {
    whole: Arc<W::Whole>,
    /// The most pieces that may be in progress, or done but not gathered.
    ahead: usize,
    /// The first piece that is not gathered yet.
    first: u64,
    /// The first piece that no worker has claimed yet.
    open: u64,
    /// The last piece, as far as it is known.
    last: u64,
    /// Pieces that were done before their turn.
    done: BTreeMap<u64, W::Piece>,
    gathered: W::Gathered,
    error: Option<W::Error>,
}

impl<W: Work> Share<W> {
    pub(super) fn new(whole: Arc<W::Whole>, ahead: usize, gathered: W::Gathered) -> Self {
        Share {
            whole,
            ahead,
            first: 1,
            open: 1,
            last: 1,
            done: BTreeMap::new(),
            gathered,
            error: None,
        }
    }

    /// The data that all pieces need.
    pub(super) fn whole(&self) -> &Arc<W::Whole> {
        &self.whole
    }

    /// Whether there is a piece that no worker has claimed and that may be started now.
    pub(super) fn has_open(&self) -> bool {
        let ahead = usize::try_from(self.open - self.first).unwrap_or(usize::MAX);
        !self.is_over() && self.open <= self.last && ahead < self.ahead
    }

    /// Whether the next piece to be done is also the next to be gathered.
    pub(super) fn next_is_first(&self) -> bool {
        self.open == self.first
    }

    /// Claims the next piece, which must be open, and returns its number.
    pub(super) fn claim(&mut self) -> u64 {
        self.open += 1;
        self.open - 1
    }

    /// Accepts a finished piece, and gathers all pieces whose turn has come. Returns the buffers
    /// for the reader, and the weight of the piece that ended the share with an error.
    pub(super) fn put(&mut self, work: &W, number: u64, piece: W::Piece) -> (Vec<Vec<u8>>, usize) {
        self.done.insert(number, piece);
        let (mut buffers, mut dropped) = (Vec::new(), 0);
        while !self.is_over()
            && let Some(piece) = self.done.remove(&self.first)
        {
            let weight = W::weight(&piece);
            match work.gather(&self.whole, &mut self.gathered, piece) {
                Ok((bytes, last)) => {
                    buffers.push(bytes);
                    self.last = last;
                    self.first += 1;
                }
                Err(error) => {
                    self.error = Some(error);
                    dropped += weight;
                }
            }
        }
        (buffers, dropped)
    }

    /// Whether all pieces are gathered, or an error ended the share.
    pub(super) fn is_over(&self) -> bool {
        self.error.is_some() || self.first > self.last
    }

    /// The result of the share, and the weight of finished pieces that are dropped.
    pub(super) fn into_parts(self) -> (Gathered<W>, usize) {
        let dropped = self.done.values().map(W::weight).sum();
        ((self.gathered, self.error.map_or(Ok(()), Err)), dropped)
    }
}

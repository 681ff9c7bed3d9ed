//! A job in numbered pieces that several workers do at once: who does which, and what is gathered
//! of them in order. It owns numbers, no threads.

use super::Work;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was gathered of a job's pieces, and what ended that early.
pub(crate) type Gathered<W> = (<W as Work>::Gathered, Result<(), <W as Work>::Fault>);

/// The pieces of one job.
pub(super) struct Share<W: Work> {
    whole: Arc<W::Whole>,
    /// Pieces that may be done or in hand at once.
    ahead: usize,
    /// The first piece that is not gathered yet.
    first: u64,
    /// The first piece that nobody does yet.
    open: u64,
    last: u64,
    /// What was done before its turn.
    done: BTreeMap<u64, W::Piece>,
    gathered: W::Gathered,
    fault: Option<W::Fault>,
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
            fault: None,
        }
    }

    /// What all pieces have in common.
    pub(super) fn whole(&self) -> &Arc<W::Whole> {
        &self.whole
    }

    /// Whether there is a piece that nobody does yet, and that may be done before those in front of
    /// it are.
    pub(super) fn has_open(&self) -> bool {
        let ahead = usize::try_from(self.open - self.first).unwrap_or(usize::MAX);
        !self.is_over() && self.open <= self.last && ahead < self.ahead
    }

    /// Whether the next piece to be done is also the next to be gathered.
    pub(super) fn next_is_first(&self) -> bool {
        self.open == self.first
    }

    /// The number of the next piece for somebody to do, which must be open.
    pub(super) fn claim(&mut self) -> u64 {
        self.open += 1;
        self.open - 1
    }

    /// A piece is done: it is gathered as soon as those before it are, and so are those behind it
    /// that waited for it. Returns the buffers for the reader, and the weight of what cannot be
    /// gathered.
    pub(super) fn put(&mut self, work: &W, number: u64, piece: W::Piece) -> (Vec<Vec<u8>>, usize) {
        self.done.insert(number, piece);
        let (mut buffers, mut wasted) = (Vec::new(), 0);
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
                Err(fault) => {
                    self.fault = Some(fault);
                    wasted += weight;
                }
            }
        }
        (buffers, wasted)
    }

    /// Whether there is nothing left to do.
    pub(super) fn is_over(&self) -> bool {
        self.fault.is_some() || self.first > self.last
    }

    /// What was gathered and how it ended, and the weight of what was done for nothing.
    pub(super) fn into_parts(self) -> (Gathered<W>, usize) {
        let for_nothing = self.done.values().map(W::weight).sum();
        ((self.gathered, self.fault.map_or(Ok(()), Err)), for_nothing)
    }
}

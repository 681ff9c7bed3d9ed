//! The workers' side of the pool: what each turns to next, and where it does a job. It owns no thread and no order; those are the
//! pool's.

use super::share::Share;
use super::{AHEAD, Shared, Slot, Turn, Work};
use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::{Arc, PoisonError};

/// Where a worker does a job: its way out for bytes, and to the help of others.
pub(in crate::sync) struct Desk<'a, W: Work> {
    pool: &'a Shared<W>,
    number: u64,
    /// What the worker keeps between jobs.
    pub(in crate::sync) scratch: &'a mut W::Scratch,
}

impl<W: Work> Desk<'_, W> {
    /// Hands bytes on, as soon as there is room for them. `false`: nobody reads any longer.
    #[must_use]
    pub(in crate::sync) fn send(&self, bytes: Vec<u8>) -> bool {
        let pool = self.pool;
        let mut inner = pool.lock();
        loop {
            if inner.closed {
                return false;
            }
            // The job being read may always have one buffer waiting, or a full budget behind it would be a deadlock.
            let is_read = self.number == inner.first && inner.slots.front().is_some_and(|slot| slot.bytes.is_empty());
            if is_read || inner.waiting + bytes.len() <= pool.budget {
                break;
            }
            inner = pool.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        inner.waiting += bytes.len();
        inner.typical = bytes.len();
        if let Some(slot) = inner.slot(self.number) {
            slot.bytes.push_back(bytes);
        }
        pool.ready.notify_one();
        true
    }

    /// An empty buffer, used before if there is one.
    #[must_use]
    pub(in crate::sync) fn buffer(&self) -> Vec<u8> {
        self.pool.lock().buffer()
    }

    /// Lets idle workers help with the pieces of a job, and hands each to `take` in order. `take` tells the number of the last piece
    /// anew each time, since it may move. `None`: nobody reads any longer.
    pub(in crate::sync) fn share<E>(
        &mut self,
        whole: &Arc<W::Whole>,
        pieces: RangeInclusive<u64>,
        mut take: impl FnMut(&Self, W::Piece) -> Result<u64, E>,
    ) -> Option<Result<(), E>> {
        let pool = self.pool;
        let mut next = *pieces.start();
        let share = {
            let mut inner = pool.lock();
            inner.shared += 1;
            let share = (self.number, inner.shared);
            inner.shares.insert(share, Share::new(Arc::clone(whole), pieces));
            share
        };
        pool.room.notify_all();
        let _withdrawn = Withdrawal { pool, share };
        loop {
            let piece = pool.piece(share, next, self.scratch)?;
            match take(self, piece) {
                Err(error) => return Some(Err(error)),
                Ok(last) if next >= last => return Some(Ok(())),
                Ok(last) => pool.extend(share, last),
            }
            next += 1;
        }
    }
}

/// Takes the offer of a shared job back when it is done, or has failed.
struct Withdrawal<'a, W: Work> {
    pool: &'a Shared<W>,
    share: (u64, u64),
}

impl<W: Work> Drop for Withdrawal<'_, W> {
    fn drop(&mut self) {
        let mut inner = self.pool.lock();
        if let Some(share) = inner.shares.remove(&self.share) {
            inner.waiting -= share.into_done().map(|piece| W::weight(&piece)).sum::<usize>();
        }
        self.pool.room.notify_all();
    }
}

impl<W: Work> Shared<W> {
    /// A worker's life.
    pub(super) fn run(&self) {
        let mut scratch = W::Scratch::default();
        while let Some(turn) = self.turn() {
            match turn {
                Turn::Job(number, job) => {
                    let end = self.work.job(job, &mut Desk { pool: self, number, scratch: &mut scratch });
                    if let Some(slot) = self.lock().slot(number) {
                        slot.end = Some(end);
                    }
                    self.ready.notify_one();
                    self.room.notify_all();
                }
                Turn::Piece(share, whole, number) => self.help(share, &whole, number, &mut scratch),
            }
        }
    }

    /// What to do next: pieces come before jobs, those of early jobs first, so that the one being read is never the one that waits.
    fn turn(&self) -> Option<Turn<W>> {
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return None;
            }
            if let Some(turn) = inner.open_piece(self.budget) {
                return Some(turn);
            }
            if !inner.exhausted && inner.slots.len() < AHEAD {
                if let Some(job) = inner.jobs.next() {
                    inner.slots.push_back(Slot { job, bytes: VecDeque::new(), end: None });
                    return Some(Turn::Job(inner.first + inner.slots.len() as u64 - 1, job));
                }
                inner.exhausted = true;
                self.ready.notify_one();
            }
            if inner.exhausted && inner.slots.iter().all(|slot| slot.end.is_some()) {
                return None;
            }
            inner = self.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The piece of that number, for the job's own worker, which does others while somebody else has that one in hand.
    fn piece(&self, share: (u64, u64), next: u64, scratch: &mut W::Scratch) -> Option<W::Piece> {
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return None;
            }
            if let Some(piece) = inner.shares.get_mut(&share)?.take(next) {
                inner.waiting -= W::weight(&piece);
                self.room.notify_all();
                return Some(piece);
            }
            let is_full = inner.is_full(self.budget);
            let open = inner.shares.get_mut(&share)?;
            let number = open.claim(if is_full { 1 } else { usize::MAX });
            let Some(number) = number else {
                inner = self.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let whole = Arc::clone(open.whole());
            inner.in_hand += 1;
            drop(inner);
            self.help(share, &whole, number, scratch);
            inner = self.lock();
        }
    }

    fn help(&self, share: (u64, u64), whole: &W::Whole, number: u64, scratch: &mut W::Scratch) {
        let buffer = self.lock().buffer();
        let piece = self.work.piece(whole, number, buffer, scratch);
        let mut inner = self.lock();
        let weight = W::weight(&piece);
        inner.in_hand -= 1;
        if weight > 0 {
            inner.typical = weight;
        }
        if let Some(open) = inner.shares.get_mut(&share) {
            open.put(number, piece);
            inner.waiting += weight;
        }
        self.room.notify_all();
    }

    fn extend(&self, share: (u64, u64), last: u64) {
        if self.lock().shares.get_mut(&share).is_some_and(|open| open.extend(last)) {
            self.room.notify_all();
        }
    }
}

//! The workers' side of the pool: what each turns to next, and where it does a job. It owns no thread and no order; those are the
//! pool's.

use super::share::{Gathered, Share};
use super::{AHEAD, Key, Shared, Slot, Turn, Work};
use std::collections::VecDeque;
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

    /// Has the pieces of a job done, by idle workers too, and gathered in order: the first, and as many more as they tell. At most `ahead`
    /// are done or in hand at once. Returns what was gathered, also up to a fault. `None`: nobody reads any longer.
    pub(in crate::sync) fn share(&mut self, whole: Arc<W::Whole>, ahead: usize, gathered: W::Gathered) -> Option<Gathered<W>> {
        let pool = self.pool;
        let key = {
            let mut inner = pool.lock();
            inner.shared += 1;
            let key = (self.number, inner.shared);
            inner.shares.insert(key, Share::new(whole, ahead, gathered));
            key
        };
        pool.finish(key, self.scratch)
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
                Turn::Piece(key, whole, number) => self.help(key, &whole, number, &mut scratch),
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
            let has_room = inner.slots.is_empty() || inner.slots.len() < AHEAD && !inner.is_full(self.budget);
            if !inner.exhausted && has_room {
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

    /// Does pieces of a shared job until there is none left, for the job's own worker.
    fn finish(&self, key: Key, scratch: &mut W::Scratch) -> Option<Gathered<W>> {
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return None;
            }
            if inner.shares.get(&key)?.is_over() {
                let (gathered, for_nothing) = inner.shares.remove(&key)?.into_parts();
                inner.waiting -= for_nothing;
                self.room.notify_all();
                return Some(gathered);
            }
            let Some((whole, number)) = inner.claim(key, self.budget) else {
                inner = self.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(inner);
            self.help(key, &whole, number, scratch);
            inner = self.lock();
        }
    }

    fn help(&self, key: Key, whole: &W::Whole, number: u64, scratch: &mut W::Scratch) {
        let buffer = self.lock().buffer();
        let piece = self.work.piece(whole, number, buffer, scratch);
        let weight = W::weight(&piece);
        let mut inner = self.lock();
        inner.in_hand -= 1;
        if weight > 0 {
            inner.typical = weight;
        }
        inner.put(&self.work, key, number, piece, weight, self.budget);
        drop(inner);
        self.ready.notify_one();
        self.room.notify_all();
    }
}

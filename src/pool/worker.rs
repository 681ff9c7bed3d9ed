//! The workers' side of the pool: what each turns to next, and where it does a job. It owns no
//! thread and no order; those are the pool's.

use super::inner::{Claim, Inner, Key};
use super::share::Gathered;
use super::{Shared, Work};
use std::sync::{Arc, MutexGuard, PoisonError};

/// What a worker turns to next.
enum Turn<W: Work> {
    Job(u64, W::Job),
    Piece(Claim<W>),
}

/// Where a worker does a job: its way out for bytes, and to the help of others.
pub(crate) struct Desk<'a, W: Work> {
    pool: &'a Shared<W>,
    number: u64,
    /// What the worker keeps between jobs.
    pub(crate) scratch: &'a mut W::Scratch,
}

impl<W: Work> Desk<'_, W> {
    /// Hands bytes on, as soon as there is room for them. `false`: nobody reads any longer.
    pub(crate) fn send(&self, bytes: Vec<u8>) -> bool {
        let pool = self.pool;
        let mut inner = pool.lock();
        loop {
            if inner.closed {
                return false;
            }
            if inner.has_room(self.number) || inner.is_awaited(self.number) {
                break;
            }
            inner = pool.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        inner.count(self.number, |load| load.waiting += bytes.len());
        inner.expect(bytes.len());
        if let Some(slot) = inner.slot(self.number) {
            slot.bytes.push_back(bytes);
        }
        pool.ready.notify_one();
        true
    }

    /// An empty buffer, used before if there is one.
    pub(crate) fn buffer(&self) -> Vec<u8> {
        self.pool.lock().buffer()
    }

    /// Has the pieces of a job done, by other workers too, and gathered in order: the first, and as
    /// many more as they tell. At most `ahead` are done or in hand at once. Returns what was
    /// gathered, also up to a fault. `None`: nobody reads any longer.
    pub(crate) fn share(
        &mut self,
        whole: Arc<W::Whole>,
        ahead: usize,
        gathered: W::Gathered,
    ) -> Option<Gathered<W>> {
        let pool = self.pool;
        let mut inner = pool.lock();
        let key = inner.share(self.number, whole, ahead, gathered);
        pool.finish(inner, key, self.scratch)
    }
}

impl<W: Work> Shared<W> {
    /// A worker's life.
    pub(super) fn run(&self) {
        let mut scratch = W::Scratch::default();
        while let Some(turn) = self.turn() {
            match turn {
                Turn::Job(number, job) => {
                    let end =
                        self.work.job(job, &mut Desk { pool: self, number, scratch: &mut scratch });
                    if let Some(slot) = self.lock().slot(number) {
                        slot.end = Some(end);
                    }
                    self.ready.notify_one();
                    self.room.notify_all();
                }
                Turn::Piece(claim) => self.help(claim, &mut scratch),
            }
        }
    }

    /// What to do next. Open pieces come before new jobs.
    fn turn(&self) -> Option<Turn<W>> {
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return None;
            }
            if let Some(claim) = inner.claim() {
                return Some(Turn::Piece(claim));
            }
            if let Some((number, job)) = inner.start() {
                return Some(Turn::Job(number, job));
            }
            if inner.exhausted {
                self.ready.notify_one();
                if inner.slots.iter().all(|slot| slot.end.is_some()) {
                    return None;
                }
            }
            inner = self.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Does pieces until a share is over, for the worker of its job. They may be pieces of any job:
    /// those of earlier jobs come first, and the own ones may all be in other hands, or have no
    /// room. New jobs are not started here, so no job is ever done inside another.
    fn finish<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner<W>>,
        key: Key,
        scratch: &mut W::Scratch,
    ) -> Option<Gathered<W>> {
        loop {
            if inner.closed {
                return None;
            }
            if let Some(gathered) = inner.take_gathered(key) {
                self.room.notify_all();
                return Some(gathered);
            }
            if let Some(claim) = inner.claim() {
                drop(inner);
                self.help(claim, scratch);
                inner = self.lock();
            } else {
                inner = self.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Does a piece.
    fn help(&self, claim: Claim<W>, scratch: &mut W::Scratch) {
        let Claim { key, whole, number } = claim;
        let buffer = self.lock().buffer();
        let piece = self.work.piece(&whole, number, buffer, scratch);
        self.lock().put(&self.work, key, number, piece);
        self.ready.notify_one();
        self.room.notify_all();
    }
}

//! The workers of a pool: the loop in which each takes the next job or piece, and the `Desk`
//! through which a job sends bytes and shares its work.

use super::inner::{Claim, Inner, ShareKey};
use super::share::Gathered;
use super::{Shared, Work};
use std::sync::{Arc, MutexGuard, PoisonError};

/// What a worker does next.
enum Task<W: Work> {
    Job(u64, W::Job),
    Piece(Claim<W>),
}

/// The access of a running job to its pool: it sends bytes and gets help from other workers.
pub(crate) struct Desk<'a, W: Work> {
    pool: &'a Shared<W>,
    number: u64,
    /// The memory that the worker keeps from job to job.
    pub(crate) scratch: &'a mut W::Scratch,
}

impl<W: Work> Desk<'_, W> {
    /// Sends bytes to the reader, and waits if the budget is used up. Returns `false` if the reader
    /// is gone.
    pub(crate) fn send(&self, bytes: Vec<u8>) -> bool {
        let pool = self.pool;
        let mut inner = pool.lock();
        loop {
            if inner.closed {
                return false;
            }
            if inner.fits_budget(self.number) || inner.is_awaited(self.number) {
                break;
            }
            inner = pool.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        inner.count(self.number, |load| load.waiting += bytes.len());
        inner.expect(bytes.len());
        if let Some(job) = inner.job(self.number) {
            job.bytes.push_back(bytes);
        }
        pool.ready.notify_one();
        true
    }

    /// Counts bytes that the job keeps to itself as if they waited for the reader, so that less is
    /// done in advance meanwhile. They count until they are released.
    pub(crate) fn hold(&self, bytes: usize) {
        self.pool.lock().count(self.number, |load| load.waiting += bytes);
    }

    /// The job no longer keeps bytes that it held.
    pub(crate) fn release(&self, bytes: usize) {
        self.pool.lock().count(self.number, |load| load.waiting -= bytes);
        self.pool.room.notify_all();
    }

    /// An empty buffer, reused if possible.
    pub(crate) fn buffer(&self) -> Vec<u8> {
        self.pool.lock().buffer()
    }

    /// Does the pieces of this job together with other workers, and gathers them in order: the
    /// first piece, and more for as long as `gather` reports a later last one. At most `ahead`
    /// pieces are in progress, or done but not gathered. Returns what was gathered, up to an error
    /// if there was one. `None` if the reader is gone.
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
    /// The loop of a worker.
    pub(super) fn run(&self) {
        let mut scratch = W::Scratch::default();
        while let Some(task) = self.next_task() {
            match task {
                Task::Job(number, job) => {
                    let end =
                        self.work.job(job, &mut Desk { pool: self, number, scratch: &mut scratch });
                    if let Some(started) = self.lock().job(number) {
                        started.end = Some(end);
                    }
                    self.ready.notify_one();
                    self.room.notify_all();
                }
                Task::Piece(claim) => self.do_piece(claim, &mut scratch),
            }
        }
    }

    /// Waits for the next task. Open pieces come before new jobs.
    fn next_task(&self) -> Option<Task<W>> {
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return None;
            }
            if let Some(claim) = inner.claim() {
                return Some(Task::Piece(claim));
            }
            if let Some((number, job)) = inner.start() {
                return Some(Task::Job(number, job));
            }
            if inner.exhausted {
                self.ready.notify_one();
                if inner.started.iter().all(|job| job.end.is_some()) {
                    return None;
                }
            }
            inner = self.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Does pieces until the share `key` is over, on behalf of its job. They may belong to other
    /// jobs: those of earlier jobs come first, and all pieces of this one may be claimed already or
    /// exceed the budget. New jobs are not started here, so no job ever runs inside another.
    fn finish<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner<W>>,
        key: ShareKey,
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
                self.do_piece(claim, scratch);
                inner = self.lock();
            } else {
                inner = self.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Does a piece.
    fn do_piece(&self, claim: Claim<W>, scratch: &mut W::Scratch) {
        let Claim { key, whole, number } = claim;
        let buffer = self.lock().buffer();
        let piece = self.work.piece(&whole, number, buffer, scratch);
        self.lock().put(&self.work, key, number, piece);
        self.ready.notify_one();
        self.room.notify_all();
    }
}

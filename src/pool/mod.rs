//! Runs jobs on several threads and gives their results to one reader in the order of the jobs. The
//! memory for results that wait to be read is bounded.
//!
//! A job can be shared (`Desk::share`): it is then done in numbered pieces by all workers that are
//! free, including those that wait for the pieces of another job.

mod budget;
mod inner;
mod share;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use budget::Budget;
pub(crate) use worker::Desk;

use budget::Load;
use inner::{Inner, StartedJob};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The work of a pool: how a job and its pieces are done.
pub(crate) trait Work: Sized + Send + Sync + 'static {
    /// One job of the list.
    type Job: Copy + Send + 'static;
    /// The result of a job, besides its bytes.
    type End: Send + 'static;
    /// The data that all pieces of a shared job need.
    type Whole: Send + Sync + 'static;
    /// The result of a piece.
    type Piece: Send + 'static;
    /// What is collected from the pieces in their order.
    type Gathered: Send + 'static;
    /// The error that ends a shared job early.
    type Error: Send + 'static;
    /// Memory that a worker keeps from job to job.
    type Scratch: Default;

    /// Does a job.
    fn job(&self, job: Self::Job, desk: &mut Desk<Self>) -> Self::End;
    /// Does one piece of a shared job. `buffer` is empty, and usually one that was used before.
    fn piece(
        &self,
        whole: &Self::Whole,
        number: u64,
        buffer: Vec<u8>,
        scratch: &mut Self::Scratch,
    ) -> Self::Piece;
    /// Collects the next piece in order. Returns its bytes for the reader, and the number of the
    /// last piece as far as it is known. Must be quick, because it is called under a lock.
    fn gather(
        &self,
        whole: &Self::Whole,
        gathered: &mut Self::Gathered,
        piece: Self::Piece,
    ) -> Result<(Vec<u8>, u64), Self::Error>;
    /// The number of bytes that a piece has for the reader.
    fn weight(piece: &Self::Piece) -> usize;
}

/// A running pool. Dropping it makes the workers stop, but does not wait for them.
pub(crate) struct Pool<W: Work>(Arc<Shared<W>>);

/// What the reader gets next.
#[derive(Debug)]
pub(crate) enum Event<J, T> {
    /// Bytes of a job.
    Bytes(J, Vec<u8>),
    /// A job is done, and all of its bytes were read.
    End(J, T),
    /// All jobs are done.
    Done,
    /// There was nothing to read before the timeout.
    Waiting,
}

struct Shared<W: Work> {
    inner: Mutex<Inner<W>>,
    /// Notified when a worker may be able to continue.
    room: Condvar,
    /// Notified when there may be something to read.
    ready: Condvar,
    work: W,
}

impl<W: Work> Pool<W> {
    /// Starts `workers` threads on `jobs`. Results that wait for the reader exceed the budget by at
    /// most one piece; pieces in progress are included.
    pub(crate) fn start(
        jobs: impl Iterator<Item = W::Job> + Send + 'static,
        workers: usize,
        budget: Budget,
        work: W,
    ) -> Self {
        let inner = Inner {
            jobs: Box::new(jobs),
            started: VecDeque::new(),
            first: 0,
            shares: BTreeMap::new(),
            shared: 0,
            budget,
            load: Load::default(),
            typical: 0,
            exhausted: false,
            closed: false,
            spare: Vec::new(),
            most_spare: 2 * workers.max(1) + 4,
        };
        let (room, ready) = (Condvar::new(), Condvar::new());
        let shared = Arc::new(Shared { inner: Mutex::new(inner), room, ready, work });
        for _ in 0..workers.max(1) {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.run());
        }
        Pool(shared)
    }

    /// The next bytes or result in the order of the jobs. Waits at most `timeout`.
    pub(crate) fn next(&self, timeout: Duration) -> Event<W::Job, W::End> {
        let shared = &*self.0;
        let mut inner = shared.lock();
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(started) = inner.started.front_mut() {
                if let Some(bytes) = started.bytes.pop_front() {
                    let (job, number) = (started.job, inner.first);
                    inner.count(number, |load| load.waiting -= bytes.len());
                    shared.room.notify_all();
                    return Event::Bytes(job, bytes);
                }
                if started.end.is_some()
                    && let Some(StartedJob { job, end: Some(end), .. }) = inner.started.pop_front()
                {
                    inner.first += 1;
                    shared.room.notify_all();
                    return Event::End(job, end);
                }
            } else if inner.exhausted {
                return Event::Done;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Event::Waiting;
            }
            inner =
                shared.ready.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The job whose bytes or result come next, if it is known.
    pub(crate) fn reading(&self) -> Option<W::Job> {
        self.0.lock().started.front().map(|started| started.job)
    }

    /// Returns a buffer for reuse.
    pub(crate) fn recycle(&self, bytes: Vec<u8>) {
        self.0.lock().keep(bytes);
    }
}

impl<W: Work> Drop for Pool<W> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.room.notify_all();
    }
}

impl<W: Work> Shared<W> {
    fn lock(&self) -> MutexGuard<'_, Inner<W>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

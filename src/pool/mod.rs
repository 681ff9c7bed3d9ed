//! Workers that run a list of jobs at once while one reader gets what they produce in the order of
//! the list. It owns threads, order and the bound on what waits; what a job is, it does not know. A
//! job may be shared (`Desk::share`): every worker that looks for something to do does pieces of
//! it, those that wait for the pieces of another job included.

mod inner;
mod room;
mod share;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use room::Budget;
pub(crate) use worker::Desk;

use inner::{Inner, Slot};
use room::Load;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What workers do.
pub(crate) trait Work: Sized + Send + Sync + 'static {
    /// One entry of the list.
    type Job: Copy + Send + 'static;
    /// What a job comes to.
    type End: Send + 'static;
    /// What the pieces of a job have in common.
    type Whole: Send + Sync + 'static;
    /// What a piece comes to.
    type Piece: Send + 'static;
    /// What is gathered of the pieces.
    type Gathered: Send + 'static;
    /// Why a piece cannot be gathered.
    type Fault: Send + 'static;
    /// What a worker keeps between jobs.
    type Scratch: Default;

    /// Does a job.
    fn job(&self, job: Self::Job, desk: &mut Desk<Self>) -> Self::End;
    /// Does one piece of a shared job. `buffer` is empty, and was used before if possible.
    fn piece(
        &self,
        whole: &Self::Whole,
        number: u64,
        buffer: Vec<u8>,
        scratch: &mut Self::Scratch,
    ) -> Self::Piece;
    /// Takes the next piece in order: its bytes for the reader, and the number of the last piece as
    /// it is known now. Quick, since others wait meanwhile.
    fn gather(
        &self,
        whole: &Self::Whole,
        gathered: &mut Self::Gathered,
        piece: Self::Piece,
    ) -> Result<(Vec<u8>, u64), Self::Fault>;
    /// Bytes that a piece holds for the reader.
    fn weight(piece: &Self::Piece) -> usize;
}

/// A pool at work. Dropping it tells the workers to stop; it does not wait for them.
pub(crate) struct Pool<W: Work>(Arc<Shared<W>>);

/// What the reader gets next.
#[derive(Debug)]
pub(crate) enum Event<J, T> {
    /// Bytes of a job.
    Bytes(J, Vec<u8>),
    /// The job is done; everything of it was handed out.
    End(J, T),
    /// All jobs are done.
    Done,
    /// Nothing yet.
    Waiting,
}

struct Shared<W: Work> {
    inner: Mutex<Inner<W>>,
    /// Told when there may be room, or work, for somebody.
    room: Condvar,
    /// Told when there may be something to read.
    ready: Condvar,
    work: W,
}

impl<W: Work> Pool<W> {
    /// Starts `workers` threads on `jobs`. What waits for the reader keeps to the budget, but for
    /// one piece; those that workers are doing count.
    pub(crate) fn start(
        jobs: impl Iterator<Item = W::Job> + Send + 'static,
        workers: usize,
        budget: Budget,
        work: W,
    ) -> Self {
        let inner = Inner {
            jobs: Box::new(jobs),
            slots: VecDeque::new(),
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

    /// What comes next, in the order of the jobs. Waits at most `timeout` for it.
    pub(crate) fn next(&self, timeout: Duration) -> Event<W::Job, W::End> {
        let shared = &*self.0;
        let mut inner = shared.lock();
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(slot) = inner.slots.front_mut() {
                if let Some(bytes) = slot.bytes.pop_front() {
                    let (job, number) = (slot.job, inner.first);
                    inner.count(number, |load| load.waiting -= bytes.len());
                    shared.room.notify_all();
                    return Event::Bytes(job, bytes);
                }
                if slot.end.is_some()
                    && let Some(Slot { job, end: Some(end), .. }) = inner.slots.pop_front()
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

    /// Gives an emptied buffer back.
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

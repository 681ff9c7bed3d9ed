//! Workers that run a list of jobs at once while one reader gets what they produce in the order of the list. It owns threads, order
//! and the bound on what waits; what a job is, it does not know. A job may share its pieces with workers that have nothing better to
//! do (`share`).

mod share;
#[cfg(test)]
mod tests;
mod worker;

pub(super) use worker::Desk;

use share::Share;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Jobs that may be ahead of the one being read: enough for workers never to wait on account of small jobs.
const AHEAD: usize = 256;

/// What workers do.
pub(super) trait Work: Sized + Send + Sync + 'static {
    /// One entry of the list.
    type Job: Copy + Send + 'static;
    /// What a job comes to.
    type End: Send + 'static;
    /// What the pieces of a job have in common.
    type Whole: Send + Sync + 'static;
    /// What a piece comes to.
    type Piece: Send + 'static;
    /// What a worker keeps between jobs.
    type Scratch: Default;

    /// Does a job.
    fn job(&self, job: Self::Job, desk: &mut Desk<Self>) -> Self::End;
    /// Does one piece of a shared job. `buffer` is empty, and was used before if possible.
    fn piece(&self, whole: &Self::Whole, number: u64, buffer: Vec<u8>, scratch: &mut Self::Scratch) -> Self::Piece;
    /// Bytes that a piece holds.
    fn weight(piece: &Self::Piece) -> usize;
}

/// A pool at work. Dropping it tells the workers to stop; it does not wait for them.
pub(super) struct Pool<W: Work>(Arc<Shared<W>>);

/// What the reader gets next.
#[derive(Debug)]
pub(super) enum Event<J, T> {
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
    /// Bytes that may wait.
    budget: usize,
    work: W,
}

struct Inner<W: Work> {
    jobs: Box<dyn Iterator<Item = W::Job> + Send>,
    /// Started jobs in order; the first is the one being read, and has the number `first`.
    slots: VecDeque<Slot<W>>,
    first: u64,
    /// Shared jobs by their numbers, the second one to tell those of one job apart.
    shares: BTreeMap<(u64, u64), Share<W::Whole, W::Piece>>,
    shared: u64,
    waiting: usize,
    /// Pieces that somebody does.
    in_hand: usize,
    /// Bytes that were handed over last.
    typical: usize,
    exhausted: bool,
    closed: bool,
    spare: Vec<Vec<u8>>,
}

struct Slot<W: Work> {
    job: W::Job,
    bytes: VecDeque<Vec<u8>>,
    end: Option<W::End>,
}

/// What a worker turns to next.
enum Turn<W: Work> {
    Job(u64, W::Job),
    Piece((u64, u64), Arc<W::Whole>, u64),
}

impl<W: Work> Pool<W> {
    /// Starts `workers` threads on `jobs`. About `budget` bytes wait for the reader, beside what workers have in hand.
    pub(super) fn start(jobs: impl Iterator<Item = W::Job> + Send + 'static, workers: usize, budget: usize, work: W) -> Self {
        let inner = Inner {
            jobs: Box::new(jobs),
            slots: VecDeque::new(),
            first: 0,
            shares: BTreeMap::new(),
            shared: 0,
            waiting: 0,
            in_hand: 0,
            typical: 0,
            exhausted: false,
            closed: false,
            spare: Vec::new(),
        };
        let (room, ready) = (Condvar::new(), Condvar::new());
        let shared = Arc::new(Shared { inner: Mutex::new(inner), room, ready, budget, work });
        for _ in 0..workers.max(1) {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.run());
        }
        Pool(shared)
    }

    /// What comes next, in the order of the jobs. Waits at most `timeout` for it.
    #[must_use]
    pub(super) fn next(&self, timeout: Duration) -> Event<W::Job, W::End> {
        let shared = &*self.0;
        let mut inner = shared.lock();
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(slot) = inner.slots.front_mut() {
                if let Some(bytes) = slot.bytes.pop_front() {
                    let job = slot.job;
                    inner.waiting -= bytes.len();
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
            inner = shared.ready.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Gives an emptied buffer back.
    pub(super) fn recycle(&self, mut bytes: Vec<u8>) {
        bytes.clear();
        let mut inner = self.0.lock();
        // All are kept but those that grew for a huge page: what is given back to the allocator is not always to be had again in one
        // piece, and a long run would need more and more. There are never more of them than were in use at once.
        if bytes.capacity() <= self.0.budget {
            inner.spare.push(bytes);
        }
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

impl<W: Work> Inner<W> {
    fn slot(&mut self, number: u64) -> Option<&mut Slot<W>> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.slots.get_mut(index)
    }

    /// An empty buffer: one that was used before, or a new one of the usual size, so that it need not grow piece by piece.
    fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_else(|| Vec::with_capacity(self.typical + self.typical / 8))
    }

    /// Whether the pieces in hand will fill the budget by themselves.
    fn is_full(&self, budget: usize) -> bool {
        self.waiting + self.in_hand * self.typical >= budget
    }

    /// A piece that waits for somebody. With the budget full only the one that the reader waits for is done.
    fn open_piece(&mut self, budget: usize) -> Option<Turn<W>> {
        let (is_full, first) = (self.is_full(budget), self.first);
        let turn = self.shares.iter_mut().find_map(|(key, share)| {
            let most = if is_full { usize::from(key.0 == first) } else { usize::MAX };
            Some(Turn::Piece(*key, Arc::clone(share.whole()), share.claim(most)?))
        });
        self.in_hand += usize::from(turn.is_some());
        turn
    }
}

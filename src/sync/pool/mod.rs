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
    /// What is gathered of the pieces.
    type Gathered: Send + 'static;
    /// Why a piece cannot be gathered.
    type Fault: Send + 'static;
    /// What a worker keeps between jobs.
    type Scratch: Default;

    /// Does a job.
    fn job(&self, job: Self::Job, desk: &mut Desk<Self>) -> Self::End;
    /// Does one piece of a shared job. `buffer` is empty, and was used before if possible.
    fn piece(&self, whole: &Self::Whole, number: u64, buffer: Vec<u8>, scratch: &mut Self::Scratch) -> Self::Piece;
    /// Takes the next piece in order: its bytes for the reader, and the number of the last piece as it is known now. Quick, since others
    /// wait meanwhile.
    fn gather(&self, whole: &Self::Whole, gathered: &mut Self::Gathered, piece: Self::Piece) -> Result<(Vec<u8>, u64), Self::Fault>;
    /// Bytes that a piece holds for the reader.
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

/// A shared job: its number, and another to tell those of one job apart.
type Key = (u64, u64);

struct Inner<W: Work> {
    jobs: Box<dyn Iterator<Item = W::Job> + Send>,
    /// Started jobs in order; the first is the one being read, and has the number `first`.
    slots: VecDeque<Slot<W>>,
    first: u64,
    shares: BTreeMap<Key, Share<W>>,
    shared: u64,
    waiting: usize,
    /// Pieces that somebody does.
    in_hand: usize,
    /// Bytes that were handed over last.
    typical: usize,
    exhausted: bool,
    closed: bool,
    spare: Vec<Vec<u8>>,
    /// As many as are in use at once: by workers, waiting, and by the reader.
    most_spare: usize,
}

struct Slot<W: Work> {
    job: W::Job,
    bytes: VecDeque<Vec<u8>>,
    end: Option<W::End>,
}

/// What a worker turns to next.
enum Turn<W: Work> {
    Job(u64, W::Job),
    Piece(Key, Arc<W::Whole>, u64),
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
            most_spare: 2 * workers.max(1) + 4,
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
    pub(super) fn recycle(&self, bytes: Vec<u8>) {
        self.0.lock().keep(bytes, self.0.budget);
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

    /// Keeps a buffer to be filled again, but not one that grew for a huge page, or would have to grow. What is given back to the
    /// allocator is not always to be had again in one piece, and a long run would need more and more.
    fn keep(&mut self, mut bytes: Vec<u8>, budget: usize) {
        bytes.clear();
        if (self.typical / 2..=budget).contains(&bytes.capacity()) && self.spare.len() < self.most_spare {
            self.spare.push(bytes);
        }
    }

    /// An empty buffer: one that was used before, or a new one of the usual size, so that it need not grow piece by piece.
    fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_else(|| Vec::with_capacity(self.typical + self.typical / 8))
    }

    /// Whether the pieces in hand will fill the budget by themselves.
    fn is_full(&self, budget: usize) -> bool {
        self.waiting + self.in_hand * self.typical >= budget
    }

    /// The number of a piece of that job for somebody to do. With the budget full nothing is done but what the reader waits for.
    fn claim(&mut self, key: Key, budget: usize) -> Option<(Arc<W::Whole>, u64)> {
        let most = if self.is_full(budget) { usize::from(key.0 == self.first) } else { usize::MAX };
        let share = self.shares.get_mut(&key)?;
        let number = share.claim(most)?;
        self.in_hand += 1;
        Some((Arc::clone(share.whole()), number))
    }

    /// A piece that waits for somebody.
    fn open_piece(&mut self, budget: usize) -> Option<Turn<W>> {
        let keys: Vec<Key> = self.shares.keys().copied().collect();
        keys.into_iter().find_map(|key| self.claim(key, budget).map(|(whole, number)| Turn::Piece(key, whole, number)))
    }

    /// A piece is done. One that nobody waits for any longer is dropped.
    fn put(&mut self, work: &W, key: Key, number: u64, piece: W::Piece, weight: usize, budget: usize) {
        let Some(share) = self.shares.get_mut(&key) else { return };
        let (buffers, wasted) = share.put(work, number, piece);
        self.waiting = self.waiting + weight - wasted;
        for bytes in buffers {
            // What waits weighs what it holds: a small page must not keep the buffer of a large one from its use.
            let is_small = bytes.len() < bytes.capacity() / 4;
            let (lines, emptied) = if is_small { (bytes.as_slice().to_vec(), Some(bytes)) } else { (bytes, None) };
            if let Some(slot) = self.slot(key.0).filter(|_| !lines.is_empty()) {
                slot.bytes.push_back(lines);
            }
            if let Some(emptied) = emptied {
                self.keep(emptied, budget);
            }
        }
    }
}

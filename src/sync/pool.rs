//! Workers that run a list of jobs at once while one reader gets what they produce in the order of the list. It owns threads, order
//! and the bound on what waits; what a job is, it does not know.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Jobs that may be ahead of the one being read: enough for workers never to wait on account of small jobs.
const AHEAD: usize = 256;
/// Emptied buffers that are kept to be filled again.
const SPARE: usize = 4;

/// A pool at work. Dropping it tells the workers to stop; it does not wait for them.
#[derive(Debug)]
pub(super) struct Pool<J, T>(Arc<Shared<J, T>>);

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

/// A job's way out for its bytes.
#[derive(Debug)]
pub(super) struct Sink<'a, J, T> {
    shared: &'a Shared<J, T>,
    number: u64,
}

#[derive(Debug)]
struct Shared<J, T> {
    inner: Mutex<Inner<J, T>>,
    /// Told when there may be room for more.
    room: Condvar,
    /// Told when there may be something to read.
    ready: Condvar,
    /// Bytes that may wait.
    budget: usize,
}

struct Inner<J, T> {
    jobs: Box<dyn Iterator<Item = J> + Send>,
    /// Started jobs in order; the first is the one being read, and has the number `first`.
    slots: VecDeque<Slot<J, T>>,
    first: u64,
    waiting: usize,
    exhausted: bool,
    closed: bool,
    spare: Vec<Vec<u8>>,
}

struct Slot<J, T> {
    job: J,
    bytes: VecDeque<Vec<u8>>,
    end: Option<T>,
}

impl<J, T> std::fmt::Debug for Inner<J, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Inner").field("started", &self.slots.len()).field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl<J: Copy + Send + 'static, T: Send + 'static> Pool<J, T> {
    /// Starts `workers` threads on `jobs`. At most `budget` bytes wait for the reader, beside one buffer of the job being read.
    pub(super) fn start<W>(jobs: impl Iterator<Item = J> + Send + 'static, workers: usize, budget: usize, work: W) -> Self
    where
        W: Fn(J, &Sink<J, T>) -> T + Send + Sync + 'static,
    {
        let inner = Inner {
            jobs: Box::new(jobs),
            slots: VecDeque::new(),
            first: 0,
            waiting: 0,
            exhausted: false,
            closed: false,
            spare: Vec::new(),
        };
        let shared = Arc::new(Shared { inner: Mutex::new(inner), room: Condvar::new(), ready: Condvar::new(), budget });
        let work = Arc::new(work);
        for _ in 0..workers.max(1) {
            let (shared, work) = (Arc::clone(&shared), Arc::clone(&work));
            thread::spawn(move || {
                while let Some((number, job)) = shared.take() {
                    let end = work(job, &Sink { shared: &shared, number });
                    shared.end(number, end);
                }
            });
        }
        Pool(shared)
    }

    /// What comes next, in the order of the jobs. Waits at most `timeout` for it.
    #[must_use]
    pub(super) fn next(&self, timeout: Duration) -> Event<J, T> {
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
        if inner.spare.len() < SPARE {
            inner.spare.push(bytes);
        }
    }
}

impl<J, T> Drop for Pool<J, T> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.room.notify_all();
    }
}

impl<J, T> Sink<'_, J, T> {
    /// Hands bytes on, as soon as there is room for them. `false`: nobody reads any longer.
    #[must_use]
    pub(super) fn send(&self, bytes: Vec<u8>) -> bool {
        let shared = self.shared;
        let mut inner = shared.lock();
        loop {
            if inner.closed {
                return false;
            }
            // The job being read may always have one buffer waiting, or a full budget behind it would be a deadlock.
            let is_read = self.number == inner.first && inner.slots.front().is_some_and(|slot| slot.bytes.is_empty());
            if is_read || inner.waiting + bytes.len() <= shared.budget {
                break;
            }
            inner = shared.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        inner.waiting += bytes.len();
        if let Some(slot) = inner.slot(self.number) {
            slot.bytes.push_back(bytes);
        }
        shared.ready.notify_one();
        true
    }

    /// An empty buffer, used before if there is one.
    #[must_use]
    pub(super) fn buffer(&self) -> Vec<u8> {
        self.shared.lock().spare.pop().unwrap_or_default()
    }
}

impl<J: Copy, T> Shared<J, T> {
    /// The next job of the list, with its number.
    fn take(&self) -> Option<(u64, J)> {
        let mut inner = self.lock();
        while !inner.closed && inner.slots.len() >= AHEAD {
            inner = self.room.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        let job = if inner.closed { None } else { inner.jobs.next() };
        if let Some(job) = job {
            inner.slots.push_back(Slot { job, bytes: VecDeque::new(), end: None });
            Some((inner.first + inner.slots.len() as u64 - 1, job))
        } else {
            inner.exhausted = true;
            self.ready.notify_one();
            None
        }
    }

    fn end(&self, number: u64, end: T) {
        if let Some(slot) = self.lock().slot(number) {
            slot.end = Some(end);
        }
        self.ready.notify_one();
    }
}

impl<J, T> Shared<J, T> {
    fn lock(&self) -> MutexGuard<'_, Inner<J, T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J, T> Inner<J, T> {
    fn slot(&mut self, number: u64) -> Option<&mut Slot<J, T>> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.slots.get_mut(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pool: &Pool<u32, u32>) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            match pool.next(Duration::from_secs(5)) {
                Event::Bytes(_, bytes) => {
                    all.extend_from_slice(&bytes);
                    pool.recycle(bytes);
                }
                Event::End(job, end) => assert_eq!(end, job * 2),
                Event::Done => return all,
                Event::Waiting => panic!("nothing came for five seconds"),
            }
        }
    }

    #[test]
    fn the_order_is_that_of_the_jobs_at_any_number_of_workers_and_any_budget() {
        let want: Vec<u8> = (0..60_u32)
            .flat_map(|job| (0..job % 5).flat_map(move |part| vec![u8::try_from(job).expect("small"), u8::try_from(part).expect("small")]))
            .collect();
        for workers in [1, 2, 8] {
            for budget in [0, 3, 1000] {
                let pool = Pool::start(0..60_u32, workers, budget, |job, sink| {
                    for part in 0..job % 5 {
                        thread::sleep(Duration::from_micros(u64::from(job * 7919 % 300)));
                        let mut bytes = sink.buffer();
                        bytes.extend([u8::try_from(job).expect("small"), u8::try_from(part).expect("small")]);
                        assert!(sink.send(bytes));
                    }
                    job * 2
                });
                assert_eq!(read(&pool), want, "{workers} workers, {budget} bytes");
            }
        }
    }

    #[test]
    fn workers_stop_when_nobody_reads() {
        let (told, heard) = std::sync::mpsc::channel();
        let pool = Pool::start(0..1000_u32, 2, 0, move |job, sink| {
            if !sink.send(vec![1]) {
                let _ = told.send(());
            }
            job * 2
        });
        drop(pool);
        // The channel closes once both workers are gone.
        while heard.recv_timeout(Duration::from_secs(5)).is_ok() {}
        assert_eq!(heard.recv_timeout(Duration::from_secs(5)), Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    }
}

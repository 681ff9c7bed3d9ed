//! The data that the workers of a pool and its reader share under one lock: started jobs, their
//! pieces, and spare buffers. Its methods choose what is done next and count what waits to be read;
//! none of them waits or does any work.

use super::Work;
use super::budget::{self, Budget, Load};
use super::share::{Gathered, Share};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// The most jobs that are started but not read, enough for small jobs not to make workers wait.
const AHEAD: usize = 256;

/// Identifies a share: the number of its job, and a number of its own, since a job may be shared
/// several times.
pub(super) type ShareKey = (u64, u64);

pub(super) struct Inner<W: Work> {
    pub(super) jobs: Box<dyn Iterator<Item = W::Job> + Send>,
    /// Started jobs in order. The first is being read and has the number `first`.
    pub(super) started: VecDeque<StartedJob<W>>,
    pub(super) first: u64,
    pub(super) shares: BTreeMap<ShareKey, Share<W>>,
    /// The number of shares so far.
    pub(super) shared: u64,
    pub(super) budget: Budget,
    /// The load of all jobs together.
    pub(super) load: Load,
    /// The expected size of the next piece in bytes.
    pub(super) typical: usize,
    /// Whether there are no more jobs to start.
    pub(super) exhausted: bool,
    /// Whether the reader is gone.
    pub(super) closed: bool,
    pub(super) spare: Vec<Vec<u8>>,
    /// The most spare buffers: as many as workers, waiting results and the reader use at once.
    pub(super) most_spare: usize,
}

/// A job that was started but not read to its end.
pub(super) struct StartedJob<W: Work> {
    pub(super) job: W::Job,
    pub(super) bytes: VecDeque<Vec<u8>>,
    pub(super) end: Option<W::End>,
    pub(super) load: Load,
}

/// A piece that a worker is going to do.
pub(super) struct Claim<W: Work> {
    pub(super) key: ShareKey,
    pub(super) whole: Arc<W::Whole>,
    pub(super) number: u64,
}

impl<W: Work> Inner<W> {
    /// The started job with a number. `None` if it was read to its end.
    pub(super) fn job(&mut self, number: u64) -> Option<&mut StartedJob<W>> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.started.get_mut(index)
    }

    /// Changes the load of a job. The job may be over already, if one of its pieces came too late.
    pub(super) fn count(&mut self, number: u64, change: impl Fn(&mut Load)) {
        change(&mut self.load);
        if let Some(job) = self.job(number) {
            change(&mut job.load);
        }
    }

    /// Updates the expected size of pieces with that of one that is done.
    pub(super) fn expect(&mut self, weight: usize) {
        if weight > 0 {
            self.typical = budget::expected(self.typical, weight);
        }
    }

    /// Whether the budget allows to produce more bytes of the job with this number.
    pub(super) fn fits_budget(&self, number: u64) -> bool {
        let first = self.started.front().map_or(0, |job| job.load.bytes(self.typical));
        let all = self.load.bytes(self.typical);
        if number == self.first {
            self.budget.allows_first(all)
        } else {
            self.budget.allows_later(first, all)
        }
    }

    /// Whether the reader waits for bytes of this job. It may then produce some even beyond the
    /// budget, because otherwise nothing would ever be read.
    pub(super) fn is_awaited(&self, number: u64) -> bool {
        number == self.first && self.started.front().is_some_and(|job| job.bytes.is_empty())
    }

    /// The share whose next piece should be done now. Early jobs come first, whichever worker asks,
    /// so that the job being read never lacks workers.
    pub(super) fn open_share(&self) -> Option<ShareKey> {
        let may_start = |(key, share): &(&ShareKey, &Share<W>)| {
            share.has_open()
                && (self.fits_budget(key.0) || self.is_awaited(key.0) && share.next_is_first())
        };
        self.shares.iter().find(may_start).map(|(key, _)| *key)
    }

    /// Claims the next piece to be done.
    pub(super) fn claim(&mut self) -> Option<Claim<W>> {
        let key = self.open_share()?;
        let share = self.shares.get_mut(&key)?;
        let (whole, number) = (Arc::clone(share.whole()), share.claim());
        self.count(key.0, |load| load.in_progress += 1);
        Some(Claim { key, whole, number })
    }

    /// Starts the next job, unless too many are waiting.
    pub(super) fn start(&mut self) -> Option<(u64, W::Job)> {
        let number = self.first + self.started.len() as u64;
        let may_start =
            self.started.is_empty() || self.started.len() < AHEAD && self.fits_budget(number);
        if self.exhausted || !may_start {
            return None;
        }
        let Some(job) = self.jobs.next() else {
            self.exhausted = true;
            return None;
        };
        self.started.push_back(StartedJob {
            job,
            bytes: VecDeque::new(),
            end: None,
            load: Load::default(),
        });
        Some((number, job))
    }

    /// Starts to share a job.
    pub(super) fn share(
        &mut self,
        number: u64,
        whole: Arc<W::Whole>,
        ahead: usize,
        gathered: W::Gathered,
    ) -> ShareKey {
        self.shared += 1;
        let key = (number, self.shared);
        self.shares.insert(key, Share::new(whole, ahead, gathered));
        key
    }

    /// The result of a share, once it is over.
    pub(super) fn take_gathered(&mut self, key: ShareKey) -> Option<Gathered<W>> {
        if !self.shares.get(&key)?.is_over() {
            return None;
        }
        let (gathered, dropped) = self.shares.remove(&key)?.into_parts();
        self.count(key.0, |load| load.waiting -= dropped);
        Some(gathered)
    }

    /// Accepts a finished piece. A piece of a share that is already over is dropped.
    pub(super) fn put(&mut self, work: &W, key: ShareKey, number: u64, piece: W::Piece) {
        let weight = W::weight(&piece);
        self.expect(weight);
        self.count(key.0, |load| load.in_progress -= 1);
        let Some(share) = self.shares.get_mut(&key) else { return };
        let (buffers, dropped) = share.put(work, number, piece);
        self.count(key.0, |load| load.waiting = load.waiting + weight - dropped);
        for bytes in buffers {
            // Small results are copied, so that none of them occupies a large buffer while it
            // waits.
            let is_small = bytes.len() < bytes.capacity() / 4;
            let (lines, emptied) =
                if is_small { (bytes.as_slice().to_vec(), Some(bytes)) } else { (bytes, None) };
            if let Some(job) = self.job(key.0).filter(|_| !lines.is_empty()) {
                job.bytes.push_back(lines);
            }
            if let Some(emptied) = emptied {
                self.keep(emptied);
            }
        }
    }

    /// Keeps a buffer for reuse, unless it is very large or too small. Without reuse, the heap of a
    /// long run would fragment and grow.
    pub(super) fn keep(&mut self, mut bytes: Vec<u8>) {
        bytes.clear();
        if (self.typical / 2..=self.budget.later).contains(&bytes.capacity())
            && self.spare.len() < self.most_spare
        {
            self.spare.push(bytes);
        }
    }

    /// An empty buffer: one that was used before, or a new one of the expected size, so that it
    /// does not have to grow step by step.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_else(|| Vec::with_capacity(self.typical + self.typical / 8))
    }
}

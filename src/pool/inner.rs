//! What the pool's workers and its reader share behind one lock: the jobs that were started, their
//! pieces, and spare buffers. It owns the choice of what is done next, and the count of what waits;
//! it neither waits nor does any work itself.

use super::Work;
use super::room::{self, Budget, Load};
use super::share::{Gathered, Share};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Jobs that may be started beyond the one being read: enough for workers never to wait on account
/// of small jobs.
const AHEAD: usize = 256;

/// A shared job: its number, and another number, since one job may be shared several times.
pub(super) type Key = (u64, u64);

pub(super) struct Inner<W: Work> {
    pub(super) jobs: Box<dyn Iterator<Item = W::Job> + Send>,
    /// Started jobs in order; the first is the one being read, and has the number `first`.
    pub(super) slots: VecDeque<Slot<W>>,
    pub(super) first: u64,
    pub(super) shares: BTreeMap<Key, Share<W>>,
    /// How many shares there were so far.
    pub(super) shared: u64,
    pub(super) budget: Budget,
    /// What all jobs together have waiting and in hand.
    pub(super) load: Load,
    /// Bytes that the next piece is taken to have.
    pub(super) typical: usize,
    /// Whether no job is left to be started.
    pub(super) exhausted: bool,
    /// Whether nobody reads any longer.
    pub(super) closed: bool,
    pub(super) spare: Vec<Vec<u8>>,
    /// As many buffers as are in use at once: by workers, waiting, and by the reader.
    pub(super) most_spare: usize,
}

pub(super) struct Slot<W: Work> {
    pub(super) job: W::Job,
    pub(super) bytes: VecDeque<Vec<u8>>,
    pub(super) end: Option<W::End>,
    /// What this job has waiting and in hand.
    pub(super) load: Load,
}

/// A piece that a worker has taken on.
pub(super) struct Claim<W: Work> {
    pub(super) key: Key,
    pub(super) whole: Arc<W::Whole>,
    pub(super) number: u64,
}

impl<W: Work> Inner<W> {
    pub(super) fn slot(&mut self, number: u64) -> Option<&mut Slot<W>> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.slots.get_mut(index)
    }

    /// Changes what a job has waiting or in hand. The job may be over: a piece that came too late
    /// was counted all the same.
    pub(super) fn count(&mut self, number: u64, change: impl Fn(&mut Load)) {
        change(&mut self.load);
        if let Some(slot) = self.slot(number) {
            change(&mut slot.load);
        }
    }

    /// Learns what the next piece may weigh from one that came.
    pub(super) fn expect(&mut self, weight: usize) {
        if weight > 0 {
            self.typical = room::expected(self.typical, weight);
        }
    }

    /// Whether more of the job with that number may be begun.
    pub(super) fn has_room(&self, number: u64) -> bool {
        let first = self.slots.front().map_or(0, |slot| slot.load.bytes(self.typical));
        let all = self.load.bytes(self.typical);
        if number == self.first {
            self.budget.has_room_for_first(all)
        } else {
            self.budget.has_room_for_later(first, all)
        }
    }

    /// Whether the reader waits for bytes of that job. They may come also where there is no room:
    /// nothing else would ever make any.
    pub(super) fn is_awaited(&self, number: u64) -> bool {
        number == self.first && self.slots.front().is_some_and(|slot| slot.bytes.is_empty())
    }

    /// The share whose next piece should be done now. Early jobs come first, whoever asks, so that
    /// the job being read is never the one that lacks workers.
    pub(super) fn open_share(&self) -> Option<Key> {
        let may_begin = |(key, share): &(&Key, &Share<W>)| {
            share.has_open()
                && (self.has_room(key.0) || self.is_awaited(key.0) && share.next_is_first())
        };
        self.shares.iter().find(may_begin).map(|(key, _)| *key)
    }

    /// Takes a piece on.
    pub(super) fn claim(&mut self) -> Option<Claim<W>> {
        let key = self.open_share()?;
        let share = self.shares.get_mut(&key)?;
        let (whole, number) = (Arc::clone(share.whole()), share.claim());
        self.count(key.0, |load| load.in_hand += 1);
        Some(Claim { key, whole, number })
    }

    /// Starts a job, if there is room for more of them.
    pub(super) fn start(&mut self) -> Option<(u64, W::Job)> {
        let number = self.first + self.slots.len() as u64;
        let has_room = self.slots.is_empty() || self.slots.len() < AHEAD && self.has_room(number);
        if self.exhausted || !has_room {
            return None;
        }
        let Some(job) = self.jobs.next() else {
            self.exhausted = true;
            return None;
        };
        self.slots.push_back(Slot {
            job,
            bytes: VecDeque::new(),
            end: None,
            load: Load::default(),
        });
        Some((number, job))
    }

    /// Begins to share a job.
    pub(super) fn share(
        &mut self,
        number: u64,
        whole: Arc<W::Whole>,
        ahead: usize,
        gathered: W::Gathered,
    ) -> Key {
        self.shared += 1;
        let key = (number, self.shared);
        self.shares.insert(key, Share::new(whole, ahead, gathered));
        key
    }

    /// What a share came to, once it is over.
    pub(super) fn take_gathered(&mut self, key: Key) -> Option<Gathered<W>> {
        if !self.shares.get(&key)?.is_over() {
            return None;
        }
        let (gathered, for_nothing) = self.shares.remove(&key)?.into_parts();
        self.count(key.0, |load| load.waiting -= for_nothing);
        Some(gathered)
    }

    /// A piece is done. One that nobody waits for any longer is dropped.
    pub(super) fn put(&mut self, work: &W, key: Key, number: u64, piece: W::Piece) {
        let weight = W::weight(&piece);
        self.expect(weight);
        self.count(key.0, |load| load.in_hand -= 1);
        let Some(share) = self.shares.get_mut(&key) else { return };
        let (buffers, wasted) = share.put(work, number, piece);
        self.count(key.0, |load| load.waiting = load.waiting + weight - wasted);
        for bytes in buffers {
            // What waits weighs what it holds: a small page must not keep the buffer of a large one
            // from its use.
            let is_small = bytes.len() < bytes.capacity() / 4;
            let (lines, emptied) =
                if is_small { (bytes.as_slice().to_vec(), Some(bytes)) } else { (bytes, None) };
            if let Some(slot) = self.slot(key.0).filter(|_| !lines.is_empty()) {
                slot.bytes.push_back(lines);
            }
            if let Some(emptied) = emptied {
                self.keep(emptied);
            }
        }
    }

    /// Keeps a buffer to be filled again, but not one that grew for a huge page, or would have to
    /// grow. What is given back to the allocator is not always to be had again in one piece, and a
    /// long run would need more and more.
    pub(super) fn keep(&mut self, mut bytes: Vec<u8>) {
        bytes.clear();
        if (self.typical / 2..=self.budget.later).contains(&bytes.capacity())
            && self.spare.len() < self.most_spare
        {
            self.spare.push(bytes);
        }
    }

    /// An empty buffer: one that was used before, or a new one of the usual size, so that it need
    /// not grow piece by piece.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_else(|| Vec::with_capacity(self.typical + self.typical / 8))
    }
}

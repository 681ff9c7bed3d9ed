//! Tests of the pool: order and completeness at any number of workers, help with shared jobs, and
//! that workers stop when the reader is gone.

mod first;
mod held;
mod random;

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Work whose jobs are numbers. Each job is shared in as many pieces as `most` says.
struct Numbers {
    most: fn(u32) -> u64,
    busy: AtomicUsize,
    peak: AtomicUsize,
}

impl Numbers {
    fn new(most: fn(u32) -> u64) -> Self {
        Numbers { most, busy: AtomicUsize::new(0), peak: AtomicUsize::new(0) }
    }
}

impl Work for Numbers {
    type Job = u32;
    type End = u32;
    type Whole = u32;
    type Piece = Vec<u8>;
    type Gathered = u64;
    type Error = ();
    type Scratch = ();

    fn job(&self, job: u32, desk: &mut Desk<Self>) -> u32 {
        if (self.most)(job) > 0 {
            // How many pieces there are becomes known only piece by piece.
            let done = desk.share(Arc::new(job), usize::MAX, 0);
            let want = (self.most)(job);
            assert!(done.is_none_or(|(gathered, ended)| ended == Ok(()) && gathered == want));
        }
        job * 2
    }

    fn gather(&self, job: &u32, gathered: &mut u64, piece: Vec<u8>) -> Result<(Vec<u8>, u64), ()> {
        *gathered += 1;
        let last = (self.most)(*job).min(u64::from(piece[1]) + 8);
        Ok((piece, last))
    }

    fn piece(&self, job: &u32, number: u64, mut buffer: Vec<u8>, (): &mut ()) -> Vec<u8> {
        let busy = self.busy.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(busy, Ordering::SeqCst);
        thread::sleep(Duration::from_micros(
            100 + (u64::from(*job) * 7919 + number * 104_729) % 300,
        ));
        self.busy.fetch_sub(1, Ordering::SeqCst);
        assert!(buffer.is_empty());
        buffer.extend([u8::try_from(*job).expect("small"), u8::try_from(number).expect("small")]);
        buffer
    }

    fn weight(piece: &Vec<u8>) -> usize {
        piece.len()
    }
}

fn half_for_later(all: usize) -> Budget {
    Budget { all, later: all / 2 }
}

fn read<W: Work<Job = u32, End = u32>>(pool: &Pool<W>) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        match pool.next(Duration::from_secs(5)) {
            Event::Bytes(job, bytes) => {
                assert_eq!(u32::from(bytes[0]), job);
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
    let most = |job: u32| u64::from(job % 5);
    let small = |number: u64| u8::try_from(number).expect("small");
    let want: Vec<u8> = (0..60_u32)
        .flat_map(|job| (1..=most(job)).flat_map(move |n| [small(job.into()), small(n)]))
        .collect();
    for workers in [1, 2, 8] {
        for budget in [0, 3, 1000] {
            let pool = Pool::start(0..60_u32, workers, half_for_later(budget), Numbers::new(most));
            assert_eq!(read(&pool), want, "{workers} workers, {budget} bytes");
        }
    }
}

#[test]
fn one_big_job_is_done_by_all() {
    // Eight bytes are the four pieces of four workers.
    for budget in [8, 1000] {
        let pool = Pool::start(0..1_u32, 4, half_for_later(budget), Numbers::new(|_| 200));
        assert_eq!(read(&pool).len(), 400);
        let peak = pool.0.work.peak.load(Ordering::SeqCst);
        assert!((3..=4).contains(&peak), "{peak} at once, with a budget of {budget}");
        assert_eq!(pool.0.lock().load.waiting, 0);
    }
}

/// Work without an end, which sends a message for each piece.
struct Endless(std::sync::mpsc::SyncSender<()>);

impl Work for Endless {
    type Job = u32;
    type End = u32;
    type Whole = ();
    type Piece = Vec<u8>;
    type Gathered = ();
    type Error = ();
    type Scratch = ();

    fn job(&self, _: u32, desk: &mut Desk<Self>) -> u32 {
        assert!(desk.share(Arc::new(()), usize::MAX, ()).is_none());
        0
    }

    fn gather(&self, (): &(), (): &mut (), piece: Vec<u8>) -> Result<(Vec<u8>, u64), ()> {
        Ok((piece, u64::MAX))
    }

    fn piece(&self, (): &(), _: u64, mut buffer: Vec<u8>, (): &mut ()) -> Vec<u8> {
        buffer.push(1);
        let _ = self.0.try_send(());
        buffer
    }

    fn weight(piece: &Vec<u8>) -> usize {
        piece.len()
    }
}

#[test]
fn workers_stop_when_nobody_reads() {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let pool = Pool::start(0..1000_u32, 3, half_for_later(10), Endless(sender));
    receiver.recv_timeout(Duration::from_secs(5)).expect("the workers start");
    drop(pool);
    // The channel closes once all workers are gone.
    while receiver.recv_timeout(Duration::from_secs(5)).is_ok() {}
    assert_eq!(
        receiver.recv_timeout(Duration::from_secs(5)),
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected)
    );
}

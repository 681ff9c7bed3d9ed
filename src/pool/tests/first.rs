//! Tests which pieces the workers do first, and how much they produce before it is read. With a
//! gate, each test decides when a piece is done, so that the pieces in progress are always known.

use super::*;
use std::collections::BTreeSet;

/// Bytes of every piece.
const WEIGHT: usize = 10;
/// Pieces of every job.
const PIECES: u64 = 20;

/// A piece by its job and number.
type Piece = (u32, u64);

/// Work whose pieces wait until the test releases them.
#[derive(Default)]
struct Gated(Arc<Gate>);

#[derive(Default)]
struct Gate {
    pieces: Mutex<Pieces>,
    released: Condvar,
}

#[derive(Default)]
struct Pieces {
    in_progress: BTreeSet<Piece>,
    released: BTreeSet<Piece>,
    all_released: bool,
}

impl Gate {
    fn release(&self, pieces: impl IntoIterator<Item = Piece>) {
        self.pieces.lock().expect("no panic").released.extend(pieces);
        self.released.notify_all();
    }

    fn release_all(&self) {
        self.pieces.lock().expect("no panic").all_released = true;
        self.released.notify_all();
    }

    /// Waits until exactly these pieces are in progress.
    #[track_caller]
    fn wait_for(&self, want: impl IntoIterator<Item = Piece>) {
        let want = BTreeSet::from_iter(want);
        wait_until(
            || self.pieces.lock().expect("no panic").in_progress == want,
            || format!("{:?}", self.pieces.lock().expect("no panic").in_progress),
        );
    }
}

/// Waits until a condition holds. After a minute it fails and shows what holds instead.
#[track_caller]
fn wait_until(condition: impl Fn() -> bool, instead: impl Fn() -> String) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "{}", instead());
        thread::sleep(Duration::from_millis(1));
    }
}

impl Work for Gated {
    type Job = u32;
    type End = u32;
    type Whole = u32;
    type Piece = Vec<u8>;
    type Gathered = ();
    type Error = ();
    type Scratch = ();

    fn job(&self, job: u32, desk: &mut Desk<Self>) -> u32 {
        let _ = desk.share(Arc::new(job), usize::MAX, ());
        job * 2
    }

    fn piece(&self, job: &u32, number: u64, mut buffer: Vec<u8>, (): &mut ()) -> Vec<u8> {
        let piece = (*job, number);
        let mut pieces = self.0.pieces.lock().expect("no panic");
        pieces.in_progress.insert(piece);
        while !pieces.all_released && !pieces.released.contains(&piece) {
            pieces = self.0.released.wait(pieces).expect("no panic");
        }
        pieces.in_progress.remove(&piece);
        buffer.resize(WEIGHT, u8::try_from(*job).expect("small"));
        buffer
    }

    fn gather(&self, _: &u32, (): &mut (), piece: Vec<u8>) -> Result<(Vec<u8>, u64), ()> {
        Ok((piece, PIECES))
    }

    fn weight(piece: &Vec<u8>) -> usize {
        piece.len()
    }
}

/// Starts a pool of jobs with 20 pieces of 10 bytes, and returns it with the gate of its pieces.
fn start(jobs: u32, workers: usize, budget: usize) -> (Pool<Gated>, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    (Pool::start(0..jobs, workers, half_for_later(budget), Gated(Arc::clone(&gate))), gate)
}

#[track_caller]
fn read_one(pool: &Pool<Gated>) -> u32 {
    match pool.next(Duration::from_secs(60)) {
        Event::Bytes(job, _) => job,
        other => panic!("{other:?} instead of bytes"),
    }
}

#[test]
fn all_workers_help_the_first_job_even_if_later_ones_fill_their_share_of_the_budget() {
    let (pool, gate) = start(10, 4, 8 * WEIGHT);
    // Each worker starts a job of its own, since no more than one piece of each is known.
    gate.wait_for((0..4).map(|job| (job, 1)));
    // Later jobs go on until their half of the budget is used up.
    gate.release((1..10).flat_map(|job| (1..=PIECES).map(move |number| (job, number))));
    gate.wait_for([(0, 1)]);
    let load = || pool.0.lock().load;
    wait_until(
        || load().waiting == 4 * WEIGHT && load().in_progress == 1,
        || format!("{:?}", load()),
    );
    assert_eq!(pool.0.lock().open_share(), None, "no piece of a later job may be started");
    // The first job turns out to be large. From now on all four workers help it, including the
    // three that wait for the pieces of later jobs.
    gate.release([(0, 1)]);
    for number in 1..=PIECES - 4 {
        assert_eq!(read_one(&pool), 0);
        gate.wait_for((number + 1..=number + 4).map(|number| (0, number)));
        gate.release([(0, number + 1)]);
    }
    gate.release_all();
    assert_eq!(
        read(&pool).len() + usize::try_from(PIECES - 4).expect("small") * WEIGHT,
        10 * usize::try_from(PIECES).expect("small") * WEIGHT
    );
    assert_eq!(load().waiting, 0);
}

#[test]
fn open_pieces_come_before_new_jobs_and_those_of_early_jobs_first() {
    let (pool, gate) = start(10, 2, 1000 * WEIGHT);
    gate.wait_for([(0, 1), (1, 1)]);
    // From here on one piece after the other ends, and its worker takes the next one in order.
    let order: Vec<Piece> =
        [(0, 1), (1, 1)].into_iter().chain((2..=PIECES).map(|number| (0, number))).collect();
    let order: Vec<Piece> =
        order.into_iter().chain((2..=PIECES).map(|number| (1, number))).collect();
    for pieces in order.windows(3) {
        gate.wait_for([pieces[0], pieces[1]]);
        gate.release([pieces[0]]);
    }
    gate.wait_for(order[order.len() - 2..].iter().copied());
    gate.release_all();
    assert_eq!(read(&pool).len(), 10 * usize::try_from(PIECES).expect("small") * WEIGHT);
}

#[test]
fn results_that_nobody_reads_stay_within_the_budget() {
    for workers in [1, 4] {
        let (pool, gate) = start(3, workers, 8 * WEIGHT);
        gate.release_all();
        wait_until(
            || {
                let inner = pool.0.lock();
                inner.load.waiting == 8 * WEIGHT
                    && inner.load.in_progress == 0
                    && inner.open_share().is_none()
            },
            || format!("{:?} with {workers} workers", pool.0.lock().load),
        );
        // After a piece is read, another one fits the budget.
        assert_eq!(read_one(&pool), 0);
        wait_until(
            || pool.0.lock().load.waiting == 8 * WEIGHT,
            || format!("{:?} with {workers} workers", pool.0.lock().load),
        );
        assert_eq!(
            read(&pool).len(),
            3 * usize::try_from(PIECES).expect("small") * WEIGHT - WEIGHT
        );
    }
}

//! Bytes that a job holds: less is done in advance until they are released.

use super::*;
use std::sync::atomic::AtomicBool;

/// Work in which the first job holds more than the budget.
#[derive(Default)]
struct Holding {
    holds: AtomicBool,
    released: AtomicBool,
}

impl Work for Holding {
    type Job = u32;
    type End = u32;
    type Whole = ();
    type Piece = ();
    type Gathered = ();
    type Error = ();
    type Scratch = ();

    fn job(&self, job: u32, desk: &mut Desk<Self>) -> u32 {
        match job {
            0 => {
                desk.hold(1000);
                self.holds.store(true, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(50));
                self.released.store(true, Ordering::SeqCst);
                desk.release(1000);
            }
            // It may have started before anything was held; the next one has not.
            1 => {
                while !self.holds.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
            }
            _ => assert!(self.released.load(Ordering::SeqCst), "started in spite of the budget"),
        }
        desk.send(vec![u8::try_from(job).expect("small")]);
        job * 2
    }

    fn gather(&self, (): &(), (): &mut (), (): ()) -> Result<(Vec<u8>, u64), ()> {
        Err(())
    }

    fn piece(&self, (): &(), _: u64, _: Vec<u8>, (): &mut ()) {}

    fn weight((): &()) -> usize {
        0
    }
}

#[test]
fn what_a_job_holds_counts_until_it_is_released() {
    let pool = Pool::start(0..20, 2, half_for_later(100), Holding::default());
    assert_eq!(read(&pool), (0..20).collect::<Vec<u8>>());
}

//! That any jobs come out whole and in order, with any number of workers and any budget, and that
//! the pool never stands still.

use super::*;
use proptest::prelude::*;

/// One shared part of a job.
#[derive(Clone, Debug)]
struct Part {
    /// The number of its last piece.
    last: u8,
    /// Bytes of a piece, by its number.
    sizes: Vec<u8>,
    /// Whether a piece is done after those in front of it only.
    in_turn: bool,
    /// Pieces that each one knows to follow.
    known: u8,
    /// The piece that fails, if there is one of that number.
    fault: Option<u8>,
}

/// A job: bytes that it sends by itself, then its parts, one after the other and up to a fault.
type Plan = (Vec<u8>, Vec<Part>);

fn plan() -> impl Strategy<Value = Plan> {
    let sizes = prop::collection::vec(0_u8..12, 1..4);
    let fault = prop_oneof![5 => Just(None), 1 => (1_u8..20).prop_map(Some)];
    let part = (1_u8..20, sizes, any::<bool>(), 1_u8..20, fault).prop_map(
        |(last, sizes, in_turn, known, fault)| Part { last, sizes, in_turn, known, fault },
    );
    (prop::collection::vec(0_u8..12, 0..3), prop::collection::vec(part, 0..4))
}

/// The bytes of a piece: where it belongs, and as many more as its part says.
fn bytes(job: usize, part: usize, number: u8, size: u8) -> Vec<u8> {
    let mut bytes =
        vec![u8::try_from(job).expect("small"), u8::try_from(part).expect("small"), number];
    bytes.resize(usize::from(size).max(3), 0);
    bytes
}

fn piece(job: usize, index: usize, part: &Part, number: u8) -> Vec<u8> {
    let size = part.sizes[usize::from(number) % part.sizes.len()];
    if size == 0 { Vec::new() } else { bytes(job, index, number, size) }
}

/// What the reader should get of a job, and where it should fail.
fn wanted(job: usize, (sent, parts): &Plan) -> (Vec<u8>, Option<u64>) {
    let mut all: Vec<u8> = sent.iter().flat_map(|size| bytes(job, 255, 0, *size)).collect();
    for (index, part) in parts.iter().enumerate() {
        for number in 1..=part.last {
            if part.fault == Some(number) {
                return (all, Some(number.into()));
            }
            all.extend(piece(job, index, part, number));
        }
    }
    (all, None)
}

struct Plans(Vec<Plan>);

impl Work for Plans {
    type Job = usize;
    type End = Option<u64>;
    type Whole = (usize, usize);
    type Piece = (u64, Result<Vec<u8>, u64>);
    type Gathered = u64;
    type Fault = u64;
    type Scratch = ();

    fn job(&self, job: usize, desk: &mut Desk<Self>) -> Option<u64> {
        let (sent, parts) = &self.0[job];
        for size in sent {
            assert!(desk.send(bytes(job, 255, 0, *size)));
        }
        for (index, part) in parts.iter().enumerate() {
            let ahead = if part.in_turn { 1 } else { usize::MAX };
            let (gathered, ended) =
                desk.share(Arc::new((job, index)), ahead, 0).expect("somebody reads");
            assert_eq!(gathered, ended.err().map_or(part.last.into(), |number| number - 1));
            if let Err(number) = ended {
                return Some(number);
            }
        }
        None
    }

    fn piece(
        &self,
        (job, index): &(usize, usize),
        number: u64,
        mut buffer: Vec<u8>,
        (): &mut (),
    ) -> Self::Piece {
        assert!(buffer.is_empty());
        for _ in 0..(*job as u64 * 7919 + number * 104_729) % 5 {
            thread::yield_now();
        }
        let small = u8::try_from(number).expect("small");
        let part = &self.0[*job].1[*index];
        if part.fault == Some(small) {
            return (number, Err(number));
        }
        buffer.extend(piece(*job, *index, part, small));
        (number, Ok(buffer))
    }

    fn gather(
        &self,
        (job, index): &(usize, usize),
        gathered: &mut u64,
        (number, piece): Self::Piece,
    ) -> Result<(Vec<u8>, u64), u64> {
        let bytes = piece?;
        *gathered += 1;
        assert_eq!(number, *gathered, "pieces are gathered in order");
        let part = &self.0[*job].1[*index];
        Ok((bytes, u64::from(part.last).min(number + u64::from(part.known))))
    }

    fn weight((_, piece): &Self::Piece) -> usize {
        piece.as_ref().map_or(0, Vec::len)
    }
}

proptest! {
    #[test]
    fn everything_comes_whole_and_in_order(
        plans in prop::collection::vec(plan(), 0..12),
        workers in 1_usize..9,
        budget in 0_usize..300,
        later in 0_usize..300,
    ) {
        let pool = Pool::start(0..plans.len(), workers, Budget { all: budget, later }, Plans(plans.clone()));
        for (number, plan) in plans.iter().enumerate() {
            let (want, fault) = wanted(number, plan);
            let mut got = Vec::new();
            let end = loop {
                match pool.next(Duration::from_secs(60)) {
                    Event::Bytes(job, bytes) => {
                        prop_assert_eq!(job, number);
                        got.extend_from_slice(&bytes);
                        pool.recycle(bytes);
                    }
                    Event::End(job, end) => {
                        prop_assert_eq!(job, number);
                        break end;
                    }
                    Event::Done => prop_assert!(false, "no end of job {}", number),
                    Event::Waiting => prop_assert!(false, "nothing came for a minute"),
                }
            };
            prop_assert_eq!(got, want);
            prop_assert_eq!(end, fault);
        }
        prop_assert!(matches!(pool.next(Duration::from_secs(60)), Event::Done));
        prop_assert_eq!(pool.0.lock().load.waiting, 0);
    }
}

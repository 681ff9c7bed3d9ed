//! Property test of the pool: random jobs are read completely and in order, with any number of
//! workers and any budget, and the pool never gets stuck.

use super::*;
use proptest::prelude::*;

/// One share of a job.
#[derive(Clone, Debug)]
struct SharedPart {
    /// The number of the last piece.
    last: u8,
    /// The sizes of the pieces, repeated.
    sizes: Vec<u8>,
    /// Whether only one piece may be in progress at a time.
    in_turn: bool,
    /// How many pieces after itself each piece announces.
    known: u8,
    /// The number of the piece that fails.
    error: Option<u8>,
}

/// A job: the sizes of what it sends itself, then its shares, done one after the other until one
/// fails.
type Plan = (Vec<u8>, Vec<SharedPart>);

fn plan() -> impl Strategy<Value = Plan> {
    let sizes = prop::collection::vec(0_u8..12, 1..4);
    let error = prop_oneof![5 => Just(None), 1 => (1_u8..20).prop_map(Some)];
    let part = (1_u8..20, sizes, any::<bool>(), 1_u8..20, error).prop_map(
        |(last, sizes, in_turn, known, error)| SharedPart { last, sizes, in_turn, known, error },
    );
    (prop::collection::vec(0_u8..12, 0..3), prop::collection::vec(part, 0..4))
}

/// The bytes of a piece: its job, its share and its number, then zeros up to its size.
fn bytes(job: usize, part: usize, number: u8, size: u8) -> Vec<u8> {
    let mut bytes =
        vec![u8::try_from(job).expect("small"), u8::try_from(part).expect("small"), number];
    bytes.resize(usize::from(size).max(3), 0);
    bytes
}

fn piece(job: usize, index: usize, part: &SharedPart, number: u8) -> Vec<u8> {
    let size = part.sizes[usize::from(number) % part.sizes.len()];
    if size == 0 { Vec::new() } else { bytes(job, index, number, size) }
}

/// The bytes that the reader should get of a job, and the number of the piece that should fail.
fn wanted(job: usize, (sent, parts): &Plan) -> (Vec<u8>, Option<u64>) {
    let mut all: Vec<u8> = sent.iter().flat_map(|size| bytes(job, 255, 0, *size)).collect();
    for (index, part) in parts.iter().enumerate() {
        for number in 1..=part.last {
            if part.error == Some(number) {
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
    type Error = u64;
    type Scratch = ();

    fn job(&self, job: usize, desk: &mut Desk<Self>) -> Option<u64> {
        let (sent, parts) = &self.0[job];
        for size in sent {
            assert!(desk.send(bytes(job, 255, 0, *size)));
        }
        for (index, part) in parts.iter().enumerate() {
            let ahead = if part.in_turn { 1 } else { usize::MAX };
            let (gathered, ended) =
                desk.share(Arc::new((job, index)), ahead, 0).expect("the reader is there");
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
        if part.error == Some(small) {
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
    fn all_jobs_are_read_completely_and_in_order(
        plans in prop::collection::vec(plan(), 0..12),
        workers in 1_usize..9,
        budget in 0_usize..300,
        later in 0_usize..300,
    ) {
        let budget = Budget { all: budget, later };
        let pool = Pool::start(0..plans.len(), workers, budget, Plans(plans.clone()));
        for (number, plan) in plans.iter().enumerate() {
            let (want, error) = wanted(number, plan);
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
            prop_assert_eq!(end, error);
        }
        prop_assert!(matches!(pool.next(Duration::from_secs(60)), Event::Done));
        prop_assert_eq!(pool.0.lock().load.waiting, 0);
    }
}

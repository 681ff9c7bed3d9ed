//! How much may wait for the reader. It owns the limit in bytes, and its division between the job
//! being read and the jobs after it.

/// What waits for the reader, and what soon will.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    /// Bytes that wait.
    pub(super) waiting: usize,
    /// Pieces that workers are doing.
    pub(super) in_hand: usize,
}

impl Load {
    /// All of it in bytes, if every piece in hand comes to `piece` bytes.
    pub(super) fn bytes(self, piece: usize) -> usize {
        self.waiting + self.in_hand * piece
    }
}

/// The bytes that may wait. Later jobs may not use all of them: however many of theirs wait, the
/// workers can go on with the job being read, which is the only one whose bytes leave. Where it has
/// no room either, nothing of later jobs is begun: what becomes free is for the job being read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Bytes of all jobs.
    pub(crate) all: usize,
    /// Bytes of the jobs after the one being read.
    pub(crate) later: usize,
}

impl Budget {
    /// Whether more of the job being read may be begun, if all jobs have so many bytes.
    pub(super) fn has_room_for_first(self, all: usize) -> bool {
        all < self.all
    }

    /// Whether more of a later job may be begun, if the job being read has `first` of the bytes of
    /// all jobs.
    pub(super) fn has_room_for_later(self, first: usize, all: usize) -> bool {
        all < self.all && all.saturating_sub(first) < self.later
    }
}

/// The bytes that a piece not yet done is taken to have, after one of `weight` bytes came; `before`
/// were expected of that one. The size of large pieces is forgotten little by little only: the last
/// piece of a job is often small, and says nothing of those after it.
pub(super) fn expected(before: usize, weight: usize) -> usize {
    weight.max(before - before / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_budget_is_not_for_later_jobs() {
        let budget = Budget { all: 80, later: 40 };
        for (first, later, for_first, for_later) in [
            (0, 0, true, true),
            (0, 39, true, true),
            (0, 40, true, false),
            (39, 40, true, false),
            (40, 40, false, false),
            // What later jobs leave free is for the first one too.
            (79, 0, true, true),
            (80, 0, false, false),
        ] {
            let all = first + later;
            assert_eq!(budget.has_room_for_first(all), for_first, "{first} and {later}");
            assert_eq!(budget.has_room_for_later(first, all), for_later, "{first} and {later}");
        }
    }

    #[test]
    fn one_small_piece_does_not_make_the_next_ones_small() {
        assert_eq!(expected(0, 800), 800);
        assert_eq!(expected(800, 3), 700);
        assert_eq!(expected(700, 900), 900);
        assert!((0..100).fold(800, |before, _| expected(before, 100)) == 100, "many small ones do");
    }
}

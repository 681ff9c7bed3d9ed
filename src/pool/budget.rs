//! The limit for bytes that wait to be read, and how it is divided between the job being read and
//! the jobs after it.

/// The bytes that wait to be read, and the pieces that will add some.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    /// Bytes that wait to be read.
    pub(super) waiting: usize,
    /// Pieces in progress.
    pub(super) in_progress: usize,
}

impl Load {
    /// The load in bytes, if every piece in progress has `piece` bytes.
    pub(super) fn bytes(self, piece: usize) -> usize {
        self.waiting + self.in_progress * piece
    }
}

/// The most bytes that may wait to be read. Later jobs may use only a part, so that the workers can
/// always go on with the job being read, whose bytes are the only ones that leave the pool. If the
/// budget is used up, no piece of later jobs is started either: what becomes free is for the job
/// being read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// The most bytes of all jobs.
    pub(crate) all: usize,
    /// The most bytes of the jobs after the one being read.
    pub(crate) later: usize,
}

impl Budget {
    /// Whether the job being read may produce more, if all jobs have `all` bytes.
    pub(super) fn allows_first(self, all: usize) -> bool {
        all < self.all
    }

    /// Whether a later job may produce more, if all jobs have `all` bytes and the job being read
    /// has `first` of them.
    pub(super) fn allows_later(self, first: usize, all: usize) -> bool {
        all < self.all && all.saturating_sub(first) < self.later
    }
}

/// The expected size of the next piece after one of `weight` bytes, if `before` was expected of it.
/// It falls only slowly, because the last piece of a job is often small and says nothing about the
/// pieces of the next job.
pub(super) fn expected(before: usize, weight: usize) -> usize {
    weight.max(before - before / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_jobs_may_use_only_a_part_of_the_budget() {
        let budget = Budget { all: 80, later: 40 };
        for (first, later, for_first, for_later) in [
            (0, 0, true, true),
            (0, 39, true, true),
            (0, 40, true, false),
            (39, 40, true, false),
            (40, 40, false, false),
            // The first job may also use what later jobs do not.
            (79, 0, true, true),
            (80, 0, false, false),
        ] {
            let all = first + later;
            assert_eq!(budget.allows_first(all), for_first, "{first} and {later}");
            assert_eq!(budget.allows_later(first, all), for_later, "{first} and {later}");
        }
    }

    #[test]
    fn one_small_piece_hardly_changes_the_expected_size() {
        assert_eq!(expected(0, 800), 800);
        assert_eq!(expected(800, 3), 700);
        assert_eq!(expected(700, 900), 900);
        let after_many = (0..100).fold(800, |before, _| expected(before, 100));
        assert_eq!(after_many, 100, "many small pieces do");
    }
}

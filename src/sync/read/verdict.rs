//! What two readings of a list say together, if the first one was not complete.

/// The result of two readings of a list, of which the first was not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The second reading is complete.
    Whole,
    /// Both readings, with pages of different sizes, have the same rows, and this many keys more
    /// than once. So TikTok really has them more than once.
    Repeats(u64),
    /// The count grew and never fell. The rows may be complete, but that cannot be proven.
    Grew,
    /// TikTok said that a part is missing.
    Partial,
    /// There is no explanation for the difference.
    Uneven,
}

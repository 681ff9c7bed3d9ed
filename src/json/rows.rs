//! The interface through which the rows of an answer are passed on one by one, each read in place.

use super::scan::{Malformed, Scan};

/// Receives the rows of an answer, whose text lives for `'t`.
pub trait Rows<'t> {
    /// Reads one whole row. The next value in `scan` is an object.
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed>;

    /// Takes a value from around the rows that follow, as it came: the name under which a row
    /// stands, or a member of the object that holds them.
    fn around(&mut self, raw: &'t str) {
        let _ = raw;
    }
}

impl<'t, R: Rows<'t>> Rows<'t> for &mut R {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        (**self).row(scan)
    }

    fn around(&mut self, raw: &'t str) {
        (**self).around(raw);
    }
}

/// Where the `data` of an answer holds the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsAt {
    /// A member: an array of rows, or a single row.
    Member(&'static str),
    /// One of two members.
    Either(&'static str, &'static str),
    /// `data` itself: an array of rows, or a single row.
    Data,
    /// A member that holds each row under its id.
    Keyed(&'static str),
    /// Arrays inside the elements of a member: the member, the arrays' name, and the member of the
    /// element that belongs to each of their rows.
    Inside(&'static str, &'static str, &'static str),
}

impl RowsAt {
    /// Whether a member of `data` holds rows.
    pub fn is_member(self, name: &str) -> bool {
        match self {
            RowsAt::Member(member) | RowsAt::Keyed(member) | RowsAt::Inside(member, ..) => {
                name == member
            }
            RowsAt::Either(one, other) => name == one || name == other,
            RowsAt::Data => false,
        }
    }
}

/// Reads answers, one of which counts: an answer that turns out to be broken is followed by
/// another.
pub trait Reader {
    /// What takes the rows of one answer.
    type Rows<'t>: Rows<'t>
    where
        Self: 't;

    /// An answer begins. What was read of an earlier one is forgotten.
    fn begin(&mut self) -> Self::Rows<'_>;
}

/// A reader that keeps what the last answer held.
#[derive(Debug, Default)]
pub struct Last<R>(pub R);

impl<R: for<'t> Rows<'t> + Default> Reader for Last<R> {
    type Rows<'t>
        = &'t mut R
    where
        Self: 't;

    fn begin(&mut self) -> &mut R {
        self.0 = R::default();
        &mut self.0
    }
}

/// Takes no row: only the envelope of the answer counts.
#[derive(Debug, Default)]
pub struct NoRows;

impl<'t> Rows<'t> for NoRows {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        scan.skip()
    }
}

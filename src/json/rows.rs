//! The interface through which the rows of an answer are passed on one by one, each read in place.

use super::scan::{Malformed, Scan};

/// Receives the rows of an answer, whose text lives for `'t`.
pub trait Rows<'t> {
    /// Reads one whole row. The next value in `scan` is an object.
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed>;
}

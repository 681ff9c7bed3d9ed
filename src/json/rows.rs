//! How rows are handed to whoever wants them: one after the other, each read where it stands in the
//! text.

use super::scan::{Malformed, Scan};

/// Takes the rows of an answer as they are met. `'t` is the text of the answer.
pub trait Rows<'t> {
    /// Reads one row, all of it. An object comes next.
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed>;
}

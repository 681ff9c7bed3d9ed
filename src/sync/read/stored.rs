//! Pages of one of several requests for the same rows: their rows are stored until the answers to
//! the other requests are there.

use super::list::{Lines, List, Rendered};
use crate::api::error::ApiError;
use crate::json::Reader;
use crate::render::{StoredPage, StoredRow, StoredRows};
use crate::sync::context::Context;

/// Stores the rows of an answer. One that broke off is followed by another.
struct Stored<'a> {
    lines: Lines<'a>,
    rows: Vec<StoredRow>,
}

impl<'a> Reader for Stored<'a> {
    type Rows<'t>
        = StoredRows<'t, 'a, 't>
    where
        Self: 't;

    fn begin<'t>(&'t mut self) -> StoredRows<'t, 'a, 't> {
        StoredRows::new(self.lines.begin(), &mut self.rows)
    }
}

impl List {
    /// Reads the page of that number. `buffer` and `body` are buffers of any content.
    pub(super) fn stored_page(
        &self,
        context: &Context,
        number: u64,
        buffer: Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Result<Rendered, ApiError> {
        let lines = Lines::new(self, context, buffer);
        let mut reader = Stored { lines, rows: Vec::new() };
        let page = self.call(context, number, body, &mut reader)?;
        let mut rendered = self.rendered(context, page, reader.lines)?;
        rendered.stored = StoredPage::new(&rendered.lines, reader.rows);
        // The buffer is used again; what it held is counted when it is written.
        rendered.lines.clear();
        rendered.tally.records = 0;
        // The other requests have the same rows.
        if self.side > Some(0) {
            rendered.tally.null_keys = 0;
        }
        Ok(rendered)
    }
}

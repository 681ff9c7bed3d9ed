//! Reads pages of one of several requests for the same rows, and stores their rows until the
//! answers to the other requests are there.

use super::list::{Lines, List};
use super::rendered::Rendered;
use crate::api::error::ApiError;
use crate::json::Reader;
use crate::render::{StoredPage, StoredRow, StoredRows};
use crate::sync::context::Context;

/// Stores the rows of an answer. If the answer is cut off, another one follows.
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

/// Reads the page of that number. `buffer` and `body` are buffers of any content.
pub(crate) fn page(
    list: &List,
    context: &Context,
    number: u64,
    buffer: Vec<u8>,
    body: &mut Vec<u8>,
) -> Result<Rendered, ApiError> {
    let lines = Lines::new(list, context, buffer);
    let mut reader = Stored { lines, rows: Vec::new() };
    let page = list.call(context, number, body, &mut reader)?;
    let mut rendered = list.rendered(context, page, reader.lines)?;
    rendered.stored = StoredPage::new(&rendered.lines, reader.rows);
    // The buffer is used again. The rows are counted when their records are written.
    rendered.lines.clear();
    rendered.tally.records = 0;
    // All requests have the same rows, so what is left out of them is counted for the first only.
    if list.side > Some(0) {
        (rendered.tally.null_keys, rendered.tally.hourless) = (0, 0);
    }
    Ok(rendered)
}

//! The rendered rows of a page, with the counts and hashes that tell whether the list is complete.

use crate::render::{RowHash, StoredPage, Sum, Tally};

/// One page of a list, rendered.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// RECORD lines.
    pub lines: Vec<u8>,
    /// Its rows, if they are stored instead.
    pub stored: StoredPage,
    /// Counts of its rows.
    pub tally: Tally,
    /// Rows of the page, before any filter.
    pub rows: u64,
    /// Hashes of their keys.
    pub keys: Vec<u64>,
    /// The sums of its metrics, and TikTok's totals of all pages.
    pub sums: Vec<Sum>,
    pub totals: Option<String>,
    /// Hashes of rows without an id, and where the number goes in their records.
    pub row_ids: Vec<RowHash>,
    /// Whether `keys` are hashes of whole rows, because the rows have no id.
    pub has_hashes: bool,
    /// For each of `row_ids`, whether an earlier page has an equal row.
    pub repeated: Vec<bool>,
    /// TikTok's count of the rows of all pages.
    pub total: Option<u64>,
    /// The number of rows that TikTok returns, if the list has more.
    pub limit: Option<u64>,
    /// The number of the last page, according to this one.
    pub last: u64,
    /// Whether TikTok left out rows of older ads.
    pub is_cut: bool,
    /// TikTok's message, if it said that a part is missing.
    pub partial: Option<String>,
}

impl Rendered {
    /// Appends another page.
    pub(crate) fn append(&mut self, more: Rendered) {
        let before = self.lines.len();
        if before == 0 {
            self.lines = more.lines;
        } else {
            self.lines.extend_from_slice(&more.lines);
        }
        self.tally.add(more.tally);
        self.rows += more.rows;
        let moved = more.row_ids.into_iter();
        self.row_ids.extend(moved.map(|id| RowHash { place: id.place + before, ..id }));
    }

    /// Moves the records of rows that an earlier page has to `withheld`.
    pub(crate) fn withhold_repeated(&mut self, withheld: &mut Vec<u8>) {
        let mut moved = Vec::new();
        let rows = self.row_ids.iter().zip(&self.repeated);
        for (row, _) in rows.rev().filter(|(_, is_repeated)| **is_repeated) {
            let start = memchr::memrchr(b'\n', &self.lines[..row.place]).map_or(0, |at| at + 1);
            let end = memchr::memchr(b'\n', &self.lines[row.place..]);
            let end = end.map_or(self.lines.len(), |at| row.place + at + 1);
            moved.splice(..0, self.lines.drain(start..end));
        }
        withheld.append(&mut moved);
    }
}

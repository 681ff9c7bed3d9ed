//! Counts of what happens to rows while they are rendered. They are reported at the end of each
//! stream.

use std::collections::HashMap;

/// Counts of one slice, or of all slices of a stream together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// RECORD lines written.
    pub records: u64,
    /// Rows left out because a key property was null or missing.
    pub null_keys: u64,
    /// Rows of hourly reports left out because they belong to no hour.
    pub hourless: u64,
    /// Elements of the list left out because they were not rows: not an object, or in a report
    /// without an object `dimensions`.
    pub not_rows: u64,
    /// Where the first of these was, for messages.
    pub first_not_row: Option<String>,
    /// Records with nulls for the metrics of a request whose answer lacks the row.
    pub partly_answered: u64,
    /// The first of these, for messages.
    pub first_partly_answered: Option<String>,
    /// Byte sequences in TikTok's answers that were not UTF-8 and became U+FFFD.
    pub mended: u64,
    /// For each field, the values that did not fit its type and became null.
    pub misfits: Vec<u64>,
    /// Fields that the catalog does not declare, with the number of rows that had them.
    pub undeclared: HashMap<String, u64>,
    /// The greatest cursor of all rows: `YYYY-MM-DDTHH:MM:SS`, UTC.
    pub greatest: Option<String>,
}

impl Tally {
    pub(super) fn new(fields: usize) -> Self {
        Tally { misfits: vec![0; fields], ..Tally::default() }
    }

    /// Adds the counts of another slice of the same stream.
    pub(crate) fn add(&mut self, other: Tally) {
        self.records += other.records;
        self.null_keys += other.null_keys;
        self.hourless += other.hourless;
        self.not_rows += other.not_rows;
        self.first_not_row = self.first_not_row.take().or(other.first_not_row);
        self.partly_answered += other.partly_answered;
        self.first_partly_answered =
            self.first_partly_answered.take().or(other.first_partly_answered);
        self.mended += other.mended;
        self.misfits.resize(self.misfits.len().max(other.misfits.len()), 0);
        for (sum, more) in self.misfits.iter_mut().zip(other.misfits) {
            *sum += more;
        }
        for (name, rows) in other.undeclared {
            *self.undeclared.entry(name).or_default() += rows;
        }
        self.greatest = self.greatest.take().max(other.greatest);
    }
}

//! What is counted while rows are rendered, and the names that rows use. It owns no decision: what
//! the counts mean is said at the end of each stream.

use super::recipe::Known;
use super::text;
use crate::json::scan::{Malformed, Scan};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Counts of one slice, or of all slices of a stream together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// RECORD lines written.
    pub records: u64,
    /// Rows left out because a key property was null or missing.
    pub null_keys: u64,
    /// Rows left out because they were none: null, something else that is no object, or of a report
    /// without an object `dimensions`.
    pub not_rows: u64,
    /// Where the first of them was, for people.
    pub first_not_row: Option<String>,
    /// Sequences of bytes in TikTok's answers that were no UTF-8 and became U+FFFD.
    pub mended: u64,
    /// Values that did not fit their field's type and became null, by field.
    pub misfits: Vec<u64>,
    /// Fields that the catalog does not declare, with the number of rows that had them.
    pub undeclared: HashMap<String, u64>,
    /// The greatest cursor met: `YYYY-MM-DDTHH:MM:SS`, UTC.
    pub greatest: Option<String>,
}

impl Tally {
    pub(super) fn new(fields: usize) -> Self {
        Tally { misfits: vec![0; fields], ..Tally::default() }
    }

    /// Adds the counts of another slice of the same stream.
    pub fn add(&mut self, other: Tally) {
        self.records += other.records;
        self.null_keys += other.null_keys;
        self.not_rows += other.not_rows;
        self.first_not_row = self.first_not_row.take().or(other.first_not_row);
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

/// More names than any schema has; what comes after them is counted under one.
const MOST_UNDECLARED: usize = 2_000;

/// The names met so far in one group of a row. Rows name their fields in nearly the same order each
/// time, so the name that followed last time is tried first.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By the name before (0 for none): the name that came next.
    next: Vec<usize>,
    undeclared: Vec<(Box<str>, u64)>,
    found: HashMap<Box<str>, usize, FixedState>,
}

impl Names {
    /// Stands before the first name of a row.
    pub(super) const START: usize = 0;

    /// Steps over the name that comes next in `scan` and gives its number, from 1: those of `known`
    /// first, then undeclared ones in the order in which they were met.
    #[inline]
    pub(super) fn find(
        &mut self,
        known: &Known,
        last: usize,
        scan: &mut Scan,
    ) -> Result<usize, Malformed> {
        let guess = self.next.get(last).copied().unwrap_or(0);
        let number = if known.tag(guess).is_some_and(|tag| scan.skip_tag(tag)) {
            guess
        } else {
            self.search(known, last, scan.name()?)
        };
        if number > known.len() {
            self.undeclared[number - known.len() - 1].1 += 1;
        }
        Ok(number)
    }

    #[cold]
    fn search(&mut self, known: &Known, last: usize, raw: &str) -> usize {
        let number = known
            .number(raw)
            .or_else(|| self.found.get(raw).copied())
            .unwrap_or_else(|| self.spell(known, raw));
        if self.next.len() <= last {
            self.next.resize(last + 1, 0);
        }
        self.next[last] = number;
        number
    }

    /// A name not met before: a known one spelt with escapes, or an undeclared one.
    fn spell(&mut self, known: &Known, raw: &str) -> usize {
        let plain = if raw.contains('\\') {
            serde_json::Value::from(text::decode(raw)).to_string()
        } else {
            raw.to_owned()
        };
        let number = known.number(&plain).unwrap_or_else(|| {
            if self.undeclared.len() < MOST_UNDECLARED {
                self.undeclared.push((plain.into(), 0));
            }
            known.len() + self.undeclared.len()
        });
        if self.found.len() < 2 * MOST_UNDECLARED {
            self.found.insert(raw.into(), number);
        }
        number
    }

    pub(super) fn count_undeclared(&self, tally: &mut Tally) {
        for (raw, rows) in self.undeclared.iter().filter(|(_, rows)| *rows > 0) {
            *tally.undeclared.entry(text::decode(raw)).or_default() += rows;
        }
    }
}

//! Renders rows of the API as RECORD lines, each in one pass over its text and without a tree. This
//! file keeps what outlasts a row: counts, sums, and the hashes of keys.
//!
//! `sync::plan` decides which fields there are, `recipe` compiles them, `rows` reads a row, and
//! `value` writes one value. If the metrics of a row take several requests, `stored` keeps the
//! values of each, and `join` writes the records.

mod date;
mod field;
mod join;
mod kind;
mod late;
mod names;
mod nested;
mod recipe;
mod row_end;
mod row_id;
mod rows;
mod stored;
mod sum;
mod tally;
mod text;
mod value;

pub(crate) use date::push_date_time;
pub use join::Join;
pub(crate) use kind::DESELECTED;
pub use kind::Kind;
pub use recipe::{Constants, FieldSpec, Origin, Recipe};
pub use row_id::RowHash;
pub use rows::PageRows;
pub use stored::{Store, StoredPage, StoredRow, StoredRows};
pub(crate) use sum::Sum;
pub use tally::Tally;

use names::NamePredictor;
use std::collections::HashSet;
use value::{Written, push_value};

/// Renders the rows of one list.
#[derive(Debug)]
pub struct Renderer<'p> {
    recipe: &'p Recipe,
    /// The first fields of every record.
    constants: Vec<u8>,
    /// How many key properties are in `constants`.
    constant_keys: usize,
    /// Hours as rows name them, up to the hour, and the same in UTC.
    hours: &'p [(String, String)],
    /// Hashes of rows that have no id, and where their records hold the place for a number.
    row_ids: Vec<RowHash>,
    /// Rows whose cursor is before it are left out: `YYYY-MM-DDTHH:MM:SS`.
    bookmark: Option<String>,
    names: [NamePredictor; 2],
    /// For each field, the last row that had it. It serves to ignore duplicate names in a row.
    seen: Vec<u64>,
    row: u64,
    /// The indexes of the delivered fields that the last incomplete row did not have, and these
    /// fields as nulls: `,"name":null`.
    lacks: Vec<usize>,
    nulls: Vec<u8>,
    scratch: Vec<u8>,
    tally: Tally,
    /// A hash of the key of each row that has a complete key.
    keys: Vec<u64>,
    /// The sums of metrics, and the values of the current row, which are added once the row is
    /// delivered.
    sums: Vec<Sum>,
    held: Vec<(usize, Sum)>,
    /// The hashes of rows to leave out.
    written: Option<&'p HashSet<u64>>,
}

impl<'p> Renderer<'p> {
    /// A renderer for rows that have these values in common, leaving out those with a cursor before
    /// `bookmark`.
    pub fn new(
        recipe: &'p Recipe,
        constants: &[(&'static str, String)],
        bookmark: Option<&str>,
    ) -> Self {
        let (constants, constant_keys) = recipe.constants(constants);
        Renderer {
            recipe,
            constants,
            constant_keys,
            hours: &[],
            row_ids: Vec::new(),
            bookmark: bookmark.and_then(|b| b.get(..19)).map(str::to_owned),
            names: [NamePredictor::default(), NamePredictor::default()],
            seen: vec![0; recipe.fields.len()],
            row: 0,
            lacks: Vec::new(),
            nulls: Vec::new(),
            scratch: Vec::new(),
            tally: Tally::new(recipe.fields.len()),
            keys: Vec::new(),
            sums: vec![Sum::default(); recipe.summed],
            held: Vec::new(),
            written: None,
        }
    }

    /// Leaves out rows that were written before, which it knows by the hashes of their keys.
    pub(crate) fn without(self, written: &'p HashSet<u64>) -> Self {
        Renderer { written: Some(written).filter(|w| !w.is_empty()), ..self }
    }

    /// Knows these hours in UTC.
    pub(crate) fn with_hours(self, hours: &'p [(String, String)]) -> Self {
        Renderer { hours, ..self }
    }

    /// The hashes of rows that have no id, in the order of their records.
    pub(crate) fn take_row_ids(&mut self) -> Vec<RowHash> {
        std::mem::take(&mut self.row_ids)
    }

    /// Whether the keys are hashes of whole rows, because the rows have no id.
    pub(crate) fn has_hashes(&self) -> bool {
        self.recipe.hashes_rows
    }

    /// A hash of the key of each row so far, in the order of the rows; rows without a complete key
    /// have none. The order of the fields in a row does not matter.
    pub(crate) fn take_keys(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.keys)
    }

    /// The sums of the metrics that the recipe names, in its order.
    pub(crate) fn take_sums(&mut self) -> Vec<Sum> {
        std::mem::take(&mut self.sums)
    }

    /// Keeps a value of the current row for its sum. A value that does not fit its type is not
    /// added, because it is delivered as null.
    #[cold]
    fn hold(&mut self, place: usize, index: usize, raw: &str) {
        self.scratch.clear();
        if push_value(&self.recipe.fields[index].kind, raw, &mut self.scratch) == Written::Value {
            let mut sum = Sum::default();
            sum.add(raw.trim_matches('"'));
            self.held.push((place, sum));
        }
    }

    #[cold]
    fn leave_out(&mut self) {
        for (place, value) in self.held.drain(..) {
            self.sums[place].leave_out(&value);
        }
    }

    #[cold]
    fn add_up(&mut self) {
        for (place, value) in self.held.drain(..) {
            self.sums[place].add_all(&value);
        }
    }

    /// The counts so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The final counts, including the names of undeclared fields.
    pub fn finish(mut self) -> Tally {
        for names in &self.names {
            names.count_undeclared(&mut self.tally);
        }
        self.tally
    }
}

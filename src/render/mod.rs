//! One row of the API becomes one RECORD line, in one pass and without a tree. It owns what is kept
//! from row to row of a list; which fields there are is the plan's word (`sync::plan`), how a row
//! is read is `rows`', and how one value is written is `value`'s.

mod date;
mod kind;
mod nested;
mod recipe;
mod rows;
mod sum;
mod tally;
mod text;
mod value;

pub use date::push_date_time;
pub use kind::{DESELECTED, Kind};
pub use recipe::{FieldSpec, Origin, Recipe};
pub use rows::PageRows;
pub use sum::Sum;
pub use tally::Tally;

use std::collections::HashSet;
use tally::Names;
use value::{Written, push_value};

/// Renders rows of one list.
#[derive(Debug)]
pub struct Renderer<'p> {
    recipe: &'p Recipe,
    /// Constant first fields of each record: the account's id.
    account: Vec<u8>,
    /// Key properties among these.
    account_keys: usize,
    /// Rows whose cursor lies before it are left out: `YYYY-MM-DDTHH:MM:SS`.
    bookmark: Option<String>,
    names: [Names; 2],
    /// The row in which each field was last met: the first of duplicate keys wins.
    seen: Vec<u64>,
    row: u64,
    /// Delivered fields that the last incomplete row lacked, by their places, and these as nulls:
    /// `,"name":null`.
    lacks: Vec<usize>,
    nulls: Vec<u8>,
    scratch: Vec<u8>,
    tally: Tally,
    /// Of each row that has all fields of its identity: a hash of them.
    keys: Vec<u64>,
    /// Of the metrics that are added up; those of the row at hand wait until it is delivered.
    sums: Vec<Sum>,
    held: Vec<(usize, Sum)>,
    /// Rows to leave out, by that hash.
    written: Option<&'p HashSet<u64>>,
}

impl<'p> Renderer<'p> {
    /// A renderer for the rows of `advertiser_id`, leaving out those with a cursor before
    /// `bookmark`.
    pub fn new(recipe: &'p Recipe, advertiser_id: &str, bookmark: Option<&str>) -> Self {
        let (account, account_keys) = recipe.account(advertiser_id);
        Renderer {
            recipe,
            account,
            account_keys,
            bookmark: bookmark.and_then(|b| b.get(..19)).map(str::to_owned),
            names: [Names::default(), Names::default()],
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

    /// Leaves out rows that were written before, by the hashes of their keys.
    pub fn without(self, written: &'p HashSet<u64>) -> Self {
        Renderer { written: Some(written).filter(|w| !w.is_empty()), ..self }
    }

    /// A hash of the key of each row met so far, in their order; of rows without a key there is
    /// none. The order of a row's fields does not change it.
    pub fn take_keys(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.keys)
    }

    /// What the metrics add up to that the recipe sums, in its order.
    pub fn take_sums(&mut self) -> Vec<Sum> {
        std::mem::take(&mut self.sums)
    }

    /// Keeps a value of the row at hand to be added up. What does not fit its type is delivered as
    /// null.
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
    fn add_up(&mut self) {
        for (place, value) in self.held.drain(..) {
            self.sums[place].add_all(&value);
        }
    }

    /// What was counted so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What was counted, with the names of the fields that nobody declared.
    pub fn finish(mut self) -> Tally {
        for names in &self.names {
            names.count_undeclared(&mut self.tally);
        }
        self.tally
    }
}

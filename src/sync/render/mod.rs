//! One row of the API becomes one RECORD line, in one pass and without a tree. It owns the way of a row's fields into the line;
//! which fields there are is the plan's word (`sync::plan`), how one value is written is `value`'s.

mod date;
mod kind;
mod nested;
mod recipe;
mod sum;
mod tally;
mod text;
mod value;

pub use date::push_date_time;
pub use kind::Kind;
pub use recipe::{FieldSpec, Origin, Recipe};
pub use sum::Sum;
pub use tally::Tally;

use crate::api::page::Rows;
use crate::api::scan::{Malformed, Scan};
use recipe::{Field, Short, Slot};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
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
    /// A renderer for the rows of `advertiser_id`, leaving out those with a cursor before `bookmark`.
    #[must_use]
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
            scratch: Vec::new(),
            tally: Tally::new(recipe.fields.len()),
            keys: Vec::new(),
            sums: vec![Sum::default(); recipe.summed],
            held: Vec::new(),
            written: None,
        }
    }

    /// Leaves out rows that were written before, by the hashes of their keys.
    #[must_use]
    pub fn without(self, written: &'p HashSet<u64>) -> Self {
        Renderer { written: Some(written).filter(|w| !w.is_empty()), ..self }
    }

    /// The rows of one page, to be appended to `out`. `time_extracted` is RFC 3339.
    pub fn page<'r, 't>(&'r mut self, time_extracted: &str, out: &'r mut Vec<u8>) -> PageRows<'r, 'p, 't> {
        let tail = format!("}},\"time_extracted\":\"{time_extracted}\"}}\n").into_bytes();
        PageRows { renderer: self, out, tail, captured: [None; Slot::COUNT], identity: (0, 0) }
    }

    /// A hash of the key of each row met so far, in their order; of rows without a key there is none. The order of a row's fields
    /// does not change it.
    pub fn take_keys(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.keys)
    }

    /// What the metrics add up to that the recipe sums, in its order.
    pub fn take_sums(&mut self) -> Vec<Sum> {
        std::mem::take(&mut self.sums)
    }

    /// Keeps a value of the row at hand to be added up. What does not fit its type is delivered as null.
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
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What was counted, with the names of the fields that nobody declared.
    #[must_use]
    pub fn finish(mut self) -> Tally {
        for names in &self.names {
            names.count_undeclared(&mut self.tally);
        }
        self.tally
    }
}

/// A renderer at work on one page, whose text lives for `'t`.
#[derive(Debug)]
pub struct PageRows<'r, 'p, 't> {
    renderer: &'r mut Renderer<'p>,
    out: &'r mut Vec<u8>,
    tail: Vec<u8>,
    captured: [Option<&'t str>; Slot::COUNT],
    /// Fields of the row's identity met so far, and their hashes together.
    identity: (usize, u64),
}

impl<'t> Rows<'t> for PageRows<'_, '_, 't> {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let start = self.out.len();
        self.renderer.row += 1;
        self.captured = [None; Slot::COUNT];
        self.identity = (0, 0);
        self.out.extend_from_slice(&self.renderer.recipe.head);
        self.out.extend_from_slice(&self.renderer.account);
        let mut keys = self.renderer.account_keys;
        if self.renderer.recipe.is_report {
            let mut first = true;
            scan.enter(b'{')?;
            while scan.next(first, b'}')? {
                first = false;
                match scan.name()? {
                    "\"dimensions\"" if scan.peek() == b'{' => self.fields(scan, 0, &mut keys)?,
                    "\"metrics\"" if scan.peek() == b'{' => self.fields(scan, 1, &mut keys)?,
                    _ => scan.skip()?,
                }
            }
        } else {
            self.fields(scan, 0, &mut keys)?;
        }
        self.end_row(start, keys);
        Ok(())
    }
}

impl<'t> PageRows<'_, '_, 't> {
    fn fields(&mut self, scan: &mut Scan<'t>, group: usize, keys: &mut usize) -> Result<(), Malformed> {
        let recipe = self.renderer.recipe;
        let known = &recipe.names[group];
        let (mut last, mut first) = (Names::START, true);
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            last = self.renderer.names[group].find(known, last, scan)?;
            match known.field(last) {
                Some(index) => self.field(scan, index, keys)?,
                None => scan.skip()?,
            }
        }
        Ok(())
    }

    #[inline]
    fn field(&mut self, scan: &mut Scan<'t>, index: usize, keys: &mut usize) -> Result<(), Malformed> {
        let field = &self.renderer.recipe.fields[index];
        if std::mem::replace(&mut self.renderer.seen[index], self.renderer.row) == self.renderer.row {
            return scan.skip();
        }
        let short = match field.short {
            Some(Short::Number) => scan.quoted_number(),
            Some(Short::Text) => scan.plain_string(),
            None => None,
        };
        if let Some(text) = short {
            self.push_prefix(field);
            self.out.extend_from_slice(text.as_bytes());
            *keys += usize::from(field.key);
            return Ok(());
        }
        let raw = scan.value()?;
        if let Some(slot) = field.capture {
            self.captured[slot as usize] = Some(raw);
        }
        if field.identity && raw != "null" {
            // Ids come as text or as numbers.
            let hash = hash(index, raw.trim_matches('"'));
            self.identity = (self.identity.0 + 1, self.identity.1.wrapping_add(hash));
        }
        if field.inline {
            self.push(field, index, raw, keys);
            if let Some(place) = field.sum {
                self.renderer.hold(place, index, raw);
            }
        }
        Ok(())
    }

    #[inline]
    fn push_prefix(&mut self, field: &Field) {
        // The head ends with a brace; every field brings the comma before it.
        let comma = usize::from(self.out.last() == Some(&b'{'));
        self.out.extend_from_slice(&field.prefix[comma..]);
    }

    fn push(&mut self, field: &Field, index: usize, raw: &str, keys: &mut usize) {
        self.push_prefix(field);
        match push_value(&field.kind, raw, self.out) {
            Written::Value => *keys += usize::from(field.key),
            Written::Null => {}
            Written::Misfit => {
                self.renderer.tally.misfits[index] += 1;
                // A nested value with a misfit inside is written all the same.
                *keys += usize::from(field.key && !self.out.ends_with(b"null"));
            }
        }
    }

    fn end_row(&mut self, start: usize, mut keys: usize) {
        let recipe = self.renderer.recipe;
        let key = (recipe.identity > 0 && self.identity.0 == recipe.identity).then_some(self.identity.1);
        self.renderer.keys.extend(key);
        for (index, slot) in &recipe.late {
            if let Some(raw) = self.late_value(*slot) {
                self.push(&recipe.fields[*index], *index, raw, &mut keys);
            }
        }
        if keys < recipe.keys {
            self.out.truncate(start);
            self.renderer.tally.null_keys += 1;
        } else if self.is_before_bookmark() || key.is_some_and(|key| self.renderer.written.is_some_and(|w| w.contains(&key))) {
            self.out.truncate(start);
        } else {
            self.out.extend_from_slice(&self.tail);
            self.renderer.tally.records += 1;
            if !self.renderer.held.is_empty() {
                self.renderer.add_up();
            }
        }
        self.renderer.held.clear();
    }

    /// What a field is made of that is written at the end of the row.
    fn late_value(&self, slot: Slot) -> Option<&'t str> {
        let captured = |slot: Slot| self.captured[slot as usize].filter(|raw| *raw != "null");
        match slot {
            Slot::Cursor => captured(Slot::Cursor).or_else(|| captured(Slot::Created)),
            // As the Python tap has it: gone if the switch says so, or if the status ends so.
            Slot::Status => {
                let gone =
                    captured(Slot::Operation) == Some("\"DELETE\"") || captured(Slot::Secondary).is_some_and(|s| s.ends_with("_DELETE\""));
                Some(if gone { "\"DELETE\"" } else { "\"ACTIVE\"" })
            }
            other => captured(other),
        }
    }

    /// Compares the row's cursor with the bookmark and keeps the greatest one. Rows equal to the bookmark stay: another row of the
    /// same second may have come after it was taken. Rows without a cursor stay too, on every run.
    fn is_before_bookmark(&mut self) -> bool {
        let Some(raw) = self.captured[Slot::Cursor as usize] else { return false };
        let scratch = &mut self.renderer.scratch;
        scratch.clear();
        if push_value(&Kind::DateTime, raw, scratch) != Written::Value {
            return false;
        }
        let Ok(cursor) = std::str::from_utf8(&scratch[1..20]) else { return false };
        if self.renderer.bookmark.as_deref().is_some_and(|b| cursor < b) {
            return true;
        }
        if self.renderer.tally.greatest.as_deref().is_none_or(|g| cursor > g) {
            self.renderer.tally.greatest = Some(cursor.to_owned());
        }
        false
    }
}

fn hash(index: usize, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (index, text).hash(&mut hasher);
    hasher.finish()
}

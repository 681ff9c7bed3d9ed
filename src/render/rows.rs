//! Renders the rows of one page: reads the fields of a row and writes them. `row_end` completes the
//! record, and `value` writes single values.

use super::field::{Field, Short};
use super::names::NamePredictor;
use super::nested::push_next;
use super::row_id;
use super::value::{Written, push_value};
use super::{Kind, Recipe, Renderer};
use crate::json::Rows;
use crate::json::scan::{Malformed, Scan, is_not_finite};
use foldhash::quality::FixedState;
use std::hash::{BuildHasher, Hasher};

/// Counts of what a row has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Key properties that have a value.
    pub(super) keys: usize,
    /// Fields that were written as soon as they were read.
    pub(super) fields: usize,
}

/// A renderer that works on one page, whose text lives for `'t`.
#[derive(Debug)]
pub struct PageRows<'r, 'p, 't> {
    pub(super) renderer: &'r mut Renderer<'p>,
    pub(super) out: &'r mut Vec<u8>,
    pub(super) tail: Vec<u8>,
    /// Values that are kept until the row ends.
    pub(super) captured: Vec<Option<&'t str>>,
    /// A value from around the rows that follow.
    pub(super) around: Option<&'t str>,
    pub(super) row_hash: u128,
    /// The number of fields found so far that identify the row, and the sum of their hashes.
    pub(super) identity: (usize, u64),
}

impl<'p> Renderer<'p> {
    /// Starts a page, whose records are appended to `out`. `time_extracted` is RFC 3339.
    pub fn page<'r, 't>(
        &'r mut self,
        time_extracted: &str,
        out: &'r mut Vec<u8>,
    ) -> PageRows<'r, 'p, 't> {
        let tail = format!("}},\"time_extracted\":\"{time_extracted}\"}}\n").into_bytes();
        PageRows {
            captured: vec![None; self.recipe.captures],
            around: None,
            row_hash: 0,
            renderer: self,
            out,
            tail,
            identity: (0, 0),
        }
    }
}

impl<'t> Rows<'t> for PageRows<'_, '_, 't> {
    fn around(&mut self, raw: &'t str) {
        self.around = Some(raw);
    }

    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let start = self.out.len();
        self.renderer.row += 1;
        self.captured.fill(None);
        self.row_hash = 0;
        self.identity = (0, 0);
        self.out.extend_from_slice(&self.renderer.recipe.head);
        self.out.extend_from_slice(&self.renderer.constants);
        let mut found = Found { keys: self.renderer.constant_keys, fields: 0 };
        if self.renderer.recipe.is_report {
            let (mut first, mut is_row) = (true, false);
            scan.enter(b'{')?;
            while scan.next(first, b'}')? {
                first = false;
                match scan.name()? {
                    // Reports of creatives name the ids of a row `info`.
                    "\"dimensions\"" | "\"info\"" if scan.peek() == b'{' => {
                        is_row = true;
                        self.fields(scan, 0, &mut found)?;
                    }
                    "\"metrics\"" if scan.peek() == b'{' => self.fields(scan, 1, &mut found)?,
                    _ => scan.skip()?,
                }
            }
            if !is_row {
                self.out.truncate(start);
                self.renderer.held.clear();
                self.renderer.tally.not_rows += 1;
                return Ok(());
            }
        } else {
            if self.renderer.recipe.hashes_rows {
                self.hash_row(&mut scan.clone())?;
            }
            self.fields(scan, 0, &mut found)?;
        }
        self.end_row(start, found);
        Ok(())
    }
}

impl<'t> PageRows<'_, '_, 't> {
    fn hash_row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let mut first = true;
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            let name = scan.name()?;
            self.row_hash = row_id::add_member(self.row_hash, name, scan.value()?);
        }
        Ok(())
    }

    fn fields(
        &mut self,
        scan: &mut Scan<'t>,
        group: usize,
        found: &mut Found,
    ) -> Result<(), Malformed> {
        let recipe = self.renderer.recipe;
        let known = &recipe.names[group];
        let (mut last, mut first) = (NamePredictor::START, true);
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            last = self.renderer.names[group].find(known, last, scan)?;
            match known.field(last) {
                Some(index) => self.field(scan, index, found)?,
                None => scan.skip()?,
            }
        }
        Ok(())
    }

    #[inline]
    fn field(
        &mut self,
        scan: &mut Scan<'t>,
        index: usize,
        found: &mut Found,
    ) -> Result<(), Malformed> {
        let field = &self.renderer.recipe.fields[index];
        if std::mem::replace(&mut self.renderer.seen[index], self.renderer.row) == self.renderer.row
        {
            return scan.skip();
        }
        let short = match field.short {
            Some(Short::Number) => scan.quoted_number(),
            Some(Short::Text) => scan.plain_string(),
            Some(Short::Nested) if matches!(scan.peek(), b'{' | b'[') => {
                return self.nested(scan, field, index, found);
            }
            Some(Short::Nested) | None => None,
        };
        if let Some(text) = short {
            self.push_prefix(field);
            self.out.extend_from_slice(text.as_bytes());
            found.fields += 1;
            found.keys += usize::from(field.key);
            return Ok(());
        }
        // Many members are null.
        if field.short.is_some() && scan.skip_tag(b"null") {
            self.push_prefix(field);
            self.out.extend_from_slice(b"null");
            found.fields += 1;
            return Ok(());
        }
        let raw = scan.value()?;
        if let Some(place) = field.capture {
            self.captured[place] = Some(raw);
        }
        if field.identity && raw != "null" && !is_not_finite(raw) {
            // Ids come as text or as numbers.
            let hash = hash(index, raw.trim_matches('"'));
            self.identity = (self.identity.0 + 1, self.identity.1.wrapping_add(hash));
        }
        if field.inline {
            found.fields += 1;
            self.push(field, index, raw, found);
            if let Some(place) = field.sum {
                self.renderer.hold(place, index, raw);
            }
        }
        Ok(())
    }

    #[inline]
    fn push_prefix(&mut self, field: &Field) {
        field.push_prefix(self.out);
    }

    pub(super) fn push(&mut self, field: &Field, index: usize, raw: &str, found: &mut Found) {
        self.push_prefix(field);
        let written = push_value(&field.kind, raw, self.out);
        self.count(written, field, index, found);
    }

    /// Writes an object or an array while it is being read.
    fn nested(
        &mut self,
        scan: &mut Scan<'t>,
        field: &Field,
        index: usize,
        found: &mut Found,
    ) -> Result<(), Malformed> {
        let Kind::Nested(nested) = &field.kind else { return scan.skip() };
        self.push_prefix(field);
        let written = push_next(nested, scan, self.out)?;
        self.count(written, field, index, found);
        found.fields += 1;
        Ok(())
    }

    fn count(&mut self, written: Written, field: &Field, index: usize, found: &mut Found) {
        match written {
            Written::Value => found.keys += usize::from(field.key),
            Written::Null => {}
            Written::Misfit => {
                self.renderer.tally.misfits[index] += 1;
                // A nested value is written even if something inside it did not fit.
                found.keys += usize::from(field.key && !self.out.ends_with(b"null"));
            }
        }
    }
}

impl Recipe {
    /// The hash of the key of a row whose only id in its list is this one.
    pub(crate) fn key_of(&self, id: &str) -> Option<u64> {
        let index = self.fields.iter().position(|field| field.identity)?;
        (self.identity == 1).then(|| hash(index, id))
    }
}

fn hash(index: usize, text: &str) -> u64 {
    let mut hasher = FixedState::with_seed(index as u64).build_hasher();
    hasher.write(text.as_bytes());
    hasher.finish()
}

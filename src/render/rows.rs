//! Renders the rows of one page: reads the fields of a row, fills in what it lacks, and decides
//! whether the record is written. `value` writes single values.

use super::names::NamePredictor;
use super::nested::push_next;
use super::recipe::{Field, LateField, Short};
use super::value::{Written, push_value};
use super::{Kind, Renderer};
use crate::json::Rows;
use crate::json::scan::{Malformed, Scan, is_not_finite};
use foldhash::quality::FixedState;
use std::hash::{BuildHasher, Hasher};

/// Counts of what a row has.
#[derive(Clone, Copy, Debug)]
struct Found {
    /// Key properties that have a value.
    keys: usize,
    /// Fields that were written as soon as they were read.
    fields: usize,
}

/// A renderer that works on one page, whose text lives for `'t`.
#[derive(Debug)]
pub struct PageRows<'r, 'p, 't> {
    pub(super) renderer: &'r mut Renderer<'p>,
    pub(super) out: &'r mut Vec<u8>,
    pub(super) tail: Vec<u8>,
    captured: [Option<&'t str>; LateField::COUNT],
    /// The number of fields found so far that identify the row, and the sum of their hashes.
    identity: (usize, u64),
}

impl<'p> Renderer<'p> {
    /// Starts a page, whose records are appended to `out`. `time_extracted` is RFC 3339.
    pub fn page<'r, 't>(
        &'r mut self,
        time_extracted: &str,
        out: &'r mut Vec<u8>,
    ) -> PageRows<'r, 'p, 't> {
        let tail = format!("}},\"time_extracted\":\"{time_extracted}\"}}\n").into_bytes();
        PageRows { renderer: self, out, tail, captured: [None; LateField::COUNT], identity: (0, 0) }
    }
}

impl<'t> Rows<'t> for PageRows<'_, '_, 't> {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let start = self.out.len();
        self.renderer.row += 1;
        self.captured = [None; LateField::COUNT];
        self.identity = (0, 0);
        self.out.extend_from_slice(&self.renderer.recipe.head);
        self.out.extend_from_slice(&self.renderer.account);
        let mut found = Found { keys: self.renderer.account_keys, fields: 0 };
        if self.renderer.recipe.is_report {
            let (mut first, mut is_row) = (true, false);
            scan.enter(b'{')?;
            while scan.next(first, b'}')? {
                first = false;
                match scan.name()? {
                    "\"dimensions\"" if scan.peek() == b'{' => {
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
            self.fields(scan, 0, &mut found)?;
        }
        self.end_row(start, found);
        Ok(())
    }
}

impl<'t> PageRows<'_, '_, 't> {
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
        if let Some(late) = field.capture {
            self.captured[late as usize] = Some(raw);
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

    fn push(&mut self, field: &Field, index: usize, raw: &str, found: &mut Found) {
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

    fn end_row(&mut self, start: usize, mut found: Found) {
        let recipe = self.renderer.recipe;
        let key =
            (recipe.identity > 0 && self.identity.0 == recipe.identity).then_some(self.identity.1);
        self.renderer.keys.extend(key);
        for (index, late) in &recipe.late {
            let raw = self.late_value(*late).unwrap_or("null");
            self.push(&recipe.fields[*index], *index, raw, &mut found);
        }
        if found.fields < recipe.inline {
            self.complete(recipe.inline - found.fields);
        }
        if found.keys < recipe.keys {
            self.out.truncate(start);
            self.renderer.tally.null_keys += 1;
        } else if self.is_before_bookmark()
            || key.is_some_and(|key| self.renderer.written.is_some_and(|w| w.contains(&key)))
        {
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

    /// Writes null for the `lacking` delivered fields that the row does not have. TikTok leaves out
    /// members that became null, and a target that updates only the fields of a record would keep
    /// their old values. Most rows lack the same fields as the row before.
    fn complete(&mut self, lacking: usize) {
        let Renderer { recipe, seen, row, lacks, nulls, .. } = &mut *self.renderer;
        let is_lacking = |index: usize| seen[index] != *row;
        if lacks.len() != lacking || !lacks.iter().all(|index| is_lacking(*index)) {
            let fields = recipe.fields.iter().enumerate().filter(|(_, field)| field.inline);
            lacks.clear();
            lacks.extend(fields.map(|(index, _)| index).filter(|index| is_lacking(*index)));
            nulls.clear();
            for index in &*lacks {
                nulls.extend_from_slice(&recipe.fields[*index].prefix);
                nulls.extend_from_slice(b"null");
            }
        }
        let comma = usize::from(self.out.last() == Some(&b'{'));
        self.out.extend_from_slice(nulls.get(comma..).unwrap_or_default());
    }

    /// The value of a field that is written at the end of the row.
    fn late_value(&self, late: LateField) -> Option<&'t str> {
        let captured = |late: LateField| self.captured[late as usize].filter(|raw| *raw != "null");
        match late {
            LateField::Cursor => {
                captured(LateField::Cursor).or_else(|| captured(LateField::Created))
            }
            // The same rule as in the Python tap.
            LateField::Status => {
                let is_deleted = captured(LateField::Operation) == Some("\"DELETE\"")
                    || captured(LateField::Secondary).is_some_and(|s| s.ends_with("_DELETE\""));
                Some(if is_deleted { "\"DELETE\"" } else { "\"ACTIVE\"" })
            }
            other => captured(other),
        }
    }

    /// Whether the cursor of the row is before the bookmark; also keeps the greatest cursor. Rows
    /// equal to the bookmark are delivered, because another row of the same second may have come
    /// after the bookmark was set. So are rows without a cursor, on every run.
    fn is_before_bookmark(&mut self) -> bool {
        let Some(raw) = self.captured[LateField::Cursor as usize] else { return false };
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
    let mut hasher = FixedState::with_seed(index as u64).build_hasher();
    hasher.write(text.as_bytes());
    hasher.finish()
}

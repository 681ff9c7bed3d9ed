//! The end of a row: writes the fields that are made of others, fills in what the row lacks, and
//! decides whether the record is kept.

use super::field::LateField;
use super::row_id::{self, RowHash};
use super::rows::{Found, PageRows};
use super::value::{Written, push_value};
use super::{Kind, Renderer};

impl PageRows<'_, '_, '_> {
    pub(super) fn end_row(&mut self, start: usize, mut found: Found) {
        let recipe = self.renderer.recipe;
        let key = if recipe.hashes_rows {
            Some(row_id::short(self.row_hash))
        } else {
            (recipe.identity > 0 && self.identity.0 == recipe.identity).then_some(self.identity.1)
        };
        self.renderer.keys.extend(key);
        if recipe.hour.is_some_and(|hour| self.captured[hour] == Some("\"-\"")) {
            self.out.truncate(start);
            self.renderer.leave_out();
            self.renderer.tally.hourless += 1;
            return;
        }
        let row_ids = self.renderer.row_ids.len();
        for (index, late) in &recipe.late {
            let raw = self.late_value(*late);
            self.push(&recipe.fields[*index], *index, raw.as_deref().unwrap_or("null"), &mut found);
            if *late == LateField::RowId {
                let place = self.out.len() - "00000000\"".len();
                self.renderer.row_ids.push(RowHash { hash: self.row_hash, place });
            }
        }
        if found.fields < recipe.inline {
            self.complete(recipe.inline - found.fields);
        }
        if found.keys < recipe.keys {
            self.drop_row(start, row_ids);
            self.renderer.tally.null_keys += 1;
        } else if self.is_before_bookmark()
            || key.is_some_and(|key| self.renderer.written.is_some_and(|w| w.contains(&key)))
        {
            self.drop_row(start, row_ids);
        } else {
            self.out.extend_from_slice(&self.tail);
            self.renderer.tally.records += 1;
            if !self.renderer.held.is_empty() {
                self.renderer.add_up();
            }
        }
        self.renderer.held.clear();
    }

    /// Takes back what was written of a row, and that its number goes there.
    fn drop_row(&mut self, start: usize, row_ids: usize) {
        self.out.truncate(start);
        self.renderer.row_ids.truncate(row_ids);
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

    /// Whether the cursor of the row is before the bookmark; also keeps the greatest cursor. Rows
    /// equal to the bookmark are delivered, because another row of the same second may have come
    /// after the bookmark was set. So are rows without a cursor, on every run.
    fn is_before_bookmark(&mut self) -> bool {
        let cursor = self.renderer.recipe.cursor;
        let Some(raw) = cursor.and_then(|place| self.captured[place]) else { return false };
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

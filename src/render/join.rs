//! Writes records whose metrics take several requests: rows of different answers with the same
//! dimensions become one record. The order of the rows and the cut into pages do not matter.

use super::recipe::Recipe;
use super::stored::{Store, StoredField, values};
use super::{Renderer, Tally};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// A row to be written.
#[derive(Clone, Copy, Debug)]
pub struct JoinedRow<'s> {
    key: Option<u64>,
    /// The first request that has it, and its values there.
    first: (usize, &'s [u8]),
}

/// The answers to several requests for the same rows.
#[derive(Debug)]
pub struct Join<'s> {
    /// Of the whole stream: it has the names of all fields.
    renderer: Renderer<'s>,
    sides: Vec<Side<'s>>,
    /// The metrics that no request asks for, as nulls.
    unasked: Vec<u8>,
    /// Whether one of them is a key property.
    lacks_key: bool,
    tail: Vec<u8>,
}

/// What one request brought.
#[derive(Debug)]
struct Side<'s> {
    store: &'s Store,
    fields: &'s [StoredField],
    /// The values of its rows by their keys. Of rows with the same key, the last one counts.
    rows: HashMap<u64, &'s [u8], FixedState>,
    /// Its metrics as nulls.
    nulls: Vec<u8>,
    /// Whether one of its metrics is a key property.
    has_key: bool,
}

impl<'s> Join<'s> {
    /// Joins the answers to requests with these recipes, `None` for one that was not made, to
    /// records of `renderer`. `time_extracted` is RFC 3339.
    pub fn new(
        renderer: Renderer<'s>,
        requests: impl Iterator<Item = (&'s Recipe, Option<&'s Store>)>,
        time_extracted: &str,
    ) -> Self {
        let (mut sides, mut unasked, mut lacks_key) = (Vec::new(), Vec::new(), false);
        for (recipe, store) in requests {
            let metrics = || recipe.stored.iter().filter(|field| field.is_metric);
            let fields = &renderer.recipe.fields;
            let mut nulls = Vec::new();
            for field in metrics() {
                nulls.extend_from_slice(&fields[field.index].prefix);
                nulls.extend_from_slice(b"null");
            }
            let has_key = metrics().any(|field| fields[field.index].key);
            let Some(store) = store else {
                lacks_key |= has_key;
                unasked.append(&mut nulls);
                continue;
            };
            let rows = store.rows().filter_map(|(key, values)| Some((key?, values))).collect();
            sides.push(Side { store, fields: &recipe.stored, rows, nulls, has_key });
        }
        let tail = format!("}},\"time_extracted\":\"{time_extracted}\"}}\n").into_bytes();
        Join { renderer, sides, unasked, lacks_key, tail }
    }

    /// All rows: those of the first request in its order, then those that it does not have.
    pub fn rows(&self) -> impl Iterator<Item = JoinedRow<'s>> {
        self.sides.iter().enumerate().flat_map(move |(number, side)| {
            let earlier = &self.sides[..number];
            let is_new = move |key: u64| !earlier.iter().any(|side| side.rows.contains_key(&key));
            let rows = side.store.rows().filter(move |(key, _)| key.is_none_or(is_new));
            rows.map(move |(key, values)| JoinedRow { key, first: (number, values) })
        })
    }

    /// Appends the record of a row to `out`, and counts it.
    pub fn push(&self, row: &JoinedRow, tally: &mut Tally, out: &mut Vec<u8>) {
        let (recipe, start) = (self.renderer.recipe, out.len());
        out.extend_from_slice(&recipe.head);
        out.extend_from_slice(&self.renderer.constants);
        let (first, values) = row.first;
        self.push_values(first, values, true, out);
        let (mut is_partly_answered, mut lacks_key) = (false, self.lacks_key);
        for (number, side) in self.sides.iter().enumerate().filter(|(number, _)| *number != first) {
            if let Some(values) = row.key.and_then(|key| side.rows.get(&key)) {
                self.push_values(number, values, false, out);
            } else {
                out.extend_from_slice(&side.nulls);
                is_partly_answered = true;
                lacks_key |= side.has_key;
            }
        }
        out.extend_from_slice(&self.unasked);
        if lacks_key || self.renderer.constant_keys < recipe.constant_keys() {
            out.truncate(start);
            tally.null_keys += 1;
            return;
        }
        out.extend_from_slice(&self.tail);
        tally.records += 1;
        if is_partly_answered {
            tally.partly_answered += 1;
            tally.first_partly_answered.get_or_insert_with(|| self.words(row));
        }
    }

    /// Writes the metrics that a request returned, and its dimensions if they are wanted.
    fn push_values(&self, side: usize, row: &[u8], dimensions: bool, out: &mut Vec<u8>) {
        let stored = self.sides[side].fields;
        let fields = &self.renderer.recipe.fields;
        for (number, value) in values(row) {
            let Some(field) = stored.get(number).filter(|f| f.is_metric || dimensions) else {
                continue;
            };
            fields[field.index].push_prefix(out);
            out.extend_from_slice(value);
        }
    }

    /// The dimensions of a row, for messages.
    fn words(&self, row: &JoinedRow) -> String {
        let (side, row) = row.first;
        let stored = self.sides[side].fields;
        let dimensions = values(row).filter_map(|(number, value)| {
            let field = stored.get(number).filter(|field| !field.is_metric)?;
            let name = self.renderer.recipe.field_name(field.index);
            Some(format!("{name} {}", String::from_utf8_lossy(value)))
        });
        dimensions.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests;

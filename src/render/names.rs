//! Looks up the names of a row's members. Rows have their fields in nearly the same order each
//! time, so the name that followed last time is compared first, before any hash is calculated.

use super::tally::Tally;
use super::text;
use crate::json::scan::{Malformed, Scan};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// The declared names of a row, or of its dimensions or metrics, numbered from 1.
#[derive(Debug, Default)]
pub(super) struct DeclaredNames {
    names: Vec<DeclaredName>,
    /// By the name with its JSON quotes.
    numbers: HashMap<Box<str>, usize, FixedState>,
}

#[derive(Debug)]
struct DeclaredName {
    /// The text `"name":`.
    tag: Box<[u8]>,
    /// The field to which the name belongs, if its value is used.
    field: Option<usize>,
}

impl DeclaredNames {
    /// Declares a name. `wanted` says whether the value is used.
    pub(super) fn add(&mut self, name: &str, field: usize, wanted: bool) {
        let raw = serde_json::Value::from(name).to_string();
        let field = wanted.then_some(field);
        if let Some(number) = self.numbers.get(&*raw) {
            self.names[number - 1].field = field;
        } else {
            self.names.push(DeclaredName { tag: format!("{raw}:").into_bytes().into(), field });
            self.numbers.insert(raw.into(), self.names.len());
        }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    #[inline]
    pub(super) fn tag(&self, number: usize) -> Option<&[u8]> {
        self.names.get(number.wrapping_sub(1)).map(|name| &*name.tag)
    }

    pub(super) fn number(&self, raw: &str) -> Option<usize> {
        self.numbers.get(raw).copied()
    }

    #[inline]
    pub(super) fn field(&self, number: usize) -> Option<usize> {
        self.names.get(number.wrapping_sub(1)).and_then(|name| name.field)
    }
}

/// More names than any schema has. Further names are counted under the last of these.
const MOST_UNDECLARED: usize = 2_000;

/// The names that occurred so far in a row, or in its dimensions or metrics, and their order.
#[derive(Debug, Default)]
pub(super) struct NamePredictor {
    /// For each name (0 for the start of a row), the name that followed it last time.
    next: Vec<usize>,
    undeclared: Vec<(Box<str>, u64)>,
    found: HashMap<Box<str>, usize, FixedState>,
}

impl NamePredictor {
    /// The number that stands for the start of a row.
    pub(super) const START: usize = 0;

    /// Reads the next name in `scan` and returns its number, from 1: the declared names first, then
    /// undeclared ones in the order of their first occurrence.
    #[inline]
    pub(super) fn find(
        &mut self,
        known: &DeclaredNames,
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
    fn search(&mut self, known: &DeclaredNames, last: usize, raw: &str) -> usize {
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

    /// The number of a name in a new spelling: a declared one with escapes, or an undeclared one.
    fn spell(&mut self, known: &DeclaredNames, raw: &str) -> usize {
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

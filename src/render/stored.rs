//! Keeps rows until the answers to other requests are there, as their rendered values. The names of
//! the fields, which are most of a record, are added when `join` writes it.
//!
//! Two bytes before each value say to which field it belongs. The first of them is a control
//! character, which no rendered value contains, so a value ends where the next one begins.

use super::Renderer;
use super::field::block;
use super::recipe::Recipe;
use super::rows::PageRows;
use crate::json::Rows;
use crate::json::scan::{Malformed, Scan};

/// One field of a stored row.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredField {
    /// Its index in the recipe.
    pub(super) index: usize,
    /// Whether it is a metric, not a dimension.
    pub(super) is_metric: bool,
}

impl Recipe {
    /// Makes this the recipe of one of several requests for the same rows, the one for these
    /// metrics. Its rows are stored instead of being written as records.
    pub(crate) fn storing(mut self, metrics: &[String]) -> Self {
        self.head.clear();
        let late: Vec<usize> = self.late.iter().map(|(index, _)| *index).collect();
        let fields = self.fields.iter_mut().enumerate();
        for (index, field) in fields.filter(|(index, f)| f.inline || late.contains(index)) {
            field.prefix = tag(self.stored.len()).to_vec();
            field.block = block(&field.prefix);
            let is_metric = metrics.contains(&field.name);
            self.stored.push(StoredField { index, is_metric });
        }
        self
    }
}

/// The bytes in front of a value. A request has 100 metrics at most, so the first byte is always a
/// control character.
fn tag(number: usize) -> [u8; 2] {
    let number = u16::try_from(number).unwrap_or(u16::MAX);
    debug_assert!(number < 0x20 << 8, "more fields than one request can have");
    number.to_be_bytes()
}

/// The values of a stored row, each with the number of its field.
pub(super) fn values(mut row: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, rest) = row.split_first_chunk::<2>()?;
        let end = rest.iter().position(|byte| *byte < 0x20).unwrap_or(rest.len());
        let value = &rest[..end];
        row = &rest[end..];
        Some((usize::from(u16::from_be_bytes(*tag)), value))
    })
}

/// One row of a page.
#[derive(Clone, Copy, Debug)]
pub struct StoredRow {
    /// The hash of what identifies it; `None` if a part of that is missing.
    key: Option<u64>,
    /// Where its values end in the text of the page.
    end: usize,
}

/// Stores the rows of one page, whose text lives for `'t`.
#[derive(Debug)]
pub struct StoredRows<'r, 'p, 't> {
    page: PageRows<'r, 'p, 't>,
    rows: &'r mut Vec<StoredRow>,
}

impl<'r, 'p, 't> StoredRows<'r, 'p, 't> {
    /// Stores the rows of `page`, whose recipe must be one for stored rows, in `rows`.
    pub fn new(mut page: PageRows<'r, 'p, 't>, rows: &'r mut Vec<StoredRow>) -> Self {
        rows.clear();
        page.tail.clear();
        StoredRows { page, rows }
    }
}

impl<'t> Rows<'t> for StoredRows<'_, '_, 't> {
    fn around(&mut self, raw: &'t str) {
        self.page.around(raw);
    }

    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let (start, known) = (self.page.out.len(), self.page.renderer.keys.len());
        self.page.row(scan)?;
        let end = self.page.out.len();
        // A row that is left out has no values.
        if end > start {
            let Renderer { keys, recipe, .. } = &*self.page.renderer;
            // Without a dimension to tell rows apart, there is only one row, that of the account.
            let only = (recipe.identity == 0).then_some(0);
            self.rows.push(StoredRow { key: keys.get(known).copied().or(only), end });
        }
        Ok(())
    }
}

/// The rows of one page.
#[derive(Debug, Default)]
pub struct StoredPage {
    text: Box<[u8]>,
    rows: Vec<StoredRow>,
}

impl StoredPage {
    /// Takes what was stored of a page, in no more memory than it needs.
    pub fn new(text: &[u8], rows: Vec<StoredRow>) -> Self {
        StoredPage { text: text.into(), rows }
    }
}

/// The rows of all pages of one request.
#[derive(Debug, Default)]
pub struct Store(Vec<StoredPage>);

impl Store {
    /// Adds the next page.
    pub fn push(&mut self, page: StoredPage) {
        self.0.push(page);
    }

    /// The memory that it takes.
    pub fn bytes(&self) -> usize {
        let size = |page: &StoredPage| page.text.len() + size_of_val(page.rows.as_slice());
        self.0.iter().map(size).sum()
    }

    /// Every row: its key and its values.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Option<u64>, &[u8])> {
        self.0.iter().flat_map(|page| {
            let mut start = 0;
            page.rows.iter().map(move |row| {
                let values = &page.text[start..row.end];
                start = row.end;
                (row.key, values)
            })
        })
    }
}

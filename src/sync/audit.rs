//! Whether a list that was read page by page is whole: rows against TikTok's own count, and no row twice. It owns the reckoning; reading
//! once more, and giving up, is the slice's matter.

use super::list::Rendered;
use super::render::Sum;
use std::collections::HashSet;

/// What came of one list.
#[derive(Debug, Default)]
pub(super) struct Audit {
    rows: u64,
    /// A hash of the key of each row, 8 bytes a row. Rows without a key are in `rows` only.
    keys: Vec<u64>,
    /// TikTok's count on the first page and on the last one.
    totals: Option<(u64, u64)>,
    /// Whether that count changed from page to page: rows may have slipped over the edge of a page then.
    moved: bool,
    shrank: bool,
    /// What the rows add up to, and TikTok's totals as they came with the last page that had any.
    pub sums: Vec<Sum>,
    pub announced: Option<String>,
}

impl Audit {
    /// Adds the next page, and takes its keys.
    pub(super) fn add(&mut self, page: &mut Rendered) {
        self.rows += page.rows;
        self.keys.append(&mut page.keys);
        self.sums.resize(page.sums.len().max(self.sums.len()), Sum::default());
        self.sums.iter_mut().zip(&page.sums).for_each(|(sum, more)| sum.add_all(more));
        self.announced = page.totals.take().or(self.announced.take());
        let Some(total) = page.total else { return };
        let (first, last) = self.totals.unwrap_or((total, total));
        self.moved |= last != total;
        self.shrank |= total < last;
        self.totals = Some((first, total));
    }

    /// Whether the list was read whole, in a state that it had all the while.
    pub(super) fn is_whole(&mut self) -> bool {
        let total = self.totals.map_or(0, |(_, last)| last);
        !self.moved && self.rows == total && self.distinct() == total
    }

    /// Whether a list that grew meanwhile has at least all rows that it had when its reading began: one that grows all the time is never
    /// read in one state. Read page after page, rows that are added push others to later pages, where they come twice, so none is missed;
    /// where rows leave, one may be.
    pub(super) fn is_whole_as_of_its_beginning(&mut self) -> bool {
        let first = self.totals.map_or(0, |(first, _)| first);
        self.moved && !self.shrank && self.distinct() >= first
    }

    /// What does not add up, for people.
    pub(super) fn words(&mut self) -> String {
        let last = self.totals.map_or(0, |(_, last)| last);
        let moved = if self.moved { ", a count that moved while they were read" } else { "" };
        let distinct = self.distinct();
        format!("TikTok counts {last} rows{moved}, and handed out {}, {distinct} of them different", self.rows)
    }

    /// The keys met.
    pub(super) fn into_keys(self) -> HashSet<u64> {
        self.keys.into_iter().collect()
    }

    /// Rows that differ; those without a key count each by itself.
    fn distinct(&mut self) -> u64 {
        self.keys.sort_unstable();
        self.rows - self.keys.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(pages: &[(&[u64], u64)]) -> Audit {
        let mut audit = Audit::default();
        for (keys, total) in pages {
            let mut page = Rendered { rows: keys.len() as u64, keys: keys.to_vec(), total: Some(*total), ..Rendered::default() };
            audit.add(&mut page);
        }
        audit
    }

    #[test]
    fn rows_are_counted_and_told_apart() {
        assert!(audit(&[(&[1, 2, 3], 5), (&[4, 5], 5)]).is_whole());
        assert!(Audit::default().is_whole(), "nothing, and no count");
        for (why, pages) in [
            ("a row is missing", &[(&[1, 2, 3][..], 5), (&[4], 5)][..]),
            ("a row came twice in place of another", &[(&[1, 2, 3], 5), (&[3, 4], 5)]),
            ("a row left after the first page, and one slipped onto it", &[(&[1, 2, 3], 5), (&[5], 4)]),
            ("a row came after the first page", &[(&[1, 2, 3], 5), (&[3, 4, 5], 6)]),
        ] {
            assert!(!audit(pages).is_whole(), "{why}");
        }
    }

    #[test]
    fn a_list_that_grows_is_whole_as_of_its_beginning() {
        assert!(audit(&[(&[6, 1, 2], 6), (&[2, 3, 4, 5], 7)]).is_whole_as_of_its_beginning());
        for (why, pages) in [
            ("something is missing", &[(&[6, 1, 2][..], 7), (&[2, 3, 4], 8)][..]),
            ("a row left, so another may have slipped", &[(&[6, 1, 2], 6), (&[4, 5], 5)]),
            ("a row left before others came", &[(&[1, 2, 3], 6), (&[5, 7], 5), (&[8, 9], 7)]),
            ("it never moved", &[(&[1, 2, 3], 6), (&[3, 4, 5], 6)]),
        ] {
            assert!(!audit(pages).is_whole_as_of_its_beginning(), "{why}");
        }
    }
}

//! Checks that a list that was read page by page is complete: its rows match TikTok's count, and no
//! row comes twice. Otherwise, it is read a second time, and the two readings together decide.
//!
//! Rows without an id are told apart by all that they hold. Two of them may be equal, but if they
//! stand on different pages, a row may as well have moved from one page to the next.

use super::rendered::Rendered;
use super::verdict::Verdict;
use crate::render::{Store, Sum};
use std::collections::HashSet;

/// The result of reading one list.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// Rows of all pages.
    pub rows: u64,
    /// A hash of the key of each row, 8 bytes a row. Rows without a key are in `rows` only.
    keys: Vec<u64>,
    /// If rows have no id: the hashes of the rows of all pages.
    hashes: Option<HashSet<u64>>,
    /// The number of rows without an id that are equal to a row of an earlier page.
    repeated: u64,
    /// Their records, which are not written before it is known that TikTok has them all.
    pub withheld: Vec<u8>,
    /// TikTok's count on the first page and on the last one.
    totals: Option<(u64, u64)>,
    /// The number of rows that TikTok returns, if the list has more.
    limit: Option<u64>,
    /// Whether that count changed between pages. Rows may have moved to another page then.
    moved: bool,
    shrank: bool,
    /// TikTok's message, if it said that a part is missing.
    pub partial: Option<String>,
    /// The sums of the rows, and TikTok's totals from the last page that had any.
    pub sums: Vec<Sum>,
    pub announced: Option<String>,
    /// Its rows, if they are not written but stored.
    pub stored: Store,
}

impl Audit {
    /// Adds the next page, and takes its keys.
    pub(crate) fn add(&mut self, page: &mut Rendered) {
        if page.has_hashes {
            let hashes = self.hashes.get_or_insert_default();
            self.repeated += page.keys.iter().filter(|hash| hashes.contains(hash)).count() as u64;
            page.repeated = page.row_ids.iter().map(|row| hashes.contains(&row.short())).collect();
            hashes.extend(&page.keys);
        }
        self.rows += page.rows;
        self.keys.append(&mut page.keys);
        self.sums.resize(page.sums.len().max(self.sums.len()), Sum::default());
        self.sums.iter_mut().zip(&page.sums).for_each(|(sum, more)| sum.add_all(more));
        self.announced = page.totals.take().or(self.announced.take());
        self.partial = page.partial.take().or(self.partial.take());
        self.stored.push(std::mem::take(&mut page.stored));
        self.limit = page.limit.or(self.limit);
        let Some(total) = page.total else { return };
        let (first, last) = self.totals.unwrap_or((total, total));
        self.moved |= last != total;
        self.shrank |= total < last;
        self.totals = Some((first, total));
    }

    /// Whether the list is complete and did not change while it was read.
    pub(crate) fn is_whole(&mut self) -> bool {
        self.partial.is_none() && self.adds_up() && self.distinct() == self.rows
    }

    /// The result of this second reading and the first one. `is_shifted` means that the second one
    /// had pages of another size, so that the same page cannot have come twice in both.
    pub(crate) fn verdict(&mut self, first: &mut Audit, is_shifted: bool) -> Verdict {
        if self.is_whole() {
            Verdict::Whole
        } else if self.partial.is_some() {
            Verdict::Partial
        } else if is_shifted && self.adds_up() && first.adds_up() && self.has_rows_of(first) {
            Verdict::Repeats(self.rows - self.distinct())
        } else if self.moved
            && !self.shrank
            && self.distinct() >= self.totals.map_or(0, |(first, _)| first)
        {
            Verdict::Grew
        } else {
            Verdict::Uneven
        }
    }

    /// Describes the difference, for messages.
    pub(crate) fn words(&mut self) -> String {
        if let Some(words) = &self.partial {
            return format!("TikTok says that a part is missing: \"{words}\"");
        }
        let last = self.totals.map_or(0, |(_, last)| last);
        let moved = if self.moved { ", a count that changed while they were read," } else { "" };
        let distinct = self.distinct();
        format!(
            "TikTok counts {last} rows{moved} but returned {}, {distinct} of them different",
            self.rows
        )
    }

    /// The keys of the rows.
    pub(crate) fn into_keys(self) -> HashSet<u64> {
        self.keys.into_iter().collect()
    }

    /// The keys of the rows, in no particular order.
    pub(crate) fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// TikTok's count on the last page.
    pub(crate) fn total(&self) -> Option<u64> {
        self.totals.map(|(_, last)| last)
    }

    /// TikTok's count, if it does not return all of the rows.
    pub(crate) fn beyond(&self) -> Option<u64> {
        self.total().filter(|total| self.limit.is_some_and(|limit| *total > limit))
    }

    /// The memory that its rows will take once all pages are read, if they are stored.
    pub(crate) fn expected_bytes(&self) -> usize {
        let rows = usize::try_from(self.rows).unwrap_or(usize::MAX).max(1);
        let total = self.total().map_or(rows, |total| usize::try_from(total).unwrap_or(rows));
        self.stored.bytes().saturating_mul(total.max(rows)) / rows
    }

    /// Whether another request for the same rows had the same keys.
    pub(crate) fn has_keys_of(&self, other: &Audit) -> bool {
        let distinct = |keys: &[u64]| keys.iter().copied().collect::<HashSet<u64>>();
        distinct(&self.keys) == distinct(&other.keys)
    }

    /// Takes over what another request for the same rows brought beyond this one. Rows without a
    /// key are the same in both.
    pub(crate) fn unite(&mut self, other: Audit) {
        let known: HashSet<u64> = self.keys.iter().copied().collect();
        let without_key = |audit: &Audit| audit.rows - audit.keys.len() as u64;
        let without_key = without_key(self).max(without_key(&other));
        self.keys.extend(other.keys.into_iter().filter(|key| !known.contains(key)));
        self.rows = self.keys.len() as u64 + without_key;
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| sum.add_all(more));
    }

    /// Whether there are as many rows as TikTok counted on every page.
    fn adds_up(&self) -> bool {
        // A list that comes in one answer has no count.
        let expected = |total: u64| self.limit.map_or(total, |limit| limit.min(total));
        !self.moved && self.total().is_none_or(|total| self.rows == expected(total))
    }

    /// Whether its rows have no id.
    pub(crate) fn has_hashes(&self) -> bool {
        self.hashes.is_some()
    }

    /// The number of different rows. Each row without a key counts as different, and so do equal
    /// rows without an id on the same page.
    fn distinct(&mut self) -> u64 {
        if self.has_hashes() {
            return self.rows - self.repeated;
        }
        self.keys.sort_unstable();
        self.rows - self.keys.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
    }

    /// Whether both have the same keys, each as often.
    fn has_rows_of(&mut self, other: &mut Audit) -> bool {
        self.keys.sort_unstable();
        other.keys.sort_unstable();
        self.keys == other.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(pages: &[(&[u64], u64)]) -> Audit {
        of_pages(pages, false)
    }

    fn of_pages(pages: &[(&[u64], u64)], has_hashes: bool) -> Audit {
        let mut audit = Audit::default();
        for (keys, total) in pages {
            let mut page = Rendered {
                rows: keys.len() as u64,
                keys: keys.to_vec(),
                has_hashes,
                total: Some(*total),
                ..Rendered::default()
            };
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
            (
                "a row left after the first page, and one slipped onto it",
                &[(&[1, 2, 3], 5), (&[5], 4)],
            ),
            ("a row came after the first page", &[(&[1, 2, 3], 5), (&[3, 4, 5], 6)]),
        ] {
            assert!(!audit(pages).is_whole(), "{why}");
        }
        assert!(
            !Audit { partial: Some("1 of 2".into()), ..audit(&[(&[1], 1)]) }.is_whole(),
            "TikTok said so"
        );
    }

    #[test]
    fn what_both_readings_show_is_tiktoks_answer() {
        let twice: &[(&[u64], u64)] = &[(&[1, 2, 2], 5), (&[3, 1], 5)];
        let again: &[(&[u64], u64)] = &[(&[1, 2], 5), (&[2, 3], 5), (&[1], 5)];
        assert_eq!(audit(again).verdict(&mut audit(twice), true), Verdict::Repeats(2));
        assert_eq!(
            audit(twice).verdict(&mut audit(twice), false),
            Verdict::Uneven,
            "a page may have come twice in both"
        );
        let other: &[(&[u64], u64)] = &[(&[1, 2], 5), (&[2, 4], 5), (&[1], 5)];
        assert_eq!(
            audit(other).verdict(&mut audit(twice), true),
            Verdict::Uneven,
            "the rows differ"
        );
        let fewer: &[(&[u64], u64)] = &[(&[1, 2, 2], 6), (&[3, 1], 6)];
        assert_eq!(
            audit(fewer).verdict(&mut audit(fewer), true),
            Verdict::Uneven,
            "rows are missing in both"
        );
        assert_eq!(
            audit(&[(&[1, 2, 3, 4, 5], 5)]).verdict(&mut audit(twice), true),
            Verdict::Whole
        );
    }

    #[test]
    fn rows_of_several_requests_are_counted_once() {
        for (one, other, want) in
            [(&[1, 2][..], &[2, 3][..], 3), (&[], &[], 2), (&[1], &[1], 2), (&[1, 2], &[], 4)]
        {
            // Each request returns two rows, some of them without a key.
            let of = |keys: &[u64]| Audit { rows: 2, keys: keys.to_vec(), ..Audit::default() };
            let mut united = of(one);
            united.unite(of(other));
            assert_eq!(united.rows, want, "{one:?} and {other:?}");
        }
    }

    #[test]
    fn equal_rows_without_an_id_are_right_if_both_readings_have_them() {
        let hashed = |pages| of_pages(pages, true);
        assert!(hashed(&[(&[1, 1], 3), (&[2], 3)]).is_whole(), "equal rows on one page");
        let apart: &[(&[u64], u64)] = &[(&[1, 2], 4), (&[2, 3], 4)];
        assert!(!hashed(apart).is_whole(), "a row may have moved to the next page");
        let together: &[(&[u64], u64)] = &[(&[1], 4), (&[2, 2], 4), (&[3], 4)];
        assert_eq!(hashed(together).verdict(&mut hashed(apart), true), Verdict::Whole);
        let again: &[(&[u64], u64)] = &[(&[1, 2, 3], 4), (&[2], 4)];
        assert_eq!(hashed(again).verdict(&mut hashed(apart), true), Verdict::Repeats(1));
        let moved: &[(&[u64], u64)] = &[(&[1, 2, 3], 4), (&[3], 4)];
        assert_eq!(hashed(moved).verdict(&mut hashed(apart), true), Verdict::Uneven);
    }

    #[test]
    fn a_count_that_only_grew_is_told_from_one_that_fell() {
        let verdict = |pages| audit(pages).verdict(&mut audit(&[(&[1], 2)]), true);
        assert_eq!(verdict(&[(&[6, 1, 2], 6), (&[2, 3, 4, 5], 7)]), Verdict::Grew);
        for (why, pages) in [
            ("something is missing", &[(&[6, 1, 2][..], 7), (&[2, 3, 4], 8)][..]),
            ("a row left, so another may have slipped", &[(&[6, 1, 2], 6), (&[4, 5], 5)]),
            ("a row left before others came", &[(&[1, 2, 3], 6), (&[5, 7], 5), (&[8, 9], 7)]),
            ("it never moved", &[(&[1, 2, 3], 6), (&[3, 4, 5], 6)]),
        ] {
            assert_eq!(verdict(pages), Verdict::Uneven, "{why}");
        }
    }
}

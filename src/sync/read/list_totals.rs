//! The sums of many lists, side by side with TikTok's totals of them.

use crate::render::Sum;
use crate::sync::check;

/// The sums of many lists, and TikTok's totals of them.
#[derive(Debug, Default)]
pub(crate) struct ListTotals {
    /// In the order of the plan's summed metrics; empty until the first list was read.
    pub ours: Vec<Sum>,
    /// The same of TikTok; `None` once a list has no total.
    pub theirs: Vec<Option<Sum>>,
}

impl ListTotals {
    /// The sums of a list of so many rows, and TikTok's totals as they came. A list without rows
    /// has nothing to compare.
    pub(crate) fn of(rows: u64, sums: &[Sum], totals: Option<&str>, summed: &[String]) -> Self {
        if rows == 0 && totals.is_none() {
            return ListTotals::default();
        }
        ListTotals { ours: sums.to_vec(), theirs: check::totals(totals, summed) }
    }

    /// Adds those of other lists.
    pub(crate) fn add(&mut self, other: ListTotals) {
        if self.ours.is_empty() {
            *self = other;
        } else if !other.ours.is_empty() {
            self.ours.iter_mut().zip(&other.ours).for_each(|(sum, more)| sum.add_all(more));
            for (sum, more) in self.theirs.iter_mut().zip(other.theirs) {
                *sum = sum.zip(more).map(|(mut sum, more)| {
                    sum.add_all(&more);
                    sum
                });
            }
        }
    }
}

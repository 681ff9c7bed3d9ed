//! The sums of many lists, side by side with TikTok's totals of them.

use super::list::Rendered;
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
    /// The sums of a list, and TikTok's totals. A list without rows has nothing to compare.
    pub(crate) fn of(list: &Rendered, summed: &[String]) -> Self {
        if list.rows == 0 && list.totals.is_none() {
            return ListTotals::default();
        }
        let theirs = check::totals(list.totals.as_deref(), summed);
        ListTotals { ours: list.sums.clone(), theirs }
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

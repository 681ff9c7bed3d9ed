//! The proof of a report: its rows against TikTok's own totals, and the ads of an account, deleted
//! ones included, against the account.

use super::part::Part;
use super::reader::Slice;
use super::scope::Scope;
use crate::api::error::{ApiError, Outcome};
use crate::api::page::NoRows;
use crate::render::Sum;
use crate::streams::Report;
use crate::sync::check::{self, Check, What};
use crate::sync::pass::Buying;
use crate::sync::windows::Window;
use std::collections::HashSet;
use time::OffsetDateTime;

/// What was read of a window.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// What its metrics add up to.
    pub sums: Vec<Sum>,
    /// The same with deleted entities, if the proof needs it; `None` once a part is not known.
    pub with_deleted: Option<Vec<Sum>>,
    /// Rows and their keys, of what was read in parts.
    pub rows: u64,
    pub keys: HashSet<u64>,
}

impl Slice<'_, '_> {
    /// Adds the totals of a part with deleted entities, which the account's own totals always hold.
    pub(crate) fn add_with_deleted(
        &mut self,
        report: &Report,
        part: &Part,
        sums: &[Sum],
        read: &mut Read,
    ) -> Result<(), ApiError> {
        if self.plan.summed.is_empty() || report.data_level != "AUCTION_AD" {
            return Ok(());
        }
        let more = if self.context.config.include_deleted {
            Some(sums.to_vec())
        } else {
            self.totals(report, part)?
        };
        read.with_deleted = both(read.with_deleted.take(), more);
        Ok(())
    }

    /// Compares the ads of a window, `TopView`, Promote and deleted ones included, with their
    /// account.
    pub(crate) fn compare_with_account(
        &mut self,
        report: &Report,
        window: Window,
        read: &Read,
    ) -> Result<(), ApiError> {
        if self.plan.summed.is_empty() || report.data_level != "AUCTION_AD" {
            return Ok(());
        }
        let account = report.of_account();
        let whole = Part { window, buying: Buying::Ordinary, scope: Scope::All };
        let Some(ads) = &read.with_deleted else { return Ok(()) };
        let Some(theirs) = self.totals(&account, &whole)? else { return Ok(()) };
        let theirs: Vec<Option<Sum>> = theirs.into_iter().map(Some).collect();
        self.compare(What::Ads, ads, &theirs, window);
        Ok(())
    }

    pub(crate) fn compare(
        &mut self,
        what: What,
        ours: &[Sum],
        theirs: &[Option<Sum>],
        window: Window,
    ) {
        let today = self
            .context
            .accounts
            .open
            .get(self.job.account)
            .map_or(window.end, |a| a.today(OffsetDateTime::now_utc()));
        self.ending.checks.extend(Check::all(what, &self.plan.summed, ours, theirs, window, today));
    }

    /// TikTok's totals of a report with deleted entities. `None`: TikTok refuses them, which is
    /// told.
    pub(crate) fn totals(
        &mut self,
        report: &Report,
        part: &Part,
    ) -> Result<Option<Vec<Sum>>, ApiError> {
        let metrics: Vec<String> =
            self.metrics().into_iter().filter(|name| self.plan.summed.contains(name)).collect();
        let takes_origins = self.takes_origins();
        let mut params =
            self.params_with(report, part, &metrics, takes_origins, report.status_filter());
        params.push(("enable_total_metrics", "true".to_owned()));
        match self.first_page(params, 1, &mut NoRows) {
            Ok(page) => {
                let totals = page.totals.filter(|_| !page.is_cut);
                Ok(totals.map(|text| {
                    let totals = check::totals(Some(&text), &self.plan.summed);
                    totals.into_iter().map(Option::unwrap_or_default).collect()
                }))
            }
            Err(error) if ends_slice(&error) => Err(error),
            Err(error) => {
                log::warn!("{}; not compared with its account", self.trouble(part.window, &error));
                Ok(None)
            }
        }
    }
}

pub(crate) fn add(sums: &mut Vec<Sum>, more: &[Sum]) {
    sums.resize(more.len().max(sums.len()), Sum::default());
    sums.iter_mut().zip(more).for_each(|(sum, more)| sum.add_all(more));
}

pub(crate) fn both(sums: Option<Vec<Sum>>, more: Option<Vec<Sum>>) -> Option<Vec<Sum>> {
    let mut sums = sums?;
    add(&mut sums, &more?);
    Some(sums)
}

/// Whether nothing more can be asked for this slice.
pub(crate) fn ends_slice(error: &ApiError) -> bool {
    matches!(
        error.outcome,
        Outcome::StopRun | Outcome::EndRun | Outcome::Halted | Outcome::SkipAccount
    )
}

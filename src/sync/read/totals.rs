//! Compares a report with TikTok's totals, and the ads of an account, including deleted ones, with
//! the account.

use super::part::{Asked, Part, params};
use super::reader::Slice;
use super::refusals::{accepted, takes_origins, trouble};
use super::subset::Subset;
use crate::api::error::ApiError;
use crate::json::{Last, NoRows};
use crate::render::Sum;
use crate::streams::{Buying, Report};
use crate::sync::check::{self, Check, What};
use crate::sync::sides::MOST_METRICS;
use crate::sync::windows::Window;
use std::collections::HashSet;
use time::OffsetDateTime;

/// What was read of a window.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The sums of its metrics.
    pub sums: Vec<Sum>,
    /// The same including deleted entities, if it is needed; `None` once a part is unknown.
    pub with_deleted: Option<Vec<Sum>>,
    /// The number of rows and their keys, for what was read in parts.
    pub rows: u64,
    pub keys: HashSet<u64>,
}

/// Adds the totals of a part including deleted entities, which the totals of the account always
/// include.
pub(crate) fn add_with_deleted(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    sums: &[Sum],
    read: &mut Read,
) -> Result<(), ApiError> {
    if slice.plan.summed.is_empty() || !report.adds_up_to_account() {
        return Ok(());
    }
    let more = if slice.context.includes_deleted(slice.plan) {
        Some(sums.to_vec())
    } else {
        totals(slice, report, part)?
    };
    read.with_deleted = both(read.with_deleted.take(), more);
    Ok(())
}

/// Compares the ads of a window, including `TopView`, Promote and deleted ones, with their account.
pub(crate) fn compare_with_account(
    slice: &mut Slice,
    report: &Report,
    window: Option<Window>,
    read: &Read,
) -> Result<(), ApiError> {
    if slice.plan.summed.is_empty() || !report.adds_up_to_account() {
        return Ok(());
    }
    let account = report.of_account();
    let whole = Part { window, buying: Buying::Ordinary, subset: Subset::All };
    let Some(ads) = &read.with_deleted else { return Ok(()) };
    let Some(theirs) = totals(slice, &account, &whole)? else { return Ok(()) };
    let theirs: Vec<Option<Sum>> = theirs.into_iter().map(Some).collect();
    compare(slice, What::Ads, ads, &theirs, window);
    Ok(())
}

pub(crate) fn compare(
    slice: &mut Slice,
    what: What,
    ours: &[Sum],
    theirs: &[Option<Sum>],
    window: Option<Window>,
) {
    let now = OffsetDateTime::now_utc();
    let today = slice.open_account().map_or_else(|| now.date(), |account| account.today(now));
    // All time includes today, whose numbers still change.
    let window = window.unwrap_or(Window { start: today, end: today });
    let checks = Check::all(what, &slice.plan.summed, ours, theirs, window, today);
    slice.ending.checks.extend(checks);
}

/// TikTok's totals of a report including deleted entities; `None` if TikTok refuses them, which is
/// logged.
fn totals(slice: &mut Slice, report: &Report, part: &Part) -> Result<Option<Vec<Sum>>, ApiError> {
    let summed = accepted(slice, &slice.plan.summed);
    let mut all = Some(Vec::new());
    for metrics in summed.chunks(MOST_METRICS) {
        all = both(all, totals_of(slice, report, part, metrics)?);
        if all.is_none() {
            break;
        }
    }
    Ok(all)
}

/// The totals of as many metrics as one request takes.
fn totals_of(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    metrics: &[String],
) -> Result<Option<Vec<Sum>>, ApiError> {
    let origins = takes_origins(slice);
    let asked = Asked { metrics: metrics.to_vec(), origins, deleted: true };
    let mut params = params(slice, report, part, &asked);
    params.push((Report::TOTALS, "true".to_owned()));
    match slice.first_page(params, 1, &mut Last(NoRows)) {
        Ok(page) => {
            let totals = page.totals.filter(|_| !page.is_cut);
            Ok(totals.map(|text| {
                let totals = check::totals(Some(&text), &slice.plan.summed);
                totals.into_iter().map(Option::unwrap_or_default).collect()
            }))
        }
        Err(error) if error.cause.ends_slice() => Err(error),
        Err(error) => {
            log::warn!("{}; not compared with its account", trouble(slice, part.window, &error));
            Ok(None)
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

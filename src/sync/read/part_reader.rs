//! Reads one part of a report with one list, without the metrics that TikTok refuses, and compares
//! it with TikTok's totals.

use super::audit::Audit;
use super::joined;
use super::list::List;
use super::part::{Asked, Part, params};
use super::reader::Slice;
use super::refusals::{asked, learn};
use super::totals::{Read, add, add_with_deleted, compare};
use crate::api::error::ApiError;
use crate::render::Sum;
use crate::streams::Report;
use crate::sync::check::{self, What};

/// Reads a part in pages of `page_size` rows, and adds the sums of its metrics.
pub(crate) fn read_part(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    page_size: u64,
    read: &mut Read,
) -> Result<Audit, ApiError> {
    let list = |slice: &Slice, asked: &Asked| list(slice, report, part, asked, page_size);
    let (audit, theirs) = read_rows(slice, report, part, &list)?;
    compare(slice, What::Rows, &audit.sums, &theirs, part.window);
    add(&mut read.sums, &audit.sums);
    add_with_deleted(slice, report, part, &audit.sums, read)?;
    Ok(audit)
}

/// Reads the rows of a part, with as many requests as its metrics take. Also returns TikTok's
/// totals, in the order of the plan's.
pub(crate) fn read_rows(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    list: &dyn Fn(&Slice, &Asked) -> List,
) -> Result<(Audit, Vec<Option<Sum>>), ApiError> {
    if slice.plan.sides.is_empty() {
        let audit = read_list(slice, report, part, None, list)?;
        let totals = check::totals(audit.announced.as_deref(), &slice.plan.summed);
        return Ok((audit, totals));
    }
    let constants = slice.constants(part.window);
    joined::read(slice, &constants, &mut |slice, side, most_held| {
        let list = |slice: &Slice, asked: &Asked| List {
            side: Some(side),
            most_held,
            ..list(slice, asked)
        };
        read_list(slice, report, part, Some(side), &list)
    })
}

/// Reads a list without what TikTok refuses of it. `side` is its place among the `sides` of the
/// plan, if there are any.
fn read_list(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    side: Option<usize>,
    list: &dyn Fn(&Slice, &Asked) -> List,
) -> Result<Audit, ApiError> {
    loop {
        let now = asked(slice, side);
        match slice.read(list(slice, &now)) {
            Err(error) if learn(slice, report, part, &now, &error)? => {}
            other => return other,
        }
    }
}

/// The list of a part's rows.
pub(crate) fn list(
    slice: &Slice,
    report: &Report,
    part: &Part,
    asked: &Asked,
    page_size: u64,
) -> List {
    let mut params = params(slice, report, part, asked);
    if !slice.plan.summed.is_empty() {
        params.push((Report::TOTALS, "true".to_owned()));
    }
    let call = slice.plan.stream.call;
    let most = call.paging.most().map(|most| page_size.min(most));
    slice.list(call.path, call.rows, params, most, part.window)
}

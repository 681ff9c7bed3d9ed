//! Reads one part of a report with one list, without the metrics that TikTok refuses, and compares
//! it with TikTok's totals.

use super::audit::Audit;
use super::list::List;
use super::part::{Asked, Part, params};
use super::reader::Slice;
use super::refusals::{asked, is_wrong_request, learn};
use super::totals::{Read, add, add_with_deleted, compare};
use crate::api::error::ApiError;
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
    loop {
        let now = asked(slice);
        match slice.read(list(slice, report, part, &now, page_size)) {
            // Another window of the account may have found a refused metric meanwhile.
            Err(error) if is_wrong_request(&error) && asked(slice) != now => {}
            Err(error) if learn(slice, report, part, &now, &error)? => {}
            Err(error) => return Err(error),
            Ok(audit) => {
                let theirs = check::totals(audit.announced.as_deref(), &slice.plan.summed);
                compare(slice, What::Rows, &audit.sums, &theirs, part.window);
                add(&mut read.sums, &audit.sums);
                add_with_deleted(slice, report, part, &audit.sums, read)?;
                return Ok(audit);
            }
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
        params.push(("enable_total_metrics", "true".to_owned()));
    }
    let call = slice.plan.stream.call;
    let most = call.paging.most().map(|most| page_size.min(most));
    slice.list(call.path, call.rows, params, most, part.window)
}

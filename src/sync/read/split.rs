//! Reads a day of a report that is too large for one answer in parts, by campaign, ad group or ad,
//! and compares them with the whole.

use super::list::List;
use super::narrowing;
use super::part::{Asked, Part, params};
use super::part_reader::{list, read_part, read_rows};
use super::reader::Slice;
use super::refusals::{asked, trouble};
use super::subset::Subset;
use super::totals::{Read, add, both};
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::json::{Last, NoRows};
use crate::streams::{REPORT, Report};

/// Reads a day that is too large in parts, and compares them with the whole.
pub(crate) fn read_in_parts(
    slice: &mut Slice,
    report: &Report,
    whole: &Part,
    error: ApiError,
    read: &mut Read,
) -> Result<(), ApiError> {
    let cut = std::mem::take(&mut slice.cut);
    let is_cut = error.cause == Cause::Truncated;
    let mut parts = Read { with_deleted: Some(Vec::new()), ..Read::default() };
    let was_read_as_it_is = read_parts(slice, report, whole, error, &mut parts)?;
    if !was_read_as_it_is {
        let counted = count(slice, report, whole)?;
        let missing = counted.is_some_and(|counted| parts.rows < counted)
            || cut.iter().any(|key| !parts.keys.contains(key));
        if missing {
            read_rest(slice, report, whole, is_cut, counted, &mut parts)?;
        }
    }
    add(&mut read.sums, &parts.sums);
    read.with_deleted = both(read.with_deleted.take(), parts.with_deleted);
    Ok(())
}

/// Reads all parts of what is too large, each with one list or in smaller parts. Returns `true` if
/// there are no parts, and it was read with another request.
fn read_parts(
    slice: &mut Slice,
    report: &Report,
    whole: &Part,
    error: ApiError,
    read: &mut Read,
) -> Result<bool, ApiError> {
    let parts = narrowing::parts(slice, report, whole)?;
    let size = slice.context.config.page_size;
    let Some(parts) = parts else {
        if error.cause == Cause::TooMuchToHold {
            // There is no smaller part, and TikTok answers it, so all of it is held.
            let most = std::mem::replace(&mut slice.most_held, usize::MAX);
            let read = read_part(slice, report, whole, size, read);
            slice.most_held = most;
            return read.map(|_| true);
        }
        // There is no smaller part, and the network may have been the cause. The request is changed
        // slightly, because one that timed out must not be repeated.
        return if error.cause == Cause::TimedOut && size > 1 {
            read_part(slice, report, whole, size.div_ceil(2), read).map(|_| true)
        } else {
            Err(error)
        };
    };
    log::info!(
        "{}; asked for in {} parts by {}",
        trouble(slice, whole.window, &error),
        parts.len(),
        parts.first().map_or("", Subset::name)
    );
    for subset in parts {
        let part = Part { subset, ..whole.clone() };
        match read_part(slice, report, &part, size, read) {
            Ok(audit) => {
                read.rows += audit.rows;
                read.keys.extend(audit.into_keys());
            }
            Err(error) if error.cause.is_too_much() => {
                read_parts(slice, report, &part, error, read)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// TikTok's count of the rows of a part, from a request for one row; `None` if it does not count
/// them.
fn count(slice: &mut Slice, report: &Report, part: &Part) -> Result<Option<u64>, ApiError> {
    let of = (slice.job.plan, slice.job.partition, part.buying);
    if !slice.context.sizes.counts(of) {
        return Ok(None);
    }
    let asked = asked(slice, None);
    let asked = Asked { metrics: asked.metrics.into_iter().take(1).collect(), ..asked };
    let params = params(slice, report, part, &asked);
    match slice.first_page(params, 1, &mut Last(NoRows)) {
        Ok(page) => Ok(page.page_info.map(|info| info.total_number)),
        Err(error) if error.cause.ends_slice() => Err(error),
        Err(error) => {
            log::info!(
                "{}; its parts are not held against the whole",
                trouble(slice, part.window, &error)
            );
            slice.context.sizes.cannot_count(of);
            Ok(None)
        }
    }
}

/// Reads rows that the whole has and no part has, which are those of campaigns that are in no list.
/// If TikTok answers the whole without older ads, they are read from that answer. Otherwise, they
/// cannot be read.
fn read_rest(
    slice: &mut Slice,
    report: &Report,
    whole: &Part,
    is_cut: bool,
    counted: Option<u64>,
    parts: &mut Read,
) -> Result<(), ApiError> {
    let counted = counted.map_or("more".to_owned(), |counted| counted.to_string());
    let message = format!(
        "TikTok reports {counted} rows but the parts by campaign have {}: some campaigns are in no \
         list",
        parts.rows
    );
    if !is_cut {
        let remedy = "run again later; if it stays so, report it to TikTok with the account and \
                      the day";
        return Err(ApiError::new(Cause::Incomplete, REPORT, message, remedy));
    }
    let written = std::mem::take(&mut parts.keys);
    let list = |slice: &Slice, asked: &Asked| {
        let list = list(slice, report, whole, asked, slice.context.config.page_size);
        List { takes_cut: true, written: written.clone(), ..list }
    };
    let (rest, _) = read_rows(slice, report, whole, &list)?;
    add(&mut parts.sums, &rest.sums);
    let deleted = slice.context.includes_deleted(slice.plan).then(|| rest.sums.clone());
    parts.with_deleted = both(parts.with_deleted.take(), deleted);
    slice.ending.oddities.push(format!(
        "{}: {message}; their rows are delivered as far as TikTok shows them, which is not for ads \
         beyond its newest 20,000",
        slice.place()
    ));
    Ok(())
}

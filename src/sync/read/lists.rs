//! Reads slices that are lists: all passes that together have all rows, and one call for each batch
//! of parent ids if calls have to name some.

use super::audit::Audit;
use super::batch::Batch;
use super::batches::batches;
use super::joined;
use super::list::List;
use super::list_totals::ListTotals;
use super::many::Many;
use super::reader::Slice;
use super::refusals::{drop_named, is_wrong_request, metrics};
use super::requests;
use super::totals::compare;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::api::params::Params;
use crate::singer::bookmark::Bookmark;
use crate::streams::{Parent, Pass, Report};
use crate::sync::check::What;
use crate::sync::context::PassEnd;
use crate::sync::starts::Start;
use crate::sync::windows::Window;
use time::{Duration, OffsetDateTime};

/// The clocks of TikTok and of this machine may differ by this much.
const CLOCKS: Duration = Duration::minutes(5);

/// Reads what changed since the bookmark, the days of a window, or everything.
pub(crate) fn read(
    slice: &mut Slice,
    start: &Start,
    window: Option<Window>,
) -> Result<(), ApiError> {
    let begun = OffsetDateTime::now_utc();
    for pass in slice.plan.stream.call.passes(slice.context.config.include_deleted) {
        let bookmark = start.bookmark_of(pass);
        match read_pass(slice, pass, bookmark, window) {
            Err(error) if pass.is_empty_if_refused && error.cause == Cause::Refused => {}
            Err(error) if pass.optional.is_some() && error.cause.is_refusal() => {
                log::info!(
                    "{}: an extra call for what TikTok leaves out by default was refused: {error}",
                    slice.place()
                );
                slice.ending.pass = pass.optional.map(|name| PassEnd::Held(name, bookmark));
            }
            // The bookmark stays, because it would leave out these rows once they can be read.
            Err(error) if is_of_other_owner(slice, &error) => {
                log::warn!(
                    "{}: a part of its rows needs ids that TikTok does not list, and is left out: \
                     {error}",
                    slice.place()
                );
                slice.ending.is_incomplete = true;
            }
            Err(error) if error.cause == Cause::Growing => {
                log::warn!(
                    "{}: {}; its bookmark stays, and the next run reads it again",
                    slice.place(),
                    error.message
                );
                slice.ending.is_incomplete = true;
            }
            other => {
                other?;
                slice.ending.pass = pass.optional.map(PassEnd::Read);
            }
        }
    }
    slice.ending.reached = if slice.ending.is_incomplete {
        None
    } else if let Some(window) = window {
        let today = begun.date();
        let begun = slice.open_account().map_or(begun.date(), |account| account.begun_day(begun));
        // A day in UTC may end after that of the account.
        let are_times = slice.plan.stream.call.days.is_some_and(|days| days.are_times);
        let begun = if are_times { begun.min(today) } else { begun };
        Some(Bookmark::of_day(window.end.min(begun)))
    } else {
        // Rows that change during the run may have been read before the change.
        let firm = Bookmark::at(begun - CLOCKS);
        let greatest = slice.ending.tally.greatest.as_deref().and_then(Bookmark::parse);
        greatest.map(|greatest| firm.map_or(greatest, |firm| greatest.min(firm)))
    };
    Ok(())
}

/// Whether one of several passes needs ids that the app cannot list, such as those of Business
/// Centers, because it lacks a permission that the stream itself does not need.
fn is_of_other_owner(slice: &Slice, error: &ApiError) -> bool {
    let call = &slice.plan.stream.call;
    let is_of_parent = call.passes.len() > 1 && error.path != call.path;
    is_of_parent && matches!(error.cause, Cause::ScopeMissing | Cause::NotGranted)
}

fn read_pass(
    slice: &mut Slice,
    pass: &'static Pass,
    bookmark: Option<Bookmark>,
    window: Option<Window>,
) -> Result<(), ApiError> {
    let of_call = slice.plan.stream.call.parents;
    let ways = if pass.parents.is_empty() { of_call } else { pass.parents };
    if ways.is_empty() && slice.plan.stream.call.task.is_some() {
        // A task without parents is read like the only one of many.
        return read_way(slice, &[], pass, bookmark, window);
    } else if ways.is_empty() {
        return read_list(slice, pass, bookmark, window);
    }
    for way in ways {
        read_way(slice, way, pass, bookmark, window)?;
    }
    Ok(())
}

/// Reads a list without parents, with as many requests as its metrics take.
fn read_list(
    slice: &mut Slice,
    pass: &Pass,
    bookmark: Option<Bookmark>,
    window: Option<Window>,
) -> Result<(), ApiError> {
    if slice.plan.sides.is_empty() {
        return read_side(slice, pass, bookmark, window, None).map(drop);
    }
    let constants = list(slice, pass, bookmark, window).constants;
    joined::read(slice, &constants, &mut |slice, side, _| {
        read_side(slice, pass, bookmark, window, Some(side))
    })
    .map(drop)
}

/// Reads a list without the metrics that TikTok refuses. `side` is its place among the `sides` of
/// the plan, if there are any.
fn read_side(
    slice: &mut Slice,
    pass: &Pass,
    bookmark: Option<Bookmark>,
    window: Option<Window>,
    side: Option<usize>,
) -> Result<Audit, ApiError> {
    loop {
        let now = metrics(slice, side);
        let mut params = params(slice, pass, bookmark, window);
        if let (Some(_), Some(report)) = (side, slice.plan.stream.report()) {
            params.set(report.metrics_param(), now.clone());
        }
        let list =
            List { params: params.into_pairs(), side, ..list(slice, pass, bookmark, window) };
        match slice.read(list) {
            // Another window of the account may have found a refused metric meanwhile.
            Err(error) if is_wrong_request(&error) && metrics(slice, side) != now => {}
            Err(error) if is_wrong_request(&error) && drop_named(slice, &error) => {}
            other => return other,
        }
    }
}

/// Reads the rows of all ids of one way. If an id is refused, only its rows are missing.
fn read_way(
    slice: &mut Slice,
    way: &'static [Parent],
    pass: &'static Pass,
    bookmark: Option<Bookmark>,
    window: Option<Window>,
) -> Result<(), ApiError> {
    let (batches, mut refused) = batches(slice, way, window)?;
    if !batches.is_empty() {
        let params = params(slice, pass, bookmark, window);
        let template = list(slice, pass, bookmark, window);
        let task = slice.plan.stream.call.task;
        let read = slice.read_many(Many { batches, template, params, task })?;
        refused.extend(read.refused);
        let ListTotals { ours, theirs } = read.totals;
        compare(slice, What::Rows, &ours, &theirs, window);
    }
    if let Some((batch, error)) = refused.first().filter(|_| !pass.is_empty_if_refused) {
        slice.ending.is_incomplete = true;
        let more = match refused.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let place = slice.place();
        let batch = if batch.is_empty() { String::new() } else { format!("{batch}{more}: ") };
        slice.ending.oddities.push(format!(
            "{place}: {batch}{error}; its rows are missing, and the next run asks again"
        ));
    }
    Ok(())
}

/// The parameters of a list that names no ids of parents.
fn params(
    slice: &Slice,
    pass: &Pass,
    bookmark: Option<Bookmark>,
    window: Option<Window>,
) -> Params {
    let batch = Batch::default();
    let mut params = requests::params(slice, &slice.plan.stream, pass, &batch, window, bookmark);
    if !slice.plan.summed.is_empty() {
        params.set(Report::TOTALS, true);
    }
    params
}

/// A list without its parameters.
fn list(slice: &Slice, pass: &Pass, bookmark: Option<Bookmark>, window: Option<Window>) -> List {
    let call = &slice.plan.stream.call;
    let most = pass.page_size.or(call.paging.most());
    let mut list = slice.list(call.path, call.rows, Vec::new(), most, window);
    list.constants.extend(pass.columns.iter().map(|(name, value)| (*name, (*value).to_owned())));
    List { bookmark, ..list }
}

//! Reads slices that are lists: all passes that together have all rows, and one call for each batch
//! of parent ids if calls have to name some.

use super::audit::Audit;
use super::batch::Batch;
use super::batches::batches;
use super::capped;
use super::days::read_days;
use super::joined;
use super::list::List;
use super::list_totals::ListTotals;
use super::many::Many;
use super::page_cap::PageCap;
use super::passes::{Part, Passes, parts, say_growing};
use super::patience::Patience;
use super::reader::Slice;
use super::refusals::{drop_named, is_wrong_request, metrics};
use super::requests;
use super::totals::compare;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::api::params::Params;
use crate::singer::bookmark::Bookmark;
use crate::streams::{Buying, Report};
use crate::sync::check::What;
use crate::sync::starts::Start;
use crate::sync::windows::Window;
use std::sync::Arc;
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
    let mut passes = Passes::default();
    let patience = Arc::default();
    for part in parts(&slice.plan.stream, slice.context.config.include_deleted) {
        let bookmark = start.bookmark_of(part.pass);
        let mut read = |slice: &mut Slice, window: Option<Window>| {
            let question = Question { part, bookmark, window };
            if part.way.is_empty() && slice.plan.stream.call.task.is_none() {
                read_list(slice, question)
            } else {
                // A task without parents is read like the only one of many.
                read_way(slice, question, &patience, &mut passes.unfinished)
            }
        };
        let result = match window {
            Some(window) => {
                let buying = part.pass.buying.unwrap_or(Buying::Ordinary);
                read_days(slice, window, buying, &mut |slice, days| {
                    read(slice, Some(days)).map(|()| true)
                })
            }
            None => read(slice, None),
        };
        passes.add(slice, part, bookmark, result)?;
    }
    passes.end(slice)?;
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

/// One list, and which of its rows are wanted.
#[derive(Clone, Copy)]
struct Question {
    part: Part,
    bookmark: Option<Bookmark>,
    window: Option<Window>,
}

/// Reads a list without parents, with as many requests as its metrics take.
fn read_list(slice: &mut Slice, question: Question) -> Result<(), ApiError> {
    if slice.plan.sides.is_empty() {
        let listed = read_side(slice, question, None, usize::MAX)?;
        let many = many(slice, question, Vec::new(), &Arc::default());
        return capped::read_rest(slice, many, question.bookmark, &listed);
    }
    let of_all = list(slice, question);
    let (constants, is_divisible) = (&of_all.constants, of_all.is_divisible());
    let joined = |slice: &mut Slice| {
        joined::read(slice, constants, &mut |slice, side, most_held| {
            read_side(slice, question, Some(side), most_held)
        })
    };
    match joined(slice) {
        Err(error) if error.cause == Cause::TooMuchToHold && !is_divisible => {
            // There is no smaller window, and TikTok answers it, so all of it is held.
            let most = std::mem::replace(&mut slice.most_held, usize::MAX);
            let read = joined(slice);
            slice.most_held = most;
            read.map(drop)
        }
        other => other.map(drop),
    }
}

/// Reads a list without the metrics that TikTok refuses. `side` is its place among the `sides` of
/// the plan, if there are any, of which so many bytes may be held.
fn read_side(
    slice: &mut Slice,
    question: Question,
    side: Option<usize>,
    most_held: usize,
) -> Result<Audit, ApiError> {
    loop {
        let now = metrics(slice, side);
        let mut params = params(slice, question);
        if let (Some(_), Some(report)) = (side, slice.plan.stream.report()) {
            params.set(report.metrics_param(), now.clone());
        }
        let list = List { params: params.into_pairs(), side, most_held, ..list(slice, question) };
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
    question: Question,
    patience: &Arc<Patience>,
    unfinished: &mut Option<ApiError>,
) -> Result<(), ApiError> {
    let Question { part, window, .. } = question;
    let (batches, mut refused) = batches(slice, part.way, window)?;
    if !batches.is_empty() {
        let many = many(slice, question, batches, patience);
        let (of_lists, ListTotals { ours, theirs }) = capped::read_many(slice, part.way, many)?;
        refused.extend(of_lists);
        compare(slice, What::Rows, &ours, &theirs, window);
    }
    let place = slice.place();
    let (grown, refused): (Vec<_>, Vec<_>) =
        refused.into_iter().partition(|(_, error)| error.cause == Cause::Growing);
    slice.ending.is_incomplete |= !grown.is_empty();
    for (_, error) in &grown {
        say_growing(&place, error);
    }
    let (endless, refused): (Vec<_>, Vec<_>) =
        refused.into_iter().partition(|(_, error)| error.cause == Cause::Unfinished);
    if let Some((batch, error)) = endless.first() {
        let message = format!("{}{}", named(batch, endless.len()), error.message);
        unfinished.get_or_insert(ApiError { message, ..error.clone() });
    }
    if let Some((batch, error)) = refused.first().filter(|_| !part.pass.is_empty_if_refused) {
        slice.ending.is_incomplete = true;
        let batch = named(batch, refused.len());
        slice.ending.oddities.push(format!(
            "{place}: {batch}{error}; its rows are missing, and the next run asks again"
        ));
    }
    Ok(())
}

/// The lists of batches.
fn many(slice: &Slice, question: Question, batches: Vec<Batch>, patience: &Arc<Patience>) -> Many {
    let (params, template) = (params(slice, question), list(slice, question));
    let task = slice.plan.stream.call.task;
    Many { batches, template, params, task, patience: Arc::clone(patience) }
}

/// The first of several batches that failed, for messages.
fn named(batch: &str, count: usize) -> String {
    let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
    if batch.is_empty() { String::new() } else { format!("{batch}{more}: ") }
}

/// The parameters of a list that names no ids of parents.
fn params(slice: &Slice, Question { part, bookmark, window }: Question) -> Params {
    let (stream, nothing) = (&slice.plan.stream, Batch::default());
    let mut params = requests::params(slice, stream, part.pass, &nothing, window, bookmark);
    if !slice.plan.summed.is_empty() {
        params.set(Report::TOTALS, true);
    }
    params
}

/// A list without its parameters.
fn list(slice: &Slice, Question { part, bookmark, window }: Question) -> List {
    let call = &slice.plan.stream.call;
    let most = part.pass.page_size.or(call.paging.most());
    let mut list = slice.list(call.path, call.rows, Vec::new(), most, window);
    let columns = part.pass.columns.iter();
    list.constants.extend(columns.map(|(name, value)| (*name, (*value).to_owned())));
    let cap = call.cap.map(|cap| PageCap::new(cap, part.way.is_empty()));
    let page_size = list.page_size.map(|size| cap.map_or(size, |cap| cap.page_size(size)));
    List { bookmark, page_size, cap, detail: call.detail, ..list }
}

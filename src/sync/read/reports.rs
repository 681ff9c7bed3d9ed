//! Reads slices of reports: a window of days, in two passes, and in fewer days at once if TikTok
//! finds the window too large.

use super::days::read_days;
use super::idle::is_idle;
use super::part::Part;
use super::part_reader::read_part;
use super::reader::Slice;
use super::refusals::{refuse_top_view, refuses_top_view, trouble};
use super::split::read_in_parts;
use super::subset::Subset;
use super::top_view::has_top_view;
use super::totals::{Read, compare_with_account};
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::singer::bookmark::Bookmark;
use crate::streams::{Buying, Report};
use crate::sync::windows::Window;
use time::{Date, Duration, OffsetDateTime};

/// Reads a window, or all time, and notes the bookmark that it reached.
pub(crate) fn read(
    slice: &mut Slice,
    report: &Report,
    window: Option<Window>,
) -> Result<(), ApiError> {
    if let Some(window) = window
        && is_idle(slice, report, window)?
    {
        reach(slice, window.end);
        return Ok(());
    }
    let mut read = Read { with_deleted: Some(Vec::new()), ..Read::default() };
    let passes = slice.plan.stream.call.passes;
    let asks_top_view = passes.iter().any(|pass| pass.buying == Some(Buying::TopView));
    let asks_top_view = asks_top_view && !slice.context.is_sample;
    if asks_top_view && !refuses_top_view(slice) && has_top_view(slice)? {
        match read_pass(slice, report, window, Buying::TopView, &mut read) {
            Err(error) if error.cause.is_refusal() && error.cause != Cause::AccountGone => {
                refuse_top_view(slice, &error);
            }
            other => other?,
        }
    }
    // The ordinary rows come last, because the bookmark moves with them.
    read_pass(slice, report, window, Buying::Ordinary, &mut read)?;
    compare_with_account(slice, report, window, &read)
}

fn read_pass(
    slice: &mut Slice,
    report: &Report,
    window: Option<Window>,
    buying: Buying,
    read: &mut Read,
) -> Result<(), ApiError> {
    if let Some(window) = window {
        return read_window(slice, report, window, buying, read);
    }
    let part = Part { window, buying, subset: Subset::All };
    match read_part(slice, report, &part, slice.context.config.page_size, read) {
        Err(error) if error.cause.is_too_much() => read_in_parts(slice, report, &part, error, read),
        // The next run reads all of it again.
        Err(error) if is_delivered(slice, &error) => {
            log::info!("{}; the next run reads it again", trouble(slice, window, &error));
            read.with_deleted = None;
            Ok(())
        }
        other => other.map(drop),
    }
}

/// Reads a window, the oldest days first. A day that is too large by itself is read in parts.
fn read_window(
    slice: &mut Slice,
    report: &Report,
    window: Window,
    buying: Buying,
    read: &mut Read,
) -> Result<(), ApiError> {
    let page_size = slice.context.config.page_size;
    read_days(slice, window, buying, &mut |slice, piece| {
        let part = Part { window: Some(piece), buying, subset: Subset::All };
        let is_answered = match read_part(slice, report, &part, page_size, read) {
            Ok(_) => true,
            // If TikTok leaves out ads, fewer days do not help.
            Err(error)
                if error.cause == Cause::Truncated
                    || error.cause.is_too_much() && piece.days() == 1 =>
            {
                read_in_parts(slice, report, &part, error, read)?;
                false
            }
            Err(error) if is_delivered(slice, &error) => {
                read_settled_days(slice, report, &part, piece, error, read)?;
                false
            }
            Err(error) => return Err(error),
        };
        if buying == Buying::Ordinary {
            reach(slice, piece.end);
        }
        Ok(is_answered)
    })
}

/// Whether the rows of a list that grew during both readings were delivered all the same. Rows that
/// have to be joined are not: they are delivered when the answers to all requests are whole.
fn is_delivered(slice: &Slice, error: &ApiError) -> bool {
    error.cause == Cause::Growing && slice.plan.sides.len() < 2
}

/// Notes that everything up to a day was read. A day that may not have begun cannot be a bookmark.
fn reach(slice: &mut Slice, day: Date) {
    let now = OffsetDateTime::now_utc();
    let begun = slice.open_account().map_or(day, |account| account.begun_day(now));
    slice.ending.reached = Some(Bookmark::of_day(day.min(begun)));
}

/// Handles a window whose rows grew in number during both readings. Days that the next run reads
/// again are accepted. Older days are read separately, and must not change.
fn read_settled_days(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    window: Window,
    error: ApiError,
    read: &mut Read,
) -> Result<(), ApiError> {
    let today = slice.open_account().map(|a| a.begun_day(OffsetDateTime::now_utc()));
    let again = Duration::days(i64::from(slice.context.config.attribution_window));
    let fresh = today.and_then(|today| today.checked_sub(again)).and_then(Date::next_day);
    let fresh = fresh.filter(|fresh| *fresh <= window.end && !again.is_zero());
    let Some(fresh) = fresh else { return Err(error) };
    log::info!(
        "{}; the next run reads the days from {fresh} on again",
        trouble(slice, part.window, &error)
    );
    if window.start < fresh {
        let end = fresh.previous_day().unwrap_or(fresh);
        let settled = Window { end, ..window };
        read_window(slice, report, settled, part.buying, read)?;
    }
    // Their sums do not belong to a single point in time.
    read.with_deleted = None;
    Ok(())
}

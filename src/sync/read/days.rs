//! Reads a window in pieces of as many days as TikTok answers, the oldest first.

use super::reader::Slice;
use super::refusals::trouble;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::streams::Buying;
use crate::sync::windows::Window;
use std::time::Instant;

/// Reads one piece. Returns whether it was answered as it was asked for.
type ReadPiece<'f> = dyn FnMut(&mut Slice, Window) -> Result<bool, ApiError> + 'f;

/// Reads a window in pieces. One that is too large is asked for again in smaller ones, and the size
/// that works is remembered for the windows that follow.
pub(crate) fn read_days(
    slice: &mut Slice,
    window: Window,
    buying: Buying,
    read_piece: &mut ReadPiece,
) -> Result<(), ApiError> {
    let context = slice.context;
    let of = (slice.job.plan, slice.job.partition, buying);
    let mut left = Some(window);
    while let Some(window) = left {
        let piece = window.first(context.sizes.days(of));
        let (began, numbers) = (Instant::now(), slice.numbers.clone());
        match read_piece(slice, piece) {
            Ok(true) => context.sizes.worked(of, piece.days(), began.elapsed()),
            Ok(false) => {}
            Err(error) if is_too_long(slice, &error, piece) => {
                log::info!("{}; asked for in smaller windows", trouble(slice, Some(piece), &error));
                if error.cause == Cause::TooMuchToHold {
                    remember_held(slice, piece, buying);
                }
                context.sizes.failed(of, piece.days());
                slice.numbers = numbers;
                continue;
            }
            Err(error) => return Err(error),
        }
        left = window.after(piece.end);
    }
    Ok(())
}

/// Whether fewer days may help. They do not if TikTok leaves out ads, or cannot list the ids of
/// parents.
fn is_too_long(slice: &Slice, error: &ApiError, piece: Window) -> bool {
    let is_too_much = error.cause.is_too_much() && error.cause != Cause::Truncated;
    is_too_much && piece.days() > 1 && error.path == slice.plan.stream.call.path
}

/// Remembers how many days of a window with too many rows can probably be held.
fn remember_held(slice: &Slice, window: Window, buying: Buying) {
    let days = usize::from(window.days()) / slice.times_too_much.max(2);
    let days = u16::try_from(days.max(1)).unwrap_or(u16::MAX);
    let of = (slice.job.plan, slice.job.partition, buying);
    slice.context.sizes.failed(of, days.saturating_mul(2));
}

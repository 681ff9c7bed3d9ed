//! Reads reports with more metrics than TikTok takes in one request. The same rows are requested
//! once for each side of the plan, which is a part of the metrics, and held until all answers are
//! there. Nothing is written before that, so no key is written twice.

use super::audit::Audit;
use super::list::List;
use super::reader::Slice;
use super::refusals::metrics;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::render::{Constants, Join, Renderer, Sum, Tally};
use crate::singer::output::time_extracted;
use crate::sync::check;

/// The most bytes of rows that a worker holds. Windows with more are requested in smaller ones.
pub(crate) const MOST_HELD: usize = 1 << 20;
/// Bytes of lines that are sent on at once.
const SENT: usize = 1 << 19;

/// The answers of all sides; `None` if TikTok refuses all metrics of one.
type Sides = Vec<Option<Audit>>;

/// Reads one side, the number of which is given with the most bytes that may be held of it.
type ReadSide<'f> = dyn FnMut(&mut Slice, usize, usize) -> Result<Audit, ApiError> + 'f;

/// Reads all sides, joins their rows and sends them on. Also returns TikTok's totals, in the order
/// of the plan's. All records have `constants`.
pub(crate) fn read(
    slice: &mut Slice,
    constants: &Constants,
    read_side: &mut ReadSide,
) -> Result<(Audit, Vec<Option<Sum>>), ApiError> {
    let (mut held, odd_before) = (0, slice.ending.oddities.len());
    let joined = read_held(slice, constants, read_side, &mut held);
    slice.desk.release(held);
    // What is odd about the rows is the same in all answers.
    let mut odd: Vec<String> = Vec::new();
    for words in slice.ending.oddities.drain(odd_before..) {
        if !odd.contains(&words) {
            odd.push(words);
        }
    }
    slice.ending.oddities.append(&mut odd);
    joined
}

/// Does so, and counts the bytes that it holds.
fn read_held(
    slice: &mut Slice,
    constants: &Constants,
    read_side: &mut ReadSide,
    held: &mut usize,
) -> Result<(Audit, Vec<Option<Sum>>), ApiError> {
    let mut sides = read_sides(slice, read_side, held)?;
    if !have_same_rows(&sides) {
        log::info!(
            "{}: the requests for its metrics returned different rows; all are made once more",
            slice.place()
        );
        drop(sides);
        slice.desk.release(std::mem::take(held));
        sides = read_sides(slice, read_side, held)?;
    }
    send(slice, constants, &sides)?;
    let mut totals = vec![None; slice.plan.summed.len()];
    let mut united: Option<Audit> = None;
    for audit in sides.into_iter().flatten() {
        let theirs = check::totals(audit.announced.as_deref(), &slice.plan.summed);
        totals.iter_mut().zip(theirs).for_each(|(total, theirs)| *total = total.or(theirs));
        match &mut united {
            Some(united) => united.unite(audit),
            None => united = Some(audit),
        }
    }
    Ok((united.unwrap_or_default(), totals))
}

/// Reads the sides one after the other.
fn read_sides(
    slice: &mut Slice,
    read_side: &mut ReadSide,
    held: &mut usize,
) -> Result<Sides, ApiError> {
    let count = slice.plan.sides.len();
    let mut sides = Sides::new();
    for side in 0..count {
        // A request without metrics is made only if no other one returns the rows.
        let is_last_hope = side + 1 == count && sides.iter().all(Option::is_none);
        if metrics(slice, Some(side)).is_empty() && !is_last_hope {
            sides.push(None);
            continue;
        }
        let most_held = slice.most_held.saturating_sub(*held) / (count - side);
        let audit = read_side(slice, side, most_held)?;
        let bytes = audit.stored.bytes();
        slice.desk.hold(bytes);
        *held += bytes;
        sides.push(Some(audit));
    }
    Ok(sides)
}

/// The error for a list of which too much would have to be held.
pub(crate) fn too_much(list: &List, audit: &Audit) -> ApiError {
    let rows = audit.total().unwrap_or(audit.rows);
    let message = format!(
        "{rows} rows are more than the tap holds until the requests for all metrics are answered"
    );
    ApiError::new(Cause::TooMuchToHold, list.path, message, "")
}

fn have_same_rows(sides: &Sides) -> bool {
    let mut sides = sides.iter().flatten();
    let Some(first) = sides.next() else { return true };
    sides.all(|side| side.has_keys_of(first))
}

/// Writes the records of all sides, and sends them on.
fn send(slice: &mut Slice, constants: &Constants, sides: &Sides) -> Result<(), ApiError> {
    let (plan, path) = (slice.plan, slice.plan.stream.call.path);
    let renderer = Renderer::new(&plan.recipe, constants, None);
    let stores = sides.iter().map(|side| side.as_ref().map(|audit| &audit.stored));
    let join = Join::new(
        renderer,
        plan.sides.iter().map(|side| &side.recipe).zip(stores),
        &time_extracted(),
    );
    let (mut tally, mut lines) = (Tally::default(), slice.desk.buffer());
    for row in join.rows() {
        join.push(&row, &mut tally, &mut lines);
        if lines.len() >= SENT {
            if !slice.desk.send(std::mem::take(&mut lines)) {
                return Err(ApiError::halted(path));
            }
            lines = slice.desk.buffer();
        }
    }
    let first = tally.first_partly_answered.take();
    tally.first_partly_answered = first.map(|row| format!("{}: {row}", slice.place()));
    slice.ending.tally.add(tally);
    if slice.desk.send(lines) { Ok(()) } else { Err(ApiError::halted(path)) }
}

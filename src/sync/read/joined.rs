//! Reports with more metrics than TikTok takes in one request: the same rows are asked for once for
//! each part of the metrics, held until all answers are there, and joined on their dimensions.
//! Nothing is written before that, so a key comes once however often it is asked for.

use super::audit::Audit;
use super::list::{List, now};
use super::part::{Asked, Part};
use super::part_reader::read_list;
use super::reader::Slice;
use super::refusals::asked;
use super::subset::Subset;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::render::{Join, Renderer, Sum, Tally};
use crate::streams::{REPORT, Report};
use crate::sync::check;

/// Bytes of rows that a worker holds at most. It keeps the process within 48 MiB at four workers;
/// what is more is asked for in smaller windows.
pub(crate) const MOST_HELD: usize = 2 << 20;
/// Bytes of lines that are sent on at once.
const SENT: usize = 1 << 19;

/// What the requests brought, in their order. `None`: TikTok refuses all metrics of one.
type Sides = Vec<Option<Audit>>;

/// Reads the rows of a part and sends them on. Also returns TikTok's totals, in the order of the
/// plan's. `list` is a request for some of the metrics.
pub(crate) fn read(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    list: &dyn Fn(&Slice, &Asked) -> List,
) -> Result<(Audit, Vec<Option<Sum>>), ApiError> {
    let mut held = 0;
    let joined = read_held(slice, report, part, list, &mut held);
    slice.desk.release(held);
    joined
}

/// `held`: the bytes of rows that are counted as waiting to be written.
fn read_held(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    list: &dyn Fn(&Slice, &Asked) -> List,
    held: &mut usize,
) -> Result<(Audit, Vec<Option<Sum>>), ApiError> {
    let mut sides = read_sides(slice, report, part, list, held)?;
    if !have_same_rows(&sides) {
        log::info!(
            "{}: the requests that its metrics take brought different rows; they are made once more",
            slice.place()
        );
        drop(sides);
        slice.desk.release(std::mem::take(held));
        sides = read_sides(slice, report, part, list, held)?;
    }
    send(slice, &sides)?;
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

/// Makes the requests, one after the other.
fn read_sides(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    list: &dyn Fn(&Slice, &Asked) -> List,
    held: &mut usize,
) -> Result<Sides, ApiError> {
    let requests = slice.plan.sides.len();
    let mut sides = Sides::new();
    for number in 0..requests {
        // Without any metric a request is of use only for its rows.
        let is_last_hope = number + 1 == requests && sides.iter().all(Option::is_none);
        if asked(slice, Some(number)).metrics.is_empty() && !is_last_hope {
            sides.push(None);
            continue;
        }
        let most_held = slice.most_held.saturating_sub(*held) / (requests - number);
        let list = |slice: &Slice, asked: &Asked| List {
            side: Some(number),
            most_held,
            ..list(slice, asked)
        };
        let audit = read_list(slice, report, part, Some(number), &list);
        if audit.as_ref().is_err_and(|error| error.cause == Cause::TooMuchToHold) {
            remember_size(slice, part);
        }
        let audit = audit?;
        let bytes = audit.stored.bytes();
        slice.desk.hold(bytes);
        *held += bytes;
        sides.push(Some(audit));
    }
    Ok(sides)
}

/// What is said of a list of which too much would have to be held.
pub(crate) fn too_much(list: &List, audit: &Audit) -> ApiError {
    let rows = audit.total().unwrap_or(audit.rows);
    let message =
        format!("{rows} rows are more than the tap holds until all of their metrics are there");
    ApiError::new(Cause::TooMuchToHold, list.path, message, "")
}

/// Remembers how many days of a window that is too much can probably be held.
fn remember_size(slice: &Slice, part: &Part) {
    if part.subset == Subset::All {
        let days = usize::from(part.window.days()) / slice.times_too_much.max(2);
        let days = u16::try_from(days.max(1)).unwrap_or(u16::MAX);
        let of = (slice.job.plan, slice.job.partition, part.buying);
        slice.context.sizes.failed(of, days.saturating_mul(2));
    }
}

fn have_same_rows(sides: &Sides) -> bool {
    let mut sides = sides.iter().flatten();
    let Some(first) = sides.next() else { return true };
    sides.all(|side| side.has_keys_of(first))
}

/// Writes the records that the answers come to, and sends them on.
fn send(slice: &mut Slice, sides: &Sides) -> Result<(), ApiError> {
    let plan = slice.plan;
    let renderer = Renderer::new(&plan.recipe, slice.account, None);
    let stores = sides.iter().map(|side| side.as_ref().map(|audit| &audit.stored));
    let join = Join::new(renderer, plan.sides.iter().map(|side| &side.recipe).zip(stores), &now());
    let (mut tally, mut lines) = (Tally::default(), slice.desk.buffer());
    for row in join.rows() {
        join.push(&row, &mut tally, &mut lines);
        if lines.len() >= SENT {
            let full = std::mem::replace(&mut lines, slice.desk.buffer());
            if !slice.desk.send(full) {
                return Err(ApiError::halted(REPORT));
            }
        }
    }
    let first = tally.first_partly_answered.take();
    tally.first_partly_answered = first.map(|row| format!("{}: {row}", slice.place()));
    slice.ending.tally.add(tally);
    if slice.desk.send(lines) { Ok(()) } else { Err(ApiError::halted(REPORT)) }
}

//! Many short lists of one stream, such as the comments of each ad group. Each worker reads whole
//! lists, one after the other. A list that turns out to be long is left to be read page by page.

use super::audit::Audit;
use super::batch::Batch;
use super::list::List;
use super::list_totals::ListTotals;
use super::memory::Refusal;
use super::patience::Patience;
use super::rendered::Rendered;
use super::second_reading::{again, compare};
use super::tasks;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::api::params::Params;
use crate::streams::Task;
use crate::sync::context::Context;
use std::sync::Arc;

/// The most bytes of the lines of one list that a worker holds.
const MOST_LINES: usize = 2 << 20;
/// So many parents are refused before the call itself counts as refused, if none was answered.
const MOST_REFUSED: usize = 20;

/// The lists of all batches.
#[derive(Clone, Debug)]
pub(crate) struct Many {
    pub batches: Vec<Batch>,
    /// A list that names no ids.
    pub template: List,
    /// The parameters of the template.
    pub params: Params,
    /// How their rows are read if they are the results of tasks.
    pub task: Option<Task>,
    /// How long tasks are waited for.
    pub patience: Arc<Patience>,
}

/// The result of reading a batch.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// Rows of all lists of the batch.
    pub rendered: Rendered,
    /// The number of lists that were read.
    pub answered: usize,
    /// Descriptions of the batches that were refused, with the errors.
    pub refused: Vec<Refusal>,
    /// Lists that are too long to be held, with descriptions of their batches.
    pub long: Vec<(String, List)>,
    /// Descriptions of what is odd about the rows.
    pub oddities: Vec<String>,
    /// The sums of its rows, and TikTok's totals.
    pub totals: ListTotals,
    /// The detail of a row.
    pub detail: Option<Result<String, ApiError>>,
}

/// What was read of one list.
enum Read {
    /// Its rows, and what is odd about them.
    Rows(Rendered, Option<String>),
    /// Its rows as far as they came, and why some may be missing.
    Some(Rendered, ApiError),
    /// It is too long to be held.
    Long,
}

impl Many {
    /// The list of a batch.
    pub(super) fn list(&self, batch: &Batch) -> List {
        let mut params = self.params.clone();
        batch.add_to(&mut params);
        let mut list = List { params: params.into_pairs(), ..self.template.clone() };
        list.constants.extend(batch.columns());
        list
    }

    /// Reads the batch of that number, from 1. If a batch of several ids is refused, it is halved
    /// until the refused id is found.
    pub(crate) fn piece(
        &self,
        context: &Context,
        number: u64,
        lines: Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Result<Piece, ApiError> {
        let mut piece = Piece::default();
        piece.rendered.lines = lines;
        piece.rendered.lines.clear();
        let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
        if let Some(batch) = self.batches.get(place) {
            self.read(context, batch, body, &mut piece)?;
        }
        Ok(piece)
    }

    fn read(
        &self,
        context: &Context,
        batch: &Batch,
        body: &mut Vec<u8>,
        piece: &mut Piece,
    ) -> Result<(), ApiError> {
        let list = self.list(batch);
        let read = match &self.task {
            Some(task) => {
                let read = tasks::read(task, &list, &batch.words(), &self.patience, context, body);
                read.map(|read| {
                    piece.refused.extend(read.refused);
                    Read::Rows(read.rendered, None)
                })
            }
            None => whole(&list, &batch.words(), context, body),
        };
        let error = match read {
            Ok(Read::Rows(rows, odd)) => {
                piece.answered += 1;
                let summed = &context.plans[list.plan].summed;
                let (sums, totals) = (&rows.sums, rows.totals.as_deref());
                piece.totals.add(ListTotals::of(rows.rows, sums, totals, summed));
                piece.rendered.append(rows);
                piece.oddities.extend(odd.map(|odd| format!("{}: {odd}", batch.words())));
                return Ok(());
            }
            Ok(Read::Long) => {
                piece.answered += 1;
                piece.long.push((batch.words(), list));
                return Ok(());
            }
            Ok(Read::Some(rows, error)) => {
                piece.answered += 1;
                piece.rendered.append(rows);
                piece.refused.push((batch.words(), error));
                return Ok(());
            }
            Err(error) => error,
        };
        let is_too_long = error.cause == Cause::TimedOut;
        let halves = batch.halves().filter(|_| error.cause != Cause::UnknownForm);
        // Fewer days help all batches, and TikTok penalises time-outs.
        let takes_fewer_days = is_too_long || error.cause == Cause::TooLarge && halves.is_none();
        if list.is_divisible() && takes_fewer_days {
            return Err(error);
        }
        if !costs_batch(&error, batch) && (!is_too_long || halves.is_none()) {
            return Err(error);
        }
        match halves {
            Some(halves) => {
                for half in &halves {
                    self.read(context, half, body, piece)?;
                }
            }
            None => piece.refused.push((batch.words(), error)),
        }
        is_refused(piece.answered, &piece.refused).map_or(Ok(()), |error| Err(error.clone()))
    }
}

/// Whether an error costs the rows of a batch, and not those of the others.
pub(crate) fn costs_batch(error: &ApiError, batch: &Batch) -> bool {
    error.cause.costs_list() || error.cause == Cause::AccountGone && batch.names_accounts()
}

/// The error, if none of many parents was answered because of something that is probably not about
/// a single one of them.
pub(crate) fn is_refused(answered: usize, refused: &[Refusal]) -> Option<&ApiError> {
    let is_of_all =
        |(_, error): &&Refusal| matches!(error.cause, Cause::NotGranted | Cause::UnknownForm);
    let is_enough = answered == 0 && refused.iter().filter(is_of_all).count() >= MOST_REFUSED;
    refused.iter().find(is_of_all).filter(|_| is_enough).map(|(_, error)| error)
}

/// Reads all pages of a list, twice if they are not complete. `words` describe its batch.
fn whole(
    list: &List,
    words: &str,
    context: &Context,
    body: &mut Vec<u8>,
) -> Result<Read, ApiError> {
    let Some((read, mut first)) = pages(list, context, body)? else { return Ok(Read::Long) };
    if context.is_sample || first.is_whole() {
        let Audit { sums, announced: totals, .. } = first;
        return Ok(Read::Rows(Rendered { sums, totals, ..read }, None));
    }
    drop(read);
    log::info!(
        "{}{}, {words}: {}; it is read once more",
        context.plans[list.plan].name,
        list.owner,
        first.words()
    );
    let again = again(list);
    let Some((read, mut second)) = pages(&again, context, body)? else { return Ok(Read::Long) };
    let compared = compare((list, &mut first), (&again, &mut second));
    let Audit { sums, announced: totals, .. } = second;
    let read = Rendered { sums, totals, ..read };
    Ok(match compared {
        Ok(odd) => Read::Rows(read, odd),
        Err(error) => Read::Some(read, error),
    })
}

/// Reads all pages of a list; `None` if they are too long to be held.
fn pages(
    list: &List,
    context: &Context,
    body: &mut Vec<u8>,
) -> Result<Option<(Rendered, Audit)>, ApiError> {
    let (mut all, mut audit) = (Rendered::default(), Audit::default());
    let mut number = 1;
    loop {
        let mut page = list.page(context, number, Vec::new(), body)?;
        let end = page.last;
        audit.add(&mut page);
        all.append(page);
        if number >= end || context.is_sample {
            return Ok(Some((all, audit)));
        }
        let pages = usize::try_from(end / number).unwrap_or(usize::MAX);
        if all.lines.len().saturating_mul(pages) > MOST_LINES {
            return Ok(None);
        }
        number += 1;
    }
}

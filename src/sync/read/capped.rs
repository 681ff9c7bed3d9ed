//! Reads the rows of a stream that are beyond the cap of its lists: by their ids, which rows of
//! other streams name, or from the lists of parts. What cannot be read is named, and the next run
//! asks again.

use super::audit::Audit;
use super::batch::Batch;
use super::batches;
use super::ids::Ids;
use super::list::List;
use super::list_totals::ListTotals;
use super::many::Many;
use super::memory::Refusal;
use super::page_cap::PageCap;
use super::reader::Slice;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::singer::bookmark::Bookmark;
use crate::streams::{Cap, Parent, Rest};
use std::collections::HashSet;
use std::sync::Arc;

/// Reads what a list without parents lacks. `many` has its parameters and no batch; `listed` is
/// what the list had.
pub(super) fn read_rest(
    slice: &mut Slice,
    many: Many,
    bookmark: Option<Bookmark>,
    listed: &Audit,
) -> Result<(), ApiError> {
    let cap = slice.plan.stream.call.cap.filter(|_| !slice.context.is_sample);
    let Some(cap) = cap else { return Ok(()) };
    let Rest::ById(parents) = cap.rest else {
        if let Some(total) = listed.beyond() {
            say_missing(slice, "", total, listed.rows);
        }
        return Ok(());
    };
    if listed.rows >= cap.rows {
        log::warn!(
            "{}: TikTok lists only the {} that changed last; others are read if ads use them",
            slice.owner_place(),
            cap.rows
        );
    }
    let refused = match read_by_id(slice, many, parents, bookmark, listed) {
        // Without other rows, a list that is not full is complete.
        Err(error) if error.cause.is_refusal() && listed.rows < cap.rows => {
            log::info!(
                "{}: whether its list lacks rows is not known: {error}",
                slice.owner_place()
            );
            return Ok(());
        }
        Err(error) if error.cause.is_refusal() => vec![(String::new(), error)],
        refused => refused?,
    };
    if let Some((words, error)) = refused.first() {
        let words = if words.is_empty() { String::new() } else { format!("{words}: ") };
        slice.ending.is_incomplete = true;
        slice.ending.oddities.push(format!(
            "{}: TikTok lists at most {} rows, and others that ads use cannot be read: \
             {words}{error}; the next run asks again",
            slice.place(),
            cap.rows
        ));
    }
    Ok(())
}

/// Reads the rows by the ids that other streams name and that the list did not have. With a
/// bookmark, only rows that changed since name ids: the others were read before.
fn read_by_id(
    slice: &mut Slice,
    many: Many,
    parents: &'static [Parent],
    bookmark: Option<Bookmark>,
    listed: &Audit,
) -> Result<Vec<Refusal>, ApiError> {
    let mut known: HashSet<u64> = listed.keys().iter().copied().collect();
    let (mut all, mut refused, recipe) = (Vec::new(), Vec::new(), &slice.plan.recipe);
    for parent in parents {
        let (mut ids, lacking) = batches::ids_since(slice, parent, bookmark)?;
        refused.extend(lacking);
        ids.retain(|(id, _)| recipe.key_of(id).is_none_or(|key| known.insert(key)));
        all.extend(Batch::default().with_all(parent, &Arc::new(Ids::new(ids))));
    }
    if all.is_empty() {
        return Ok(refused);
    }
    let written = listed.keys().iter().copied().collect();
    // Rows that are named for the first time are delivered, however old they are.
    let template = List { written, bookmark: None, cap: None, ..many.template };
    refused.extend(slice.read_many(Many { batches: all, template, ..many })?.0);
    Ok(refused)
}

/// Reads the lists of all batches, each row once. Lists that are longer than TikTok returns are
/// refused at first; then their beginning is read, and the lists of their parts. Returns what
/// TikTok refuses.
pub(super) fn read_many(
    slice: &mut Slice,
    way: &[Parent],
    many: Many,
) -> Result<(Vec<Refusal>, ListTotals), ApiError> {
    if way.iter().any(|parent| parent.shares_rows) && !slice.context.is_sample {
        return Ok((read_overlapping(slice, &many)?, ListTotals::default()));
    }
    let Some(Cap { rest: Rest::ByPart(part), .. }) = slice.plan.stream.call.cap else {
        return slice.read_many(many);
    };
    let mut others = Vec::new();
    let (refused, totals) = slice.read_many(many.clone())?;
    for (words, error) in refused {
        let batch = many.batches.iter().find(|batch| batch.words() == words);
        match batch.filter(|_| error.cause == Cause::TooLarge) {
            Some(batch) => others.extend(read_by_part(slice, &many, batch, part)?),
            None => others.push((words, error)),
        }
    }
    Ok((others, totals))
}

fn read_by_part(
    slice: &mut Slice,
    many: &Many,
    batch: &Batch,
    part: &'static Parent,
) -> Result<Vec<Refusal>, ApiError> {
    log::info!(
        "{}, {}: TikTok returns only the beginning of the list; the rest is read by {}",
        slice.place(),
        batch.words(),
        part.param
    );
    let (parts, mut refused) = batches::inner(slice, part, batch)?;
    let (mut written, mut total) = (HashSet::new(), 0);
    for batch in std::iter::once(batch.clone()).chain(parts) {
        match read_once(slice, many, &batch, &mut written) {
            Ok(audit) => total = total.max(audit.total().unwrap_or_default()),
            Err(error) if error.cause.costs_list() => refused.push((batch.words(), error)),
            Err(error) => return Err(error),
        }
    }
    let read = written.len() as u64;
    if read < total {
        say_missing(slice, &format!(", {}", batch.words()), total, read);
    }
    Ok(refused)
}

/// Reads lists that may have rows in common one after the other, and delivers each row once.
/// Returns those that TikTok refuses.
fn read_overlapping(slice: &mut Slice, many: &Many) -> Result<Vec<Refusal>, ApiError> {
    let (mut written, mut refused) = (HashSet::new(), Vec::new());
    for batch in &many.batches {
        match read_once(slice, many, batch, &mut written) {
            Err(error) if error.cause.costs_list() => refused.push((batch.words(), error)),
            read => drop(read?),
        }
    }
    Ok(refused)
}

/// Reads the list of a batch without the rows that were written before, and adds its rows to them.
fn read_once(
    slice: &mut Slice,
    many: &Many,
    batch: &Batch,
    written: &mut HashSet<u64>,
) -> Result<Audit, ApiError> {
    let list = many.list(batch);
    let cap = list.cap.map(PageCap::beginning);
    let audit = slice.read(List { written: written.clone(), cap, ..list })?;
    written.extend(audit.keys());
    Ok(audit)
}

/// Notes that a list has more rows than can be read.
fn say_missing(slice: &mut Slice, of: &str, total: u64, read: u64) {
    slice.ending.is_incomplete = true;
    slice.ending.oddities.push(format!(
        "{}{of}: {}: TikTok counts {total} rows but returns only the beginning of a list; {read} \
         were read, and no request returns the others",
        slice.place(),
        slice.plan.stream.call.path
    ));
}

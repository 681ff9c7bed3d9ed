//! The ids of parents that the calls of a stream name, in batches of as many as a call takes.

use super::batch::Batch;
use super::ids::Ids;
use super::memory::{Listed, Refusal};
use super::passes::Part;
use super::reader::Slice;
use super::requests;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::requests::first_page;
use crate::singer::bookmark::Bookmark;
use crate::streams::{self, Parent, Stream};
use crate::sync::id_list::{self, Found, Wanted};
use crate::sync::sample::BATCHES;
use crate::sync::windows::Window;
use std::sync::Arc;

/// The batches of one way to the ids, and those whose inner ids TikTok refuses to list. An error
/// means that a parent cannot be read at all.
pub(crate) fn batches(
    slice: &mut Slice,
    way: &'static [Parent],
    window: Option<Window>,
) -> Result<(Vec<Batch>, Vec<Refusal>), ApiError> {
    let (mut batches, mut refused) = (vec![Batch::default()], Vec::new());
    for (depth, parent) in way.iter().enumerate() {
        let mut inner = Vec::new();
        for outer in batches {
            let all = match ids(slice, parent, &outer, window) {
                Err(error) if depth > 0 && error.cause.costs_list() => {
                    refused.push((outer.words(), error));
                    continue;
                }
                found => {
                    let (ids, lacking) = found?;
                    refused.extend(lacking);
                    ids
                }
            };
            inner.extend(outer.with_all(parent, &all));
        }
        if slice.context.is_sample {
            inner.truncate(BATCHES);
        }
        batches = inner;
    }
    Ok((batches, refused))
}

/// The batches of one call with all ids of a parent inside a batch, and what is refused of them.
pub(super) fn inner(
    slice: &mut Slice,
    parent: &'static Parent,
    outer: &Batch,
) -> Result<(Vec<Batch>, Vec<Refusal>), ApiError> {
    let (all, refused) = match ids(slice, parent, outer, None) {
        Err(error) if error.cause.costs_list() => {
            return Ok((Vec::new(), vec![(outer.words(), error)]));
        }
        ids => ids?,
    };
    Ok((outer.with_all(parent, &all), refused))
}

/// The ids that rows of a parent name which changed since a bookmark, all without one, and what is
/// refused of its lists.
pub(super) fn ids_since(
    slice: &mut Slice,
    parent: &'static Parent,
    bookmark: Option<Bookmark>,
) -> Result<(Vec<Found>, Vec<Refusal>), ApiError> {
    let Some(stream) = streams::find(parent.stream) else { return Ok((Vec::new(), Vec::new())) };
    let wanted = Wanted { is_unique: false, only: parent.only, ..Wanted::key(parent.id) };
    read_ids(slice, stream, (parent, &wanted), &Batch::default(), (None, bookmark))
}

/// The ids of a parent, which are read once for each owner, and what is refused of its lists.
fn ids(
    slice: &mut Slice,
    parent: &'static Parent,
    outer: &Batch,
    window: Option<Window>,
) -> Result<Listed, ApiError> {
    let Some(stream) = streams::find(parent.stream) else {
        return Ok((Arc::new(Ids::new(Vec::new())), Vec::new()));
    };
    // The outer ids only matter if the calls of the parent name them.
    let nothing = Batch::default();
    let outer = if stream.call.has_parents() { outer } else { &nothing };
    let days = window.filter(|_| stream.has_windows());
    let days = days.map_or(String::new(), |w| format!("{} {}", w.start, w.end));
    let is_unique = stream.keys.contains(&parent.id) && stream.report().is_none();
    let (only, also, is_sample) = (parent.only, parent.also, slice.context.is_sample);
    let wanted = Wanted { id: parent.id, is_unique, only, also, is_sample };
    let asked = (parent.in_passes, parent.asking);
    let question = format!("{} {wanted:?} {asked:?} {} {days}", parent.stream, outer.words());
    let memory = slice.memory;
    memory.ids.get((slice.job.partition, question), || {
        let asked = (window, None);
        let (found, refused) = read_ids(slice, stream, (parent, &wanted), outer, asked)?;
        Ok((Arc::new(Ids::new(found)), refused))
    })
}

/// Reads the ids from all passes of the parent's stream. A refused pass costs its ids, unless all
/// are refused.
fn read_ids(
    slice: &mut Slice,
    stream: &'static Stream,
    (parent, wanted): (&Parent, &Wanted),
    outer: &Batch,
    (window, bookmark): (Option<Window>, Option<Bookmark>),
) -> Result<(Vec<Found>, Vec<Refusal>), ApiError> {
    let (mut found, mut refused): (Vec<Found>, Vec<Refusal>) = (Vec::new(), Vec::new());
    let mut is_answered = false;
    let passes = stream.call.passes(slice.context.config.include_deleted);
    for pass in passes.filter(|pass| parent.is_in(pass)) {
        let mut params = requests::params(slice, stream, pass, outer, window, bookmark);
        for (name, json) in parent.asking {
            params.set_json(name, json);
        }
        let request = first_page(stream, pass, params);
        let client = &slice.context.client;
        match id_list::read(client, slice.desk.body(), request, wanted) {
            Err(error)
                if (pass.is_empty_if_refused || pass.optional.is_some())
                    && error.cause.is_refusal()
                    && error.cause != Cause::AccountGone =>
            {
                is_answered |= pass.is_empty_if_refused;
            }
            Err(error) if error.cause.costs_list() => {
                let words = Part { pass, way: &[] }.words(stream);
                refused.push((format!("the part of {} with {words}", stream.name), error));
            }
            ids => {
                found.extend(ids?);
                is_answered = true;
            }
        }
    }
    if let Some((_, error)) = refused.first().filter(|_| !is_answered) {
        return Err(error.clone());
    }
    found.sort_unstable();
    found.dedup_by(|one, other| one.0 == other.0);
    Ok((found, refused))
}

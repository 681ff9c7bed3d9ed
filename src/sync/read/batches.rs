//! The ids of parents that the calls of a stream name, in batches of as many as a call takes.

use super::batch::Batch;
use super::ids::{IdReader, Ids};
use super::reader::Slice;
use crate::api::cause::Cause;
use crate::api::codes::PARTIAL;
use crate::api::error::ApiError;
use crate::api::request::{PageOf, Request};
use crate::streams::{self, Parent, Stream};
use crate::sync::windows::Window;
use std::sync::Arc;

/// The batches of one way to the ids. An error means that a parent cannot be read.
pub(crate) fn batches(
    slice: &mut Slice,
    way: &'static [Parent],
    window: Option<Window>,
) -> Result<Vec<Batch>, ApiError> {
    let mut batches = vec![Batch::default()];
    for parent in way {
        let mut inner = Vec::new();
        for outer in batches {
            let all = ids(slice, parent, &outer, window)?;
            let most = parent.most.max(1);
            for from in (0..all.len()).step_by(most) {
                let to = (from + most).min(all.len());
                inner.push(outer.with(parent, Arc::clone(&all), from, to));
            }
        }
        batches = inner;
    }
    Ok(batches)
}

/// The ids of a parent, which are read once for each owner.
fn ids(
    slice: &mut Slice,
    parent: &'static Parent,
    outer: &Batch,
    window: Option<Window>,
) -> Result<Arc<Ids>, ApiError> {
    let Some(stream) = streams::find(parent.stream) else {
        return Ok(Arc::new(Ids::new(Vec::new())));
    };
    // The outer ids only matter if the calls of the parent name them.
    let nothing = Batch::default();
    let outer = if stream.call.parents.is_empty() { &nothing } else { outer };
    let days = window.filter(|_| stream.has_windows());
    let days = days.map_or(String::new(), |w| format!("{} {}", w.start, w.end));
    let only = parent.only.map_or("", |(member, _)| member);
    let question = format!("{} {} {only} {} {days}", parent.stream, parent.id, outer.words());
    let memory = slice.memory;
    memory
        .ids
        .get((slice.job.partition, question), || read_ids(slice, stream, parent, outer, window))
}

fn read_ids(
    slice: &mut Slice,
    stream: &'static Stream,
    parent: &Parent,
    outer: &Batch,
    window: Option<Window>,
) -> Result<Arc<Ids>, ApiError> {
    let mut found = Vec::new();
    for pass in stream.call.passes {
        let size = pass.page_size.or(stream.call.paging.most());
        let params = super::requests::params(slice, stream, pass, outer, window, None);
        let mut request = Request {
            path: stream.call.path,
            rows: stream.call.rows,
            params: params.into_pairs(),
            page: size.map(|size| super::requests::page(stream, 1, size)),
            is_report: stream.report().is_some(),
        };
        let mut number = 1;
        loop {
            request.page = request.page.map(|page| PageOf { number, ..page });
            let before = found.len();
            let mut reader = IdReader { parent, before, found: &mut found };
            let answer = slice.context.client.call(&request, slice.desk.body(), &mut reader);
            let page = match answer {
                Err(error) if pass.is_empty_if_refused || pass.optional.is_some() => {
                    if error.cause.is_refusal() && error.cause != Cause::AccountGone {
                        break;
                    }
                    return Err(error);
                }
                other => other?,
            };
            if page.code == PARTIAL {
                let remedy = "run again later; the state is kept";
                let error = ApiError::new(Cause::PartMissing, request.path, page.message, remedy);
                return Err(ApiError { code: Some(PARTIAL), ..error });
            }
            if number >= page.last {
                break;
            }
            number += 1;
        }
    }
    Ok(Arc::new(Ids::new(found)))
}

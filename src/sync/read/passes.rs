//! The lists of a slice: each pass with each of its ways to the ids of parents. A list that TikTok
//! refuses costs its own rows only, as long as another one was read.

use super::reader::Slice;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::singer::bookmark::Bookmark;
use crate::streams::{Buying, Parent, Pass, Stream};
use crate::sync::context::{Ending, PassEnd};

/// One list of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub pass: &'static Pass,
    /// The parents whose ids its calls name, from the outermost one.
    pub way: &'static [Parent],
}

/// The only way of calls that name no ids of parents.
const NO_PARENTS: &[&[Parent]] = &[&[]];

/// All lists of a stream, in the order in which they are read.
pub(crate) fn parts(stream: &Stream, with_deleted: bool) -> Vec<Part> {
    let of_pass = |pass: &'static Pass| {
        let of_call = stream.call.parents;
        let ways = if pass.parents.is_empty() { of_call } else { pass.parents };
        let ways = if ways.is_empty() { NO_PARENTS } else { ways };
        ways.iter().map(move |way| Part { pass, way })
    };
    stream.call.passes(with_deleted).flat_map(of_pass).collect()
}

impl Part {
    /// What it asks for that other lists of the stream do not, for messages.
    pub(crate) fn words(&self, stream: &Stream) -> String {
        let is_special =
            |param: &&(_, _)| stream.call.passes.iter().any(|pass| !pass.params.contains(param));
        let params = self.pass.params.iter().filter(is_special);
        let mut words: Vec<String> =
            params.map(|(name, value)| format!("{name} {value}")).collect();
        if let Some((name, values)) = self.pass.buying.map(Buying::list_filter) {
            words.push(format!("{name} {}", values.join(", ")));
        }
        let parents: Vec<&str> = self.way.iter().map(|parent| parent.stream).collect();
        if !parents.is_empty() {
            words.push(format!("ids of {}", parents.join(" and ")));
        }
        words.join(", ")
    }
}

/// How the lists of a slice ended.
#[derive(Debug, Default)]
pub(crate) struct Passes {
    /// The number of lists that were read.
    read: usize,
    /// Why the others were not, with messages.
    refused: Vec<(ApiError, Option<String>)>,
    /// The error of tasks that did not end.
    pub unfinished: Option<ApiError>,
}

impl Passes {
    /// Notes how a list ended. An error means that the others must not be read either.
    pub(crate) fn add(
        &mut self,
        slice: &mut Slice,
        part: Part,
        bookmark: Option<Bookmark>,
        result: Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let (pass, place) = (part.pass, slice.place());
        let Err(error) = result else {
            self.read += 1;
            note(&mut slice.ending, pass.optional.map(PassEnd::Read));
            return Ok(());
        };
        if pass.is_empty_if_refused && error.cause == Cause::Refused {
            self.read += 1;
        } else if let Some(name) = pass.optional.filter(|_| error.cause.is_refusal()) {
            log::info!(
                "{place}: an extra call for what TikTok leaves out by default was refused: {error}"
            );
            note(&mut slice.ending, Some(PassEnd::Held(name, bookmark)));
        } else if is_of_other_owner(slice, &error) {
            // The bookmark stays, because it would leave out these rows once they can be read.
            log::warn!(
                "{place}: a part of its rows needs ids that TikTok does not list, and is left out: \
                 {error}"
            );
            self.refused.push((error, None));
        } else if error.cause == Cause::Growing {
            self.read += 1;
            slice.ending.is_incomplete = true;
            say_growing(&place, &error);
        } else if !self.is_of_stream(slice, part, &error)
            && (error.cause.costs_list() || lacks_parents(slice, &error))
        {
            let words = part.words(&slice.plan.stream);
            let words = if words.is_empty() { words } else { format!("the part with {words}: ") };
            let message = format!(
                "{place}: {words}{error}; its rows are missing, and the next run asks again"
            );
            self.refused.push((error, Some(message)));
        } else {
            let refused = std::mem::take(&mut self.refused).into_iter();
            slice.ending.oddities.extend(refused.filter_map(|(_, message)| message));
            return Err(error);
        }
        Ok(())
    }

    /// Whether an error is about the whole stream. That is a refusal of the first list which is
    /// probably about the permission to read it, and anything that happens to a list to which other
    /// passes only add.
    fn is_of_stream(&self, slice: &Slice, part: Part, error: &ApiError) -> bool {
        let call = &slice.plan.stream.call;
        let is_first = self.read == 0 && part.way.is_empty();
        is_first && error.cause == Cause::NotGranted && error.path == call.path
            || call.passes.iter().any(|pass| pass.optional.is_some())
    }

    /// Notes which lists were refused. If all were, that is the error of the slice.
    pub(crate) fn end(self, slice: &mut Slice) -> Result<(), ApiError> {
        slice.ending.is_incomplete |= !self.refused.is_empty();
        let mut messages = Vec::new();
        for (error, message) in self.refused {
            if self.read == 0 {
                return Err(error);
            }
            messages.extend(message);
        }
        slice.ending.oddities.append(&mut messages);
        self.unfinished.map_or(Ok(()), Err)
    }
}

/// Says that a list grew each time it was read.
pub(crate) fn say_growing(place: &str, error: &ApiError) {
    log::warn!("{place}: {}; its bookmark stays, and the next run reads it again", error.message);
}

/// Notes how an optional pass ended. What was refused in one of its lists stays refused.
fn note(ending: &mut Ending, end: Option<PassEnd>) {
    if !matches!(ending.pass, Some(PassEnd::Held(..))) {
        ending.pass = end.or(ending.pass.take());
    }
}

/// Whether one of several passes needs ids that the app cannot list, such as those of Business
/// Centers, because it lacks a permission that the stream itself does not need.
fn is_of_other_owner(slice: &Slice, error: &ApiError) -> bool {
    slice.plan.stream.call.passes.len() > 1 && lacks_parents(slice, error)
}

/// Whether the app lacks the permission to list ids that a list needs.
fn lacks_parents(slice: &Slice, error: &ApiError) -> bool {
    let is_of_parent = error.path != slice.plan.stream.call.path;
    is_of_parent && matches!(error.cause, Cause::ScopeMissing | Cause::NotGranted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_stays_refused() {
        let held = || Some(PassEnd::Held("top_view", None));
        let read = || Some(PassEnd::Read("top_view"));
        for (ends, want) in [
            ([read(), None], read()),
            ([None, read()], read()),
            ([held(), None], held()),
            ([held(), read()], held()),
            ([read(), held()], held()),
        ] {
            let mut ending = Ending::default();
            for end in ends {
                note(&mut ending, end);
            }
            assert_eq!(ending.pass, want);
        }
    }
}

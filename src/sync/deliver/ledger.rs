//! The streams and owners of a run in its report: what became of each.

use super::note::Note;
use crate::run_report::content::{Content, Owner, OwnerKind, Status, Stream};
use crate::singer::bookmark::Bookmark;
use crate::streams::Per;
use crate::sync::context::Context;
use crate::sync::jobs::Job;
use crate::sync::partition::Partition;
use std::sync::Arc;

/// Adds every stream and owner of the run.
pub(super) fn open(run: &Context, content: &mut Content) {
    let ids =
        |ids: &mut dyn Iterator<Item = &str>| -> Vec<Arc<str>> { ids.map(Arc::from).collect() };
    let accounts = ids(&mut run.accounts.open.iter().map(|account| account.id.as_str()));
    let centers = ids(&mut run.accounts.business_centers.iter().map(String::as_str));
    for (plan, planned) in run.plans.iter().enumerate() {
        let (kind, ids): (_, &[Arc<str>]) = match planned.stream.per {
            Per::Account => (OwnerKind::Account, &accounts),
            Per::BusinessCenter => (OwnerKind::BusinessCenter, &centers),
            Per::AccountBatch => (OwnerKind::Accounts, &[]),
            Per::Once | Per::App | Per::Run => (OwnerKind::None, &[]),
        };
        let owners: Vec<Owner> = match kind {
            OwnerKind::Account | OwnerKind::BusinessCenter => {
                ids.iter().map(|id| Owner::new(kind, Some(Arc::clone(id)))).collect()
            }
            OwnerKind::Accounts | OwnerKind::None => vec![Owner::new(kind, None)],
        };
        content.streams.push(Stream::new(planned.name.clone(), owners));
        for place in 0..ids.len() {
            let partition = match kind {
                OwnerKind::BusinessCenter => Partition::BusinessCenter(place),
                _ => Partition::Account(place),
            };
            let bookmark = run.starts.of(plan, partition).bookmark;
            if let Some(owner) = owner(content, plan, partition) {
                (owner.bookmark_before, owner.bookmark_after) = (bookmark, bookmark);
            }
        }
    }
}

/// The part of a stream that belongs to one owner.
pub(super) fn owner(
    content: &mut Content,
    plan: usize,
    partition: Partition,
) -> Option<&mut Owner> {
    let place = match partition {
        Partition::Account(place) | Partition::BusinessCenter(place) => place,
        Partition::Batch(_) | Partition::Once | Partition::App => 0,
    };
    content.streams.get_mut(plan)?.owners.get_mut(place)
}

/// The slices of an owner are over.
pub(super) fn finish(owner: &mut Owner) {
    if matches!(owner.status, Status::NotStarted | Status::Interrupted) {
        owner.status = Status::Delivered;
    }
}

/// A slice was delivered.
pub(super) fn end(owner: &mut Owner, job: Job, bookmark: Option<Bookmark>) {
    if let Some(window) = job.window {
        owner.windows += 1;
        owner.first_day = Some(owner.first_day.map_or(window.start, |day| day.min(window.start)));
        owner.last_day = Some(owner.last_day.map_or(window.end, |day| day.max(window.end)));
    }
    owner.bookmark_after = bookmark.or(owner.bookmark_after);
}

/// Adds a failure where it belongs.
pub(super) fn note(content: &mut Content, note: Note) {
    let Note { plan, partition, failure } = note;
    if let Some((plan, partition)) = plan.zip(partition)
        && let Some(owner) = owner(content, plan, partition)
    {
        owner.status = Status::Failed;
        owner.failures.push(failure);
    } else if let Some(stream) = plan.and_then(|plan| content.streams.get_mut(plan)) {
        stream.failures.push(failure);
    } else {
        content.failures.push(failure);
    }
}

/// A stream is over; or the run, in the middle of it.
pub(super) fn leave(stream: &mut Stream, is_whole: bool) {
    if is_whole {
        stream.owners.iter_mut().for_each(finish);
    }
    let has = |status| stream.owners.iter().any(|owner| owner.status == status);
    stream.status = if !stream.failures.is_empty() || has(Status::Failed) {
        Status::Failed
    } else if !is_whole {
        Status::Interrupted
    } else if has(Status::LeftOut) && !has(Status::Delivered) {
        Status::LeftOut
    } else {
        Status::Delivered
    };
}

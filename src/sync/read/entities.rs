//! Slices of lists: all rows, in as many passes as it takes to see all of them.

use super::list::List;
use super::reader::Slice;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::singer::bookmark::Bookmark;
use crate::streams::{Buying, Pass, Replication};
use crate::sync::context::PassEnd;
use crate::sync::starts::Start;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

/// TikTok's clock and this machine's may differ by so much.
const CLOCKS: Duration = Duration::minutes(5);

/// Reads what changed since the bookmark, or everything.
pub(crate) fn read(slice: &mut Slice, start: &Start) -> Result<(), ApiError> {
    let begun = OffsetDateTime::now_utc();
    let mut grew = false;
    for pass in slice.plan.stream.call.passes {
        let bookmark = start.bookmark_of(pass);
        match read_pass(slice, pass, bookmark) {
            Err(error) if pass.optional.is_some() && error.cause.is_refusal() => {
                log::info!(
                    "{}: an extra call for what TikTok leaves out by default was refused: {error}",
                    slice.place()
                );
                slice.ending.pass = pass.optional.map(|name| PassEnd::Held(name, bookmark));
            }
            Err(error) if error.cause == Cause::Growing => {
                log::warn!(
                    "{}: {}; its bookmark stays, and the next run reads it again",
                    slice.place(),
                    error.message
                );
                grew = true;
            }
            other => {
                other?;
                slice.ending.pass = pass.optional.map(PassEnd::Read);
            }
        }
    }
    // What changes while it is read may have been read before it changed.
    let firm = Bookmark::at(begun - CLOCKS);
    let greatest = slice.ending.tally.greatest.as_deref().filter(|_| !grew);
    slice.ending.reached =
        greatest.and_then(Bookmark::parse).map(|at| firm.map_or(at, |f| at.min(f)));
    Ok(())
}

fn read_pass(slice: &mut Slice, pass: &Pass, bookmark: Option<Bookmark>) -> Result<(), ApiError> {
    let stream = &slice.plan.stream;
    let mut filtering = Map::new();
    if let Some((name, values)) = pass.buying.map(Buying::list_filter) {
        filtering.insert(name.to_owned(), json!(values));
    }
    if slice.context.config.include_deleted && stream.call.is_deletable {
        filtering.insert("primary_status".to_owned(), json!("STATUS_ALL"));
    }
    if matches!(stream.replication, Replication::Incremental { is_filtered: true, .. }) {
        // The filter leaves out what is equal to it, and rows of the bookmark's own second may have
        // come later.
        let after = bookmark.and_then(|bookmark| bookmark.before(Duration::SECOND));
        if let Some(after) = after {
            filtering.insert("modified_after".to_owned(), Value::from(after.filter()));
        }
    }
    let mut params = vec![("advertiser_id", slice.account.to_owned())];
    if !filtering.is_empty() {
        params.push(("filtering", Value::Object(filtering).to_string()));
    }
    let list = slice.list(stream.call.path, stream.call.rows, params, pass.page_size, None);
    slice.read(List { bookmark, ..list }).map(drop)
}

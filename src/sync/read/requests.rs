//! The parameters of the requests of a slice, without the page: what the stream table says, with
//! the settings, metrics and bookmark of the run, and the ids of parents.

use super::batch::Batch;
use super::reader::Slice;
use super::refusals;
use crate::api::params::Params;
use crate::requests::{self, Asked};
use crate::singer::bookmark::Bookmark;
use crate::streams::{Pass, Replication, Report, Stream};
use crate::sync::windows::Window;
use time::Duration;

/// The parameters of a call of `stream`, which need not be the slice's own.
pub(crate) fn params(
    slice: &Slice,
    stream: &Stream,
    pass: &Pass,
    batch: &Batch,
    window: Option<Window>,
    bookmark: Option<Bookmark>,
) -> Params {
    let config = &slice.context.config;
    let is_own = stream.name == slice.plan.stream.name;
    let fewest = || stream.report().map_or_else(Vec::new, Report::fewest_metrics);
    let asked = Asked {
        owner: slice.account,
        app: config.app.as_ref(),
        metrics: if is_own { refusals::metrics(slice, None) } else { fewest() },
        days: window.map(|window| (window.start, window.end)),
        with_deleted: config.include_deleted,
    };
    let mut params = requests::params(stream, pass, &asked);
    if matches!(stream.replication, Replication::Incremental { is_filtered: true, .. }) {
        // The filter leaves out rows that are equal to it, and rows of the same second as the
        // bookmark may have been added later.
        let after = bookmark.and_then(|bookmark| bookmark.before(Duration::SECOND));
        if let Some(after) = after {
            params.set("filtering.modified_after", after.filter());
        }
    }
    batch.add_to(&mut params);
    params
}

//! The parameters of the requests of a stream, without the page: owner, pass, parents, days and
//! metrics.

use super::batch::Batch;
use super::reader::Slice;
use super::refusals;
use crate::api::params::Params;
use crate::api::request::{PageOf, Request};
use crate::singer::bookmark::Bookmark;
use crate::streams::dictionary::Grain;
use crate::streams::{Buying, Paging, Pass, Per, Replication, Report, Stream};
use crate::sync::windows::Window;
use time::Duration;

/// The request for the first page of a list of a stream, with as many rows as a page can have.
pub(crate) fn request(stream: &Stream, pass: &Pass, params: Params) -> Request {
    let may_be_whole = matches!(stream.call.paging, Paging::PagesOrWhole(_));
    let most = pass.page_size.or(stream.call.paging.most());
    Request {
        page: most.map(|size| PageOf { number: 1, size, may_be_whole }),
        is_report: stream.report().is_some(),
        ..Request::list(stream.call.path, stream.call.rows, params.into_pairs())
    }
}

/// The parameters of a call of `stream`, which need not be the slice's own.
pub(crate) fn params(
    slice: &Slice,
    stream: &Stream,
    pass: &Pass,
    batch: &Batch,
    window: Option<Window>,
    bookmark: Option<Bookmark>,
) -> Params {
    let mut params = Params::default();
    let config = &slice.context.config;
    match stream.per {
        Per::App => {
            if let Some((id, secret)) = &config.app {
                params.set("app_id", id.as_str());
                params.set("secret", secret.expose());
            }
        }
        Per::BusinessCenter if stream.call.names_owner => params.set("bc_id", slice.account),
        _ if stream.call.names_owner => params.set("advertiser_id", slice.account),
        _ => {}
    }
    if let Some(report) = stream.report() {
        add_report(slice, stream, report, &mut params);
    }
    for (name, json) in pass.params {
        params.set_json(name, json);
    }
    if let Some((name, values)) = pass.buying.map(Buying::list_filter) {
        params.set(name, values);
    }
    let call = &stream.call;
    if config.include_deleted && call.is_deletable && !call.has_deleted_passes() {
        params.set("filtering.primary_status", "STATUS_ALL");
    }
    if matches!(stream.replication, Replication::Incremental { is_filtered: true, .. }) {
        // The filter leaves out rows that are equal to it, and rows of the same second as the
        // bookmark may have been added later.
        let after = bookmark.and_then(|bookmark| bookmark.before(Duration::SECOND));
        if let Some(after) = after {
            params.set("filtering.modified_after", after.filter());
        }
    }
    if let Some((days, window)) = stream.call.days.zip(window) {
        let [start, end] = days.values(window.start, window.end);
        params.set(days.start, start);
        params.set(days.end, end);
    }
    batch.add_to(&mut params);
    params
}

/// Adds the parameters of a report that is not one of `report/integrated/get/`.
fn add_report(slice: &Slice, stream: &Stream, report: &Report, params: &mut Params) {
    if report.asks_dimensions() {
        // A column whose value is known from the call is not a dimension of its rows.
        let columns = stream.constants();
        let dimensions = report.dimensions.iter().copied();
        let dimensions: Vec<&str> =
            dimensions.filter(|name| *name == "advertiser_id" || !columns.contains(name)).collect();
        params.set("dimensions", dimensions);
    }
    let name = report.metrics_param();
    let is_own = stream.name == slice.plan.stream.name;
    let metrics = if is_own { refusals::metrics(slice, None) } else { report.fewest_metrics() };
    if !name.is_empty() && !metrics.is_empty() {
        params.set(name, metrics);
    }
    if report.grain == Grain::Lifetime && report.asks_dimensions() {
        params.set_json("query_lifetime", "true");
    }
}

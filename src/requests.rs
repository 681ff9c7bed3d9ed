//! Builds the requests for the rows of streams from the stream table. A sync and the pre-flight
//! `auth --check` both use it, so that both ask TikTok in the same way.

use crate::api::params::Params;
use crate::api::request::{PageOf, Request};
use crate::config::Secret;
use crate::streams::dictionary::Grain;
use crate::streams::{Buying, Paging, Parent, Pass, Per, Report, Stream};
use serde_json::json;
use time::Date;

/// What is asked for, beside what the stream table says.
#[derive(Debug, Default)]
pub(crate) struct Asked<'a> {
    /// The id of the account or Business Center.
    pub owner: &'a str,
    /// The developer app and its secret.
    pub app: Option<&'a (String, Secret)>,
    /// The metrics of a report.
    pub metrics: Vec<String>,
    /// The first and the last day.
    pub days: Option<(Date, Date)>,
    /// Whether deleted rows are asked for too.
    pub with_deleted: bool,
}

/// The request for the first page of a list of a stream, with as many rows as a page can have.
pub(crate) fn first_page(stream: &Stream, pass: &Pass, params: Params) -> Request {
    let may_be_whole = matches!(stream.call.paging, Paging::PagesOrWhole(_));
    let most = pass.page_size.or(stream.call.paging.most());
    Request {
        page: most.map(|size| PageOf { number: 1, size, may_be_whole }),
        is_report: stream.report().is_some(),
        ..Request::list(stream.call.path, stream.call.rows, params.into_pairs())
    }
}

/// The parameters of a list, without the ids of parents.
pub(crate) fn params(stream: &Stream, pass: &Pass, asked: &Asked) -> Params {
    let mut params = Params::default();
    set_owner(&mut params, stream, asked);
    if let Some(report) = stream.report() {
        add_report(&mut params, stream, report, &asked.metrics);
    }
    for (name, json) in pass.params {
        params.set_json(name, json);
    }
    if let Some((name, values)) = pass.buying.map(Buying::list_filter) {
        params.set(name, values);
    }
    let call = &stream.call;
    if asked.with_deleted && call.is_deletable && !call.has_deleted_passes() {
        params.set("filtering.primary_status", "STATUS_ALL");
    }
    if let Some((names, (first, last))) = call.days.zip(asked.days) {
        let [start, end] = names.values(first, last);
        params.set(names.start, start);
        params.set(names.end, end);
    }
    params
}

fn set_owner(params: &mut Params, stream: &Stream, asked: &Asked) {
    match stream.per {
        Per::App => {
            if let Some((id, secret)) = asked.app {
                params.set("app_id", id.as_str());
                params.set("secret", secret.expose());
            }
        }
        Per::AccountBatch => params.set("advertiser_ids", vec![asked.owner]),
        Per::BusinessCenter if stream.call.names_owner => params.set("bc_id", asked.owner),
        _ if stream.call.names_owner => params.set("advertiser_id", asked.owner),
        _ => {}
    }
}

/// Adds the parameters of a report that is not one of `report/integrated/get/`.
fn add_report(params: &mut Params, stream: &Stream, report: &Report, metrics: &[String]) {
    if report.asks_dimensions() {
        // A column whose value is known from the call is not a dimension of its rows.
        let columns = stream.constants();
        let dimensions = report.dimensions.iter().copied();
        let dimensions: Vec<&str> =
            dimensions.filter(|name| *name == "advertiser_id" || !columns.contains(name)).collect();
        params.set("dimensions", dimensions);
    }
    let name = report.metrics_param();
    if !name.is_empty() && !metrics.is_empty() {
        params.set(name, metrics);
    }
    if report.grain == Grain::Lifetime && report.asks_dimensions() {
        params.set_json("query_lifetime", "true");
    }
}

/// The parameters of a report of `report/integrated/get/`, without filters.
pub(crate) fn integrated_report(
    stream: &Stream,
    report: &Report,
    asked: &Asked,
) -> Vec<(&'static str, String)> {
    let is_bc = stream.per == Per::BusinessCenter;
    let owner = if is_bc { "bc_id" } else { "advertiser_id" };
    let mut params = vec![
        (owner, asked.owner.to_owned()),
        ("report_type", report.report_type.to_owned()),
        ("dimensions", json!(report.dimensions).to_string()),
    ];
    match asked.days {
        Some((first, last)) => {
            params.push(("start_date", first.to_string()));
            params.push(("end_date", last.to_string()));
        }
        None => params.push(("query_lifetime", "true".to_owned())),
    }
    if let Some(level) = report.data_level {
        params.push(("service_type", "AUCTION".to_owned()));
        params.push(("data_level", level.to_owned()));
    }
    if !asked.metrics.is_empty() {
        params.push(("metrics", json!(asked.metrics).to_string()));
    }
    params
}

/// Names ids of a parent, with the values that go with the first of them.
pub(crate) fn name_parent<'a>(
    params: &mut Params,
    parent: &Parent,
    ids: Vec<String>,
    also: impl IntoIterator<Item = &'a str>,
) {
    if parent.replaces_owner {
        params.remove("advertiser_id");
    }
    if parent.param.ends_with('s') {
        params.set(parent.param, ids);
    } else {
        params.set(parent.param, ids.into_iter().next());
    }
    for ((param, _), value) in parent.also.iter().zip(also) {
        params.set(param, value);
    }
    for (param, json) in parent.with {
        params.set_json(param, json);
    }
}

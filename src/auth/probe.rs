//! Asks for one row of a stream, to learn whether the token has the permission for it. The calls of
//! some streams have to name a parent, of which one is looked up first.

use crate::api::authorized::Objects;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::params::Params;
use crate::api::request::{Method, PageOf, Request};
use crate::json::Last;
use crate::streams::dictionary::Grain;
use crate::streams::{self, PASS, Paging, Parent, Pass, Per, REPORT, Report, Stream};
use serde_json::Value;
use time::Date;

/// Whose rows are asked for, and of which day.
#[derive(Debug)]
pub(super) struct Owners<'a> {
    /// An ad account that can be read.
    pub account: Option<&'a str>,
    /// A Business Center.
    pub business_center: Option<&'a str>,
    /// A day that is over everywhere.
    pub day: Date,
}

/// What came of a question.
#[derive(Debug)]
pub(super) enum Asked {
    /// TikTok answered, with or without a row.
    Allowed,
    /// TikTok refused the question, or did not answer.
    Refused(ApiError),
    /// There is nothing to ask for, for a reason.
    Unasked(String),
}

/// Parents whose ids a call names, with their rows.
type Named = Vec<(&'static Parent, Value)>;

/// Asks for a row of a stream.
pub(super) fn ask(client: &Client, stream: &'static Stream, owners: &Owners) -> Asked {
    let Some(pass) = stream.call.passes.first() else {
        return Asked::Unasked("no call is known".to_owned());
    };
    let ways = if pass.parents.is_empty() { stream.call.parents } else { pass.parents };
    let mut named = Ok(Named::new());
    for way in ways {
        named = name(client, way, owners);
        // Another way may have parents.
        if !matches!(named, Err(Asked::Unasked(_))) {
            break;
        }
    }
    let named = match named {
        Ok(named) => named,
        Err(asked) => return asked,
    };
    match rows(client, stream, &[pass], owners, &named, 1) {
        Err(Asked::Refused(error)) if pass.is_empty_if_refused && error.code == Some(40002) => {
            Asked::Allowed
        }
        Err(asked) => asked,
        Ok(_) => Asked::Allowed,
    }
}

/// The first row of each parent, from the outermost one.
fn name(client: &Client, way: &'static [Parent], owners: &Owners) -> Result<Named, Asked> {
    let mut named = Named::new();
    for parent in way {
        let none = || Asked::Unasked(format!("there are no {} to ask with", parent.stream));
        let stream = streams::find(parent.stream).ok_or_else(none)?;
        let call = &stream.call;
        let outer = if call.has_parents() { &named } else { &Named::new() };
        let mut found = None;
        for pass in call.passes.iter().filter(|pass| parent.is_in(pass)) {
            // The first row may not fulfil a condition, or not have the id if it is not a key.
            let key = parent.id.rsplit('.').next().unwrap_or_default();
            let is_any = parent.only.is_none() && stream.keys.contains(&key);
            let most = if is_any { 1 } else { u64::MAX };
            let asking = Pass { params: parent.asking, ..PASS };
            let rows = match rows(client, stream, &[pass, &asking], owners, outer, most) {
                Err(Asked::Refused(error)) if !error.cause.ends_slice() => {
                    let why = format!("{} could not be asked for: {error}", parent.stream);
                    return Err(Asked::Unasked(why));
                }
                other => other?,
            };
            found = rows.into_iter().find(|row| counts(parent, row));
            if found.is_some() {
                break;
            }
        }
        named.push((parent, found.ok_or_else(none)?));
    }
    Ok(named)
}

fn counts(parent: &Parent, row: &Value) -> bool {
    let fits = |(member, values): (&str, &[&str])| {
        values.iter().any(|value| value.eq_ignore_ascii_case(&text(row, member)))
    };
    !text(row, parent.id).is_empty() && parent.only.is_none_or(fits)
}

/// The text of a member. A name with a dot is that of a member of an object inside the row.
fn text(row: &Value, member: &str) -> String {
    match row.pointer(&format!("/{}", member.replace('.', "/"))) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The first rows of a stream, at most so many.
fn rows(
    client: &Client,
    stream: &'static Stream,
    passes: &[&Pass],
    owners: &Owners,
    named: &Named,
    most: u64,
) -> Result<Vec<Value>, Asked> {
    let mut params = Params::default();
    set_owner(&mut params, stream, owners)?;
    if let Some(report) = stream.report() {
        set_report(&mut params, stream, report, owners.day);
    }
    for (name, json) in passes.iter().flat_map(|pass| pass.params) {
        params.set_json(name, json);
    }
    if let Some(days) = stream.call.days {
        let [start, end] = days.values(owners.day, owners.day);
        params.set(days.start, start);
        params.set(days.end, end);
    }
    for (parent, row) in named {
        set_parent(&mut params, parent, row);
    }
    let may_be_whole = matches!(stream.call.paging, Paging::PagesOrWhole(_));
    let limit = passes[0].page_size.or(stream.call.paging.most());
    let request = Request {
        page: limit.map(|limit| PageOf { number: 1, size: most.min(limit), may_be_whole }),
        is_report: stream.report().is_some(),
        // Whoever may create a task may read what it makes.
        method: if stream.call.task.is_some() { Method::Post } else { Method::Get },
        ..Request::list(stream.call.path, stream.call.rows, params.into_pairs())
    };
    let mut rows = Last(Objects::default());
    client.call(&request, &mut Vec::new(), &mut rows).map_err(Asked::Refused)?;
    Ok(rows.0.0)
}

fn set_owner(params: &mut Params, stream: &Stream, owners: &Owners) -> Result<(), Asked> {
    let none = |what: &str| Asked::Unasked(format!("no {what} can be read"));
    match stream.per {
        Per::AccountBatch => {
            let account = owners.account.ok_or_else(|| none("account"))?;
            params.set("advertiser_ids", vec![account]);
        }
        Per::BusinessCenter => {
            let id = owners.business_center.ok_or_else(|| none("Business Center"))?;
            if stream.call.names_owner {
                params.set("bc_id", id);
            }
        }
        _ if stream.call.names_owner => {
            params.set("advertiser_id", owners.account.ok_or_else(|| none("account"))?);
        }
        _ => {}
    }
    Ok(())
}

fn set_report(params: &mut Params, stream: &Stream, report: &Report, day: Date) {
    let is_usual = stream.call.path == REPORT;
    let columns = stream.constants();
    let is_asked = |name: &&str| is_usual || *name == "advertiser_id" || !columns.contains(name);
    if report.asks_dimensions() {
        let dimensions: Vec<&str> = report.dimensions.iter().copied().filter(is_asked).collect();
        params.set("dimensions", dimensions);
    }
    if !report.metrics_param().is_empty() {
        params.set(report.metrics_param(), report.fewest_metrics());
    }
    if report.grain == Grain::Lifetime && report.asks_dimensions() {
        params.set_json("query_lifetime", "true");
    } else if is_usual {
        params.set("start_date", day.to_string());
        params.set("end_date", day.to_string());
    }
    if is_usual {
        params.set("report_type", report.report_type);
        if let Some(level) = report.data_level {
            params.set("service_type", "AUCTION");
            params.set("data_level", level);
        }
    }
}

fn set_parent(params: &mut Params, parent: &Parent, row: &Value) {
    if parent.replaces_owner {
        params.remove("advertiser_id");
    }
    let id = text(row, parent.id);
    if parent.param.ends_with('s') {
        params.set(parent.param, vec![id]);
    } else {
        params.set(parent.param, id);
    }
    for (param, member) in parent.also {
        params.set(param, text(row, member));
    }
    for (param, json) in parent.with {
        params.set_json(param, json);
    }
}

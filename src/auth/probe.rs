//! Asks for one row of a stream, to learn whether the token has the permission for it. The calls of
//! some streams have to name a parent, of which one is looked up first.

use crate::api::authorized::Objects;
use crate::api::cause::{Cause, Loss};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::request::{PageOf, Request};
use crate::config::Secret;
use crate::json::{Last, RowsAt};
use crate::requests;
use crate::streams::dictionary::Grain;
use crate::streams::{self, Parent, Pass, Per, REPORT, Report, Stream, Task};
use serde_json::Value;
use time::Date;

/// Whose rows are asked for, and of which day.
#[derive(Debug)]
pub(super) struct Owners<'a> {
    /// An ad account that can be read.
    pub account: Option<&'a str>,
    /// A Business Center.
    pub business_center: Option<&'a str>,
    /// The developer app and its secret.
    pub app: Option<&'a (String, Secret)>,
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

/// The id of a task that nobody created.
const NO_TASK: &str = "1";

/// Whether nothing more can be asked after an error.
pub(super) fn is_end(error: &ApiError) -> bool {
    error.cause.loss() == Loss::Run || error.cause == Cause::Halted
}

/// Asks for a row of a stream.
pub(super) fn ask(client: &Client, stream: &'static Stream, owners: &Owners) -> Asked {
    if let Some(task) = &stream.call.task {
        return ask_task(client, stream, task, owners);
    }
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
    match rows(client, stream, pass, &[], owners, &named, 1) {
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
            let rows = match rows(client, stream, pass, parent.asking, owners, outer, most) {
                Err(Asked::Refused(error)) if !is_end(&error) => {
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
    pass: &Pass,
    more: &[(&'static str, &'static str)],
    owners: &Owners,
    named: &Named,
    most: u64,
) -> Result<Vec<Value>, Asked> {
    let asked = requests::Asked {
        owner: owner(stream, owners)?,
        app: owners.app,
        metrics: stream.report().map_or_else(Vec::new, Report::fewest_metrics),
        days: Some((owners.day, owners.day)),
        with_deleted: false,
    };
    let mut params = requests::params(stream, pass, &asked);
    for (name, json) in more {
        params.set_json(name, json);
    }
    for (parent, row) in named {
        let also: Vec<String> = parent.also.iter().map(|(_, member)| text(row, member)).collect();
        let also = also.iter().map(String::as_str);
        requests::name_parent(&mut params, parent, vec![text(row, parent.id)], also);
    }
    let mut request = requests::first_page(stream, pass, params);
    if let Some(report) = stream.report().filter(|_| stream.call.path == REPORT) {
        let days = asked.days.filter(|_| report.grain != Grain::Lifetime);
        request.params =
            requests::integrated_report(stream, report, &requests::Asked { days, ..asked });
    }
    request.page = request.page.map(|page| PageOf { size: page.size.min(most), ..page });
    let mut rows = Last(Objects::default());
    client.call(&request, &mut Vec::new(), &mut rows).map_err(Asked::Refused)?;
    Ok(rows.0.0)
}

/// The id of whose rows are asked for; empty if the call does not name it.
fn owner<'a>(stream: &Stream, owners: &Owners<'a>) -> Result<&'a str, Asked> {
    let none = |what: &str| Asked::Unasked(format!("no {what} can be read"));
    match stream.per {
        Per::BusinessCenter => owners.business_center.ok_or_else(|| none("Business Center")),
        Per::App if owners.app.is_none() => {
            Err(Asked::Unasked("`app_id` and `secret` are not set".to_owned()))
        }
        Per::AccountBatch => owners.account.ok_or_else(|| none("account")),
        _ if stream.call.names_owner => owners.account.ok_or_else(|| none("account")),
        _ => Ok(""),
    }
}

/// Asks for the file of a task that does not exist, because a task would be something new at
/// TikTok. Whoever lacks the permission is refused for that reason first.
fn ask_task(client: &Client, stream: &Stream, task: &Task, owners: &Owners) -> Asked {
    let account = match owner(stream, owners) {
        Ok(account) => account,
        Err(asked) => return asked,
    };
    let params = vec![("advertiser_id", account.to_owned()), ("task_id", NO_TASK.to_owned())];
    let request = Request::list(task.download, RowsAt::Data, params);
    match client.download(&request, &mut Vec::new()) {
        Err(error) if error.cause == Cause::Refused => Asked::Allowed,
        Err(error) => Asked::Refused(error),
        Ok(_) => Asked::Allowed,
    }
}

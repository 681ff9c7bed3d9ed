//! The doors for tests in other languages, below `/_fake/`: the log, faults, and the truth.
//! Owns their JSON; needs no token and is in no log.

use super::api::Context;
use super::connection::Reply;
use super::fault::Fault;
use super::filter::Filters;
use super::http::{Head, split_target};
use super::params::Params;
use super::{Shared, endpoints, list_facts, lists, lock, owners, report_rules};
use crate::{Kind, Row};
use serde_json::{Value, json};
use std::time::Duration;

type Pairs = Vec<(String, String)>;

/// Answers an admin request that came over a connection.
pub(crate) fn answer(shared: &Shared, head: &Head, body: &[u8], connection: u64) -> Reply {
    let Some((path, params)) = split_target(&head.target) else {
        return wrong("the query is not UTF-8");
    };
    match (head.method.as_str(), path) {
        ("GET", "/_fake/requests") => ok(requests(shared).to_string()),
        ("GET", "/_fake/violations") => ok(json!(lock(&shared.journal).violations).to_string()),
        ("POST", "/_fake/faults") => add_faults(shared, body),
        ("POST", "/_fake/refuse_connections") => refuse_connections(shared, body, connection),
        ("POST", "/_fake/epoch") => {
            shared.world.bump_epoch();
            ok(json!({ "epoch": shared.world.epoch() }).to_string())
        }
        ("POST", "/_fake/reset") => {
            lock(&shared.journal).clear();
            lock(&shared.faults).clear();
            lock(&shared.limiter).clear();
            ok("{}".to_owned())
        }
        ("GET", _) => match path.strip_prefix("/_fake/truth/") {
            Some(what) => truth(shared, what, params),
            None => Reply::plain(404, "text/plain", "no such door"),
        },
        _ => Reply::plain(404, "text/plain", "no such door"),
    }
}

fn requests(shared: &Shared) -> Value {
    let requests = lock(&shared.journal).requests().into_iter().map(|request| {
        json!({
            "at": request.at.as_secs_f64(),
            "method": request.method,
            "path": request.path,
            "params": request.params,
            "code": request.code,
        })
    });
    requests.collect()
}

fn add_faults(shared: &Shared, body: &[u8]) -> Reply {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return wrong("the body is not JSON");
    };
    let all = value.as_array().cloned().unwrap_or_else(|| vec![value]);
    let faults = match all.iter().map(Fault::from_json).collect::<Result<Vec<_>, _>>() {
        Ok(faults) => faults,
        Err(why) => return wrong(&why),
    };
    for fault in faults {
        lock(&shared.faults).add(fault);
    }
    ok("{}".to_owned())
}

fn refuse_connections(shared: &Shared, body: &[u8], connection: u64) -> Reply {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(time) =
        value["seconds"].as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    else {
        return wrong("the body must be {\"seconds\": number}");
    };
    shared.refuse_connections(time, Some(connection));
    ok("{}".to_owned())
}

fn truth(shared: &Shared, what: &str, params: Pairs) -> Reply {
    if what == "report" {
        return report(shared, params);
    }
    let world = &shared.world;
    let id = params.iter().find(|(key, _)| key == "advertiser_id").map(|(_, value)| value.as_str());
    let accounts =
        world.accounts().iter().filter(|account| id.is_none_or(|id| id == account.advertiser_id));
    let kind = match what {
        "advertisers" => {
            let rows = accounts.map(|account| {
                flagged(&world.advertiser(&account.advertiser_id), false, false, false)
            });
            return list(&rows.collect::<Vec<_>>());
        }
        "campaigns" => Kind::Campaign,
        "adgroups" => Kind::Adgroup,
        "ads" => Kind::Ad,
        _ => return listed(shared, what, params),
    };
    let entities = accounts.flat_map(|account| world.entities(kind, &account.advertiser_id));
    let rows = entities
        .map(|entity| flagged(&entity.row, entity.deleted, entity.top_view, entity.promote));
    list(&rows.collect::<Vec<_>>())
}

/// Every row of an endpoint, hidden ones included: of one owner if the request names one, and those
/// that pass the filters that it gives.
fn listed(shared: &Shared, path: &str, pairs: Pairs) -> Reply {
    let Some(facts) = list_facts::find(path) else {
        return Reply::plain(404, "text/plain", "no such truth");
    };
    let context = Context::new(shared);
    let named: Vec<_> = pairs.iter().map(|(_, value)| value.clone()).collect();
    let params = Params::unchecked(facts, pairs);
    let all = owners::all(&shared.world, facts);
    let asked = all.iter().any(|owner| named.contains(owner));
    let owners = all.into_iter().filter(|owner| !asked || named.contains(owner));
    let mut rows = Vec::new();
    for owner in owners {
        let owner = [owner];
        let listing = lists::listing(&context, facts, &params, &owner);
        let filters = Filters::given(&facts.filters, &params);
        for item in listing.items().iter().filter(|item| filters.pass(item)) {
            let row = item.row();
            let hidden =
                Row(row.0.iter().filter(|(key, _)| key.starts_with('_')).cloned().collect());
            rows.push(format!(
                "{{\"owner\":\"{}\",\"row\":{},\"hidden\":{}}}",
                owner[0],
                row.shown().json(),
                hidden.json()
            ));
        }
    }
    list(&rows)
}

fn flagged(row: &Row, deleted: bool, top_view: bool, promote: bool) -> String {
    let row = row.json();
    format!("{{\"row\":{row},\"deleted\":{deleted},\"top_view\":{top_view},\"promote\":{promote}}}")
}

/// The rows of a report: `path` is that of its endpoint, unless it is `report/integrated/get/`.
fn report(shared: &Shared, mut params: Pairs) -> Reply {
    let context = Context::new(shared);
    let named = params.iter().position(|(name, _)| name == "path");
    let path = named.map_or("report/integrated/get/".to_owned(), |at| params.remove(at).1);
    let Some(endpoint) = endpoints::find(&path) else {
        return wrong(&format!("{path}: no such endpoint"));
    };
    let query = Params::check(endpoint, params)
        .and_then(|params| report_rules::query(&context, &params, true));
    let mut query = match query {
        Ok(query) => query,
        Err(refusal) => return wrong(&refusal.message),
    };
    query.newest_ads = None; // the cut is a limit of the wire, not of the truth
    let rows = shared.world.report(&query).into_iter().map(|row| row.json(query.report_type));
    list(&rows.collect::<Vec<_>>())
}

fn list(rows: &[String]) -> Reply {
    ok(format!("[{}]", rows.join(",")))
}

fn ok(json: String) -> Reply {
    Reply::plain(200, "application/json", json)
}

fn wrong(why: &str) -> Reply {
    Reply::plain(400, "text/plain", why)
}

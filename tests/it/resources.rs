//! Every resource outside `core`, in few runs of many streams: its rows through parents, passes and
//! windows, its schema, keys, bookmarks and selection, and what a refusal costs. A test names every
//! stream that fails.

use crate::catalogs::{mark, of};
use crate::conformance::{check_keys, validate};
use crate::failures::code;
use crate::grid::{each, within_a_day};
use crate::harness::{Run, Tap, ids, serve, world};
use crate::listed::check;
use fake_tiktok::{Fault, Options, SECRET, Server, World, WorldConfig};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tap_tiktok_ads::streams::{self, Group, Per, Stream};
use time::{Date, Duration, OffsetDateTime};

fn resources() -> Vec<&'static Stream> {
    let is_one = |stream: &&Stream| stream.report().is_none() && stream.group != Group::Core;
    let resources: Vec<_> = streams::all().iter().filter(is_one).collect();
    assert!(resources.len() > 70, "{} resources", resources.len());
    resources
}

fn config() -> WorldConfig {
    WorldConfig { campaigns: 2, adgroups: 2, ads: 2, ..world() }
}

/// So many days ago: most rows of the fake have one of the last 80 days.
fn ago(days: i64) -> Date {
    (OffsetDateTime::now_utc() - Duration::days(days)).date()
}

fn tap(server: &Server, catalog: &Value) -> Tap {
    Tap::on(server)
        .set("start_date", ago(100).to_string())
        .set("end_date", ago(-1).to_string())
        .set("include_deleted", true)
        .set("secret", SECRET)
        .set("report_window", 30)
        .set("concurrency", 16)
        .catalog(catalog)
}

#[test]
fn every_resource_delivers_its_rows_and_has_keys() {
    let server = serve(config());
    let resources = resources();
    let catalog = of(resources.iter().copied());
    let run = within_a_day(&server, || tap(&server, &catalog).run().ended(0));
    assert_eq!(server.violations(), [""; 0]);
    let misfits = run.stderr.iter().filter(|line| line.contains("do not fit the type"));
    assert_eq!(misfits.collect::<Vec<_>>(), [""; 0], "the schema and the fake disagree");
    assert_eq!(run.streams(), resources.iter().map(|s| s.name).collect::<Vec<_>>());
    each(&resources, |stream| {
        assert!(!run.records(stream.name).is_empty(), "no rows, so this shows nothing");
        validate(&run, stream.name);
        check(&server, &run, stream);
        check_keys(&run, stream);
    });
}

#[test]
fn every_resource_is_the_same_at_any_concurrency() {
    let server = serve(config());
    let catalog = of(resources());
    let lines = |concurrency: usize| {
        let tap = tap(&server, &catalog).set("concurrency", concurrency);
        let run = within_a_day(&server, || tap.run().ended(0));
        let line = |line: &str| line.split(",\"time_extracted\"").next().map(str::to_owned);
        run.stdout.lines().filter_map(line).collect::<Vec<_>>()
    };
    let (one, many) = (lines(1), lines(16));
    let differs = one.iter().zip(&many).find(|(one, many)| one != many);
    assert_eq!(differs, None);
    assert_eq!(one.len(), many.len());
}

#[test]
fn every_resource_resumes_from_its_state() {
    let server = serve(config());
    let resources = resources();
    let catalog = of(resources.iter().copied());
    let first = tap(&server, &catalog).run().ended(0);
    let second = tap(&server, &catalog).state(first.state()).run().ended(0);
    each(&resources, |stream| {
        let owners = match stream.per {
            Per::Account => ids(&server),
            Per::BusinessCenter => server.world().business_centers(),
            Per::AccountBatch | Per::Once | Per::App | Per::Run => Vec::new(),
        };
        for owner in owners.iter().filter(|_| stream.replication_key().is_some()) {
            let bookmark = &first.state()["bookmarks"][stream.name][owner];
            assert!(bookmark.is_string(), "the bookmark of {owner} is {bookmark}");
            let moved = &second.state()["bookmarks"][stream.name][owner];
            assert!(moved.as_str() >= bookmark.as_str(), "{bookmark} went back to {moved}");
        }
        let (all, again) = (first.records(stream.name).len(), second.records(stream.name).len());
        if stream.replication_key().is_none() {
            assert_eq!(all, again, "rows of a full table");
        } else {
            assert!(again < all, "{again} of {all} rows come again");
        }
    });
}

#[test]
fn every_resource_has_the_selected_fields_only() {
    let server = serve(config());
    let resources = resources();
    let mut catalog = of(resources.iter().copied());
    for entry in catalog["streams"].as_array_mut().unwrap() {
        let names: Vec<String> =
            entry["schema"]["properties"].as_object().unwrap().keys().cloned().collect();
        for name in &names {
            mark(entry, &["properties", name], "selected", name == names.last().unwrap());
        }
    }
    let run = tap(&server, &catalog).run().ended(0);
    each(&resources, |stream| {
        let all = streams::schema(stream);
        let last = all["properties"].as_object().unwrap().keys().next_back().unwrap();
        let wanted: BTreeSet<&str> = stream
            .keys
            .iter()
            .copied()
            .chain(stream.replication_key())
            .chain([last.as_str()])
            .collect();
        let schema = run.schema(stream.name).0["properties"].as_object().unwrap();
        assert_eq!(schema.keys().map(String::as_str).collect::<BTreeSet<_>>(), wanted);
        for record in run.records(stream.name) {
            assert_eq!(record.0.keys().map(String::as_str).collect::<BTreeSet<_>>(), wanted);
        }
    });
}

/// Whether a line names one of the permissions.
fn names(run: &Run, permission: &str) -> bool {
    permission.split(" or ").any(|one| run.stderr.iter().any(|line| line.contains(one)))
}

#[test]
fn a_missing_permission_costs_the_streams_that_need_it() {
    let resources = resources();
    let permissions: BTreeSet<&str> = resources.iter().map(|s| s.permission).collect();
    let mut failed = Vec::new();
    for permission in
        permissions.into_iter().filter(|name| !["none", "not published"].contains(name))
    {
        let options = Options {
            refused_scopes: permission.split(" or ").map(str::to_owned).collect(),
            ..Options::default()
        };
        let server = Server::start(World::new(config()), options).unwrap();
        let of_permission =
            |stream: &&&Stream| stream.permission == permission || stream.name == "regions";
        let few: Vec<_> = resources.iter().filter(of_permission).copied().collect();
        let run = tap(&server, &of(few.iter().copied())).run();
        for stream in &few {
            let records = run.records(stream.name).len();
            if (records == 0) != (stream.permission == permission) {
                failed.push(format!("{}: {records} rows without {permission}", stream.name));
            }
        }
        if run.code != Some(4) || !names(&run, permission) {
            failed.push(format!("{permission}: exit {:?}, {:?}", run.code, run.stderr.last()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_refused_parent_costs_only_its_rows() {
    let server = serve(config());
    let resources = resources();
    // A list that may be refused because it is empty costs nothing.
    let may_be_refused = |stream: &Stream| stream.call.passes.iter().any(|p| p.is_empty_if_refused);
    let has_parents =
        |stream: &&&Stream| !stream.call.parents.is_empty() && !may_be_refused(stream);
    let of_parents: Vec<_> = resources.iter().filter(has_parents).copied().collect();
    assert!(of_parents.len() > 15, "{} streams have parents", of_parents.len());
    let catalog = of(of_parents.iter().copied());
    let whole = within_a_day(&server, || tap(&server, &catalog).run().ended(0));
    each(&of_parents, |stream| {
        let parent = stream.call.parents[0].last().unwrap();
        let asked = server.requests().into_iter().filter(|r| r.path == stream.call.path);
        let id = asked.filter_map(|request| {
            let (name, member) = parent.param.split_once('.').unwrap_or((parent.param, ""));
            let value = request.param(name)?.to_owned();
            let value = match serde_json::from_str::<Value>(&value) {
                Ok(Value::Object(object)) => object.get(member)?.clone(),
                Ok(other @ Value::Array(_)) => other,
                _ => json!(value),
            };
            let first = value.as_array().map_or(value.clone(), |list| list[0].clone());
            first.as_str().map(str::to_owned)
        });
        let asked: BTreeSet<String> = id.collect();
        assert!(!asked.is_empty(), "no request named a parent");
        let all = whole.records(stream.name).len();
        let is_shown = asked.iter().rev().take(5).any(|id| {
            server.clear_faults();
            server.add_fault(Fault {
                path: Some(stream.call.path.to_owned()),
                param: Some((parent.param.to_owned(), id.clone())),
                times: usize::MAX,
                kind: code(40007, "This object cannot be read."),
                ..Fault::default()
            });
            let run = tap(&server, &of([stream])).run().ended(4);
            let some = run.records(stream.name).len();
            assert!(some > 0 || all < 3, "{some} of {all} rows without {id}");
            assert!(run.stderr.iter().any(|line| line.contains(id)), "no line names {id}");
            some < all
        });
        assert!(is_shown, "{all} rows whatever is refused, so this shows nothing");
    });
}

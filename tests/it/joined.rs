//! Reports with more metrics than TikTok takes in one request: their records are right in whichever
//! order and pages the answers come, and rows that differ between answers are handled.

use crate::catalogs::{entry, mark, of};
use crate::harness::{Run, START, Tap, ids, serve, world};
use crate::truth::{self, Scope, is_metric};
use fake_tiktok::{Fault, FaultKind, Request, Server, WorldConfig};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tap_tiktok_ads::streams;
use tap_tiktok_ads::streams::dictionary::dictionary;

pub(crate) const REPORT: &str = "report/integrated/get/";
/// Metrics of the streams in these tests: three requests.
pub(crate) const METRICS: usize = 250;

/// A catalog with one stream and so many metrics of the dictionary. They are in the order of their
/// names, so that each request has some that add up, and some that every row has.
pub(crate) fn catalog(stream: &str, count: usize) -> Value {
    let known: Value = serde_json::from_str(include_str!("../../schemas/metrics.json")).unwrap();
    let found = streams::find(stream).unwrap();
    let report = found.report().unwrap();
    let mut catalog = of([found]);
    let entry = entry(&mut catalog, stream);
    let has = |entry: &Value, name: &str| !entry["schema"]["properties"][name].is_null();
    let declared = entry["schema"]["properties"].as_object().unwrap().keys();
    let mut there = declared.filter(|name| is_metric(report, name)).count();
    let fits = |name: &&String| dictionary().fits(name, &report.grouping());
    for name in known["metrics"].as_object().unwrap().keys().filter(fits) {
        if there < count && !has(entry, name) && is_metric(report, name) {
            let kind = known["metrics"][name]["type"].as_str();
            let is_number = |kind: &&str| matches!(*kind, "number" | "integer");
            let kind = kind.filter(is_number).unwrap_or("string");
            entry["schema"]["properties"][name] = json!({"type": ["null", kind]});
            mark(entry, &["properties", name], "selected", true);
            there += 1;
        }
    }
    assert_eq!(there, count, "the dictionary has too few metrics for {stream}");
    entry["schema"]["properties"].as_object_mut().unwrap().sort_keys();
    catalog
}

/// The names of a stream's properties, in their order.
pub(crate) fn properties(catalog: &Value, stream: &str) -> Vec<String> {
    let streams = catalog["streams"].as_array().unwrap().iter();
    let entry = streams.clone().find(|entry| entry["tap_stream_id"] == stream).unwrap();
    entry["schema"]["properties"].as_object().unwrap().keys().cloned().collect()
}

/// The requests for windows, without those for one row that compare totals or find refused metrics.
pub(crate) fn windows(server: &Server) -> Vec<Request> {
    let is_window = |r: &Request| {
        r.path == REPORT && r.param("start_date").is_some() && r.param("page_size") != Some("1")
    };
    server.requests().into_iter().filter(is_window).collect()
}

pub(crate) fn metrics(request: &Request) -> Vec<String> {
    serde_json::from_str(request.param("metrics").unwrap_or("[]")).unwrap()
}

/// Records by their keys.
fn by_key(run: &Run, stream: &str, keys: &[&str]) -> BTreeMap<String, BTreeMap<String, String>> {
    let records = run.records(stream).into_iter();
    let keyed: BTreeMap<_, _> = records
        .map(|record| {
            let key: Vec<_> = keys.iter().map(|key| record.raw(key)).collect();
            (key.join(" "), record.0.clone())
        })
        .collect();
    assert_eq!(keyed.len(), run.records(stream).len(), "a key comes twice");
    keyed
}

#[test]
fn two_hundred_and_fifty_metrics_are_delivered_in_any_order_and_any_pages() {
    for (stream, page_size) in [("ad_insights", 1000), ("ad_insights", 7), ("campaign_insights", 3)]
    {
        let server = serve(world());
        server.set_options(|options| options.shuffled_rows = true);
        let run = Tap::on(&server)
            .set("page_size", page_size)
            .catalog(&catalog(stream, METRICS))
            .run()
            .ended(0);
        truth::check(server.world(), &run, stream, &Scope::of(server.world()));
        assert_eq!(run.said("WARNING", "null for a part"), 0, "{}", run.stderr.join("\n"));
        assert_eq!(run.said("INFO", "once more"), 0, "{}", run.stderr.join("\n"));
        assert_eq!(server.violations(), [""; 0]);
        // Every metric is asked for in one of three requests of nearly the same size.
        let report = streams::find(stream).unwrap().report().unwrap();
        let properties = run.schema(stream).0["properties"].as_object().unwrap();
        let wanted: BTreeSet<String> =
            properties.keys().filter(|name| is_metric(report, name)).cloned().collect();
        let asked: BTreeSet<Vec<String>> = windows(&server).iter().map(metrics).collect();
        let sizes: BTreeSet<usize> = asked.iter().map(Vec::len).collect();
        assert_eq!((asked.len(), sizes), (3, BTreeSet::from([83, 84])));
        assert_eq!(asked.into_iter().flatten().collect::<BTreeSet<_>>(), wanted);
    }
}

#[test]
fn a_hundred_metrics_are_asked_for_at_once() {
    for (count, requests) in [(100, 1), (101, 2)] {
        let server = serve(world());
        let run = Tap::on(&server).catalog(&catalog("advertiser_insights", count)).run().ended(0);
        truth::check(server.world(), &run, "advertiser_insights", &Scope::of(server.world()));
        let of_window = windows(&server).len() / ids(&server).len() / 2;
        assert_eq!(of_window, requests, "{count} metrics");
    }
}

#[test]
fn the_output_is_the_same_at_any_concurrency() {
    let server = serve(world());
    server.set_options(|options| options.shuffled_rows = true);
    let lines = |concurrency: u64| -> Vec<String> {
        let tap = Tap::on(&server).set("concurrency", concurrency).set("page_size", 5);
        let run = tap.catalog(&catalog("ad_insights", METRICS)).run().ended(0);
        let line = |line: &str| line.split(",\"time_extracted\"").next().unwrap().to_owned();
        run.stdout.lines().map(line).collect()
    };
    assert_eq!(lines(1), lines(8));
}

#[test]
fn a_key_in_some_of_the_answers_gets_nulls_and_is_counted() {
    let server = serve(WorldConfig { top_view: 0, ..world() });
    let catalog = catalog("campaign_insights", METRICS);
    let tap = || Tap::on(&server).set("concurrency", 1).set("report_window", 30).catalog(&catalog);
    let keys = ["advertiser_id", "campaign_id", "stat_time_day"];
    let whole = by_key(&tap().run().ended(0), "campaign_insights", &keys);
    let asked: Vec<Vec<String>> = windows(&server).iter().take(3).map(metrics).collect();
    // The first answer, the second one, or all but one of them lack the first row.
    for lacking in [vec![0], vec![1], vec![0, 2]] {
        let lacks: Vec<String> = lacking.iter().map(|side| asked[*side][0].clone()).collect();
        server.set_options(|options| options.rows_cut_by.clone_from(&lacks));
        server.clear_log();
        let run = tap().run().ended(0);
        let found = by_key(&run, "campaign_insights", &keys);
        assert!(found.keys().eq(whole.keys()), "rows are missing or too many");
        let changed: Vec<_> = whole.iter().filter(|(key, row)| found[*key] != **row).collect();
        assert_eq!(changed.len(), ids(&server).len(), "one row of each account");
        for (key, row) in changed {
            for (name, value) in row {
                let is_lost = lacking.iter().any(|side| asked[*side].contains(name));
                let want = if is_lost { "null" } else { value };
                assert_eq!(found[key][name], want, "{name} of {key}");
            }
        }
        assert_eq!(run.said("WARNING", "2 records have null for a part"), 1);
        let named = run.stderr.iter().find(|line| line.contains("null for a part")).unwrap();
        let id = &ids(&server)[0];
        assert!(named.contains(id) && named.contains(START) && named.contains("campaign_id \""));
        // Each window is read twice, and delivered once.
        assert_eq!(windows(&server).len(), 3 * 2 * ids(&server).len());
    }
}

#[test]
fn rows_that_differ_only_at_first_are_whole() {
    let server = serve(WorldConfig { accounts: 1, top_view: 0, ..world() });
    let catalog = catalog("campaign_insights", METRICS);
    let tap = Tap::on(&server).set("concurrency", 1).set("report_window", 30).catalog(&catalog);
    // The second of three requests finds the account without results: TikTok counts them anew.
    let info = json!({"page": 1, "page_size": 1000, "total_number": 0, "total_page": 0});
    let empty = json!({"code": 0, "message": "OK", "data": {"list": [], "page_info": info}});
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        start_date: Some(START.into()),
        after: 1,
        kind: FaultKind::Body(empty.to_string()),
        ..Fault::default()
    });
    let run = tap.run().ended(0);
    truth::check(server.world(), &run, "campaign_insights", &Scope::of(server.world()));
    assert_eq!(run.said("INFO", "returned different rows"), 1, "{}", run.stderr.join("\n"));
    assert_eq!(run.said("WARNING", "null for a part"), 0, "{}", run.stderr.join("\n"));
    assert_eq!(windows(&server).len(), 6);
}

#[test]
fn values_restated_between_requests_are_delivered() {
    let config = WorldConfig { accounts: 1, top_view: 0, restate_days: 3, ..world() };
    let server = serve(config);
    let today = server.world().today(&ids(&server)[0]);
    let before = (today - time::Duration::days(6)).to_string();
    server.set_options(|options| options.restate_every = Some(2));
    let tap = Tap::on(&server).set("start_date", before.clone()).set("end_date", Value::Null);
    let tap = tap.set("page_size", 5).set("report_window", 30);
    let run = tap.catalog(&catalog("ad_insights", METRICS)).run().ended(0);
    assert!(server.world().epoch() > 3, "nothing was restated");
    assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
    let scope = Scope::of(server.world()).days(&before, &today.to_string());
    let (schema, keys) = run.schema("ad_insights");
    let rows = truth::rows(server.world(), "ad_insights", schema, &scope);
    let found = truth::difference("ad_insights", keys, &run.records("ad_insights"), rows);
    assert!(found.lost.is_empty() && found.twice.is_empty(), "{found:?}");
    // The days that were restated have values of several moments; the others have none of these.
    assert!(!found.changed.is_empty(), "nothing was restated between requests");
    let firm = (today - time::Duration::days(3)).to_string();
    let days = |text: &String| text.split("stat_time_day=Text(\"").nth(1).unwrap()[..10].to_owned();
    assert!(found.changed.iter().all(|text| days(text) > firm), "{}", found.changed[0]);
}

#[test]
fn what_is_joined_is_proven() {
    for include_deleted in [false, true] {
        let server = serve(world());
        server.set_options(|options| options.shuffled_rows = true);
        let tap = Tap::on(&server).set("verify", true).set("include_deleted", include_deleted);
        let run = tap.catalog(&catalog("ad_insights", METRICS)).run().ended(0);
        let scope = Scope { include_deleted, ..Scope::of(server.world()) };
        truth::check(server.world(), &run, "ad_insights", &scope);
        let line = |line: &String| {
            let cells = line.strip_prefix("INFO verify: ")?.split(" | ");
            Some(cells.map(str::to_owned).collect::<Vec<_>>())
        };
        let table: Vec<Vec<String>> = run.stderr.iter().filter_map(line).skip(1).collect();
        let asked: BTreeSet<Vec<String>> = windows(&server).iter().map(metrics).collect();
        let summed = |asked: &Vec<String>| table.iter().any(|row| asked.contains(&row[2]));
        assert!(asked.len() == 3 && asked.iter().all(summed), "one request has nothing to prove");
        for row in &table {
            assert_eq!(row[3], row[4], "{row:?}");
            let compared = if row[1] == "ads to account" { "4" } else { "8" };
            assert_eq!(row[5..], [compared, "0", "0", "0", "0", "0"], "{row:?}");
        }
    }
    let server = serve(world());
    server.set_options(|options| options.total_offsets = vec![("clicks".into(), "7".into())]);
    let tap = Tap::on(&server).set("verify", true).set("end_date", START);
    let run = tap.catalog(&catalog("campaign_insights", METRICS)).run().ended(4);
    assert!(run.cause().contains("`clicks`"), "{}", run.cause());
}

//! Every report of the grid, in few runs of many streams: its rows, schema, keys, bookmarks
//! and selection, and what a refusal costs. A test names every stream that fails.

use crate::catalogs::{mark, of};
use crate::conformance::{check_keys, validate};
use crate::failures::code;
use crate::harness::{Run, START, Tap, serve, world};
use crate::truth::{self, Scope, is_metric};
use fake_tiktok::{Fault, Server, WorldConfig};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tap_tiktok_ads::streams::dictionary::Grain;
use tap_tiktok_ads::streams::{self, Report, Stream};

const LAST: &str = "2026-05-02";
const NEXT: &str = "2026-05-03";

fn reports() -> Vec<&'static Stream> {
    let is_of_grid = |stream: &&Stream| stream.report().is_some_and(Report::is_narrowable);
    let reports: Vec<_> = streams::all().iter().filter(is_of_grid).collect();
    assert!(reports.len() > 100, "{} reports", reports.len());
    reports
}

fn report(stream: &Stream) -> &Report {
    stream.report().expect("a report")
}

fn server() -> Server {
    serve(WorldConfig { campaigns: 2, adgroups: 1, ads: 2, delivery: 1.0, ..world() })
}

fn tap(server: &Server, catalog: &Value) -> Tap {
    Tap::on(server).set("end_date", LAST).set("concurrency", 16).catalog(catalog)
}

/// Runs again if a day ended meanwhile somewhere: `read_date` is the day of the run.
pub(crate) fn within_a_day(server: &Server, run: impl Fn() -> Run) -> Run {
    let ids = crate::harness::ids(server);
    let days = || ids.iter().map(|id| server.world().today(id)).collect::<Vec<_>>();
    loop {
        let before = days();
        let run = run();
        if days() == before {
            return run;
        }
    }
}

/// Makes a check of every stream, and fails with all that failed.
pub(crate) fn each(streams: &[&'static Stream], check: impl Fn(&'static Stream)) {
    let mut failed = Vec::new();
    for stream in streams {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(stream))) {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("?");
            let text: String = text.chars().take(600).collect();
            failed.push(format!("{}: {text}", stream.name));
        }
    }
    let (wrong, all) = (failed.len(), streams.len());
    assert!(failed.is_empty(), "{wrong} of {all} streams fail:\n{}", failed.join("\n"));
}

#[test]
fn every_report_delivers_its_rows_and_has_keys() {
    let server = server();
    let reports = reports();
    let catalog = of(reports.iter().copied());
    let run = within_a_day(&server, || tap(&server, &catalog).run().ended(0));
    assert_eq!(server.violations(), [""; 0]);
    assert_eq!(run.streams(), reports.iter().map(|s| s.name).collect::<Vec<_>>());
    let scope = Scope::of(server.world()).days(START, LAST);
    each(&reports, |stream| {
        let records = run.records(stream.name);
        assert!(!records.is_empty(), "no rows, so this shows nothing");
        validate(&run, stream.name);
        truth::check(server.world(), &run, stream.name, &scope);
        check_keys(&run, stream);
        for record in records {
            for name in ["currency", "timezone"] {
                assert_ne!(record.raw(name), "null", "{name}");
            }
        }
    });
}

#[test]
fn every_report_is_the_same_at_any_concurrency() {
    let server = server();
    let catalog = of(reports());
    let lines = |concurrency: usize| {
        let tap = tap(&server, &catalog).set("end_date", START).set("concurrency", concurrency);
        let run = within_a_day(&server, || tap.run().ended(0));
        // Only the time of extraction differs between runs.
        let line = |line: &str| line.split(",\"time_extracted\"").next().map(str::to_owned);
        run.stdout.lines().filter_map(line).collect::<Vec<_>>()
    };
    let (one, many) = (lines(1), lines(16));
    let name =
        |line: &str| line.split("\"stream\":\"").nth(1)?.split('"').next().map(str::to_owned);
    let differ: BTreeSet<_> = one
        .iter()
        .zip(&many)
        .filter(|(one, many)| one != many)
        .map(|(one, _)| name(one).unwrap_or_else(|| "STATE".to_owned()))
        .collect();
    assert!(differ.is_empty(), "{differ:?} differ");
    assert_eq!(one.len(), many.len());
}

#[test]
fn every_report_resumes_from_its_state() {
    let server = server();
    let reports = reports();
    let catalog = of(reports.iter().copied());
    let first = tap(&server, &catalog).run().ended(0);
    let second = within_a_day(&server, || {
        let tap = tap(&server, &catalog).set("end_date", NEXT).set("attribution_window", 0);
        tap.state(first.state()).run().ended(0)
    });
    each(&reports, |stream| {
        let bookmarks = |run: &Run, day: &str| {
            let found = &run.state()["bookmarks"][stream.name];
            for id in crate::harness::ids(&server) {
                let wanted = stream.replication_key().map(|_| format!("{day}T00:00:00Z"));
                assert_eq!(found[&id], json!(wanted), "the bookmark of {id}");
            }
        };
        bookmarks(&first, LAST);
        bookmarks(&second, NEXT);
        // The day of the bookmark is read again, since it may have gone on after it was read.
        let days = Scope::of(server.world()).days(LAST, NEXT);
        truth::check(server.world(), &second, stream.name, &days);
    });
}

#[test]
fn every_report_has_the_selected_fields_only() {
    let server = server();
    for half in [0, 1] {
        let reports: Vec<_> = reports().into_iter().skip(half).step_by(2).collect();
        let mut catalog = of(self::reports());
        let mut chosen = Vec::new();
        for entry in catalog["streams"].as_array_mut().unwrap() {
            let stream = streams::find(entry["tap_stream_id"].as_str().unwrap()).unwrap();
            let names: Vec<String> =
                entry["schema"]["properties"].as_object().unwrap().keys().cloned().collect();
            let metric = names.iter().rfind(|name| is_metric(report(stream), name)).unwrap();
            for name in &names {
                mark(entry, &["properties", name], "inclusion", "available");
                mark(entry, &["properties", name], "selected", name == metric);
            }
            mark(entry, &[], "selected", reports.iter().any(|r| r.name == stream.name));
            chosen.push((stream.name, metric.clone()));
        }
        server.clear_log();
        let run = tap(&server, &catalog).set("end_date", START).run().ended(0);
        assert_eq!(run.streams(), reports.iter().map(|s| s.name).collect::<Vec<_>>());
        let requests = server.requests();
        each(&reports, |stream| {
            let metric = &chosen.iter().find(|(name, _)| *name == stream.name).unwrap().1;
            let wanted: BTreeSet<&str> = stream
                .keys
                .iter()
                .copied()
                .chain(stream.replication_key())
                .chain([metric.as_str()])
                .collect();
            let schema = run.schema(stream.name).0["properties"].as_object().unwrap();
            assert_eq!(schema.keys().map(String::as_str).collect::<BTreeSet<_>>(), wanted);
            let is_wanted = |name: &String| wanted.contains(name.as_str());
            for record in run.records(stream.name) {
                assert!(record.0.len() == wanted.len() && record.0.keys().all(is_wanted));
            }
            let report = report(stream);
            let dimensions = json!(report.dimensions).to_string();
            let asked = requests.iter().filter(|request| {
                request.param("report_type") == Some(report.report_type)
                    && request.param("data_level") == report.data_level
                    && request.param("dimensions") == Some(dimensions.as_str())
                    && (request.param("query_lifetime") == Some("true"))
                        == (report.grain == Grain::Lifetime)
                    && request.param("metrics") == Some(json!([metric]).to_string().as_str())
            });
            assert!(asked.count() > 0, "nobody asked for {metric} alone");
        });
    }
}

/// Refuses what fits a fault with the code of a missing permission, and compares: streams that fit
/// have no rows, all others have theirs.
fn refuse(fault: Fault, fits: impl Fn(&Report) -> bool) {
    let server = server();
    let message = "The advertiser does not grant you the permission: Consolidated Report";
    server.add_fault(Fault { times: usize::MAX, kind: code(40001, message), ..fault });
    let reports = reports();
    let catalog = of(reports.iter().copied());
    let run =
        within_a_day(&server, || tap(&server, &catalog).set("end_date", START).run().ended(4));
    let (refused, open): (Vec<_>, Vec<_>) = reports.into_iter().partition(|s| fits(report(s)));
    assert!(!refused.is_empty() && !open.is_empty());
    let scope = Scope::of(server.world()).days(START, START);
    each(&refused, |stream| {
        assert_eq!(run.records(stream.name).len(), 0, "rows of a refused report");
        let bookmarks = &run.state()["bookmarks"][stream.name];
        assert!(bookmarks.is_null() || bookmarks == &json!({}), "{bookmarks}");
        let named = run.stderr.iter().any(|line| line.contains(stream.name));
        assert!(named, "no line names it");
    });
    each(&open, |stream| truth::check(server.world(), &run, stream.name, &scope));
}

#[test]
fn a_missing_permission_for_audience_reports_costs_only_those() {
    let fault = Fault { report_type: Some("AUDIENCE".into()), ..Fault::default() };
    refuse(fault, |report| report.report_type == "AUDIENCE");
}

#[test]
fn a_missing_permission_for_a_breakdown_costs_only_its_reports() {
    for dimension in ["country_code", "stat_time_hour", "ad_id_v2"] {
        let fault = Fault { dimension: Some(dimension.into()), ..Fault::default() };
        refuse(fault, |report| report.dimensions.contains(&dimension));
    }
}

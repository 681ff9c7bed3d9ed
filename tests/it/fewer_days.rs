//! Windows of lists that take too long, are too large, or have more rows than the tap holds: they
//! are requested again in smaller windows, as those of reports are, and every row arrives.

use crate::catalogs::of;
use crate::failures::code;
use crate::harness::{Run, Tap, serve, world};
use crate::joined::{METRICS, catalog};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind, Request, Server, WorldConfig};
use serde_json::Value;
use std::collections::BTreeSet;
use tap_tiktok_ads::streams;
use time::{Duration, OffsetDateTime};

/// Windowed lists, without parents and with them.
const STREAMS: [&str; 4] =
    ["bc_transactions", "comments", "bc_account_budget_changelog", "gmv_max_advertiser_insights"];

fn ago(days: i64) -> String {
    (OffsetDateTime::now_utc() - Duration::days(days)).date().to_string()
}

fn tap(server: &Server, stream: &str) -> Tap {
    let tap = Tap::on(server).set("start_date", ago(30)).set("end_date", ago(1));
    let tap = tap.set("report_window", 30).set("concurrency", 1);
    tap.catalog(&of([streams::find(stream).unwrap()]))
}

fn records(run: &Run, stream: &str) -> BTreeSet<String> {
    run.records(stream).into_iter().map(|record| format!("{:?}", record.0)).collect()
}

/// The days of a request.
fn days(request: &Request, stream: &str) -> i64 {
    let days = streams::find(stream).unwrap().call.days.unwrap();
    let day = |name: &str| {
        let value = match name.split_once('.') {
            None => request.param(name).unwrap().to_owned(),
            Some((object, member)) => {
                let object: Value = serde_json::from_str(request.param(object).unwrap()).unwrap();
                object[member].as_str().unwrap().to_owned()
            }
        };
        truth::day(&value[..10])
    };
    (day(days.end) - day(days.start)).whole_days() + i64::from(!days.is_exclusive)
}

fn of_stream(server: &Server, stream: &str) -> Vec<Request> {
    let path = streams::find(stream).unwrap().call.path;
    server.requests().into_iter().filter(|r| r.path == path).collect()
}

#[test]
fn windows_of_lists_shrink() {
    let server = serve(world());
    for stream in STREAMS {
        server.clear_faults();
        let whole = records(&tap(&server, stream).run().ended(0), stream);
        assert!(!whole.is_empty(), "{stream}");
        let path = Some(streams::find(stream).unwrap().call.path.to_owned());
        let time_out = FaultKind::Http {
            status: 504,
            content_type: "text/html".into(),
            body: "Gateway time-out".into(),
        };
        for kind in [code(51001, "Time out."), code(40067, "Too large."), time_out] {
            server.clear_faults();
            server.clear_log();
            server.add_fault(Fault { path: path.clone(), kind: kind.clone(), ..Fault::default() });
            let run = tap(&server, stream).run().ended(0);
            assert_eq!(records(&run, stream), whole, "{stream}: {kind:?}");
            let said = run.said(&format!("INFO {stream}"), "asked for in smaller windows");
            assert_eq!(said, 1, "{stream}: {kind:?}: {}", run.stderr.join("\n"));
            let sizes: Vec<i64> =
                of_stream(&server, stream).iter().map(|r| days(r, stream)).collect();
            assert_eq!((sizes[0], sizes[1]), (30, 15), "{stream}: {kind:?}");
        }
    }
}

#[test]
fn a_day_that_is_too_much_ends_as_before() {
    let server = serve(world());
    for stream in STREAMS {
        server.clear_faults();
        server.clear_log();
        let path = Some(streams::find(stream).unwrap().call.path.to_owned());
        let kind = code(51001, "Time out.");
        server.add_fault(Fault { path, times: usize::MAX, kind, ..Fault::default() });
        let run = tap(&server, stream).run().ended(5);
        assert!(run.cause().contains("Time out."), "{}", run.cause());
        let sizes: BTreeSet<i64> =
            of_stream(&server, stream).iter().map(|r| days(r, stream)).collect();
        assert_eq!(sizes, [1, 3, 7, 15, 30].into(), "{stream}");
    }
}

#[test]
fn joined_lists_are_small_enough_to_be_held() {
    let stream = "smart_plus_material_insights";
    let config = WorldConfig { accounts: 1, campaigns: 6, adgroups: 5, ads: 5, ..world() };
    let config = WorldConfig { smart_plus: 1.0, delivery: 1.0, deleted: 0.0, ..config };
    let server = serve(WorldConfig { top_view: 0, ..config });
    let tap = Tap::on(&server).set("start_date", ago(35)).set("end_date", ago(6));
    let tap = tap.set("report_window", 30).set("concurrency", 1);
    let run = tap.catalog(&catalog(stream, METRICS)).run().ended(0);
    let scope = Scope::of(server.world()).days(&ago(35), &ago(6));
    truth::check(server.world(), &run, stream, &scope);
    let too_much = run.said("INFO", "more than the tap holds");
    assert!((1..=2).contains(&too_much), "{too_much}: {}", run.stderr.join("\n"));
}

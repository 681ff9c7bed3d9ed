//! `skip_idle_days`: windows in which the account has no results are not requested, and no row is
//! lost by it.

use crate::catalogs::of;
use crate::failures::code;
use crate::grid::within_a_day;
use crate::harness::{Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, Server, WorldConfig};
use std::collections::BTreeSet;
use tap_tiktok_ads::streams::{self, Buying, Per, REPORT, Replication, Stream};
use time::{Date, Duration, OffsetDateTime};

/// Days of the run. Some of them are more than 30 days ago, and are asked for separately.
const DAYS: i64 = 10;

/// Reports by day or hour of which windows may be left out, and those of SKAN postbacks.
fn reports() -> Vec<&'static Stream> {
    let is_wanted = |stream: &&Stream| {
        stream.per == Per::Account
            && matches!(stream.replication, Replication::Window { .. })
            && stream.report().is_some_and(streams::Report::is_narrowable)
    };
    let reports: Vec<_> = streams::all().iter().filter(is_wanted).collect();
    assert!(reports.len() > 60, "{} reports", reports.len());
    reports
}

fn is_of_skan(stream: &Stream) -> bool {
    stream.report().is_some_and(|report| report.dimensions.contains(&"skan_postback_sequence"))
}

fn server(delivery: f64) -> Server {
    let world = WorldConfig { campaigns: 1, adgroups: 1, ads: 1, delivery, ..world() };
    serve(WorldConfig { accounts: 2, promote: 1, top_view: 1, smart_plus: 0.0, ..world })
}

fn run(server: &Server, streams: &[&'static Stream], skip: bool) -> Run {
    server.clear_log();
    let first: Date = (OffsetDateTime::now_utc() - Duration::days(35)).date();
    let tap = Tap::on(server)
        .set("start_date", first.to_string())
        .set("end_date", (first + Duration::days(DAYS - 1)).to_string())
        .set("report_window", 2)
        .set("concurrency", 16)
        .set("skip_idle_days", skip)
        .catalog(&of(streams.iter().copied()));
    within_a_day(server, || tap.run().ended(0))
}

/// The lines of a run without the time of extraction.
fn lines(run: &Run) -> Vec<&str> {
    run.stdout.lines().filter_map(|line| line.split(",\"time_extracted\"").next()).collect()
}

fn assert_same(one: &Run, other: &Run) {
    let (one, other) = (lines(one), lines(other));
    let differ = one.iter().zip(&other).find(|(one, other)| one != other);
    assert!(differ.is_none() && one.len() == other.len(), "{differ:#?}");
}

#[test]
fn no_row_is_lost_with_fewer_requests() {
    let (server, reports) = (server(0.3), reports());
    let all = run(&server, &reports, false);
    let usual = server.requests().len();
    let fewer = run(&server, &reports, true);
    assert!(!all.records("advertiser_insights").is_empty(), "{:?}", all.stderr);
    assert_same(&all, &fewer);
    let sent = server.requests().len();
    assert!(sent < usual, "{sent} requests instead of {usual}");
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn idle_accounts_take_one_request_per_30_days_for_all_reports() {
    let server = server(0.0);
    let reports: Vec<_> = reports().into_iter().filter(|stream| !is_of_skan(stream)).collect();
    let run = run(&server, &reports, true);
    let asked = server.requests().iter().filter(|request| request.path == REPORT).count();
    assert_eq!(asked, 2 * ids(&server).len(), "{:?}", run.stderr);
    let bookmarks = &run.state()["bookmarks"];
    let without: BTreeSet<_> = reports
        .iter()
        .filter(|stream| bookmarks[stream.name].as_object().map_or(0, serde_json::Map::len) != 2)
        .map(|stream| stream.name)
        .collect();
    assert!(without.is_empty(), "{without:?} have no bookmarks");
}

#[test]
fn skan_postbacks_are_requested_for_all_days() {
    let server = server(0.0);
    let of_skan: Vec<_> = reports().into_iter().filter(|stream| is_of_skan(stream)).collect();
    assert!(!of_skan.is_empty());
    run(&server, &of_skan, true);
    let top_view = |stream: &&&Stream| {
        stream.call.passes.iter().any(|pass| pass.buying == Some(Buying::TopView))
    };
    let windows = of_skan.len() * usize::try_from(DAYS / 2).expect("small");
    let probes = usize::from(of_skan.iter().any(|stream| top_view(&stream)));
    let asked = server.requests().iter().filter(|request| request.path == REPORT).count();
    assert_eq!(asked, 2 * (windows + probes));
}

#[test]
fn a_refusal_means_that_all_days_are_requested() {
    let server = server(0.3);
    let reports = [streams::find("ad_insights").expect("a stream")];
    let all = run(&server, &reports, false);
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        param: Some(("data_level".into(), "AUCTION_ADVERTISER".into())),
        times: usize::MAX,
        kind: code(40002, "This report is not available"),
        ..Fault::default()
    });
    let refused = run(&server, &reports, true);
    assert_same(&all, &refused);
    let is_said = |line: &String| line.contains("reports are requested for all days");
    assert!(refused.stderr.iter().any(is_said), "{:?}", refused.stderr);
}

#[test]
fn verify_reads_all_days() {
    let server = server(0.0);
    let reports = [streams::find("advertiser_insights").expect("a stream")];
    let tap = Tap::on(&server).set("verify", true).set("skip_idle_days", true);
    let run = tap.catalog(&of(reports)).run();
    let asked = server.requests().iter().filter(|request| request.path == REPORT).count();
    assert!(asked > 2, "{asked} requests: {:?}", run.stderr);
}

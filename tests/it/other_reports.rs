//! Every report outside the grid, such as those of GMV Max, materials and Business Centers: its
//! rows, schema, keys, bookmarks, and order at any concurrency.

use crate::catalogs::of;
use crate::conformance::{check_keys, validate};
use crate::grid::{each, within_a_day};
use crate::harness::{Run, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Server, WorldConfig};
use serde_json::json;
use tap_tiktok_ads::streams::{self, Per, Report, Stream};
use time::{Date, Duration, OffsetDateTime};

fn reports() -> Vec<&'static Stream> {
    let is_other = |stream: &&Stream| stream.report().is_some_and(|r| !Report::is_narrowable(r));
    let reports: Vec<_> = streams::all().iter().filter(is_other).collect();
    assert!(reports.len() > 20, "{} reports", reports.len());
    reports
}

fn server() -> Server {
    serve(WorldConfig { campaigns: 2, adgroups: 1, ads: 2, delivery: 1.0, ..world() })
}

/// So many days ago: TikTok keeps some of these reports for 60 days only.
fn ago(days: i64) -> Date {
    (OffsetDateTime::now_utc() - Duration::days(days)).date()
}

fn tap(server: &Server, first: Date, last: Date) -> Tap {
    let tap = Tap::on(server).set("start_date", first.to_string());
    let tap = tap.set("end_date", last.to_string()).set("concurrency", 16);
    tap.catalog(&of(reports()))
}

fn scope(server: &Server, first: Date, last: Date) -> Scope {
    Scope { days: (first, last), ..Scope::of(server.world()) }
}

#[test]
fn every_other_report_delivers_its_rows_and_has_keys() {
    let server = server();
    let (first, last) = (ago(6), ago(5));
    let run = within_a_day(&server, || tap(&server, first, last).run().ended(0));
    assert_eq!(server.violations(), [""; 0]);
    each(&reports(), |stream| {
        assert!(!run.records(stream.name).is_empty(), "no rows, so this shows nothing");
        validate(&run, stream.name);
        truth::check(server.world(), &run, stream.name, &scope(&server, first, last));
        check_keys(&run, stream);
    });
}

#[test]
fn every_other_report_is_the_same_at_any_concurrency() {
    let server = server();
    let lines = |concurrency: usize| {
        let tap = tap(&server, ago(6), ago(6)).set("concurrency", concurrency);
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
fn every_other_report_resumes_from_its_state() {
    let server = server();
    let (first, middle, last) = (ago(6), ago(5), ago(4));
    let one = tap(&server, first, middle).run().ended(0);
    let two = within_a_day(&server, || {
        let tap = tap(&server, first, last).set("attribution_window", 0);
        tap.state(one.state()).run().ended(0)
    });
    each(&reports(), |stream| {
        let check = |run: &Run, day: Date| {
            let owners = match stream.per {
                Per::BusinessCenter => server.world().business_centers(),
                _ => ids(&server),
            };
            for owner in owners {
                let wanted = stream.replication_key().map(|_| format!("{day}T00:00:00Z"));
                let found = &run.state()["bookmarks"][stream.name][&owner];
                assert_eq!(found, &json!(wanted), "the bookmark of {owner}");
            }
        };
        check(&one, middle);
        check(&two, last);
        truth::check(server.world(), &two, stream.name, &scope(&server, middle, last));
    });
}

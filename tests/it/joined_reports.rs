//! More metrics than TikTok takes in one request, in reports other than those by day: their columns
//! that no request returns, rows without an hour, and reports with endpoints of their own.

use crate::grid::within_a_day;
use crate::harness::{END, Run, START, Tap, ids, serve, world};
use crate::joined::{METRICS, catalog, metrics, windows};
use crate::truth::{self, Scope};
use fake_tiktok::{Request, Server, WorldConfig};
use std::collections::BTreeSet;
use time::{Date, Duration, OffsetDateTime};

/// Metrics of the reports with fewer than others: two requests.
const FEWER: usize = 150;

/// The metrics of each different request to an endpoint.
fn asked(server: &Server, path: &str) -> BTreeSet<Vec<String>> {
    let requests = server.requests().into_iter();
    requests.filter(|r| r.path == path).map(|r: Request| metrics(&r)).collect()
}

/// The number of rows that were left out because they have no hour.
fn hourless(run: &Run) -> u64 {
    let line = run.stderr.iter().find(|line| line.contains("belong to no hour")).unwrap();
    line.split(' ').find_map(|word| word.parse().ok()).unwrap()
}

#[test]
fn hourly_rows_have_their_hour_in_utc_and_the_columns_of_their_account() {
    let stream = "ad_insights_hourly";
    let server = serve(WorldConfig { delivery: 1.0, ..world() });
    let tap = || Tap::on(&server).set("page_size", 7).set("end_date", START);
    let alone = tap().catalog(&catalog(stream, FEWER - 60)).run().ended(0);
    server.set_options(|options| options.shuffled_rows = true);
    server.clear_log();
    let run = tap().catalog(&catalog(stream, FEWER)).run().ended(0);
    assert_eq!(windows(&server).iter().map(metrics).collect::<BTreeSet<_>>().len(), 2);
    truth::check(server.world(), &run, stream, &Scope::of(server.world()).days(START, START));
    let records = run.records(stream);
    assert!(!records.is_empty());
    for record in records {
        for name in ["stat_time_hour_utc", "currency", "timezone"] {
            assert_ne!(record.raw(name), "null", "{name}");
        }
    }
    assert_eq!(hourless(&run), hourless(&alone), "each request counts them");
}

#[test]
fn the_only_row_of_an_account_is_joined() {
    let stream = "advertiser_insights_lifetime";
    let server = serve(world());
    let tap = Tap::on(&server).catalog(&catalog(stream, METRICS));
    let run = within_a_day(&server, || tap.run().ended(0));
    truth::check(server.world(), &run, stream, &Scope::of(server.world()));
    assert_eq!(run.records(stream).len(), ids(&server).len());
    assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
}

#[test]
fn reports_of_other_endpoints_are_joined() {
    let ago = |days| -> Date { (OffsetDateTime::now_utc() - Duration::days(days)).date() };
    let (first, last) = (ago(6), ago(5));
    for (stream, path) in [
        ("smart_plus_ad_insights_by_main_material", "smart_plus/material_report/overview/"),
        ("smart_plus_material_insights", "smart_plus/material_report/breakdown/"),
    ] {
        let server = serve(WorldConfig { smart_plus: 1.0, delivery: 1.0, ..world() });
        server.set_options(|options| options.shuffled_rows = true);
        let catalog = catalog(stream, FEWER);
        let tap = Tap::on(&server).set("start_date", first.to_string());
        let tap = tap.set("end_date", last.to_string()).set("page_size", 3).catalog(&catalog);
        let run = tap.run().ended(0);
        assert_eq!(server.violations(), [""; 0]);
        let requests = asked(&server, path);
        assert_eq!(requests.len(), 2, "{stream}");
        let scope = Scope { days: (first, last), ..Scope::of(server.world()) };
        truth::check(server.world(), &run, stream, &scope);
        assert!(!run.records(stream).is_empty());
        // A metric that is refused in the second request is missing there only.
        let refused: &str = requests.last().unwrap().last().unwrap().clone().leak();
        server.set_options(|options| options.refused_metrics = vec![refused.into()]);
        let run = tap.run().ended(0);
        let scope = Scope { without: vec![refused], ..scope };
        truth::check(server.world(), &run, stream, &scope);
    }
}

#[test]
fn joined_windows_resume_after_their_bookmark() {
    let stream = "campaign_insights";
    let server = serve(world());
    let catalog = catalog(stream, METRICS);
    let tap = || Tap::on(&server).set("attribution_window", 0).catalog(&catalog);
    let first = tap().set("end_date", START).run().ended(0);
    let second = tap().state(first.state()).run().ended(0);
    let scope = Scope::of(server.world()).days(START, END);
    truth::check(server.world(), &second, stream, &scope);
    let third = tap().state(second.state()).run().ended(0);
    let scope = Scope::of(server.world()).days(END, END);
    truth::check(server.world(), &third, stream, &scope);
}

//! Reports with more metrics than TikTok takes in one request, if one of the requests is refused or
//! too large, or if a window has more rows than the tap holds.

use crate::catalogs::{entry, mark};
use crate::failures::code;
use crate::harness::{END, START, Tap, ids, serve, world};
use crate::joined::{METRICS, REPORT, catalog, metrics, properties, windows};
use crate::truth::{self, Scope, is_metric};
use fake_tiktok::{Fault, FaultKind, WorldConfig};
use serde_json::json;
use tap_tiktok_ads::streams;

#[test]
fn a_metric_refused_in_one_request_leaves_that_one() {
    for text in [None, Some("metrics: Unsupported metric for this data level.".to_owned())] {
        let server = serve(world());
        let catalog = catalog("campaign_insights", METRICS);
        // One metric of the first request and one of the last.
        let report = streams::find("campaign_insights").unwrap().report().unwrap();
        let mut names = properties(&catalog, "campaign_insights");
        names.retain(|name| is_metric(report, name));
        let (first, last) = ("app_install", names.last().unwrap().clone().leak() as &str);
        assert!(names.iter().position(|name| name == first).unwrap() < METRICS / 3);
        server.set_options(|options| {
            options.refused_metrics = vec![first.into(), last.into()];
            options.refusal_text = text.clone();
        });
        let run = Tap::on(&server).set("concurrency", 1).catalog(&catalog).run().ended(0);
        let scope = Scope { without: vec![first, last], ..Scope::of(server.world()) };
        truth::check(server.world(), &run, "campaign_insights", &scope);
        for name in [first, last] {
            let said = run.said("WARNING", &format!("`{name}`"));
            assert_eq!(said, ids(&server).len(), "{name}: {}", run.stderr.join("\n"));
        }
        let sizes: Vec<usize> =
            windows(&server).iter().rev().take(3).map(|r| metrics(r).len()).collect();
        assert_eq!(sizes, [83, 83, 82], "two requests lack one of their own");
    }
}

#[test]
fn a_window_that_is_too_much_for_one_request_shrinks_for_all() {
    let server = serve(WorldConfig { accounts: 1, top_view: 0, ..world() });
    // The second request of the first window is too much for TikTok.
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        start_date: Some(START.into()),
        after: 1,
        kind: code(40067, "Too large."),
        ..Fault::default()
    });
    let tap = Tap::on(&server).set("report_window", 30).set("concurrency", 1);
    let run = tap.catalog(&catalog("ad_insights", METRICS)).run().ended(0);
    truth::check(server.world(), &run, "ad_insights", &Scope::of(server.world()));
    assert_eq!(run.said("INFO", "asked for in smaller windows"), 1, "{}", run.stderr.join("\n"));
    let ends: Vec<_> =
        windows(&server).iter().map(|r| r.param("end_date").unwrap().to_owned()).collect();
    let days = ["2026-05-02", "2026-05-04", END];
    let wanted = [&[END; 2][..], &days.map(|day| [day; 3]).concat()].concat();
    assert_eq!(ends, wanted);
}

#[test]
fn a_day_that_is_too_much_is_read_by_campaign() {
    let server = serve(world());
    server.set_options(|options| options.too_large_rows = Some(6));
    let run = Tap::on(&server).catalog(&catalog("ad_insights", METRICS)).run().ended(0);
    truth::check(server.world(), &run, "ad_insights", &Scope::of(server.world()));
    assert!(run.said("INFO", "parts by campaign_ids") > 0, "{}", run.stderr.join("\n"));
}

#[test]
fn windows_are_small_enough_to_be_held() {
    let config = WorldConfig { accounts: 1, campaigns: 5, adgroups: 4, ads: 3, ..world() };
    let server = serve(WorldConfig { top_view: 0, delivery: 1.0, deleted: 0.0, ..config });
    let tap = Tap::on(&server).set("start_date", "2026-04-01").set("end_date", "2026-04-30");
    let tap = tap.set("report_window", 30).set("concurrency", 1);
    let run = tap.catalog(&catalog("ad_insights", METRICS)).run().ended(0);
    let scope = Scope::of(server.world()).days("2026-04-01", "2026-04-30");
    truth::check(server.world(), &run, "ad_insights", &scope);
    let too_much = run.said("INFO", "more than the tap holds");
    // It is known from the first page how many days can be held.
    assert!((1..=2).contains(&too_much), "{too_much}: {}", run.stderr.join("\n"));
}

#[test]
fn a_day_that_cannot_be_made_smaller_is_held_all_the_same() {
    let server = serve(WorldConfig { accounts: 1, ..world() });
    let (id, size) = (ids(&server)[0].clone(), 3 << 20);
    let row = json!({
        "dimensions": {"advertiser_id": id, "stat_time_day": format!("{START} 00:00:00")},
        "metrics": {"advertiser_name": "x".repeat(size)},
    });
    let info = json!({"page": 1, "page_size": 1000, "total_number": 1, "total_page": 1});
    let page = json!({"code": 0, "message": "OK", "data": {"list": [row], "page_info": info}});
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        start_date: Some(START.into()),
        times: usize::MAX,
        kind: FaultKind::Body(page.to_string()),
        ..Fault::default()
    });
    let mut catalog = catalog("advertiser_insights", METRICS);
    let of_stream = entry(&mut catalog, "advertiser_insights");
    of_stream["schema"]["properties"]["advertiser_name"] = json!({"type": ["null", "string"]});
    mark(of_stream, &["properties", "advertiser_name"], "selected", true);
    let run = Tap::on(&server).set("end_date", START).catalog(&catalog).run().ended(0);
    let records = run.records("advertiser_insights");
    assert_eq!((records.len(), records[0].raw("advertiser_name").len()), (1, size + 2));
}

#[test]
fn a_key_that_comes_twice_in_all_answers_is_reported_once() {
    let server = serve(WorldConfig { accounts: 1, ..world() });
    let dimensions =
        json!({"advertiser_id": ids(&server)[0], "stat_time_day": format!("{START} 00:00:00")});
    let row = |name: &str| json!({"dimensions": dimensions, "metrics": {"advertiser_name": name}});
    let info = json!({"page": 1, "page_size": 1000, "total_number": 2, "total_page": 1});
    let data = json!({"list": [row("one"), row("two")], "page_info": info});
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        start_date: Some(START.into()),
        times: usize::MAX,
        kind: FaultKind::Body(json!({"code": 0, "message": "OK", "data": data}).to_string()),
        ..Fault::default()
    });
    let catalog = catalog("advertiser_insights", METRICS);
    let run = Tap::on(&server).set("end_date", START).catalog(&catalog).run().ended(4);
    let said = run.stderr.iter().filter(|line| line.contains("have the key of another row"));
    assert_eq!(said.count(), 1, "{}", run.stderr.join("\n"));
}

//! Reports that TikTok does not return as requested: sizes that do not work, keys that come twice,
//! rows of unknown campaigns, and accounts that `advertiser/info/` does not describe.
//!
//! The tests check the rows that arrive, and how many requests they take.

use crate::catalogs::only;
use crate::failures::code;
use crate::harness::{END, START, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind, Kind, Request, Server, WorldConfig};
use serde_json::{Value, json};

const REPORT: &str = "report/integrated/get/";

pub(crate) fn windows(server: &Server) -> Vec<Request> {
    server
        .requests()
        .into_iter()
        .filter(|r| r.path == REPORT && r.param("start_date").is_some())
        .collect()
}

/// An answer of one page.
fn page(rows: &[Value]) -> FaultKind {
    let info = json!({"page": 1, "page_size": 1000, "total_number": rows.len(), "total_page": 1});
    FaultKind::Body(
        json!({"code": 0, "message": "OK", "data": {"list": rows, "page_info": info}}).to_string(),
    )
}

#[test]
fn the_size_that_works_is_remembered() {
    let server =
        serve(WorldConfig { accounts: 1, campaigns: 1, delivery: 1.0, top_view: 0, ..world() });
    let day = Scope::of(server.world()).days(START, START);
    let schema =
        tap_tiktok_ads::streams::schema(tap_tiktok_ads::streams::find("ad_insights").unwrap());
    let rows = truth::rows(server.world(), "ad_insights", &schema, &day).len();
    server.set_options(|options| options.too_large_rows = Some(rows));
    let tap = Tap::on(&server)
        .set("start_date", "2026-02-01")
        .set("end_date", "2026-05-01")
        .set("report_window", 30);
    let run = tap.set("concurrency", 1).catalog(&only(&["ad_insights"])).run().ended(0);
    truth::check(
        server.world(),
        &run,
        "ad_insights",
        &Scope::of(server.world()).days("2026-02-01", "2026-05-01"),
    );
    let refused = windows(&server).iter().filter(|r| r.code == Some(40067)).count();
    // 30, 15, 7, 3 and 2 days are refused. Later two days are tried again, each time after more
    // single days. Without remembering the size there would be 87 refusals.
    assert!(
        (5..=9).contains(&refused),
        "{refused} of {} requests were too much",
        windows(&server).len()
    );
}

#[test]
fn days_before_the_account_was_created_are_not_requested() {
    let server = serve(WorldConfig { accounts: 1, ..world() });
    let row = server.world().advertiser(&ids(&server)[0]);
    let created = row
        .get("create_time")
        .and_then(|raw| raw.trim_matches('"').parse::<i64>().ok())
        .expect("seconds");
    let created = time::OffsetDateTime::from_unix_timestamp(created).unwrap().date();
    let tap = Tap::on(&server)
        .set("start_date", "1999-01-01")
        .set("end_date", created.saturating_add(time::Duration::days(40)).to_string());
    tap.set("report_window", 30).catalog(&only(&["advertiser_insights"])).run().ended(0);
    let asked: Vec<_> =
        windows(&server).iter().map(|r| r.param("start_date").unwrap().to_owned()).collect();
    assert_eq!(asked.iter().min(), Some(&created.previous_day().unwrap().to_string()));
    assert_eq!(asked.len(), 2, "{asked:?}");
}

#[test]
fn rows_with_the_same_key_are_delivered_and_reported() {
    let server = serve(WorldConfig { accounts: 1, ..world() });
    let id = ids(&server)[0].clone();
    let dimensions = json!({"advertiser_id": id, "stat_time_day": "2026-05-01 00:00:00"});
    let row = |spend: &str| json!({"dimensions": dimensions, "metrics": {"spend": spend}});
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        start_date: Some(START.into()),
        times: usize::MAX,
        kind: page(&[row("1.00"), row("2.00")]),
        ..Fault::default()
    });
    let run = Tap::on(&server).catalog(&only(&["advertiser_insights"])).run().ended(4);
    assert!(
        run.cause().contains("have the key of another row") && run.cause().contains(&id),
        "{}",
        run.cause()
    );
    let last = run
        .records("advertiser_insights")
        .into_iter()
        .rfind(|record| record.raw("stat_time_day").contains("05-01"));
    assert_eq!(last.map(|record| record.raw("spend").to_owned()).as_deref(), Some("2.00"));
    assert_eq!(
        run.state()["bookmarks"]["advertiser_insights"][&id],
        format!("{END}T00:00:00Z"),
        "TikTok's answer does not block the stream"
    );
}

#[test]
fn rows_of_unlisted_campaigns_are_reported() {
    let server = serve(WorldConfig {
        accounts: 1,
        campaigns: 3,
        ads: 4,
        top_view: 0,
        promote: 0,
        deleted: 0.0,
        ..world()
    });
    let id = ids(&server)[0].clone();
    let campaign = server.world().entities(Kind::Campaign, &id)[0].id.clone();
    // This is the newest campaign. The answer is cut but contains its rows. They are delivered,
    // although older rows may be missing.
    server.set_options(|options| {
        (options.ads_cut, options.unlisted_campaigns) = (Some(20), vec![campaign.clone()]);
    });
    let tap = || Tap::on(&server).set("end_date", START).catalog(&only(&["ad_insights"]));
    let run = tap().run().ended(4);
    assert!(run.cause().contains("in no list") && run.cause().contains(&id), "{}", run.cause());
    truth::check(
        server.world(),
        &run,
        "ad_insights",
        &Scope::of(server.world()).days(START, START),
    );
    // The whole report is never returned, but TikTok counts its rows.
    server.set_options(|options| (options.ads_cut, options.too_large_rows) = (None, None));
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        start_date: Some(START.into()),
        kind: code(40067, "Too large."),
        ..Fault::default()
    });
    let run = tap().run().ended(4);
    assert!(run.cause().contains("in no list") && run.cause().contains(START), "{}", run.cause());
    assert!(
        run.state()["bookmarks"]["ad_insights"].is_null(),
        "rows are missing, so the bookmark stays: {}",
        run.state()
    );
}

#[test]
fn the_last_line_names_what_ended_the_run_after_other_failures() {
    for (words, exit, number) in
        [("App reaches the QPD limit.", 5, 40100), ("Access token is incorrect.", 3, 40105)]
    {
        let server = serve(WorldConfig { accounts: 1, ..world() });
        let fault = |start: &str, kind| Fault {
            path: Some(REPORT.into()),
            start_date: Some(start.into()),
            times: usize::MAX,
            kind,
            ..Fault::default()
        };
        server.set_options(|options| options.latency = std::time::Duration::from_millis(100));
        server.add_fault(fault("2026-05-01", code(40050, "refused")));
        server.add_fault(fault("2026-05-04", code(number, words)));
        let run = Tap::on(&server)
            .set("concurrency", 4)
            .catalog(&only(&["advertiser_insights", "campaigns"]))
            .run()
            .ended(exit);
        assert!(run.cause().contains(words), "{}", run.stderr.join("\n"));
    }
}

#[test]
fn an_account_that_advertiser_info_leaves_out_is_reported_and_read() {
    let server = serve(world());
    let (one, two) = (ids(&server)[0].clone(), ids(&server)[1].clone());
    for rows in [vec![json!({"advertiser_id": one})], Vec::new()] {
        server.clear_faults();
        let kind = FaultKind::Body(
            json!({"code": 0, "message": "OK", "data": {"list": rows}}).to_string(),
        );
        server.add_fault(Fault {
            path: Some("advertiser/info/".into()),
            times: usize::MAX,
            kind,
            ..Fault::default()
        });
        let run =
            Tap::on(&server).catalog(&only(&["advertisers", "advertiser_insights"])).run().ended(4);
        let named = |id: &str| {
            run.stderr.iter().any(|line| line.contains(&format!("account {id}: advertiser/info/")))
        };
        assert!(named(&two) && named(&one) == rows.is_empty(), "{}", run.stderr.join("\n"));
        let scope = Scope { describes_accounts: false, ..Scope::of(server.world()) };
        truth::check(server.world(), &run, "advertiser_insights", &scope);
        assert_eq!(run.records("advertisers").len(), rows.len());
    }
}

#[test]
fn accounts_are_read_without_their_description() {
    let server = serve(world());
    server.add_fault(Fault {
        path: Some("advertiser/info/".into()),
        times: usize::MAX,
        kind: code(50002, "Service error."),
        ..Fault::default()
    });
    let run = Tap::on(&server)
        .catalog(&only(&["advertisers", "campaigns", "advertiser_insights"]))
        .run()
        .ended(5);
    let scope = Scope { describes_accounts: false, ..Scope::of(server.world()) };
    for name in ["campaigns", "advertiser_insights"] {
        truth::check(server.world(), &run, name, &scope);
    }
}

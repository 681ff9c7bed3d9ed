//! Reports that are too large, take too long, or leave ads out: they are requested again in smaller
//! parts, and every row still arrives.

use crate::catalogs::only;
use crate::harness::{START, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind, WorldConfig};

const REPORT: &str = "report/integrated/get/";

#[test]
fn a_report_too_large_is_read_in_halves() {
    let server = serve(world());
    let rows = |days| {
        let scope = Scope::of(server.world()).days("2026-05-01", days).only(&ids(&server)[0]);
        truth::rows(
            server.world(),
            "ad_insights",
            &tap_tiktok_ads::streams::schema(tap_tiktok_ads::streams::find("ad_insights").unwrap()),
            &scope,
        )
        .len()
    };
    let (two_days, five_days) = (rows("2026-05-02"), rows("2026-05-05"));
    assert!(two_days < five_days);
    server.set_options(|options| options.too_large_rows = Some(two_days + 2));
    let run =
        Tap::on(&server).set("report_window", 30).catalog(&only(&["ad_insights"])).run().ended(0);
    truth::check(server.world(), &run, "ad_insights", &Scope::of(server.world()));
    assert!(
        server.requests().iter().any(|r| r.code == Some(40067)),
        "nothing was too large, so this shows nothing"
    );
}

#[test]
fn a_day_too_large_is_read_by_campaign_ad_group_and_ad() {
    let server = serve(world());
    for (stream, most) in
        [("ad_insights", 1), ("ad_insights", 5), ("adgroup_insights", 1), ("campaign_insights", 1)]
    {
        server.set_options(|options| options.too_large_rows = Some(most));
        server.clear_log();
        let tap = Tap::on(&server)
            .set("report_window", 30)
            .set("include_deleted", true)
            .set("end_date", "2026-05-02");
        let run = tap.catalog(&only(&[stream])).run().ended(0);
        let scope = Scope { include_deleted: true, ..Scope::of(server.world()) };
        truth::check(server.world(), &run, stream, &scope.days(START, "2026-05-02"));
        assert_eq!(server.violations(), [""; 0]);
        let asked: Vec<_> = server.requests().into_iter().filter(|r| r.path == REPORT).collect();
        let mut twice: Vec<_> = asked.iter().map(|r| format!("{:?}", r.params)).collect();
        twice.sort();
        twice.dedup();
        assert_eq!(twice.len(), asked.len(), "a report was asked for twice in the same words");
    }
}

#[test]
fn ads_that_tiktok_leaves_out_are_requested_by_id() {
    let server = serve(WorldConfig { campaigns: 3, ads: 9, ..world() });
    for most in [4, 20] {
        server.set_options(|options| options.ads_cut = Some(most));
        let run = Tap::on(&server).catalog(&only(&["ad_insights"])).run().ended(0);
        truth::check(server.world(), &run, "ad_insights", &Scope::of(server.world()));
        assert!(
            run.said("INFO ad_insights", "newest ads") > 0,
            "nothing was cut, so this shows nothing"
        );
    }
}

#[test]
fn a_day_that_no_request_can_read_is_reported_and_its_stream_ends() {
    let server = serve(world());
    server.set_options(|options| options.too_large_rows = Some(0));
    let run = Tap::on(&server)
        .set("end_date", "2026-05-01")
        .catalog(&only(&["ad_insights", "campaigns"]))
        .run()
        .ended(4);
    assert!(
        run.cause().contains("40067") && run.cause().contains("ad_insights"),
        "{}",
        run.cause()
    );
    truth::check(server.world(), &run, "campaigns", &Scope::of(server.world()));
}

#[test]
fn a_report_that_timed_out_is_never_repeated_unchanged() {
    let server = serve(world());
    let hang = FaultKind::Hang(std::time::Duration::from_secs(30));
    server.add_fault(Fault {
        path: Some(REPORT.into()),
        advertiser_id: Some(ids(&server)[0].clone()),
        times: 2,
        kind: hang,
        ..Fault::default()
    });
    let tap =
        Tap::on(&server).set("request_timeout", 0.5).set("report_window", 30).set("concurrency", 1);
    let run = tap.catalog(&only(&["advertiser_insights"])).run().ended(0);
    truth::check(server.world(), &run, "advertiser_insights", &Scope::of(server.world()));
    let asked: Vec<_> = server
        .requests()
        .into_iter()
        .filter(|r| r.path == REPORT)
        .map(|r| r.param("end_date").unwrap().to_owned())
        .collect();
    // Five days, then the first two of them, then the first one.
    assert_eq!(asked[..3], ["2026-05-05", "2026-05-02", "2026-05-01"]);
}

#[test]
fn the_smallest_report_is_requested_in_another_form_after_a_timeout() {
    for (times, exit) in [(1, 0), (2, 5)] {
        let server = serve(WorldConfig { accounts: 1, ..world() });
        let hang = FaultKind::Hang(std::time::Duration::from_secs(30));
        server.add_fault(Fault {
            path: Some(REPORT.into()),
            times,
            kind: hang,
            ..Fault::default()
        });
        let tap = Tap::on(&server).set("request_timeout", 0.5).set("end_date", START);
        tap.catalog(&only(&["advertiser_insights"])).run().ended(exit);
        let asked: Vec<_> = server
            .requests()
            .into_iter()
            .filter(|r| r.path == REPORT)
            .map(|r| format!("{:?}", r.params))
            .collect();
        assert!(asked.len() == 2 && asked[0] != asked[1], "{asked:?}");
    }
}

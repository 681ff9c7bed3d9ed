//! The setting `verify`: the sums of delivered rows are compared with the totals of the API.

use crate::catalogs::only;
use crate::harness::{CORE, Run, START, Tap, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Server, WorldConfig};
use std::collections::BTreeMap;

/// The lines of the table: stream, what is compared, metric, both sums, and how often they were
/// equal, rounded, explained by rows of no hour, too fresh, unknown or different.
pub(crate) fn table(run: &Run) -> Vec<Vec<String>> {
    let line = |line: &String| {
        Some(
            line.strip_prefix("INFO verify: ")?.split(" | ").map(str::to_owned).collect::<Vec<_>>(),
        )
    };
    run.stderr.iter().filter_map(line).skip(1).collect()
}

fn tap(server: &Server) -> Tap {
    Tap::on(server).set("verify", true)
}

#[test]
fn the_delivered_rows_add_up_to_tiktoks_totals() {
    for include_deleted in [false, true] {
        let server = serve(world());
        let run = tap(&server).set("include_deleted", include_deleted).run().ended(0);
        let table = table(&run);
        for stream in CORE.iter() {
            let is_basic = stream.report().is_some_and(|report| report.report_type == "BASIC");
            let lines: Vec<_> = table.iter().filter(|line| line[0] == stream.name).collect();
            assert_eq!(lines.len() > 15, is_basic, "{}: {lines:?}", stream.name);
            truth::check(
                server.world(),
                &run,
                stream.name,
                &Scope { include_deleted, ..Scope::of(server.world()) },
            );
        }
        // Two windows of two accounts, and the same for TopView. The account is compared with the
        // sum of both.
        for line in &table {
            assert_eq!(line[3], line[4], "{line:?}");
            let compared = if line[1] == "ads to account" || line[0] == "advertiser_insights" {
                "4"
            } else {
                "8"
            };
            assert_eq!(line[5..], [compared, "0", "0", "0", "0", "0"], "{line:?}");
        }
        let ads: Vec<_> = table.iter().filter(|line| line[1] == "ads to account").collect();
        assert!(
            ads.len() > 15 && ads.iter().any(|line| line[2] == "spend" && line[3].len() > 3),
            "{ads:?}"
        );
        assert_eq!(server.violations(), [""; 0]);
    }
}

#[test]
fn a_report_in_parts_is_verified_part_by_part() {
    let server = serve(world());
    server.set_options(|options| options.too_large_rows = Some(6));
    let run = tap(&server).catalog(&only(&["ad_insights"])).run().ended(0);
    truth::check(server.world(), &run, "ad_insights", &Scope::of(server.world()));
    let rows = table(&run);
    assert!(rows.iter().all(|line| line[10] == "0" && line[3] == line[4]), "{rows:?}");
}

#[test]
fn a_difference_is_reported_and_ends_with_4() {
    let server = serve(world());
    server.set_options(|options| options.total_offsets = vec![("clicks".into(), "7".into())]);
    let run = tap(&server)
        .set("end_date", START)
        .catalog(&only(&["campaign_insights", "ads"]))
        .run()
        .ended(4);
    assert!(
        run.cause().contains("campaign_insights")
            && run.cause().contains("`clicks`")
            && run.cause().contains(START),
        "{}",
        run.cause()
    );
    let named = run.said("ERROR", "verify: ") + run.said("CRITICAL", "verify: ");
    let lists = 2 * server.world().accounts().len();
    assert_eq!(named, lists, "one metric of each account differs, and in TopView by itself");
    let scope = Scope::of(server.world()).days(START, START);
    truth::check(server.world(), &run, "campaign_insights", &scope);
    truth::check(server.world(), &run, "ads", &scope);
}

#[test]
fn deleted_campaigns_of_top_view_belong_to_the_account() {
    let server = serve(WorldConfig::default());
    let tap = || Tap::on(&server).set("start_date", "2026-03-01").set("end_date", "2026-03-06");
    let all = tap().set("include_deleted", true).catalog(&only(&["campaigns"])).run().ended(0);
    // Accounts by whether they have a campaign of TopView that is not deleted.
    let mut accounts: BTreeMap<&str, bool> = BTreeMap::new();
    for row in all.records("campaigns") {
        if row.raw("buying_type") == "\"RESERVATION_TOP_VIEW\"" {
            let is_there = !row.raw("secondary_status").contains("DELETE");
            *accounts.entry(row.raw("advertiser_id")).or_default() |= is_there;
        }
    }
    assert!(accounts.values().any(|is_there| !is_there), "every account has TopView: {accounts:?}");
    let run = tap().set("verify", true).catalog(&only(&["ad_insights"])).run().ended(0);
    assert!(table(&run).iter().any(|line| line[1] == "ads to account"), "nothing was compared");
}

#[test]
fn a_verification_that_compared_nothing_fails() {
    let server = serve(world());
    let run = tap(&server).catalog(&only(&["ad_insights_by_country"])).run().ended(4);
    assert!(run.cause().contains("nothing could be compared"), "{}", run.cause());
}

#[test]
fn the_last_two_days_may_differ() {
    let server = serve(world());
    server.set_options(|options| options.lagging_totals = true);
    let day = server.world().today(&server.world().accounts()[0].advertiser_id);
    let tap = tap(&server)
        .set("start_date", (day - time::Duration::days(3)).to_string())
        .set("end_date", serde_json::Value::Null);
    let run = tap.set("report_window", 30).catalog(&only(&["advertiser_insights"])).run().ended(0);
    let rows = table(&run);
    assert!(
        rows.iter().any(|line| line[8] != "0"),
        "nothing lagged, so this shows nothing: {rows:?}"
    );
}

//! Reports that users define in the config: discovery, rows, requests, bookmarks and errors. The
//! examples of docs/custom-reports.md are run as they stand there.

use crate::harness::{CORE, END, Run, START, Tap, ids, serve, world};
use crate::json::Json;
use crate::truth::{day, value};
use fake_tiktok::{Level, ReportQuery, ReportType, Server, WorldConfig};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tap_tiktok_ads::streams::{Available, Report, Stream};

const REPORT: &str = "report/integrated/get/";

/// The configs of the examples in the documentation.
fn examples() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/custom-reports.md");
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.map(|block| serde_json::from_str(block).expect("an example is JSON")).collect()
}

/// A report of campaigns by country, changed.
fn by_country(more: &Value) -> Value {
    let mut report = json!({
        "name": "by_country", "report_type": "BASIC", "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id", "country_code"], "metrics": ["spend", "clicks"],
    });
    report.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    report
}

/// A tap that lists custom reports and nothing else.
fn tap(server: &Server, reports: &[Value]) -> Tap {
    Tap::on(server).set("stream_groups", json!([])).set("custom_reports", reports.to_vec())
}

fn stream(report: &Value) -> Stream {
    let available =
        Available::new(&json!([]), &json!([]), &json!([report]), &json!(false)).expect("valid");
    available.listed().next().expect("one stream").clone()
}

fn query(report: &Report, account: &str) -> ReportQuery {
    let is_level = |level: &Level| Some(level.name()) == report.data_level;
    ReportQuery {
        advertiser_id: account.to_owned(),
        report_type: ReportType::Basic,
        level: Level::ALL.into_iter().find(is_level).expect("a level"),
        dimensions: report.dimensions.iter().map(|name| (*name).to_owned()).collect(),
        metrics: report.default_metrics().into_iter().map(str::to_owned).collect(),
        start: Some(day(START)),
        end: Some(day(END)),
        promote: true,
        ..ReportQuery::default()
    }
}

/// Compares the records of a report below the account with what the world has. `change` adapts what
/// is asked of it. Returns how many records there are.
#[track_caller]
fn check(
    server: &Server,
    run: &Run,
    stream: &Stream,
    change: &dyn Fn(ReportQuery) -> ReportQuery,
) -> usize {
    let report = stream.report().expect("a report");
    let (schema, keys) = run.schema(stream.name);
    assert_eq!(keys, stream.keys);
    let key =
        |field: &dyn Fn(&str) -> String| keys.iter().map(|key| field(key)).collect::<Vec<_>>();
    let records: BTreeMap<_, _> = run
        .records(stream.name)
        .into_iter()
        .map(|record| (key(&|name| format!("{:?}", Json::read(record.raw(name)))), record))
        .collect();
    let mut wanted = 0;
    for account in ids(server) {
        for top_view in [false, true] {
            let query = ReportQuery { top_view, ..change(query(report, &account)) };
            for row in server.world().report(&query) {
                let mut sent: BTreeMap<&str, String> = BTreeMap::new();
                for (name, raw) in row.dimensions.0.iter().chain(&row.metrics.0) {
                    sent.insert(name, raw.clone());
                }
                sent.insert("advertiser_id", format!("\"{account}\""));
                if sent.get("stat_time_hour").is_some_and(|hour| hour == "\"-\"") {
                    continue;
                }
                let want = |name: &str| {
                    let raw = sent.get(name).map_or("null", String::as_str);
                    value(&schema["properties"][name], raw)
                };
                let key = key(&|name| format!("{:?}", want(name)));
                let record = records.get(&key).unwrap_or_else(|| panic!("no record of {key:?}"));
                for metric in report.default_metrics() {
                    assert!(
                        want(metric).is(&Json::read(record.raw(metric))),
                        "{metric} is {}, not {:?}",
                        record.raw(metric),
                        want(metric)
                    );
                }
                wanted += 1;
            }
        }
    }
    assert_eq!(wanted, run.records(stream.name).len(), "{}", stream.name);
    wanted
}

#[test]
fn the_examples_of_the_documentation_work() {
    let examples = examples();
    assert_eq!(examples.len(), 5);
    for example in examples {
        let server = serve(world());
        let mut tap = tap(&server, &[]);
        tap.config.as_object_mut().unwrap().extend(example.as_object().unwrap().clone());
        let run = tap.run().ended(0);
        assert_eq!(server.violations(), [""; 0], "{example}");
        // TikTok hides small counts of a search term behind `<5`.
        let small = run.said("WARNING", "adgroup_search_terms.impressions: ");
        assert_eq!(run.said("WARNING", ""), small, "{}", run.stderr.join("\n"));
        let stream = stream(&example["custom_reports"][0]);
        assert_eq!(run.streams(), [stream.name]);
        assert!(check(&server, &run, &stream, &|query| query) > 0, "{example}");
    }
}

#[test]
fn a_custom_report_is_discovered_beside_the_group_and_resumes() {
    let server = serve(world());
    let report = by_country(&json!({}));
    let tap = || Tap::on(&server).set("custom_reports", json!([report])).set("lookback", 2);
    let catalog: Value =
        serde_json::from_str(&tap().arg("--discover").run().ended(0).stdout).unwrap();
    let entries = catalog["streams"].as_array().unwrap();
    assert_eq!(entries.len(), CORE.len() + 1);
    let entry = entries.last().unwrap();
    assert_eq!(entry["tap_stream_id"], "by_country");
    assert_eq!(entry["replication_key"], "stat_time_day");
    let keys = json!(["advertiser_id", "campaign_id", "stat_time_day", "country_code"]);
    assert_eq!(entry["key_properties"], keys);
    let only = json!({"streams": [entry]});
    let first = tap().catalog(&only).run().ended(0);
    assert!(check(&server, &first, &stream(&report), &|query| query) > 0);
    for account in ids(&server) {
        assert_eq!(first.state()["bookmarks"]["by_country"][&account], format!("{END}T00:00:00Z"));
    }
    server.clear_log();
    let second = tap().catalog(&only).state(first.state()).run().ended(0);
    assert_eq!(second.streams(), ["by_country"]);
    let starts: BTreeSet<String> = server
        .requests()
        .iter()
        .filter(|request| request.path == REPORT)
        .filter_map(|request| request.param("start_date").map(str::to_owned))
        .collect();
    assert_eq!(starts, BTreeSet::from(["2026-05-03".to_owned()]), "two days before the bookmark");
}

#[test]
fn filters_and_deleted_entities_are_those_of_the_report() {
    let server = serve(world());
    let account = &ids(&server)[0];
    let all = ReportQuery {
        include_deleted: true,
        ..query(stream(&by_country(&json!({}))).report().unwrap(), account)
    };
    let campaign = server.world().report(&all)[0].dimensions.get("campaign_id").unwrap().to_owned();
    let campaign = campaign.trim_matches('"').to_owned();
    let filter = json!({
        "field_name": "campaign_ids", "filter_type": "IN", "filter_value": [campaign],
    });
    let report = by_country(&json!({"filtering": [filter], "include_deleted": true}));
    let run = tap(&server, std::slice::from_ref(&report)).run().ended(0);
    let rows = check(&server, &run, &stream(&report), &|query| ReportQuery {
        include_deleted: true,
        campaign_ids: vec![campaign.clone()],
        ..query
    });
    assert!(rows > 0);
    let report = by_country(&json!({"include_deleted": false}));
    let tap = tap(&server, std::slice::from_ref(&report)).set("include_deleted", true);
    let run = tap.run().ended(0);
    assert!(check(&server, &run, &stream(&report), &|query| query) > 0);
}

#[test]
fn a_split_report_keeps_to_the_campaigns_of_its_filter() {
    let server = serve(WorldConfig { campaigns: 5, ..world() });
    let account = &ids(&server)[0];
    let all = query(stream(&by_country(&json!({}))).report().unwrap(), account);
    let mut campaigns: Vec<String> = server
        .world()
        .report(&all)
        .iter()
        .map(|row| row.dimensions.get("campaign_id").unwrap().trim_matches('"').to_owned())
        .collect();
    campaigns.sort();
    campaigns.dedup();
    let without = campaigns.pop().expect("campaigns");
    let filter = json!({
        "field_name": "campaign_ids", "filter_type": "IN", "filter_value": campaigns,
    });
    let report = by_country(&json!({"filtering": [filter]}));
    server.set_options(|options| options.too_large_rows = Some(6));
    let run = tap(&server, std::slice::from_ref(&report)).run().ended(0);
    assert!(run.said("INFO", "parts by campaign_ids") > 0, "{}", run.stderr.join("\n"));
    let change = |query| ReportQuery { campaign_ids: campaigns.clone(), ..query };
    assert!(check(&server, &run, &stream(&report), &change) > 0);
    assert!(!run.stdout.contains(&without), "a campaign that the filter leaves out");
}

#[test]
fn verify_compares_a_custom_report_with_the_totals_of_tiktok() {
    let server = serve(world());
    let run = tap(&server, &[by_country(&json!({}))]).set("verify", true).run().ended(0);
    assert!(
        run.stderr.iter().any(|line| line.contains("by_country") && line.contains("spend")),
        "{}",
        run.stderr.join("\n")
    );
}

#[test]
fn a_report_that_tiktok_would_refuse_is_refused_at_start() {
    let server = serve(world());
    let ad = json!({"data_level": "AUCTION_AD", "dimensions": ["ad_id", "country_code"]});
    let mut hourly = ad.clone();
    hourly["grain"] = "hour".into();
    for (more, parts) in [
        (hourly, ["custom report `by_country`", "it may be day, day_by_request"]),
        (
            json!({"dimensions": ["campaign_id", "country_cod"]}),
            ["`country_cod`", "`country_code`?"],
        ),
        (json!({"report_type": "BASC"}), ["`BASC`", "did you mean `BASIC`?"]),
        (json!({"name": "ads"}), ["custom report `ads`", "already a stream"]),
        (json!({"metrics": ["gross_revenue"]}), ["`gross_revenue`", "GMV_MAX"]),
    ] {
        let tap = tap(&server, &[by_country(&more)]);
        for run in [tap.run().ended(2), tap.arg("--discover").run().ended(2)] {
            assert!(parts.iter().all(|part| run.cause().contains(part)), "{}", run.cause());
            assert!(run.stdout.is_empty(), "{}", run.stdout);
        }
    }
    let twice = [by_country(&json!({})), by_country(&json!({}))];
    assert!(tap(&server, &twice).run().ended(2).cause().contains("already a stream"));
    assert!(server.requests().is_empty());
}

#[test]
fn a_metric_that_nobody_knows_is_warned_of_and_left_to_tiktok() {
    let server = serve(world());
    let report = by_country(&json!({"metrics": ["spend", "spendd"]}));
    let run = tap(&server, &[report]).set("concurrency", 1).run().ended(0);
    assert_eq!(run.said("WARNING", "did you mean `spend`?"), 1, "{}", run.stderr.join("\n"));
    assert_eq!(run.schema("by_country").0["properties"]["spendd"]["type"][1], "string");
    assert!(!run.records("by_country").is_empty());
}

#[test]
fn the_environment_has_custom_reports_as_json() {
    let server = serve(world());
    let reports = json!([by_country(&json!({}))]).to_string();
    let run = Tap::on(&server)
        .set("stream_groups", json!([]))
        .arg("--config")
        .arg("ENV")
        .env("TAP_TIKTOK_ADS_CUSTOM_REPORTS", &reports)
        .run()
        .ended(0);
    assert_eq!(run.streams(), ["by_country"]);
}

#[test]
fn a_catalog_with_a_report_that_the_config_lost_says_so() {
    let server = serve(world());
    let tap = tap(&server, &[by_country(&json!({"name": "mine_alone"}))]);
    let discovered = tap.arg("--discover").run().ended(0).stdout;
    let catalog: Value = serde_json::from_str(&discovered).unwrap();
    let run = Tap::on(&server).catalog(&catalog).run().ended(2);
    assert!(run.cause().contains("`mine_alone`") && run.cause().contains("`custom_reports`"));
}

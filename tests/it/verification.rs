//! The stream `verification`: what `verify` compared, as records.

use crate::catalogs::{of, only};
use crate::harness::{START, Tap, bare, ids, serve, world};
use crate::output::{Fields, Message, Run};
use crate::verify::table;
use fake_tiktok::Server;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tap_tiktok_ads::streams::dictionary::dictionary;
use tap_tiktok_ads::streams::{self, Available, Report, Stream};

const NAME: &str = "verification";

fn tap(server: &Server) -> Tap {
    Tap::on(server).set("verify", true)
}

/// A catalog of built-in streams and the stream of comparisons.
fn with_verification(streams: &[&str]) -> Value {
    let available = Available::default();
    let own = available.find(NAME).expect("a stream");
    let others = streams::all().iter().filter(|stream| streams.contains(&stream.name));
    of(others.chain([own]))
}

/// Text of a field.
fn text(row: &Fields, name: &str) -> String {
    serde_json::from_str(row.raw(name)).unwrap_or_else(|_| panic!("{name} of {row:?}"))
}

/// A decimal number in units of its twelfth digit after the point.
fn units(number: &str) -> i128 {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    format!("{whole}{part:0<12}").parse().unwrap_or_else(|_| panic!("{number}"))
}

/// The sums of the records, ours and TikTok's, by stream, what was compared, and metric.
fn sums(run: &Run) -> BTreeMap<[String; 3], [i128; 2]> {
    let mut sums: BTreeMap<_, [i128; 2]> = BTreeMap::new();
    for row in run.records(NAME) {
        let key = ["stream", "compared", "metric"].map(|name| text(row, name));
        let both = sums.entry(key).or_default();
        both[0] += units(row.raw("our_total"));
        both[1] += units(row.raw("tiktok_total"));
    }
    sums
}

#[test]
fn the_records_say_what_the_table_says() {
    let server = serve(world());
    let run = tap(&server).run().ended(0);
    let lines = table(&run);
    let sums = sums(&run);
    assert_eq!(sums.len(), lines.len(), "one line of the table for each metric");
    for line in &lines {
        let key = [line[0].clone(), line[1].clone(), line[2].clone()];
        let both = sums.get(&key).unwrap_or_else(|| panic!("no records of {line:?}"));
        assert_eq!(*both, [units(&line[3]), units(&line[4])], "{line:?}");
    }
    let (schema, keys) = run.schema(NAME);
    let mut seen = BTreeSet::new();
    let mut accounts = BTreeSet::new();
    for row in run.records(NAME) {
        let key: Vec<String> = keys.iter().map(|name| text(row, name)).collect();
        assert!(seen.insert(key.clone()), "twice: {key:?}");
        let names: Vec<&String> = row.0.keys().collect();
        let mut declared: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        declared.sort_unstable();
        assert_eq!(names, declared);
        assert_eq!((row.raw("difference"), row.raw("verdict")), ("0", "\"equal\""), "{row:?}");
        assert!(text(row, "window_start") <= text(row, "window_end"), "{row:?}");
        accounts.insert(text(row, "advertiser_id"));
    }
    assert!(accounts.into_iter().eq(ids(&server)), "every account was compared");
}

#[test]
fn comparisons_come_before_the_state_that_passes_their_rows() {
    let server = serve(world());
    let run = tap(&server).catalog(&with_verification(&["campaign_insights"])).run().ended(0);
    let mut compared = BTreeSet::new();
    let mut passed = 0;
    for message in &run.messages {
        match message {
            Message::Record { stream, fields } if stream == NAME => {
                compared.insert((text(fields, "advertiser_id"), text(fields, "window_end")));
            }
            Message::State(state) => {
                let bookmarks = state["bookmarks"]["campaign_insights"].as_object();
                for (account, day) in bookmarks.into_iter().flatten() {
                    let key = (account.clone(), day.as_str().unwrap().to_owned());
                    assert!(compared.contains(&key), "{key:?} is not among {compared:?}");
                    passed += 1;
                }
            }
            _ => {}
        }
    }
    assert!(passed > 0, "no bookmark moved, so this shows nothing");
}

#[test]
fn a_difference_is_a_record_with_its_verdict() {
    let server = serve(world());
    server.set_options(|options| options.total_offsets = vec![("clicks".into(), "7".into())]);
    let catalog = with_verification(&["campaign_insights"]);
    let run = tap(&server).set("end_date", START).catalog(&catalog).run().ended(4);
    let rows = run.records(NAME);
    let clicks: Vec<_> = rows.iter().filter(|row| text(row, "metric") == "clicks").collect();
    assert_eq!(clicks.len(), ids(&server).len(), "one window of each account");
    for row in clicks {
        // The ordinary campaigns and those of TopView have a total each.
        assert_eq!((row.raw("difference"), row.raw("verdict")), ("-14", "\"different\""));
    }
    let others = rows.iter().filter(|row| text(row, "metric") == "impressions");
    assert!(others.clone().count() > 0);
    for row in others {
        assert_eq!((row.raw("difference"), row.raw("verdict")), ("0", "\"equal\""));
    }
}

#[test]
fn every_report_with_totals_is_compared() {
    let server = serve(world());
    // Some reports have only metrics that do not add up, such as those of SKAN postbacks.
    let adds_up = |report: &Report| {
        let metrics = report.default_metrics();
        metrics.iter().any(|name| dictionary().is_additive(report.report_type, name))
    };
    let has_totals = |stream: &&Stream| {
        stream.report().is_some_and(|report| report.has_totals() && adds_up(report))
    };
    let names: Vec<&str> = streams::all().iter().filter(has_totals).map(|s| s.name).collect();
    let of_gmv_max = names.iter().filter(|name| name.starts_with("gmv_max")).count();
    assert!(of_gmv_max == 9 && names.len() > 30, "{names:?}");
    let tap = tap(&server).set("start_date", START).set("end_date", START);
    let run = tap.catalog(&with_verification(&names)).run().ended(0);
    let compared: BTreeSet<String> = sums(&run).into_keys().map(|[stream, ..]| stream).collect();
    let missing: Vec<_> = names.iter().filter(|name| !compared.contains(**name)).collect();
    assert!(missing.is_empty(), "not compared: {missing:?}");
    let mut without_hour = 0;
    for row in run.records(NAME) {
        let (verdict, difference) = (text(row, "verdict"), row.raw("difference"));
        let is_hourly = text(row, "stream").ends_with("_hourly");
        if is_hourly && difference != "0" {
            // TikTok adds rows that belong to no hour to the total.
            assert_eq!(verdict, "no hour", "{row:?}");
            without_hour += 1;
        } else {
            assert_eq!((verdict.as_str(), difference), ("equal", "0"), "{row:?}");
        }
    }
    assert!(without_hour > 0, "no report had a row without an hour");
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_difference_in_gmv_max_is_found() {
    let server = serve(world());
    server.set_options(|options| options.total_offsets = vec![("orders".into(), "7".into())]);
    let catalog = with_verification(&["gmv_max_campaign_insights_product"]);
    let run = tap(&server).set("end_date", START).catalog(&catalog).run().ended(4);
    assert!(run.cause().contains("`orders`"), "{}", run.cause());
    let verdicts: BTreeSet<(String, String)> =
        run.records(NAME).iter().map(|row| (text(row, "metric"), text(row, "verdict"))).collect();
    assert!(verdicts.contains(&("orders".into(), "different".into())), "{verdicts:?}");
}

#[test]
fn the_stream_is_listed_only_while_verify_is_on() {
    let server = serve(world());
    let listed = |verify: bool| {
        let tap = Tap::on(&server).set("verify", verify);
        let config = tap.file("listed.json", &json!({"verify": verify}).to_string());
        let run = bare(&["--discover", "--config", &config]).ended(0);
        let catalog: Value = serde_json::from_str(&run.stdout).unwrap();
        let streams = catalog["streams"].as_array().unwrap().clone();
        streams.iter().any(|stream| stream["tap_stream_id"] == NAME)
    };
    assert!(listed(true) && !listed(false));
    let run = Tap::on(&server).catalog(&with_verification(&["campaigns"])).run().ended(0);
    assert!(!run.streams().contains(&NAME), "{:?}", run.streams());
    assert_eq!(run.said("INFO", "skipped: verification, it has rows only with `verify`"), 1);
}

#[test]
fn nothing_to_compare_is_an_empty_stream() {
    let server = serve(world());
    let run = tap(&server).catalog(&with_verification(&["campaigns"])).run().ended(4);
    assert!(run.streams().contains(&NAME), "{:?}", run.streams());
    assert_eq!(run.records(NAME).len(), 0);
    // A catalog from before `verify` was set has no such stream.
    let run = tap(&server).catalog(&only(&["campaign_insights"])).run().ended(0);
    assert!(!run.streams().contains(&NAME), "{:?}", run.streams());
}

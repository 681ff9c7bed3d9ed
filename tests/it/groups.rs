//! Which streams discovery lists: the setting `stream_groups`, and the metrics that the setting
//! `metrics` adds to them.

use crate::catalogs::{entry, mark};
use crate::harness::{CORE, Run, Tap, bare, binary, ids, serve, world};
use fake_tiktok::{Server, TOKEN};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tap_tiktok_ads::discovery::catalog_of;
use tap_tiktok_ads::streams::{self, Available, Group};

/// A metric of BASIC reports that no report has by default.
const METRIC: &str = "vta_complete_payment_value";

fn discovered(tap: Tap) -> Value {
    let run = tap.arg("--discover").run().ended(0);
    serde_json::from_str(&run.stdout).expect("a catalog")
}

fn names(catalog: &Value) -> Vec<&str> {
    let streams = catalog["streams"].as_array().unwrap().iter();
    streams.map(|stream| stream["tap_stream_id"].as_str().unwrap()).collect()
}

fn of_groups(groups: &[Group]) -> Vec<&'static str> {
    let all = streams::all().iter();
    all.filter(|stream| groups.contains(&stream.group)).map(|stream| stream.name).collect()
}

/// Lists nothing and reads no catalog: what is selected comes from the test.
fn everything() -> Value {
    catalog_of(
        &Available::new(&json!(["all"]), &json!([]), &json!([]), &json!(false)).expect("valid"),
    )
}

#[test]
fn discovery_lists_the_streams_of_the_groups() {
    let server = serve(world());
    let listed = |groups: Value| discovered(Tap::on(&server).set("stream_groups", groups));
    for group in Group::ALL {
        assert_eq!(names(&listed(json!([group.name()]))), of_groups(&[group]), "{group:?}");
    }
    let two = of_groups(&[Group::Core, Group::Hourly]);
    assert!(two.len() > CORE.len());
    assert_eq!(names(&listed(json!("hourly, core"))), two);
    assert_eq!(names(&listed(json!(["core", "hourly", "core"]))), two);
    assert_eq!(names(&listed(json!([]))), [""; 0]);
    assert_eq!(names(&listed(json!(null))), of_groups(&[Group::Core]));
    let public: Vec<Group> = Group::ALL.into_iter().filter(|group| !group.is_personal()).collect();
    assert_eq!(names(&listed(json!(["all"]))), of_groups(&public));
    assert!(server.requests().is_empty());
}

#[test]
fn an_unknown_group_is_refused_with_the_nearest_name() {
    let server = serve(world());
    let tap = Tap::on(&server).set("stream_groups", json!(["core", "interest"]));
    for run in [tap.run().ended(2), tap.arg("--discover").run().ended(2)] {
        assert!(run.cause().contains("did you mean `interests`?"), "{}", run.cause());
        assert!(run.cause().contains("business_center"), "{}", run.cause());
        assert!(run.stdout.is_empty());
    }
    assert!(server.requests().is_empty());
}

#[test]
fn discovery_needs_nothing_else_of_a_config() {
    let server = serve(world());
    let tap = Tap::on(&server);
    let path = tap.file("groups.json", r#"{"stream_groups": ["hourly"], "start_date": "soon"}"#);
    let run = bare(&["--discover", "--config", &path]).ended(0);
    assert_eq!(names(&serde_json::from_str(&run.stdout).unwrap()), of_groups(&[Group::Hourly]));
    let core = bare(&["--discover"]).ended(0).stdout;
    for text in ["", "{", "[]"] {
        let path = tap.file("broken.json", text);
        let run = bare(&["--discover", "--config", &path]).ended(0);
        assert_eq!(run.said("WARNING", &path), 1, "{}", run.stderr.join("\n"));
        assert!(run.stdout == core, "not the group core");
    }
    let mut command = binary();
    command.env("TAP_TIKTOK_ADS_STREAM_GROUPS", "lifetime").args(["--discover", "-c", "ENV"]);
    let run = Run::of(command.output().unwrap()).ended(0);
    assert_eq!(names(&serde_json::from_str(&run.stdout).unwrap()), of_groups(&[Group::Lifetime]));
}

#[test]
fn a_run_without_a_catalog_reads_what_discovery_lists() {
    let server = serve(world());
    let run = Tap::on(&server).set("stream_groups", "hourly").run().ended(0);
    let read: BTreeSet<&str> = run.streams().into_iter().collect();
    assert_eq!(read, of_groups(&[Group::Hourly]).into_iter().collect());
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_selected_stream_outside_of_the_groups_is_read() {
    let server = serve(world());
    let mut catalog = everything();
    let name = "campaign_insights_by_language";
    for one in catalog["streams"].as_array_mut().unwrap() {
        let selected = one["tap_stream_id"] == name;
        mark(one, &[], "selected", selected);
    }
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    assert_eq!(run.streams(), [name]);
    assert!(!run.records(name).is_empty());
}

#[test]
fn an_unknown_stream_is_refused_with_the_nearest_name() {
    let server = serve(world());
    let mut catalog = everything();
    entry(&mut catalog, "campaign_insights_by_language")["tap_stream_id"] =
        "campaign_insights_by_languages".into();
    let run = Tap::on(&server).catalog(&catalog).run().ended(2);
    assert!(
        run.cause().contains("did you mean `campaign_insights_by_language`?"),
        "{}",
        run.cause()
    );
}

/// The metrics that were asked for in the requests of a run for reports of a type and level.
fn asked(server: &Server, report_type: &str, level: &str) -> BTreeSet<String> {
    let requests = server.requests();
    let of = requests.iter().filter(|request| {
        request.param("report_type") == Some(report_type)
            && request.param("data_level") == Some(level)
            && request.param("query_lifetime").is_none()
    });
    of.flat_map(|request| {
        let metrics = request.param("metrics").unwrap_or("[]");
        serde_json::from_str::<Vec<String>>(metrics).unwrap()
    })
    .collect()
}

#[test]
fn metrics_are_added_to_the_reports_that_can_have_them() {
    let server = serve(world());
    let run = Tap::on(&server).set("metrics", json!([METRIC])).run().ended(0);
    assert_eq!(server.violations(), [""; 0]);
    assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
    for (level, report_type, want) in [
        ("AUCTION_AD", "BASIC", true),
        ("AUCTION_ADVERTISER", "BASIC", true),
        ("AUCTION_AD", "AUDIENCE", false),
    ] {
        assert_eq!(asked(&server, report_type, level).contains(METRIC), want, "{level}");
    }
    let property = &run.schema("ad_insights").0["properties"][METRIC];
    assert_eq!(property, &json!({"type": ["null", "number"]}));
    let audience = run.schema("ad_insights_by_platform").0;
    assert!(audience["properties"].get(METRIC).is_none());
}

#[test]
fn metrics_can_be_those_of_one_stream_level_or_type() {
    let server = serve(world());
    let has = |catalog: &mut Value, stream: &str| {
        entry(catalog, stream)["schema"]["properties"].get(METRIC).is_some()
    };
    for (setting, with, without) in [
        (json!({"ad_insights": [METRIC]}), "ad_insights", "campaign_insights"),
        (json!({"AUCTION_AD": [METRIC]}), "ad_insights", "campaign_insights"),
        (json!({"BASIC": [METRIC]}), "campaign_insights", "ad_insights_by_platform"),
        // The environment has it as text.
        (json!(format!("{{\"BASIC\": [\"{METRIC}\"]}}")), "ad_insights", "ad_insights_by_platform"),
    ] {
        let mut catalog = discovered(Tap::on(&server).set("metrics", setting.clone()));
        assert!(has(&mut catalog, with), "{setting}");
        assert!(!has(&mut catalog, without), "{setting}");
    }
    let wrong = json!({"ad_insights_by_platform": [METRIC, "spend"]});
    let run = Tap::on(&server).set("metrics", wrong).arg("--discover").run().ended(0);
    assert_eq!(run.said("WARNING", &format!("`{METRIC}` (only in reports of type")), 1);
    for (setting, part) in [
        (json!({"ad_insight": [METRIC]}), "did you mean `ad_insights`?"),
        (json!({"ads": [METRIC]}), "`ads`, which is no report"),
        (json!(["gender"]), "`gender`, which is a dimension"),
        (json!({"ad_insights": METRIC}), "expected an array"),
    ] {
        let run = Tap::on(&server).set("metrics", setting).run().ended(2);
        assert!(run.cause().contains(part), "{}", run.cause());
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_metric_that_nobody_knows_is_warned_of_once_and_typed_as_text() {
    let server = serve(world());
    let bogus = "tomorrows_metric";
    let run = Tap::on(&server)
        .set("concurrency", 1)
        .set("metrics", json!({"adgroup_insights": [bogus]}))
        .run()
        .ended(0);
    assert_eq!(run.said("WARNING", "is not known to this tap"), 1, "{}", run.stderr.join("\n"));
    assert_eq!(
        run.schema("adgroup_insights").0["properties"][bogus],
        json!({"type": ["null", "string"]})
    );
    assert!(!run.records("adgroup_insights").is_empty(), "the report goes on without it");
    assert_eq!(run.said("WARNING", &format!("refuses the metric `{bogus}`")), ids(&server).len());
    assert!(!run.stderr.concat().contains(TOKEN));
}

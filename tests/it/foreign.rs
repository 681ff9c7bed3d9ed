//! Catalogs with other keys and types than discovery writes, and with metrics that the tap does not
//! know or that TikTok refuses. The basic rules of selection are tested in `selection`.

use crate::catalogs::{entry, mark, of, only};
use crate::failures::code;
use crate::harness::{CORE, Run, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, Server};
use serde_json::{Map, Value, json};
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::streams::{self, Report};

/// A metric that the catalog of the Python tap has, but TikTok does not.
pub(crate) const BOGUS: &str = "cost_per_100_reached";

/// The reports of the stream table.
fn reports() -> impl Iterator<Item = (&'static str, &'static Report)> {
    CORE.iter().filter_map(|s| s.report().map(|report| (s.name, report)))
}

fn dictionary() -> Map<String, Value> {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/metrics.json"))
            .unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all["metrics"].as_object().unwrap().clone()
}

/// Metrics outside the schema of a report that it may request, or that it may not.
fn others(report: &Report, schema: &Value, allowed: bool) -> Vec<String> {
    let has = |list: &Value, name: &str| {
        list.as_array().is_none_or(|list| list.iter().any(|one| one == name))
    };
    let with = |list: &Value| {
        let names = list[report.report_type].as_array()?;
        // `id` stands for any id, which all reports of the table have.
        let is_there =
            |name: &Value| name == "id" || report.dimensions.iter().any(|one| name == one);
        Some(names.iter().any(is_there))
    };
    let fits = |m: &Value| {
        has(&m["reports"], report.report_type)
            && has(&m["levels"], report.data_level.unwrap_or_default())
            && has(&m["grains"][report.report_type], "day")
            && with(&m["with"]) != Some(false)
            && with(&m["without"]) != Some(true)
    };
    let is_new =
        |name: &str| schema["properties"].get(name).is_none() && truth::is_metric(report, name);
    dictionary()
        .iter()
        .filter(|(name, metric)| is_new(name) && fits(metric) == allowed)
        .map(|(name, _)| name.clone())
        .collect()
}

fn add(catalog: &mut Value, stream: &str, name: &str) {
    let stream = entry(catalog, stream);
    stream["schema"]["properties"][name] = json!({"type": ["null", "number"]});
    mark(stream, &["properties", name], "selected", true);
}

#[track_caller]
fn check_all(server: &Server, run: &Run, scope: &Scope) {
    for name in run.streams() {
        truth::check(server.world(), run, name, scope);
    }
}

#[test]
fn a_refused_metric_is_left_out_and_reported_once() {
    let server = serve(world());
    let refused = "likes";
    server.set_options(|options| options.refused_metrics = vec![refused.into()]);
    let run = Tap::on(&server).set("concurrency", 1).run().ended(0);
    check_all(&server, &run, &Scope { without: vec![refused], ..Scope::of(server.world()) });
    let asking = CORE.iter().filter(|s| {
        s.report().is_some() && streams::schema(s)["properties"].get(refused).is_some()
    });
    let asking = asking.count();
    assert!(asking > 0, "no report has `{refused}`: choose another");
    let asking = asking * ids(&server).len();
    assert_eq!(run.said("WARNING", refused), asking, "{}", run.stderr.join("\n"));
    let asked = server.requests().iter().filter(|r| r.code == Some(40002)).count();
    assert_eq!(asked, asking, "what an account is refused is remembered");
}

#[test]
fn a_metric_that_a_user_adds_is_requested_and_delivered() {
    for (name, report) in reports() {
        let schema = streams::schema(streams::find(name).unwrap());
        let Some(metric) = others(report, &schema, true).into_iter().next() else { continue };
        let mut catalog = only(&[name]);
        add(&mut catalog, name, &metric);
        let server = serve(world());
        let run = Tap::on(&server).set("end_date", "2026-05-02").catalog(&catalog).run().ended(0);
        check_all(&server, &run, &Scope::of(server.world()).days("2026-05-01", "2026-05-02"));
        assert!(
            run.records(name).iter().all(|record| record.0.contains_key(&metric)),
            "{name}.{metric}"
        );
        assert_eq!(server.violations(), [""; 0], "{name}");
    }
}

#[test]
fn metrics_that_a_report_cannot_have_are_not_requested() {
    for (name, report) in reports() {
        let schema = streams::schema(streams::find(name).unwrap());
        let Some(metric) = others(report, &schema, false).into_iter().next() else { continue };
        let mut catalog = only(&[name]);
        add(&mut catalog, name, &metric);
        let server = serve(world());
        let run = Tap::on(&server).set("end_date", "2026-05-01").catalog(&catalog).run().ended(0);
        assert_eq!(server.violations(), [""; 0], "{name}.{metric}");
        assert_eq!(run.said("INFO", &metric), 1, "{name}.{metric} is left out without a word");
        assert!(!run.records(name).is_empty());
    }
}

#[test]
fn after_a_refusal_without_names_unknown_metrics_are_left_out() {
    let server = serve(world());
    let mut catalog = only(&["ad_insights"]);
    add(&mut catalog, "ad_insights", BOGUS);
    server.add_fault(Fault {
        path: Some("report/integrated/get/".into()),
        start_date: Some("2026-05-01".into()),
        times: 2,
        kind: code(40002, "Some parameters are wrong."),
        ..Fault::default()
    });
    let run = Tap::on(&server).set("concurrency", 1).catalog(&catalog).run().ended(0);
    check_all(&server, &run, &Scope { without: vec![BOGUS], ..Scope::of(server.world()) });
    assert_eq!(run.said("WARNING", BOGUS), ids(&server).len(), "{}", run.stderr.join("\n"));
}

#[test]
fn more_than_100_metrics_of_a_report_with_parents_are_refused_before_any_request() {
    let stream = "gmv_max_product_insights";
    let server = serve(world());
    let mut catalog = of([streams::find(stream).unwrap()]);
    for number in 0..100 {
        add(&mut catalog, stream, &format!("metric_{number}"));
    }
    let run = Tap::on(&server).catalog(&catalog).run().ended(2);
    let cause = run.cause();
    assert!(cause.contains(stream) && cause.contains("requests 100 at most"), "{cause}");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn values_are_written_as_the_types_of_the_catalog() {
    let of = |change: &dyn Fn(&mut Value)| {
        let mut catalog = discover();
        for stream in catalog["streams"].as_array_mut().unwrap() {
            // Times stay times, even if a catalog does not have the format.
            for property in stream["schema"]["properties"]
                .as_object_mut()
                .unwrap()
                .values_mut()
                .filter(|p| p["format"].is_null())
            {
                change(property);
            }
        }
        let server = serve(world());
        let run = Tap::on(&server).set("end_date", "2026-05-01").catalog(&catalog).run().ended(0);
        check_all(&server, &run, &Scope::of(server.world()).days("2026-05-01", "2026-05-01"));
        assert_eq!(server.violations(), [""; 0]);
    };
    of(&|property| *property = json!({"type": ["null", "string"]}));
    of(&|property| *property = json!({}));
    of(&|property| {
        if property["type"] == json!(["null", "number"]) {
            property["type"] = json!(["null", "integer"]);
        }
    });
}

#[test]
fn a_field_that_a_user_adds_is_delivered() {
    let server = serve(world());
    let mut catalog = only(&["ads", "campaigns", "advertisers"]);
    for (stream, name, schema) in [
        ("ads", "ad_future_field", json!({"type": ["null", "string"]})),
        ("ads", "ad_future_number", json!({"type": ["null", "integer"]})),
        ("campaigns", "campaign_future_object", json!({"type": ["null", "object"]})),
        ("advertisers", "advertiser_future_field", json!({"type": ["null", "string"]})),
    ] {
        entry(&mut catalog, stream)["schema"]["properties"][name] = schema;
    }
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    check_all(&server, &run, &Scope::of(server.world()));
    assert!(
        run.records("ads")
            .iter()
            .any(|record| record.raw("ad_future_number") == "9007199254740993")
    );
}

#[test]
fn values_that_do_not_fit_become_null_with_one_warning_per_field() {
    let server = serve(world());
    let mut catalog = only(&["campaigns"]);
    for name in ["campaign_name", "objective_type"] {
        entry(&mut catalog, "campaigns")["schema"]["properties"][name] =
            json!({"type": ["null", "integer"]});
    }
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    check_all(&server, &run, &Scope::of(server.world()));
    for name in ["campaign_name", "objective_type"] {
        assert_eq!(
            run.said("WARNING", &format!("campaigns.{name}: ")),
            1,
            "{}",
            run.stderr.join("\n")
        );
    }
}

#[test]
fn a_row_without_its_key_is_counted_and_named() {
    let server = serve(world());
    let mut catalog = only(&["ads"]);
    mark(entry(&mut catalog, "ads"), &[], "table-key-properties", json!(["ad_id", "music_id"]));
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    let records = run.records("ads");
    assert!(!records.is_empty() && records.iter().all(|record| record.raw("music_id") != "null"));
    let all =
        truth::rows(server.world(), "ads", run.schema("ads").0, &Scope::of(server.world())).len();
    assert_eq!(
        run.said("WARNING", &format!("{} rows left out", all - records.len())),
        1,
        "{}",
        run.stderr.join("\n")
    );
}

#[test]
fn rows_are_left_out_if_their_key_does_not_fit_the_type_of_the_catalog() {
    let server = serve(world());
    let mut catalog = only(&["ad_insights"]);
    entry(&mut catalog, "ad_insights")["schema"]["properties"]["advertiser_id"] =
        json!({"type": "boolean"});
    let run = Tap::on(&server).catalog(&catalog).run().ended(4);
    assert_eq!(run.records("ad_insights").len(), 0);
    assert_eq!(run.state()["bookmarks"]["ad_insights"], Value::Null);
    assert!(
        run.cause().contains("ad_insights")
            && run.cause().contains("key property (advertiser_id, "),
        "{}",
        run.cause()
    );
}

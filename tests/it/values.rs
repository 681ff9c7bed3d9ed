//! Odd values in otherwise good rows: numbers, impossible times, broken text, and schemas that are
//! too strict. The answers are scripted. How single values are written is tested in `render`.

use crate::catalogs::{entry, only};
use crate::harness::{Run, START, Tap, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind, Server, WorldConfig};
use serde_json::{Value, json};

pub(crate) const CAMPAIGNS: &str = "campaign/get/";
const REPORT: &str = "report/integrated/get/";

/// One account without TopView, so that only one list of a stream has rows.
pub(crate) fn server() -> Server {
    serve(WorldConfig { accounts: 1, top_view: 0, ..world() })
}

fn page(rows: &str, info: &str) -> FaultKind {
    let data = format!(r#"{{"list":[{rows}],"page_info":{info}}}"#);
    FaultKind::Body(format!(r#"{{"code":0,"message":"OK","request_id":"r7","data":{data}}}"#))
}

/// An answer that contains all rows of a list.
pub(crate) fn answer(rows: &str, total: usize) -> FaultKind {
    page(rows, &format!(r#"{{"page":1,"page_size":1000,"total_number":{total},"total_page":1}}"#))
}

pub(crate) fn says(server: &Server, path: &str, kind: FaultKind) {
    // The request that finds out whether there is TopView has no days.
    let start_date = (path == REPORT).then(|| START.to_owned());
    server.add_fault(Fault { path: Some(path.into()), start_date, kind, ..Fault::default() });
}

/// A catalog of campaigns with a field `x`.
fn with_x(schema: &Value) -> Value {
    let mut catalog = only(&["campaigns"]);
    entry(&mut catalog, "campaigns")["schema"]["properties"]["x"] = schema.clone();
    catalog
}

/// Runs the tap with `rows` as the list of campaigns.
pub(crate) fn campaigns(catalog: &Value, rows: &str, total: usize) -> Run {
    let server = server();
    says(&server, CAMPAIGNS, answer(rows, total));
    Tap::on(&server).catalog(catalog).run()
}

/// Runs the tap with `rows` as the only window of a report.
pub(crate) fn report(rows: &str, total: usize) -> Run {
    let server = server();
    says(&server, REPORT, answer(rows, total));
    Tap::on(&server).set("end_date", "2026-05-03").catalog(&only(&["ad_insights"])).run()
}

/// A campaign with this value in its field `x`.
pub(crate) fn row(x: &str) -> String {
    format!(r#"{{"campaign_id":"1","modify_time":"2026-01-01 00:00:00","x":{x}}}"#)
}

#[test]
fn a_value_that_does_not_fit_becomes_null_and_is_counted() {
    let null = |name: &str| json!({"type": ["null", name]});
    let time = json!({"type": ["null", "string"], "format": "date-time"});
    let object =
        json!({"type": ["null", "object"], "properties": {"age": {"type": ["null", "string"]}}});
    for (schema, sent, want, is_counted) in [
        (null("integer"), "\"9.18E+09\"", "9180000000", false),
        (null("integer"), "1.2345678E7", "12345678", false),
        (null("integer"), "\"1.50e1\"", "15", false),
        (null("integer"), "0e0", "0", false),
        (null("integer"), "-0", "0", false),
        (null("integer"), "1e99", "null", true),
        (null("integer"), "1.5", "null", true),
        (null("number"), "NaN", "null", true),
        (null("number"), "-Infinity", "null", true),
        (null("number"), "\"1e400\"", "null", true),
        (null("number"), "1e-7", "1e-7", false),
        (null("string"), "Infinity", "null", true),
        (time.clone(), "\"9999-12-31T23:59:59-08:00\"", "null", true),
        (time.clone(), "\"0000-12-31\"", "null", true),
        (time.clone(), "\"2026-01-01 00:00:00+1€\"", "null", true),
        (time.clone(), "\"0000-00-00 00:00:00\"", "null", false),
        (time, "\"2026-01-01 00:00:00-0130\"", "\"2026-01-01T01:30:00Z\"", false),
        (object.clone(), "\"\"", "null", false),
        (object.clone(), "\"x\"", "null", true),
        (object.clone(), "{\"\\u0061ge\":7}", "{\"\\u0061ge\":\"7\"}", false),
        (object, "{\"more\":[NaN]}", "{\"more\":[null]}", true),
        (json!({}), "[NaN,1]", "[null,1]", true),
        (json!({"type": "null"}), "5", "null", true),
        (json!({"anyOf": [{"type": "null"}, {"type": "number"}]}), "\"12.50\"", "12.50", false),
    ] {
        let run = campaigns(&with_x(&schema), &row(sent), 1).ended(0);
        assert_eq!(run.records("campaigns").len(), 1, "{sent}");
        assert_eq!(run.records("campaigns")[0].0["x"], want, "{sent} as {schema}");
        assert_eq!(
            run.said("WARNING", "campaigns.x: 1 values"),
            usize::from(is_counted),
            "{sent} as {schema}\n{}",
            run.stderr.join("\n")
        );
    }
}

#[test]
fn every_selected_field_is_in_every_record() {
    let run = campaigns(
        &only(&["campaigns"]),
        r#"{"campaign_id":"1"},{"campaign_name":"n","campaign_id":"2"}"#,
        2,
    )
    .ended(0);
    let names: Vec<_> =
        run.schema("campaigns").0["properties"].as_object().unwrap().keys().cloned().collect();
    assert!(names.len() > 20);
    for record in run.records("campaigns") {
        assert!(
            names.iter().all(|name| record.0.contains_key(name)) && record.0.len() == names.len(),
            "{record:?}"
        );
        let not_null: Vec<_> = record
            .0
            .iter()
            .filter(|(_, raw)| *raw != "null")
            .map(|(name, _)| name.as_str())
            .collect();
        assert!(
            ["advertiser_id", "campaign_id"].iter().all(|name| not_null.contains(name))
                && not_null.len() < 5,
            "{not_null:?}"
        );
    }
    let dimensions = r#"{"ad_id":"1","stat_time_day":"2026-05-01 00:00:00"}"#;
    let row = format!(r#"{{"dimensions":{dimensions},"metrics":{{"spend":"1.50"}}}}"#);
    let run = report(&row, 1).ended(0);
    let names = run.schema("ad_insights").0["properties"].as_object().unwrap();
    assert_eq!(run.records("ad_insights")[0].0.len(), names.len());
    assert_eq!(
        (run.records("ad_insights")[0].raw("spend"), &*run.records("ad_insights")[0].0["clicks"]),
        ("1.50", "null")
    );
}

#[test]
fn broken_utf_8_becomes_a_replacement_character() {
    let server = server();
    let catalog = only(&["campaigns"]);
    let whole = Tap::on(&server).catalog(&catalog).run().ended(0);
    says(&server, CAMPAIGNS, FaultKind::InvalidUtf8);
    server.clear_log();
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    assert_eq!(run.records("campaigns").len(), whole.records("campaigns").len());
    let holds = |run: &Run| {
        run.records("campaigns")
            .iter()
            .flat_map(|r| r.0.values())
            .filter(|raw| raw.contains('\u{fffd}'))
            .count()
    };
    assert_eq!(holds(&run), holds(&whole) + 1);
    let other = |run: &Run| {
        run.records("campaigns").iter().map(|r| r.raw("campaign_id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(other(&run), other(&whole));
    assert_eq!(
        run.said("WARNING", "campaigns: 1 sequences of bytes"),
        1,
        "{}",
        run.stderr.join("\n")
    );
    assert_eq!(run.said("INFO", "next try"), 0);
}

#[test]
fn counts_are_read_in_any_notation() {
    for info in [
        r#"{"page":"1","page_size":"1000","total_number":"1","total_page":"1"}"#,
        r#"{"page":1.0,"page_size":1e3,"total_number":1.0,"total_page":"1.0"}"#,
        r#"{"page":1,"page_size":1000,"total_number":1,"total_page":null}"#,
        r#"{"page":NaN,"page_size":1000,"total_number":1,"total_page":NaN}"#,
    ] {
        let server = server();
        says(&server, CAMPAIGNS, page(&row("1"), info));
        let run = Tap::on(&server).catalog(&only(&["campaigns"])).run().ended(0);
        assert_eq!(run.records("campaigns").len(), 1, "{info}");
    }
    for info in [
        r#"{"page":1,"page_size":1000,"total_number":0,"total_page":1}"#,
        r#"{"page":1,"page_size":1000,"total_number":"0","total_page":"1"}"#,
        "null",
    ] {
        let server = server();
        says(&server, REPORT, page("", info));
        let run = Tap::on(&server)
            .set("end_date", "2026-05-03")
            .catalog(&only(&["ad_insights"]))
            .run()
            .ended(0);
        assert!(run.state()["bookmarks"]["ad_insights"].is_object(), "{info}");
        assert_eq!(run.said("INFO", "next try"), 0, "{info}");
    }
}

#[test]
fn constraints_that_rows_may_violate_are_removed_from_the_schema() {
    let server = server();
    let mut catalog = only(&["campaigns"]);
    let schema = &mut entry(&mut catalog, "campaigns")["schema"];
    schema["required"] = json!(["campaign_id", "budget"]);
    schema["additionalProperties"] = json!(false);
    schema["definitions"] =
        json!({"money": {"type": "number", "minimum": 1, "exclusiveMinimum": true}});
    let properties = schema["properties"].as_object_mut().unwrap();
    for property in properties.values_mut() {
        let names = property["type"].as_array().cloned().unwrap_or_default();
        if let Some(name) = names.into_iter().find(|name| name != "null") {
            property["type"] = name;
        }
        property["enum"] = json!(["nothing that is ever sent"]);
    }
    properties["budget"] = json!({"$ref": "#/definitions/money"});
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    let (schema, keys) = run.schema("campaigns");
    assert_eq!(keys, ["campaign_id"]);
    let validator =
        jsonschema::draft7::options().should_validate_formats(true).build(schema).unwrap();
    for record in run.records("campaigns") {
        let record: Value = record
            .0
            .iter()
            .map(|(name, raw)| (name.clone(), serde_json::from_str::<Value>(raw).unwrap()))
            .collect();
        assert!(validator.is_valid(&record), "{record}");
    }
    assert_eq!(schema["properties"]["budget"], json!({"type": ["number", "null"]}));
    assert_eq!(schema["properties"]["campaign_id"], json!({"type": "string"}));
    truth::check(server.world(), &run, "campaigns", &Scope::of(server.world()));
}

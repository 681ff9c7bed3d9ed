//! Members of custom reports: what they become, and what is said of wrong ones.

use super::super::{all, schema};
use super::*;
use serde_json::json;

fn with(more: &Value) -> Value {
    let mut report = json!({
        "name": "spend_by_country", "report_type": "BASIC", "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id", "country_code"],
    });
    report.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
    report
}

fn made(more: &Value) -> Stream {
    stream(&with(more), 0, all()).unwrap_or_else(|error| panic!("{more}: {error}"))
}

#[test]
fn a_custom_report_is_a_stream_like_the_others() {
    let stream = made(&json!({"metrics": ["spend", "clicks", "spend"], "include_deleted": "true"}));
    assert_eq!(stream.name, "spend_by_country");
    assert_eq!(stream.keys, ["advertiser_id", "campaign_id", "stat_time_day", "country_code"]);
    assert_eq!(stream.replication_key(), Some("stat_time_day"));
    let report = stream.report().expect("a report");
    assert_eq!(report.default_metrics(), ["spend", "clicks"]);
    assert_eq!(report.settings.include_deleted, Some(true));
    let schema = schema(&stream);
    assert_eq!(schema["properties"]["spend"], json!({"type": ["null", "number"]}));
    assert_eq!(schema["properties"]["country_code"], json!({"type": "string"}));
    assert!(schema["properties"].get("impressions").is_none(), "{schema}");
}

#[test]
fn without_metrics_it_has_the_default_ones() {
    let (own, none) = (made(&json!({})), made(&json!({"metrics": []})));
    let built_in = all().iter().find(|s| s.name == "campaign_basic_insights_by_country");
    let built_in = schema(built_in.expect("a built-in report"));
    assert_eq!(schema(&own), built_in);
    assert_eq!(schema(&none), built_in);
}

#[test]
fn grains_decide_about_keys() {
    let account = |grain: &str| {
        made(&json!({
            "data_level": "AUCTION_ADVERTISER", "dimensions": "advertiser_id", "grain": grain,
        }))
    };
    assert_eq!(account("hour").keys, ["advertiser_id", "stat_time_hour"]);
    assert_eq!(account("lifetime").keys, ["advertiser_id", "read_date"]);
    assert_eq!(account("day_by_request").keys, ["advertiser_id", "date"]);
}

#[test]
fn filters_are_passed_through_as_json_inside_a_text() {
    let filter = |value: Value| {
        let filter =
            json!({"field_name": "campaign_ids", "filter_type": "IN", "filter_value": value});
        let stream = made(&json!({"filtering": [filter]}));
        stream.report().expect("a report").settings.filters[0].filter_value.clone()
    };
    assert_eq!(filter(json!(["1", "2"])), r#"["1","2"]"#);
    assert_eq!(filter(json!(r#"["1"]"#)), r#"["1"]"#);
    assert_eq!(filter(json!(5)), "5");
}

#[test]
fn a_filter_on_how_campaigns_were_bought_replaces_the_passes() {
    let filter = json!({
        "field_name": "buying_type", "filter_type": "IN", "filter_value": ["RESERVATION_TOP_VIEW"],
    });
    assert_eq!(made(&json!({"filtering": [filter]})).call.passes.len(), 1);
    assert_eq!(made(&json!({})).call.passes.len(), 2);
}

#[test]
fn errors_name_the_report_and_what_is_wrong() {
    let status = |field: &str| {
        let value = ["STATUS_ALL"];
        json!([{"field_name": field, "filter_type": "IN", "filter_value": value}])
    };
    for (more, parts) in [
        (json!({"name": null}), &["`custom_reports[0]`", "`name` is missing"][..]),
        (json!({"name": 5}), &["`custom_reports[0]`", "must be text"]),
        (json!({"name": "Spend"}), &["lower-case"]),
        (json!({"name": "1st"}), &["start with a letter"]),
        (json!({"name": "a".repeat(63)}), &["at most 62"]),
        (json!({"name": "ad_insights"}), &["custom report `ad_insights`", "already a stream"]),
        (json!({"metric": ["spend"]}), &["`metric`", "did you mean `metrics`?"]),
        (json!({"report_type": null}), &["`report_type` is missing"]),
        (json!({"dimensions": [1]}), &["`dimensions` must be an array of names"]),
        (json!({"grain": "hours"}), &["`hours`", "did you mean `hour`?", "lifetime"]),
        (json!({"grain": "hour"}), &["country_code", "`hour`", "day, day_by_request"]),
        (json!({"metrics": ["country_code"]}), &["`country_code`", "is a dimension"]),
        (json!({"metrics": {"a": 1}}), &["`metrics` must be an array"]),
        (
            json!({"metrics": ["clicks", "gross_revenue"]}),
            &["`gross_revenue`", "only in reports of type GMV_MAX"],
        ),
        (json!({"metrics": ["ad_text"]}), &["`ad_text` (only at AUCTION_AD"]),
        (json!({"metrics": ["skan_purchase"]}), &["`skan_purchase` (not with these dimensions"]),
        (json!({"include_deleted": "maybe"}), &["`include_deleted` must be true or false"]),
        (json!({"filtering": {}}), &["`filtering` must be an array"]),
        (json!({"filtering": [1]}), &["`filtering[0]`", "`field_name` is missing"]),
        (
            json!({"filtering": [{"field_name": "a", "filter_type": "INN", "filter_value": 1}]}),
            &["`INN`", "did you mean `IN`?"],
        ),
        (
            json!({"filtering": [{"field_name": "a", "filter_type": "IN", "filter_values": 1}]}),
            &["`filter_values` is not a member", "did you mean `filter_value`?"],
        ),
        (
            json!({"filtering": [{"field_name": "a", "filter_type": "IN"}]}),
            &["`filter_value` is missing"],
        ),
        (json!({"filtering": status("ad_status")}), &["`ad_status`", "use `campaign_status`"]),
        (
            json!({
                "report_type": "TT_SHOP", "filtering": [
                    {"field_name": "campaign_ids", "filter_type": "IN", "filter_value": ["1"]},
                ],
            }),
            &["TT_SHOP reports take no `filtering`"],
        ),
    ] {
        let error = stream(&with(&more), 0, all()).expect_err("wrong");
        assert!(error.starts_with('`') || error.starts_with("custom report `"), "{error}");
        for part in parts {
            assert!(error.contains(part), "{more}: `{part}` is not in: {error}");
        }
    }
    assert!(stream(&json!("x"), 3, all()).expect_err("text").contains("`custom_reports[3]`"));
}

//! Reports that the stand-in must refuse: their dimensions, metrics, days, levels and filters.

use crate::client::{code, of_first, server};
use crate::strictness::refused;
use fake_tiktok::Server;

/// A report that is right, with some parameters replaced; an empty value leaves one out.
pub(crate) fn report<'a>(
    server: &'a Server,
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut params = of_first(
        server,
        &[
            ("report_type", "BASIC"),
            ("data_level", "AUCTION_AD"),
            ("dimensions", r#"["ad_id","stat_time_day"]"#),
            ("metrics", r#"["spend","ad_name"]"#),
            ("start_date", "2026-06-01"),
            ("end_date", "2026-06-30"),
        ],
    );
    params.retain(|(key, _)| changes.iter().all(|(changed, _)| changed != key));
    params.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    params
}

#[test]
fn reports() {
    let server = server();
    assert_eq!(code(&server, "report/integrated/get/", &report(&server, &[])).0, 0);
    let many: Vec<_> = (0..101).map(|number| format!("m{number}")).collect();
    let many = serde_json::to_string(&many).unwrap();
    for (changes, part) in [
        (vec![("start_date", "2026-05-31")], "max time span is 30 days"),
        (vec![("dimensions", r#"["ad_id","stat_time_hour"]"#)], "max time span is 1 day"),
        (
            vec![("dimensions", r#"["ad_id"]"#), ("start_date", "2025-06-30")],
            "max time span is 365 days",
        ),
        (vec![("end_date", "2026-05-31")], "before start_date"),
        (vec![("end_date", "2026-6-30")], "date"),
        (vec![("end_date", "")], "required"),
        (vec![("report_type", "")], "report_type"),
        (vec![("report_type", "basic")], "one of"),
        (vec![("data_level", "")], "data_level"),
        (vec![("data_level", "RESERVATION_AD")], "one of"),
        (vec![("service_type", "RESERVATION")], "retired"),
        (vec![("dimensions", r#"["campaign_id","stat_time_day"]"#)], "match data_level"),
        (vec![("dimensions", r#"["ad_id","ad_id_v2"]"#)], "exactly one id"),
        (vec![("dimensions", r#"["stat_time_day"]"#)], "exactly one id"),
        (vec![("dimensions", r#"["ad_id","ad_id"]"#)], "twice"),
        (
            vec![("dimensions", r#"["ad_id","stat_time_day","stat_time_hour"]"#)],
            "one time dimension",
        ),
        (vec![("dimensions", r#"["ad_id","country_code","ad_type"]"#)], "one breakdown"),
        (vec![("dimensions", r#"["ad_id","match_type"]"#)], "one breakdown"),
        (vec![("dimensions", r#"["ad_id","gender"]"#)], "gender is not a dimension of BASIC"),
        (vec![("dimensions", r#"["ad_id","nothing"]"#)], "nothing is not a dimension"),
        (vec![("metrics", r#"["spend","spend"]"#)], "twice"),
        (vec![("metrics", r#"["spend","foo","bar"]"#)], "Invalid metric fields: [foo, bar]"),
        (vec![("metrics", &many)], "1 to 100"),
        (vec![("metrics", "spend")], "JSON"),
        (
            vec![("data_level", "AUCTION_CAMPAIGN"), ("dimensions", r#"["campaign_id"]"#)],
            "Invalid metric fields: [ad_name]",
        ),
        (vec![("query_lifetime", "true"), ("start_date", ""), ("end_date", "")], "query_lifetime"),
        (vec![("query_lifetime", "true"), ("dimensions", r#"["ad_id"]"#)], "without start_date"),
        (vec![("query_lifetime", "1")], "one of"),
        (vec![("order_field", "clicks")], "not in the report"),
        (vec![("enable_total_metrics", "yes")], "one of"),
        (vec![("page_size", "1001")], "1000"),
    ] {
        refused(&server, "report/integrated/get/", &report(&server, &changes), 40002, part);
    }
}

#[test]
fn audience_reports() {
    let server = server();
    let with = |dimensions| [("report_type", "AUDIENCE"), ("dimensions", dimensions)];
    for dimensions in [
        r#"["ad_id","gender","stat_time_day"]"#,
        r#"["ad_id","age","gender"]"#,
        r#"["ad_id","interest_category"]"#,
    ] {
        assert_eq!(
            code(&server, "report/integrated/get/", &report(&server, &with(dimensions))).0,
            0,
            "{dimensions}"
        );
    }
    for (dimensions, part) in [
        (r#"["ad_id","stat_time_day"]"#, "exactly one audience dimension"),
        (r#"["ad_id","gender","platform"]"#, "exactly one audience dimension"),
        (r#"["ad_id","gender","stat_time_hour"]"#, "have no relation"),
        (r#"["ad_id","interest_category_tier2","stat_time_day"]"#, "have no relation"),
        (r#"["gender"]"#, "exactly one id"),
    ] {
        refused(
            &server,
            "report/integrated/get/",
            &report(&server, &with(dimensions)),
            40002,
            part,
        );
    }
    let totals = [
        ("report_type", "AUDIENCE"),
        ("dimensions", r#"["ad_id","gender"]"#),
        ("enable_total_metrics", "true"),
    ];
    refused(
        &server,
        "report/integrated/get/",
        &report(&server, &totals),
        40002,
        "enable_total_metrics",
    );
    let metric = [
        ("report_type", "AUDIENCE"),
        ("dimensions", r#"["ad_id","gender"]"#),
        ("metrics", r#"["advertiser_name"]"#),
    ];
    refused(
        &server,
        "report/integrated/get/",
        &report(&server, &metric),
        40002,
        "Invalid metric fields: [advertiser_name]",
    );
    let lifetime = [
        ("report_type", "AUDIENCE"),
        ("dimensions", r#"["ad_id","gender"]"#),
        ("query_lifetime", "true"),
        ("start_date", ""),
        ("end_date", ""),
    ];
    refused(
        &server,
        "report/integrated/get/",
        &report(&server, &lifetime),
        40002,
        "query_lifetime",
    );
}

#[test]
fn report_filters() {
    let server = server();
    let all =
        r#"[{"field_name":"ad_status","filter_type":"IN","filter_value":"[\"STATUS_ALL\"]"}]"#;
    assert_eq!(
        code(&server, "report/integrated/get/", &report(&server, &[("filtering", all)])).0,
        0
    );
    let many = format!(
        r#"[{{"field_name":"ad_ids","filter_type":"IN","filter_value":"[{}\"1\"]"}}]"#,
        "\\\"1\\\",".repeat(100).replace("\"1\"]", "")
    );
    let many = many.replace("\"1\"]\"", "\\\"1\\\"]\"");
    for (filter, part) in [
        (all.replace("ad_status", "campaign_status"), "does not match data_level"),
        (all.replace("ad_status", "nothing"), "unknown field"),
        (all.replace("\"IN\"", "\"EQUALS\""), "unknown type"),
        (all.replace("\"IN\"", "\"MATCH\""), "only IN"),
        (
            all.replace(r#""[\"STATUS_ALL\"]""#, r#"["STATUS_ALL"]"#),
            "filter_value: must be a string",
        ),
        (all.replace(r#""[\"STATUS_ALL\"]""#, r#""STATUS_ALL""#), "JSON in a string"),
        (all.replace("filter_type", "type"), "unknown key"),
        (all[1..all.len() - 1].to_owned(), "array"),
        (many, "1 to 100"),
    ] {
        refused(
            &server,
            "report/integrated/get/",
            &report(&server, &[("filtering", &filter)]),
            40002,
            part,
        );
    }
    let advertiser = [
        ("data_level", "AUCTION_ADVERTISER"),
        ("dimensions", r#"["advertiser_id"]"#),
        ("metrics", ""),
        ("filtering", all),
    ];
    refused(
        &server,
        "report/integrated/get/",
        &report(&server, &advertiser),
        40002,
        "does not match data_level",
    );
    let alone = [
        ("data_level", "AUCTION_ADVERTISER"),
        ("dimensions", r#"["stat_time_day"]"#),
        ("metrics", ""),
    ];
    assert_eq!(code(&server, "report/integrated/get/", &report(&server, &alone)).0, 0);
}

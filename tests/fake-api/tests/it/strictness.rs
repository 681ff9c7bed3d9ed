//! Everything the stand-in must refuse, each with its code, its text, and a note in the violations.

use crate::client::{code, get, of_first, send, server, start, target};
use fake_tiktok::{APP_ID, Options, SECRET, Server, TOKEN, WorldConfig};

/// Sends a request that must be refused and noted.
fn refused(server: &Server, path: &str, params: &[(&str, &str)], expected: i64, part: &str) {
    server.clear_log();
    let (code, message) = code(server, path, params);
    assert_eq!(code, expected, "{path} {params:?}: {message}");
    assert!(message.contains(part), "{message:?} lacks {part:?}");
    let violations = server.violations();
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert!(violations[0].starts_with(path) && violations[0].ends_with(&message), "{violations:?}");
}

#[test]
fn paths_and_methods() {
    let server = server();
    let header = format!("Access-Token: {TOKEN}\r\n");
    for path in [
        "/open_api/v1.3/campaign/get",
        "/open_api/v1.3/nothing/",
        "/open_api/v1.2/campaign/get/",
        "/",
    ] {
        let answer = send(&server, "GET", path, &header, "").unwrap();
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.has_header("Content-Type: text/plain"));
    }
    assert_eq!(
        send(&server, "POST", "/open_api/v1.3/campaign/get/", &header, "{}").unwrap().status,
        405
    );
    assert_eq!(server.violations().len(), 5);
    send(&server, "GET", "/", &header, "").unwrap();
    assert_eq!(server.violations().len(), 5, "each once");
}

#[test]
fn tokens() {
    let server = server();
    for (header, expected) in [
        ("", 40104),
        ("Authorization: Bearer fake-access-token\r\n", 40104),
        ("Access-Token: wrong\r\n", 40105),
    ] {
        let answer = send(&server, "GET", &target("user/info/", &[]), header, "").unwrap();
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["code"], expected);
        assert_eq!(answer.json()["data"].to_string(), "{}");
    }
    assert_eq!(server.violations().len(), 2);
    refused(
        &server,
        "oauth2/advertiser/get/",
        &[("app_id", "1"), ("secret", SECRET)],
        40113,
        "app_id",
    );
    refused(
        &server,
        "oauth2/advertiser/get/",
        &[("app_id", APP_ID), ("secret", "x")],
        40101,
        "secret",
    );
    refused(&server, "oauth2/advertiser/get/", &[("app_id", APP_ID)], 40002, "secret");
}

#[test]
fn accounts() {
    let server = server();
    refused(
        &server,
        "campaign/get/",
        &[("advertiser_id", "7")],
        40001,
        "No permission to operate advertiser 7",
    );
    let mixed = format!(r#"["{}","8"]"#, server.world().accounts()[0].advertiser_id);
    refused(
        &server,
        "advertiser/info/",
        &[("advertiser_ids", &mixed)],
        40001,
        "No permission to operate advertiser 8",
    );
    let many = serde_json::to_string(&vec!["1"; 101]).unwrap();
    refused(&server, "advertiser/info/", &[("advertiser_ids", &many)], 40002, "1 to 100");
    refused(&server, "advertiser/info/", &[("advertiser_ids", "[1]")], 40002, "strings");
    refused(&server, "advertiser/info/", &[("advertiser_ids", "7,8")], 40002, "JSON");
    refused(&server, "campaign/get/", &[], 40002, "advertiser_id");
}

#[test]
fn names_and_types_of_parameters() {
    let server = server();
    for (params, part) in [
        (vec![("pagesize", "10")], "unknown parameter"),
        (vec![("page", "1"), ("page", "1")], "given twice"),
        (vec![("page", "x")], "integer"),
        (vec![("page", "+1")], "integer"),
        (vec![("page", "0")], "at least 1"),
        (vec![("page_size", "0")], "between 1 and 1000"),
        (vec![("page_size", "1001")], "between 1 and 1000"),
        (vec![("fields", r#""ad_id""#)], "encoded twice"),
        (vec![("fields", "ad_id")], "JSON"),
        (vec![("filtering", "%7B%22ad_ids%22%3A%5B%221%22%5D%7D")], "encoded twice"),
        (vec![("filtering", r#""{\"ad_ids\":[\"1\"]}""#)], "encoded twice"),
        (vec![("filtering", "[]")], "object"),
        (vec![("filtering", r#"{"nothing":1}"#)], "unknown key"),
        (vec![("filtering", r#"{"ad_ids":["1",2]}"#)], "strings"),
        (vec![("filtering", r#"{"ad_ids":[]}"#)], "1 to 100"),
        (vec![("filtering", r#"{"primary_status":"ALL"}"#)], "one of"),
        (vec![("filtering", r#"{"primary_status":["STATUS_ALL"]}"#)], "string"),
        (vec![("filtering", r#"{"modified_after":"2026-07-01"}"#)], "time"),
        (
            vec![("filtering", r#"{"buying_types":["AUCTION","RESERVATION_TOP_VIEW"]}"#)],
            "on its own",
        ),
    ] {
        refused(&server, "ad/get/", &of_first(&server, &params), 40002, part);
    }
    let many = format!(r#"{{"ad_ids":{}}}"#, serde_json::to_string(&vec!["1"; 101]).unwrap());
    refused(&server, "ad/get/", &of_first(&server, &[("filtering", &many)]), 40002, "1 to 100");
    for path in ["campaign/get/", "adgroup/get/"] {
        let filter = [("filtering", r#"{"modified_after":"2026-07-01 00:00:00"}"#)];
        refused(&server, path, &of_first(&server, &filter), 40002, "unknown key");
    }
}

#[test]
fn top_view_ad_groups_come_in_small_pages() {
    let server = server();
    let filter = ("filtering", r#"{"buying_types":["RESERVATION_TOP_VIEW"]}"#);
    refused(
        &server,
        "adgroup/get/",
        &of_first(&server, &[filter, ("page_size", "101")]),
        40002,
        "100",
    );
    assert_eq!(
        code(&server, "adgroup/get/", &of_first(&server, &[filter, ("page_size", "100")])).0,
        0
    );
    assert_eq!(code(&server, "ad/get/", &of_first(&server, &[filter, ("page_size", "1000")])).0, 0);
}

/// A report that is right, with some parameters replaced; an empty value leaves one out.
fn report<'a>(server: &'a Server, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
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

#[test]
fn the_sandbox_has_less() {
    let server = start(
        WorldConfig { odd: false, ..crate::client::config() },
        Options { sandbox: true, ..Options::default() },
    );
    let id = server.world().accounts()[0].advertiser_id.clone();
    assert_eq!(
        code(&server, "advertiser/info/", &[("advertiser_ids", &format!("[\"{id}\"]"))]).0,
        40008
    );
    assert_eq!(
        code(&server, "oauth2/advertiser/get/", &[("app_id", APP_ID), ("secret", SECRET)]).0,
        40008
    );
    let level = [
        ("data_level", "AUCTION_ADVERTISER"),
        ("dimensions", r#"["advertiser_id"]"#),
        ("metrics", ""),
    ];
    assert_eq!(code(&server, "report/integrated/get/", &report(&server, &level)).0, 40009);
    assert_eq!(
        code(
            &server,
            "report/integrated/get/",
            &report(&server, &[("enable_total_metrics", "true")])
        )
        .0,
        40009
    );
    let status = get(&server, "campaign/get/", &of_first(&server, &[]));
    assert!(
        status.text().contains("operation_status") && !status.text().contains("secondary_status")
    );
    let total = |start: &str, end: &str| {
        let answer = get(
            &server,
            "report/integrated/get/",
            &report(&server, &[("start_date", start), ("end_date", end)]),
        )
        .json();
        answer["data"]["page_info"]["total_number"].as_u64().unwrap()
    };
    assert!(total("2020-12-01", "2020-12-30") > 0);
    assert_eq!(total("2020-12-01", "2020-12-30"), total("2020-12-08", "2020-12-19"));
    assert_eq!(total("2020-12-20", "2020-12-30"), 0);
    assert_eq!(server.violations(), Vec::<String>::new());
}

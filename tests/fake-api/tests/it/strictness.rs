//! What the stand-in must refuse, each with its code, its text, and a note in the violations.
//! Reports are tested in `refused_reports`.

use crate::client::{code, get, of_first, send, server, start, target};
use crate::refused_reports::report;
use fake_tiktok::{APP_ID, Options, SECRET, Server, TOKEN, WorldConfig};

/// Sends a request that must be refused and noted.
pub(crate) fn refused(
    server: &Server,
    path: &str,
    params: &[(&str, &str)],
    expected: i64,
    part: &str,
) {
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

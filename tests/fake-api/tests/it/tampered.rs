//! Answers that come, but are not right: rows that move, counts that move, JSON of another shape.

use crate::client::{code, config, get, of_first, send, server, start, try_get};
use fake_tiktok::{Fault, FaultKind, Options, Server, Shape, WorldConfig};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn page(server: &Server, number: &str) -> Value {
    let params = of_first(server, &[("page_size", "4"), ("page", number)]);
    get(server, "ad/get/", &params).json()["data"].take()
}

fn spoil(server: &Server, kind: FaultKind) {
    server.add_fault(Fault { kind, ..Fault::default() });
}

fn rows(data: &Value) -> Vec<Value> {
    data["list"].as_array().unwrap().clone()
}

#[test]
fn rows_move_between_pages() {
    let server = start(WorldConfig { odd: false, deleted: 0.0, ..config() }, Options::default());
    let (one, two, three) = (page(&server, "1"), page(&server, "2"), page(&server, "3"));
    let all = [rows(&one), rows(&two), rows(&three)].concat();
    for (shift, from) in [(1, 3), (3, 1), (100, 0), (-2, 6)] {
        spoil(&server, FaultKind::Shift(shift));
        let shifted = page(&server, "2");
        assert_eq!(rows(&shifted), all[from..from + 4], "{shift}");
        assert_eq!(shifted["page_info"], two["page_info"]);
    }
    spoil(&server, FaultKind::Shift(2));
    assert_eq!(page(&server, "1"), one, "nothing comes before the first page");
    spoil(&server, FaultKind::Shift(-1000));
    assert_eq!(rows(&page(&server, "1")), Vec::<Value>::new());

    // Two rows inserted between the first page and the second: two come twice, and later ones slip.
    server.add_fault(Fault {
        after: 1,
        times: usize::MAX,
        kind: FaultKind::Shift(2),
        ..Fault::default()
    });
    let seen: Vec<_> =
        ["1", "2", "3"].iter().flat_map(|number| rows(&page(&server, number))).collect();
    assert_eq!(seen, [&all[..4], &all[2..10]].concat());
}

#[test]
fn counts_move() {
    let server = server();
    let honest = page(&server, "1");
    let total = honest["page_info"]["total_number"].as_u64().unwrap();
    for (kind, expected) in [
        (FaultKind::Grow(5), total + 5),
        (FaultKind::Shrink(5), total - 5),
        (FaultKind::Shrink(1000), 0),
    ] {
        spoil(&server, kind);
        let answer = page(&server, "1");
        let pages = expected.div_ceil(4);
        let info =
            json!({"page": 1, "page_size": 4, "total_number": expected, "total_page": pages});
        assert_eq!((&answer["page_info"], &answer["list"]), (&info, &honest["list"]));
    }
    assert_eq!(page(&server, "1"), honest);
}

#[test]
fn a_part_of_the_answer() {
    let server = server();
    let honest = page(&server, "1");
    spoil(&server, FaultKind::PartialRows("Some ads are missing.".into()));
    let answer = get(&server, "ad/get/", &of_first(&server, &[("page_size", "4")])).json();
    assert_eq!(
        (&answer["code"], &answer["message"], &answer["data"]),
        (&json!(20001), &json!("Some ads are missing."), &honest)
    );
    assert_eq!(server.requests().last().unwrap().code, Some(20001));
}

#[test]
fn bodies_of_another_shape() {
    let server = server();
    let params = of_first(&server, &[("page_size", "4")]);
    spoil(&server, FaultKind::InvalidJson);
    let answer = get(&server, "ad/get/", &params);
    assert_eq!(answer.length(), answer.bytes.len(), "whole for HTTP");
    assert!(serde_json::from_str::<Value>(answer.text()).is_err());
    assert_eq!(server.requests()[0].code, None);
    let honest = get(&server, "ad/get/", &params).json();
    let with = |shape| {
        spoil(&server, FaultKind::WrongShape(shape));
        let answer = get(&server, "ad/get/", &params);
        assert_eq!(answer.status, 200);
        answer.json()
    };
    assert_eq!(with(Shape::DataIsArray)["data"], honest["data"]["list"]);
    assert_eq!(
        with(Shape::ListIsObject)["data"],
        json!({"list": {}, "page_info": honest["data"]["page_info"]})
    );
    assert_eq!(with(Shape::ListOfNumbers)["data"]["list"], json!([1, 2, 3]));
    assert_eq!(with(Shape::CodeIsText)["code"], "0");
    assert_eq!(with(Shape::CodeIsWord)["code"], "OK");
    let without = with(Shape::CodeIsMissing);
    assert!(without.get("code").is_none() && without["data"] == honest["data"]);
    assert_eq!(with(Shape::BodyIsNull), Value::Null);
}

#[test]
fn a_body_that_takes_its_time() {
    let server = server();
    let params = of_first(&server, &[]);
    let honest = get(&server, "ad/get/", &params).json();
    spoil(&server, FaultKind::SlowBody(Duration::from_millis(400)));
    let begin = Instant::now();
    assert_eq!(get(&server, "ad/get/", &params).json()["data"], honest["data"]);
    assert!((400..2000).contains(&begin.elapsed().as_millis()), "{:?}", begin.elapsed());
    spoil(&server, FaultKind::SlowBody(Duration::from_secs(600)));
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| try_get(&server, "user/info/", &[]));
        while server.requests().last().is_none_or(|request| request.path != "user/info/") {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(200));
        server.refuse_connections(Duration::from_millis(50));
        let answer = asking.join().unwrap().unwrap();
        assert!(answer.bytes.len() < answer.length(), "the head came at once, the body did not");
    });
}

#[test]
fn faults_can_be_aimed_at_one_report() {
    let server = server();
    let report = |kind: &'static str, level: &'static str, dimensions: &'static str| {
        let id = if level == "AUCTION_AD" { "ad_id" } else { "campaign_id" };
        let dimensions = format!(r#"["{id}",{dimensions}]"#);
        let params = [
            ("report_type", kind),
            ("data_level", level),
            ("dimensions", dimensions.as_str()),
            ("start_date", "2026-07-01"),
            ("end_date", "2026-07-02"),
        ];
        code(&server, "report/integrated/get/", &of_first(&server, &params)).0
    };
    let aimed = Fault { times: usize::MAX, ..Fault::default() };
    for (fault, expected) in [
        (Fault { report_type: Some("AUDIENCE".into()), ..aimed.clone() }, [0, 0, 50000, 50000]),
        (
            Fault { data_level: Some("AUCTION_AD".into()), ..aimed.clone() },
            [50000, 0, 50000, 50000],
        ),
        (Fault { dimension: Some("gender".into()), ..aimed.clone() }, [0, 0, 50000, 0]),
        (Fault { dimension: Some("gen".into()), ..aimed }, [0, 0, 0, 0]),
    ] {
        server.add_fault(fault);
        let codes = [
            report("BASIC", "AUCTION_AD", r#""stat_time_day""#),
            report("BASIC", "AUCTION_CAMPAIGN", r#""stat_time_day""#),
            report("AUDIENCE", "AUCTION_AD", r#""gender","stat_time_day""#),
            report("AUDIENCE", "AUCTION_AD", r#""platform","stat_time_day""#),
        ];
        assert_eq!(codes, expected);
        server.clear_faults();
    }
}

#[test]
fn a_token_is_revoked_and_an_account_vanishes_half_way() {
    let server = server();
    let second = server.world().accounts()[1].advertiser_id.clone();
    let revoked = FaultKind::Code {
        code: 40105,
        message: "Access token is incorrect or has been revoked.".into(),
    };
    let vanished = FaultKind::Code {
        code: 40001,
        message: format!("No permission to operate advertiser {second}"),
    };
    server.add_fault(Fault { after: 4, times: usize::MAX, kind: revoked, ..Fault::default() });
    server.add_fault(Fault {
        advertiser_id: Some(second.clone()),
        after: 1,
        times: usize::MAX,
        kind: vanished,
        ..Fault::default()
    });
    let first = || code(&server, "ad/get/", &of_first(&server, &[])).0;
    let other = || code(&server, "ad/get/", &[("advertiser_id", &second)]).0;
    assert_eq!(
        [other(), first(), other(), other(), first(), other()],
        [0, 0, 40001, 40001, 40105, 40105]
    );
}

#[test]
fn faults_by_text() {
    let server = server();
    let door = |body: &str| send(&server, "POST", "/_fake/faults", "", body).unwrap();
    let bad = [
        (r#"{"kind":"shift"}"#, "rows"),
        (r#"{"kind":"wrong_shape","shape":"round"}"#, "round"),
        (r#"{"kind":"reset","pages":2}"#, "pages: unknown"),
        (r#"{"kind":"reset","advertiser_id":7}"#, "advertiser_id"),
        (r#"{"kind":"hang","seconds":-1}"#, "seconds"),
        ("[1]", "object"),
    ];
    for (text, part) in bad {
        let answer = door(text);
        assert!(answer.status == 400 && answer.text().contains(part), "{text}: {}", answer.text());
        assert!(
            text.starts_with('[') || text.parse::<Fault>().is_err_and(|why| why.contains(part))
        );
    }
    for (text, kind) in [
        (r#"{"kind":"shift","rows":-2}"#, FaultKind::Shift(-2)),
        (r#"{"kind":"grow","rows":2}"#, FaultKind::Grow(2)),
        (r#"{"kind":"shrink","rows":2}"#, FaultKind::Shrink(2)),
        (r#"{"kind":"invalid_json"}"#, FaultKind::InvalidJson),
        (r#"{"kind":"close_early"}"#, FaultKind::CloseEarly),
        (r#"{"kind":"slow_body","seconds":0.5}"#, FaultKind::SlowBody(Duration::from_millis(500))),
        (r#"{"kind":"partial_rows","message":"x"}"#, FaultKind::PartialRows("x".into())),
        (
            r#"{"kind":"wrong_shape","shape":"list_of_numbers"}"#,
            FaultKind::WrongShape(Shape::ListOfNumbers),
        ),
    ] {
        assert_eq!(text.parse::<Fault>().unwrap().kind, kind);
    }
    let aimed = r#"{"kind":"code","path":"ad/get/","report_type":"BASIC","data_level":"x",
        "dimension":"y","page":2,"after":1,"times":3}"#;
    let fault: Fault = aimed.parse().unwrap();
    assert_eq!(
        (fault.data_level.as_deref(), fault.dimension.as_deref(), fault.page, fault.times),
        (Some("x"), Some("y"), Some(2), 3)
    );
}

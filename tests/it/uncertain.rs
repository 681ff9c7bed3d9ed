//! Facts of the API that its documents leave open, or about which they disagree. The fake gives one
//! answer and all other tests hold with it; here it gives the other one. Streams that depend on the
//! fact then say what happened, and the other streams have all of their rows.

use crate::catalogs::of;
use crate::everything::ago;
use crate::failures::code;
use crate::grid::within_a_day;
use crate::harness::{Run, START, Tap, serve, world};
use fake_tiktok::{Fault, FaultKind, SECRET, Server, WorldConfig};
use serde_json::{Value, json};
use tap_tiktok_ads::streams::{self, Stream};

/// A fact and the answer that the fake does not give otherwise.
struct Fact {
    /// What is uncertain.
    what: &'static str,
    path: &'static str,
    /// The stream that depends on it.
    stream: &'static str,
    other: FaultKind,
    /// Only requests with a value of this parameter get the other answer, so that the stream has
    /// other rows.
    only: Option<&'static str>,
}

fn fact(what: &'static str, path: &'static str, stream: &'static str, other: FaultKind) -> Fact {
    Fact { what, path, stream, other, only: None }
}

/// TikTok knows no such path.
fn no_path() -> FaultKind {
    FaultKind::Http {
        status: 404,
        content_type: "text/html".to_owned(),
        body: "<html><body>404 Not Found</body></html>".to_owned(),
    }
}

fn too_large() -> FaultKind {
    code(40002, "page_size: must be less than or equal to 5")
}

fn elsewhere(data: &Value) -> FaultKind {
    let body = json!({"code": 0, "message": "OK", "request_id": "1", "data": data});
    FaultKind::Body(body.to_string())
}

fn facts() -> Vec<Fact> {
    let pairs = code(40002, "dimensions: this combination is not supported");
    vec![
        fact(
            "the largest page of smart_plus/ad/get",
            "smart_plus/ad/get/",
            "smart_plus_ads",
            too_large(),
        ),
        fact(
            "the largest page of page/library/get",
            "page/library/get/",
            "page_libraries",
            too_large(),
        ),
        fact("the largest page of rules", "optimizer/rule/list/", "optimizer_rules", too_large()),
        fact(
            "the largest page of results of rules",
            "optimizer/rule/result/list/",
            "optimizer_rule_results",
            too_large(),
        ),
        fact(
            "the largest page of transactions",
            "bc/account/transaction/get/",
            "bc_account_transactions",
            too_large(),
        ),
        fact("the largest page of members", "bc/member/get/", "bc_members", too_large()),
        fact("the largest page of catalogs", "catalog/get/", "catalogs", too_large()),
        fact(
            "whether campaign/spc/get exists",
            "campaign/spc/get/",
            "legacy_smart_plus_campaigns",
            no_path(),
        ),
        fact(
            "whether split_test/result/get exists",
            "split_test/result/get/",
            "split_test_results",
            no_path(),
        ),
        fact(
            "the dimensions of smart_plus/material_report/overview",
            "smart_plus/material_report/overview/",
            "smart_plus_ad_insights_by_main_material",
            pairs.clone(),
        ),
        fact(
            "the dimensions of smart_plus/material_report/breakdown",
            "smart_plus/material_report/breakdown/",
            "smart_plus_material_insights",
            pairs,
        ),
        fact(
            "where the records of bid protection are",
            "report/bid_protection/detail/get/",
            "bid_protection",
            elsewhere(&json!({"list": []})),
        ),
        Fact {
            only: Some("library_id"),
            ..fact(
                "whether forms of libraries have fields",
                "page/field/get/",
                "page_fields",
                code(40002, "library_id: unknown parameter"),
            )
        },
        fact(
            "the address of leads of the United States",
            "page/lead/task/",
            "leads",
            code(40002, "x-lead-region: not supported"),
        ),
        fact(
            "the format of the change log",
            "changelog/task/download/",
            "changelog",
            FaultKind::File(b"time,operator\n2024-01-02,someone\n".to_vec()),
        ),
    ]
}

fn tap(server: &Server) -> Tap {
    Tap::on(server)
        .set("start_date", ago(9))
        .set("end_date", ago(-1))
        .set("attribution_window", 0)
        .set("secret", SECRET)
        .set("concurrency", 4)
}

fn read(server: &Server, streams: &[&'static Stream]) -> Run {
    within_a_day(server, || tap(server).catalog(&of(streams.iter().copied())).run())
}

#[test]
fn a_fact_that_is_otherwise_costs_only_the_stream_that_depends_on_it() {
    let config = WorldConfig { campaigns: 2, adgroups: 2, ads: 2, ..world() };
    let other = streams::find("campaigns").expect("a stream");
    let mut failed = Vec::new();
    for fact in facts() {
        let server = serve(config.clone());
        let stream = streams::find(fact.stream).unwrap_or_else(|| panic!("{}", fact.stream));
        let usual = read(&server, &[stream, other]).ended(0);
        let value = |param: &str| {
            let asked = server.requests();
            let mut asked = asked.iter().filter(|request| request.path == fact.path);
            asked.find_map(|request| request.param(param)).map(str::to_owned)
        };
        server.add_fault(Fault {
            path: Some(fact.path.to_owned()),
            param: fact.only.map(|name| (name.to_owned(), value(name).expect("a request"))),
            times: usize::MAX,
            kind: fact.other,
            ..Fault::default()
        });
        let run = read(&server, &[stream, other]);
        let count = |run: &Run| run.records(stream.name).len();
        let bookmark = |run: &Run| run.state()["bookmarks"][other.name].clone();
        let checks = [
            ("the stream has no rows usually", count(&usual) > 0),
            ("it has other rows than expected", (count(&run) > 0) == fact.only.is_some()),
            ("it has as many rows as usual", count(&run) < count(&usual)),
            ("the message does not name it", run.cause().contains(stream.name)),
            ("the other stream lacks rows", run.records(other.name) == usual.records(other.name)),
            ("the other stream lacks bookmarks", bookmark(&run) == bookmark(&usual)),
            ("the exit code is another", matches!(run.code, Some(4 | 5))),
        ];
        for (complaint, _) in checks.iter().filter(|(_, holds)| !holds) {
            failed.push(format!("{}: {complaint}: {:?} {}", fact.what, run.code, run.cause()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_times_of_pixels_are_understood_in_each_form() {
    let stream = streams::find("pixels").expect("a stream");
    let mut failed = Vec::new();
    for time in [json!(1_714_979_289_000_i64), json!(1_714_979_289), json!("2024-05-06 07:08:09")] {
        let server = serve(world());
        let info = json!({"page": 1, "page_size": 20, "total_number": 1, "total_page": 1});
        let pixel = json!({"pixel_id": "7", "pixel_code": "C7", "create_time": time});
        server.add_fault(Fault {
            path: Some(stream.call.path.to_owned()),
            times: usize::MAX,
            kind: elsewhere(&json!({"pixels": [pixel], "page_info": info})),
            ..Fault::default()
        });
        let run = read(&server, &[stream]).ended(0);
        let times: Vec<_> =
            run.records("pixels").iter().map(|record| record.raw("create_time")).collect();
        if times.is_empty() || times.iter().any(|time| *time != "\"2024-05-06T07:08:09Z\"") {
            failed.push(format!("{time}: {times:?}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_sandbox_without_descriptions_of_accounts_delivers_all_other_rows() {
    let read = |is_described: bool| {
        let server = serve(world());
        server.set_options(|options| options.sandbox = true);
        if !is_described {
            server.add_fault(Fault {
                path: Some("advertiser/info/".to_owned()),
                times: usize::MAX,
                kind: code(40008, "advertiser/info is not supported in sandbox"),
                ..Fault::default()
            });
        }
        let streams = ["campaigns", "ads"].map(|name| streams::find(name).expect("a stream"));
        tap(&server).set("sandbox", true).set("start_date", START).catalog(&of(streams)).run()
    };
    let (usual, run) = (read(true).ended(0), read(false));
    for name in ["campaigns", "ads"] {
        assert!(!usual.records(name).is_empty(), "{name}");
        assert_eq!(run.records(name), usual.records(name), "{name}: {}", run.cause());
    }
}

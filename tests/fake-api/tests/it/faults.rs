//! Every misbehaviour, and which requests it hits.

use crate::client::{code, config, get, of_first, send, server, start, target, try_get};
use fake_tiktok::{Fault, FaultKind, Options, Server, TOKEN, WorldConfig};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::time::{Duration, Instant};

fn with(kind: FaultKind) -> Server {
    let server = start(WorldConfig { odd: false, ..config() }, Options::default());
    server.add_fault(Fault { kind, ..Fault::default() });
    server
}

fn ads(server: &Server) -> Value {
    get(server, "ad/get/", &of_first(server, &[("page_size", "5")])).json()
}

#[test]
fn a_fault_hits_the_requests_it_is_for() {
    let server = server();
    let second = server.world().accounts()[1].advertiser_id.clone();
    let first = server.world().accounts()[0].advertiser_id.clone();
    let page =
        |id: &str, page: &str| code(&server, "ad/get/", &[("advertiser_id", id), ("page", page)]).0;
    server.add_fault(Fault {
        path: Some("ad/get/".into()),
        advertiser_id: Some(second.clone()),
        page: Some(2),
        after: 1,
        times: 2,
        ..Fault::default()
    });
    assert_eq!(code(&server, "campaign/get/", &[("advertiser_id", &second), ("page", "2")]).0, 0);
    assert_eq!([page(&first, "2"), page(&second, "1")], [0, 0]);
    assert_eq!(
        [page(&second, "2"), page(&second, "2"), page(&second, "2"), page(&second, "2")],
        [0, 50000, 50000, 0]
    );
    let ids = format!(r#"["{first}","{second}"]"#);
    server.add_fault(Fault { advertiser_id: Some(second), times: usize::MAX, ..Fault::default() });
    assert_eq!(code(&server, "advertiser/info/", &[("advertiser_ids", &ids)]).0, 50000);
    server.clear_faults();
    assert_eq!(code(&server, "advertiser/info/", &[("advertiser_ids", &ids)]).0, 0);
}

#[test]
fn a_fault_does_not_hide_a_violation() {
    let server = with(FaultKind::Code { code: 50002, message: "Busy".into() });
    let (code, message) = code(&server, "ad/get/", &of_first(&server, &[("nothing", "1")]));
    assert_eq!((code, message.as_str()), (50002, "Busy"));
    assert_eq!(server.violations().len(), 1);
}

#[test]
fn answers_from_elsewhere() {
    let server = with(FaultKind::Http {
        status: 502,
        content_type: "text/html".into(),
        body: "<html>".into(),
    });
    let answer = get(&server, "ad/get/", &of_first(&server, &[]));
    assert_eq!((answer.status, answer.text()), (502, "<html>"));
    assert!(answer.has_header("Content-Type: text/html"));
    assert_eq!(server.requests()[0].code, None);
    server.add_fault(Fault { kind: FaultKind::Body("nonsense".into()), ..Fault::default() });
    let answer = get(&server, "ad/get/", &of_first(&server, &[]));
    assert_eq!((answer.status, answer.text()), (200, "nonsense"));
}

#[test]
fn broken_transport() {
    let server = with(FaultKind::CutBody);
    let answer = get(&server, "ad/get/", &of_first(&server, &[]));
    assert_eq!(answer.bytes.len(), answer.length() / 2);

    server.add_fault(Fault { kind: FaultKind::CutGzip, ..Fault::default() });
    let headers = format!("Access-Token: {TOKEN}\r\nAccept-Encoding: gzip\r\n");
    let answer =
        send(&server, "GET", &target("ad/get/", &of_first(&server, &[])), &headers, "").unwrap();
    assert_eq!(answer.bytes.len(), answer.length());
    assert!(answer.has_header("Content-Encoding: gzip") && answer.unzipped().is_err());

    server.add_fault(Fault { kind: FaultKind::Reset, ..Fault::default() });
    let error = try_get(&server, "ad/get/", &of_first(&server, &[])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);

    server
        .add_fault(Fault { kind: FaultKind::Hang(Duration::from_millis(300)), ..Fault::default() });
    let begin = Instant::now();
    assert_eq!(ads(&server)["code"], 0);
    assert!(begin.elapsed() >= Duration::from_millis(300));

    server.add_fault(Fault { kind: FaultKind::InvalidUtf8, ..Fault::default() });
    let bytes = get(&server, "ad/get/", &of_first(&server, &[])).bytes;
    let list = bytes.windows(8).position(|eight| eight == b"\"list\":[").unwrap();
    assert!(std::str::from_utf8(&bytes).is_err_and(|error| error.valid_up_to() > list));
    assert_eq!(server.peak_in_flight(), 1);
}

#[test]
fn broken_pages() {
    let server = with(FaultKind::MissingPageInfo);
    let honest = |page: &str| {
        get(&server, "ad/get/", &of_first(&server, &[("page_size", "5"), ("page", page)])).json()
    };
    let answer = honest("1");
    assert!(answer["data"].get("page_info").is_none() && answer["data"]["list"].is_array());
    let (one, two) = (honest("1"), honest("2"));

    server.add_fault(Fault {
        kind: FaultKind::PageInfo(r#"{"page":"x"}"#.into()),
        ..Fault::default()
    });
    assert_eq!(ads(&server)["data"]["page_info"], json!({"page": "x"}));

    server.add_fault(Fault { kind: FaultKind::EmptyPage, ..Fault::default() });
    let answer = ads(&server);
    assert_eq!(answer["data"]["list"], json!([]));
    assert_eq!(answer["data"]["page_info"], one["data"]["page_info"]);

    server.add_fault(Fault { kind: FaultKind::RepeatPage, ..Fault::default() });
    let answer = honest("2");
    assert_eq!(answer["data"]["list"], one["data"]["list"]);
    assert_eq!(answer["data"]["page_info"], two["data"]["page_info"]);

    server.add_fault(Fault { kind: FaultKind::CodeLast, ..Fault::default() });
    let text = get(&server, "ad/get/", &of_first(&server, &[("page_size", "5")]));
    assert!(text.text().starts_with("{\"data\":{") && text.text().ends_with(",\"code\":0}"));
    assert_eq!(ads(&server)["data"], one["data"], "and then all is well again");
}

#[test]
fn the_admin_doors() {
    let server = server();
    let door =
        |method: &str, path: &str, body: &str| send(&server, method, path, "", body).unwrap();
    let fault = r#"[{"path":"ad/get/","kind":"code","code":40100,"message":"Slow"},
        {"kind":"page_info","page_info":null}]"#;
    assert_eq!(door("POST", "/_fake/faults", fault).status, 200);
    assert_eq!(door("POST", "/_fake/faults", r#"{"kind":"nothing"}"#).status, 400);
    assert_eq!(ads(&server)["code"], 40100);
    assert_eq!(ads(&server)["data"]["page_info"], Value::Null);
    code(&server, "ad/get/", &[]);
    let log = door("GET", "/_fake/requests", "").json();
    assert_eq!(log.as_array().unwrap().len(), 3);
    assert_eq!(log[0]["code"], 40100);
    assert_eq!(door("GET", "/_fake/violations", "").json().as_array().unwrap().len(), 1);
    door("POST", "/_fake/reset", "");
    assert_eq!(door("GET", "/_fake/requests", "").json(), json!([]));

    let id = &server.world().accounts()[0].advertiser_id;
    let truth = door("GET", &format!("/_fake/truth/campaigns?advertiser_id={id}"), "").json();
    assert_eq!(truth.as_array().unwrap().len(), 5);
    assert_eq!(truth[0]["promote"], true);
    assert_eq!(truth[4]["row"]["advertiser_id"], id.as_str());
    assert_eq!(door("GET", "/_fake/truth/advertisers", "").json().as_array().unwrap().len(), 2);
    let query = target(
        "",
        &of_first(
            &server,
            &[
                ("report_type", "BASIC"),
                ("data_level", "AUCTION_CAMPAIGN"),
                ("dimensions", r#"["campaign_id","stat_time_day"]"#),
                ("start_date", "2026-01-01"),
                ("end_date", "2026-07-15"),
            ],
        ),
    );
    let rows = door("GET", &query.replace("/open_api/v1.3/", "/_fake/truth/report"), "").json();
    assert!(rows.as_array().unwrap().len() > 300, "all rows of any window");
    assert!(rows[0]["metrics"]["spend"].is_string());
    assert!(server.requests().is_empty(), "the doors are in no log");
}

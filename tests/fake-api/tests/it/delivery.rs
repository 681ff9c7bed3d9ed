//! How answers travel: compression, keep-alive, latency, the rate limit, and the log.

use crate::client::{code, config, get, of_first, send, server, start, target};
use fake_tiktok::{Options, Server, TOKEN, WorldConfig};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn bodies_are_compressed_when_accepted_and_worth_it() {
    let server = server();
    let zip = |path: &str, params: &[(&str, &str)]| {
        let headers = format!("Access-Token: {TOKEN}\r\nAccept-Encoding: gzip, br\r\n");
        send(&server, "GET", &target(path, params), &headers, "").unwrap()
    };
    let params = of_first(&server, &[]);
    let plain = get(&server, "ad/get/", &params);
    assert!(!plain.has_header("Content-Encoding: gzip"));
    assert!(plain.headers.contains("X-Tt-Logid: 2026"));
    for _ in 0..2 {
        let zipped = zip("ad/get/", &params);
        assert!(zipped.has_header("Content-Encoding: gzip"));
        assert_eq!(zipped.unzipped().unwrap(), plain.bytes);
    }
    assert!(!zip("user/info/", &[]).has_header("Content-Encoding: gzip"), "too small");
    server.set_options(|options| options.gzip = false);
    assert_eq!(zip("ad/get/", &params).bytes, plain.bytes);
}

#[test]
fn a_connection_serves_many_requests_also_in_pieces() {
    let server = server();
    let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    let request =
        format!("GET /open_api/v1.3/user/info/ HTTP/1.1\r\nAccess-Token: {TOKEN}\r\n\r\n");
    let mut lengths = Vec::new();
    for cut in [0, 10, request.len() - 1] {
        stream.write_all(&request.as_bytes()[..cut]).unwrap();
        thread::sleep(Duration::from_millis(20));
        stream.write_all(&request.as_bytes()[cut..]).unwrap();
        let mut buffer = [0; 4096];
        let mut seen = 0;
        while !buffer[..seen].ends_with(b"}}") {
            seen += stream.read(&mut buffer[seen..]).unwrap();
        }
        lengths.push(seen);
    }
    assert_eq!(server.requests().len(), 3);
    assert!(lengths.windows(2).all(|pair| pair[0] == pair[1]), "{lengths:?}");
    drop(server);
    assert_eq!(stream.read(&mut [0; 10]).unwrap_or(0), 0, "stopping ends the connection");
}

#[test]
fn latency_is_kept_and_requests_overlap() {
    let options = Options { latency: Duration::from_millis(200), ..Options::default() };
    let server = start(config(), options);
    let begin = Instant::now();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| get(&server, "user/info/", &[]));
        }
    });
    let took = begin.elapsed();
    assert!((200..700).contains(&took.as_millis()), "{took:?}");
    assert_eq!(server.peak_in_flight(), 4);
    server.clear_log();
    get(&server, "user/info/", &[]);
    assert_eq!(server.peak_in_flight(), 1);
}

fn burst(server: &Server, count: usize) -> Vec<i64> {
    (0..count).map(|_| code(server, "user/info/", &[]).0).collect()
}

#[test]
fn too_many_requests_suspend_and_more_of_them_prolong_it() {
    let suspension = Duration::from_secs(1);
    let server = start(config(), Options { rate_limit: Some(5), suspension, ..Options::default() });
    assert_eq!(burst(&server, 6), [0, 0, 0, 0, 0, 40100]);
    thread::sleep(Duration::from_millis(600));
    let (suspended, message) = code(&server, "user/info/", &[]);
    assert_eq!(suspended, 40100);
    assert!(message.contains("temporarily restricted"));
    // By now the first suspension is over, and so is the second of the burst.
    thread::sleep(Duration::from_millis(600));
    assert_eq!(burst(&server, 1), [40100], "the request in between prolonged it");
    thread::sleep(Duration::from_millis(1200));
    assert_eq!(burst(&server, 1), [0]);
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn a_client_that_keeps_to_the_limit_is_never_refused() {
    let server = start(config(), Options { rate_limit: Some(10), ..Options::default() });
    let begin = Instant::now();
    for number in 0..15 {
        let due = Duration::from_millis(100) * number;
        thread::sleep(due.saturating_sub(begin.elapsed()));
        assert_eq!(burst(&server, 1), [0]);
    }
}

#[test]
fn requests_are_logged_with_their_code() {
    let server = server();
    let (id, other) = (server.world().accounts()[0].advertiser_id.clone(), "1");
    code(
        &server,
        "ad/get/",
        &[("advertiser_id", &id), ("filtering", r#"{"primary_status":"STATUS_ALL"}"#)],
    );
    code(&server, "ad/get/", &[("advertiser_id", other)]);
    let log = server.requests();
    assert_eq!(log.len(), 2);
    assert_eq!(
        (log[0].method.as_str(), log[0].path.as_str(), log[0].code),
        ("GET", "ad/get/", Some(0))
    );
    assert_eq!(log[0].param("filtering"), Some(r#"{"primary_status":"STATUS_ALL"}"#));
    assert_eq!(log[1].code, Some(40001));
    assert!(log[0].at <= log[1].at);
    server.clear_log();
    assert!(server.requests().is_empty() && server.violations().is_empty());
}

#[test]
fn the_real_clock_works_too() {
    let server = start(WorldConfig::default(), Options::default());
    let id = &server.world().accounts()[0].advertiser_id;
    let today = server.world().today(id).to_string();
    let hours = [
        ("report_type", "BASIC"),
        ("data_level", "AUCTION_ADVERTISER"),
        ("dimensions", r#"["advertiser_id","stat_time_day"]"#),
        ("start_date", "2026-01-01"),
        ("end_date", "2026-01-30"),
    ];
    let answer = get(&server, "report/integrated/get/", &of_first(&server, &hours)).json();
    assert!(today.as_str() > "2026-01-01");
    assert!(answer["data"]["page_info"]["total_number"].as_u64().unwrap() > 20);
}

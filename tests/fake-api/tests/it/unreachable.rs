//! A server that cannot be reached for a while, and connections that end without an answer.

use crate::client::{code, of_first, send, server, try_get};
use fake_tiktok::{Fault, FaultKind};
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn a_connection_ends_in_good_order_without_an_answer() {
    let server = server();
    server.add_fault(Fault { kind: FaultKind::CloseEarly, ..Fault::default() });
    // The client of the tests makes this of an end where an answer should begin; a reset has a kind
    // of its own.
    let error = try_get(&server, "ad/get/", &of_first(&server, &[])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(server.requests()[0].code, None);
    assert_eq!(code(&server, "user/info/", &[]).0, 0);
}

#[test]
fn connections_are_refused_for_a_while_and_then_taken_at_the_same_port() {
    let server = server();
    let address = server.url().trim_start_matches("http://").to_owned();
    let mut idle = TcpStream::connect(&address).unwrap();
    assert_eq!(code(&server, "user/info/", &[]).0, 0);
    let begin = Instant::now();
    server.refuse_connections(Duration::from_secs(1));
    assert!(begin.elapsed() < Duration::from_millis(800), "it does not wait for the end");
    assert_eq!(TcpStream::connect(&address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert_eq!(idle.read(&mut [0; 1]).unwrap_or(0), 0, "connections that were open are ended");
    server.refuse_connections(Duration::from_millis(1500));
    while TcpStream::connect(&address).is_err() {
        assert!(begin.elapsed() < Duration::from_secs(5));
        thread::sleep(Duration::from_millis(5));
    }
    assert!(
        begin.elapsed() >= Duration::from_millis(1490),
        "the second call prolongs the first: {:?}",
        begin.elapsed()
    );
    assert_eq!(code(&server, "user/info/", &[]).0, 0);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_door_refuses_connections_too_and_stopping_does_not_wait() {
    let server = server();
    let door =
        |body: &str| send(&server, "POST", "/_fake/refuse_connections", "", body).unwrap().status;
    assert_eq!([door("{}"), door(r#"{"seconds":0.1}"#)], [400, 200]);
    while try_get(&server, "user/info/", &[]).is_err() {
        thread::sleep(Duration::from_millis(5));
    }
    server.refuse_connections(Duration::from_secs(600));
    let begin = Instant::now();
    drop(server);
    assert!(begin.elapsed() < Duration::from_secs(2));
}

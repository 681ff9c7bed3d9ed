//! What can go wrong on the way to a token, each with its message.

use super::{Auth, Ended, command, free_port, get, listening, press};
use crate::harness::{serve, world};
use fake_tiktok::{Fault, FaultKind, Server, TOKEN};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

/// Pastes a code; without one, that of the consent page.
fn pasted(server: &Server, settings: &Value, code: Option<&str>) -> Ended {
    let dir = TempDir::new().unwrap();
    let mut command = command(&dir, server, settings);
    command.arg("--paste");
    let mut auth = Auth::start(command);
    let line = code.map_or_else(|| press(&auth.url, "confirm"), str::to_owned);
    auth.paste(&line);
    auth.end()
}

/// A run that ends before the consent page is printed.
fn early(server: &Server, settings: &Value, args: &[&str]) -> Ended {
    let dir = TempDir::new().unwrap();
    let mut command = command(&dir, server, settings);
    let output = command.args(args).stdin(Stdio::null()).output().unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap().lines().map(str::to_owned).collect(),
    }
}

#[test]
fn codes_that_tiktok_refuses_have_their_messages() {
    let server = serve(world());
    let wrong = pasted(&server, &json!({}), Some("0123456789abcdef"));
    wrong.refused(3, &["the code is wrong or belongs to another app", "TikTok answered 40101"]);

    let to = {
        let dir = TempDir::new().unwrap();
        let mut command = command(&dir, &server, &json!({}));
        command.arg("--paste");
        let mut auth = Auth::start(command);
        let to = press(&auth.url, "confirm");
        auth.paste(&to);
        auth.end().done();
        to
    };
    let code = to.split(['=', '&']).nth(1).unwrap();
    let used = pasted(&server, &json!({}), Some(code));
    used.refused(3, &["the code was used before, and works only once", "40110"]);

    server.set_options(|options| options.code_life = Duration::ZERO);
    let expired = pasted(&server, &json!({}), None);
    expired.refused(3, &["the code has expired", "one hour", "run `auth` again", "40110"]);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn apps_that_tiktok_refuses_have_their_messages() {
    let server = serve(world());
    let secret = pasted(&server, &json!({"secret": "another-secret-of-an-app"}), None);
    secret.refused(3, &["the app id and the secret do not belong together", "developer portal"]);
    assert!(!secret.stderr.concat().contains("another-secret-of-an-app"));
    let foreign =
        pasted(&server, &json!({"app_id": "7000000000000000002"}), Some("0123456789abcdef"));
    foreign.refused(3, &["the app does not exist, is blocked, or is not the one", "`app_id`"]);
    server.add_fault(Fault {
        path: Some("oauth2/advertiser/get/".into()),
        kind: crate::failures::code(40000, "The app_id is inconsistent with the token"),
        ..Fault::default()
    });
    let other = pasted(&server, &json!({}), None);
    other.kept(3, &["the code was accepted, but", "the token belongs to another app"]);
}

#[test]
fn consent_without_accounts_or_without_consent_is_said() {
    let server = serve(world());
    server.set_options(|options| options.no_accounts = true);
    pasted(&server, &json!({}), None).kept(3, &["the token reaches no ad account"]);
    server.set_options(|options| options.no_accounts = false);
    for listens in [true, false] {
        let (dir, port) = (TempDir::new().unwrap(), free_port());
        let mut command = command(&dir, &server, &json!({}));
        command.args(listening(port)).args((!listens).then_some("--paste"));
        let mut auth = Auth::start(command);
        let to = press(&auth.url, "decline");
        if listens {
            let (_, _, page) = get(&to.replace("localhost", "127.0.0.1"));
            assert!(page.contains("Not connected") && page.contains("not given"), "{page}");
            auth.end().refused(3, &["redirected without a code, so consent was not given"]);
        } else {
            auth.paste(&to);
            auth.end().refused(2, &["the pasted address has no `auth_code`"]);
        }
    }
}

#[test]
fn a_pasted_address_of_another_run_is_refused() {
    let server = serve(world());
    let other = "http://localhost:8765/?auth_code=abc&state=0123";
    pasted(&server, &json!({}), Some(other)).refused(2, &["its `state` is another one"]);
    assert!(server.requests().is_empty(), "its code is not exchanged");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let server = serve(world());
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let args = listening(port);
    let ended = early(&server, &json!({}), &[&args[0], &args[1]]);
    let port = format!("port {port} is taken by another program");
    ended.refused(2, &[&port, "`--redirect-url`", "`--paste`"]);
}

#[test]
fn what_is_missing_or_impossible_is_said_before_consent() {
    let server = serve(world());
    for (settings, args, parts) in [
        (json!({"sandbox": true}), &[][..], &["the sandbox has no consent", "page of the app"][..]),
        (json!({"sandbox": true}), &["--revoke"], &["the sandbox has no consent"]),
        (json!({"app_id": null}), &[], &["id of the developer app is missing", "--app-id"]),
        (json!({"secret": null}), &["--paste"], &["the secret of the app is missing", "ENV"]),
        (json!({}), &["--paste"], &["stdin ended before a code was pasted"]),
        (json!({}), &["--redirect-url", "localhost"], &["`--redirect-url` \"localhost\""]),
        (json!({}), &["--revoke"], &["there is no token to give back"]),
        (json!({}), &["--check", "--revoke"], &["cannot be used with", "--help"]),
        (json!({"start_date": "x"}), &[], &["`start_date` is not valid"]),
    ] {
        early(&server, &settings, args).refused(2, parts);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn an_exchange_is_not_repeated() {
    let server = serve(world());
    server.add_fault(Fault {
        path: Some("oauth2/access_token/".into()),
        kind: FaultKind::Http { status: 500, content_type: "text/plain".into(), body: "x".into() },
        times: usize::MAX,
        ..Fault::default()
    });
    let ended = pasted(&server, &json!({}), None);
    ended.refused(5, &["oauth2/access_token/", "HTTP status 500", "; run again later"]);
    assert!(!ended.stderr.concat().contains("the state is kept"), "{:?}", ended.stderr);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_exchange_is_read_like_every_other_answer() {
    let server = serve(world());
    server.add_fault(Fault {
        path: Some("oauth2/access_token/".into()),
        kind: FaultKind::Http {
            status: 200,
            content_type: "text/html".into(),
            body: "<html>Sign in</html>".into(),
        },
        ..Fault::default()
    });
    let ended = pasted(&server, &json!({}), None);
    ended.refused(5, &["oauth2/access_token/", "the answer is HTML instead of JSON"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_token_is_given_back_once() {
    let server = serve(world());
    let account = server.world().accounts()[0].advertiser_id.clone();
    let settings =
        || json!({"access_token": TOKEN, "accounts": [account], "start_date": "2026-05-01"});
    early(&server, &settings(), &["--check"]).done();
    let ended = early(&server, &settings(), &["--revoke"]).done();
    assert!(ended.stderr.last().unwrap().contains("The token was given back"));
    early(&server, &settings(), &["--check"]).refused(3, &["40105", "`access_token`"]);
    early(&server, &settings(), &["--revoke"]).refused(3, &["was not given back", "40105"]);
    assert_eq!(server.violations(), [""; 0]);
}

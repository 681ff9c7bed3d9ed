//! `auth --check` as a pre-flight: it ends as a run with the same config would, changes nothing at
//! TikTok, and gives up early when it has to.

use crate::failures::code;
use crate::harness::{Tap, serve, world};
use fake_tiktok::{Fault, FaultKind, SECRET, Server};
use serde_json::{Value, json};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

fn tap(server: &Server) -> Tap {
    Tap::on(server).set("secret", SECRET)
}

fn always(path: &str, kind: FaultKind) -> Fault {
    Fault { path: Some(path.into()), kind, times: usize::MAX, ..Fault::default() }
}

#[test]
fn it_ends_with_the_exit_code_of_a_run() {
    let lacks_scope = || code(40001, "The developer app does not grant you the scope 4");
    for (path, kind, groups, want) in [
        // TikTok does not say anything about the accounts.
        ("advertiser/info/", FaultKind::EmptyPage, json!(["core"]), 4),
        ("advertiser/info/", code(50000, "System error"), json!(["core"]), 5),
        ("advertiser/info/", code(50000, "System error"), json!(["pixels"]), 5),
        ("advertiser/info/", lacks_scope(), json!(["core"]), 4),
        ("advertiser/info/", lacks_scope(), json!(["pixels"]), 0),
        ("bc/get/", code(50000, "System error"), json!(["finance"]), 5),
        ("bc/get/", lacks_scope(), json!(["finance"]), 4),
        ("bc/get/", code(50000, "System error"), json!(["pixels"]), 0),
    ] {
        let server = serve(world());
        server.add_fault(always(path, kind.clone()));
        let name = format!("{path} {kind:?} {groups}");
        let run = tap(&server).set("stream_groups", groups.clone()).run();
        assert_eq!(run.code, Some(want), "a run: {name}\n{}", run.stderr.join("\n"));
        let check = tap(&server).set("stream_groups", groups).arg("auth").arg("--check").run();
        assert_eq!(check.code, Some(want), "the check: {name}\n{}", check.stderr.join("\n"));
    }
}

#[test]
fn accounts_are_asked_for_again_only_if_some_are_refused() {
    let server = serve(world());
    let many: Vec<String> = (0..150).map(|number| format!("{}", 7_100_000 + number)).collect();
    server.add_fault(always("advertiser/info/", code(50000, "System error")));
    tap(&server).set("accounts", json!(many)).arg("auth").arg("--check").run().ended(5);
    let asked = server.requests();
    let asked = asked.iter().filter(|request| request.path == "advertiser/info/").count();
    // The second call asks for the permission.
    assert_eq!(asked, 2 * 6, "the tries of two calls, and no call for each account");
}

#[test]
fn a_signal_ends_it_without_a_report() {
    let server = serve(world());
    server.add_fault(always("advertiser/info/", FaultKind::Hang(Duration::from_secs(60))));
    let check = tap(&server).arg("auth").arg("--check");
    let child = check.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while server.requests().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing is asked for");
        thread::sleep(Duration::from_millis(20));
    }
    // The server notes a request when it answers it, so the one for the accounts is not there yet.
    thread::sleep(Duration::from_millis(300));
    crate::process::send("-INT", &child);
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), ended.stdout.len()), (Some(5), 0), "{said}");
    assert!(said.contains("told to stop before everything was checked"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(50), "it does not wait for the answer");
}

fn permissions(server: &Server, groups: &Value) -> Vec<Value> {
    let tap = tap(server).set("stream_groups", groups.clone()).arg("auth").arg("--check");
    let run = tap.arg("--format").arg("json").run();
    let report: Value = serde_json::from_str(&run.stdout).expect("a report");
    report["permissions"].as_array().unwrap().clone()
}

fn granted<'p>(all: &'p [Value], group: &str, name: &str, per: &str) -> &'p Value {
    let is_it =
        |one: &&Value| one["group"] == group && one["permission"] == name && one["per"] == per;
    let found = all.iter().find(is_it);
    &found.unwrap_or_else(|| panic!("no {name} per {per} in {group}"))["is_granted"]
}

#[test]
fn nothing_is_created() {
    let server = serve(world());
    let all = permissions(&server, &json!(["leads", "rules"]));
    assert_eq!(granted(&all, "leads", "Test Leads", "account"), true);
    assert_eq!(granted(&all, "rules", "Change Log", "account"), true);
    let sent = server.requests();
    let creates = |path: &str| path == "page/lead/task/" || path == "changelog/task/create/";
    assert!(!sent.iter().any(|request| creates(&request.path)), "a task was created");
    server.set_options(|options| options.refused_scopes = vec!["Test Leads".to_owned()]);
    let all = permissions(&server, &json!(["leads"]));
    assert_eq!(granted(&all, "leads", "Test Leads", "account"), false);
}

#[test]
fn a_permission_of_accounts_does_not_hang_on_business_centers() {
    let server = serve(world());
    server.add_fault(always("bc/get/", FaultKind::EmptyPage));
    let all = permissions(&server, &json!(["rules"]));
    assert_eq!(granted(&all, "rules", "Change Log", "account"), true);
    let of_centers = granted(&all, "business_center", "Change Log", "Business Center");
    assert!(of_centers.is_null(), "there is none to ask with");
}

//! The run report of runs that end early: by a signal, by the target, or before they start.

use super::{Folder, check, finish, owner, read, signal, start, stream};
use crate::catalogs::only;
use crate::harness::{Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, FaultKind, Server, WorldConfig};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Child;
use std::time::Duration;

/// A run of two streams that waits for an answer to the second, as its report says.
fn hanging(server: &Server, folder: &Folder) -> Child {
    server.add_fault(Fault {
        path: Some("adgroup/get/".into()),
        times: usize::MAX,
        kind: FaultKind::Hang(Duration::from_secs(3600)),
        ..Fault::default()
    });
    let tap = Tap::on(server)
        .set("run_report", folder.path())
        .set("concurrency", 1)
        .catalog(&only(&["campaigns", "adgroups"]));
    // The child reads its config before the folder of the tap is gone.
    let child = start(&tap);
    let hangs = || {
        let text = fs::read_to_string(folder.path()).unwrap_or_default();
        let report: Value = serde_json::from_str(&text).unwrap_or_default();
        report["streams"][1]["status"] == "interrupted"
    };
    while !hangs() {
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

#[test]
fn a_signal_leaves_a_report_of_what_was_delivered() {
    let (server, folder) = (serve(world()), Folder::new());
    let child = hanging(&server, &folder);
    signal("-TERM", &child);
    let run = finish(child, Vec::new()).ended(0);
    let report = folder.report();
    check(&report, &run, server.requests().len());
    assert_eq!(
        (&report["status"], &report["stopped"]),
        (&json!("stopped"), &json!("told to stop"))
    );
    assert_eq!(stream(&report, "campaigns")["status"], "delivered");
    assert_eq!(stream(&report, "adgroups")["status"], "interrupted");
    assert_eq!(owner(&report, "adgroups", &ids(&server)[1])["status"], "not_started");
}

#[test]
fn a_killed_run_leaves_a_report_that_says_so() {
    let (server, folder) = (serve(world()), Folder::new());
    let mut child = hanging(&server, &folder);
    signal("-KILL", &child);
    child.wait().unwrap();
    let report = read(&folder.path());
    assert_eq!((&report["status"], &report["exit_code"]), (&json!("running"), &Value::Null));
    assert!(report["ended_at"].is_null());
    assert_eq!(stream(&report, "campaigns")["status"], "delivered");
    assert!(report["totals"]["records"].as_u64().unwrap() > 0, "{}", report["totals"]);
}

#[test]
fn a_target_that_dies_is_in_the_report() {
    let (server, folder) = (serve(WorldConfig { campaigns: 3, ..world() }), Folder::new());
    let tap = Tap::on(&server).set("run_report", folder.path());
    let mut child = start(&tap);
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..20 {
        reader.read_line(&mut String::new()).unwrap();
    }
    drop(reader);
    let run = finish(child, Vec::new()).ended(141);
    let report = folder.report();
    assert_eq!((&report["status"], &report["exit_code"]), (&json!("failed"), &json!(141)));
    assert_eq!(report["message"].as_str(), run.cause().strip_prefix("CRITICAL "));
    assert!(report["totals"]["records"].as_u64().unwrap() > 0, "{}", report["totals"]);
}

#[test]
fn it_is_written_where_the_run_cannot_start() {
    let (server, folder) = (serve(world()), Folder::new());
    let tap = || Tap::on(&server).set("run_report", folder.path());
    let run = tap().state(&json!({"bookmarks": {"ads": {ids(&server)[0].clone(): "soon"}}})).run();
    let report = folder.report();
    check_refusal(&report, &run.ended(2), 2);
    let run = tap().set("access_token", "not-the-right-one").run().ended(3);
    let report = folder.report();
    check_refusal(&report, &run, 3);
    assert_eq!(report["failures"][0]["code"], 40105);
    assert!(!report.to_string().contains("not-the-right-one"));
}

#[track_caller]
fn check_refusal(report: &Value, run: &Run, exit: i32) {
    assert_eq!((&report["status"], &report["exit_code"]), (&json!("failed"), &json!(exit)));
    assert_eq!(report["message"].as_str(), run.cause().strip_prefix("CRITICAL "));
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_at_the_start_only() {
    let (server, folder) = (serve(world()), Folder::new());
    let inside = folder.0.path().join("nowhere/report.json").to_string_lossy().into_owned();
    let folder_itself = folder.0.path().to_string_lossy().into_owned();
    for path in [inside.as_str(), folder_itself.as_str(), "/dev/null", ".."] {
        let run = Tap::on(&server).set("run_report", path).run().ended(2);
        assert!(
            run.cause().contains("`run_report`") && run.cause().contains(path),
            "{}",
            run.cause()
        );
    }
    assert_eq!(server.requests().len(), 0);
    let child = hanging(&server, &folder);
    fs::remove_dir_all(folder.0.path()).unwrap();
    signal("-TERM", &child);
    let run = finish(child, Vec::new()).ended(0);
    assert_eq!(run.said("WARNING", "`run_report` cannot be written to"), 1, "{:?}", run.stderr);
    assert!(run.state()["bookmarks"]["campaigns"][&ids(&server)[0]].is_string());
}

//! The change log, which is read with tasks, one for each window: it comes in both forms that are
//! known of it, and no failure, limit or kill loses a row.

use crate::harness::{Fields, Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, FaultKind, Row, Server};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use time::{Duration, OffsetDateTime};

const CHANGES: &str = "changelog/task/create/";
const CHANGES_FILE: &str = "changelog/task/download/";

/// The first and the last day that tests read: changes are those of the last forty days.
fn days() -> [String; 2] {
    let today = OffsetDateTime::now_utc().date();
    [20, 3].map(|ago| (today - Duration::days(ago)).to_string())
}

fn text(row: &Row, name: &str) -> String {
    row.get(name).unwrap_or_default().trim_matches('"').to_owned()
}

/// The stream of changes by itself.
fn of_changes(server: &Server) -> Tap {
    let discovered = Tap::on(server).set("stream_groups", "rules").arg("--discover").run();
    let mut catalog: Value = serde_json::from_str(&discovered.ended(0).stdout).unwrap();
    catalog["streams"].as_array_mut().unwrap().retain(|one| one["stream"] == "changelog");
    let [start, end] = days();
    Tap::on(server).set("start_date", start).set("end_date", end).catalog(&catalog)
}

/// Time and object of the changes of the days that tests read, by account, in order.
fn wanted_changes(server: &Server) -> Vec<(String, String, String)> {
    let [start, end] = days();
    changes_of(server, [&start, &end])
}

/// Time and object of the changes of some days, by account, in order.
fn changes_of(server: &Server, [start, end]: [&str; 2]) -> Vec<(String, String, String)> {
    let mut wanted = Vec::new();
    for account in ids(server) {
        for row in server.world().listed(CHANGES, &account) {
            let time = text(&row, "Time");
            if (start..=end).contains(&&time[..10]) {
                let time = format!("{}Z", time.replace(' ', "T"));
                wanted.push((account.clone(), time, text(&row, "Object ID")));
            }
        }
    }
    wanted.sort();
    wanted
}

fn changes(records: &[&Fields]) -> Vec<(String, String, String)> {
    let key = |record: &&Fields| {
        let of = |name| record.raw(name).trim_matches('"').to_owned();
        (of("advertiser_id"), of("time"), of("object_id"))
    };
    let mut changes: Vec<_> = records.iter().map(key).collect();
    changes.sort();
    changes
}

/// Checks that a run delivered all changes of some days.
pub(crate) fn check(server: &Server, run: &Run, days: [&str; 2]) {
    assert_eq!(changes(&run.records("changelog")), changes_of(server, days));
}

#[test]
fn days_whose_task_fails_are_read_again() {
    let server = serve(world());
    server.set_options(|options| options.failing_tasks = usize::MAX);
    let tap = of_changes(&server);
    let run = tap.run().ended(4);
    assert!(run.records("changelog").is_empty());
    assert_eq!(run.state()["bookmarks"].get("changelog"), None, "{}", run.state());
    server.set_options(|options| options.failing_tasks = 0);
    let run = tap.state(run.state()).run().ended(0);
    assert_eq!(changes(&run.records("changelog")), wanted_changes(&server));
}

#[test]
fn a_task_that_still_runs_at_the_end_is_asked_for_anew() {
    let server = serve(world());
    server.set_options(|options| options.task_polls = usize::MAX);
    let slow = |tap: Tap| tap.set("max_runtime", 1.5).env("TAP_TIKTOK_ADS_PAUSE_SCALE", "1");
    let run = slow(of_changes(&server)).run().ended(0);
    assert!(run.records("changelog").is_empty());
    let state = run.state().clone();
    server.set_options(|options| options.task_polls = 1);
    let run = of_changes(&server).state(&state).run().ended(0);
    assert_eq!(changes(&run.records("changelog")), wanted_changes(&server));
}

#[test]
fn the_change_log_comes_in_both_forms_and_goes_on_at_its_bookmark() {
    let server = serve(world());
    let tap = of_changes(&server).set("attribution_window", 0);
    let run = tap.run().ended(0);
    assert_eq!(server.violations(), [""; 0]);
    let wanted = wanted_changes(&server);
    assert!(wanted.len() > 5, "{} changes", wanted.len());
    assert_eq!(changes(&run.records("changelog")), wanted);
    let key = |r: &&Fields| (r.raw("advertiser_id").to_owned(), r.raw("row_id").to_owned());
    let ids: BTreeSet<_> = run.records("changelog").iter().map(key).collect();
    assert_eq!(ids.len(), wanted.len(), "a row_id comes twice");
    let again = tap.state(run.state()).run().ended(0);
    let last: Vec<_> =
        wanted.iter().filter(|change| change.1.starts_with(&days()[1])).cloned().collect();
    assert_eq!(changes(&again.records("changelog")), last);
    assert!(again.records("changelog").iter().all(|record| ids.contains(&key(record))));
    let hidden = FaultKind::Body(r#"{"code":0,"message":"OK","data":{"changelog":5}}"#.into());
    let path = Some(CHANGES_FILE.into());
    server.add_fault(Fault { path, times: usize::MAX, kind: hidden, ..Fault::default() });
    let run = of_changes(&server).run().ended(4);
    assert!(run.cause().contains("`changelog` of the answer has no form that is known"));
}

#[test]
fn runs_that_are_killed_lose_nothing() {
    let server = serve(world());
    let (mut state, mut found) = (json!({}), BTreeMap::new());
    for most in [1, 3, 6, 10, 20, 40, 5, usize::MAX] {
        let tap = of_changes(&server).set("report_window", 1).state(&state);
        let mut command = tap.command();
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.take(most).map(Result::unwrap) {
            let message: Value = serde_json::from_str(&line).unwrap();
            match message["type"].as_str() {
                Some("STATE") => state = message["value"].clone(),
                Some("RECORD") => {
                    let record = Fields::of(&message["record"].to_string());
                    let of = |name| record.raw(name).to_owned();
                    found.insert((of("advertiser_id"), of("time"), of("row_id")), record);
                }
                _ => {}
            }
        }
        if most < usize::MAX {
            child.kill().unwrap();
            child.wait().unwrap();
        } else {
            assert!(child.wait().unwrap().success());
        }
    }
    assert_eq!(changes(&found.values().collect::<Vec<_>>()), wanted_changes(&server));
}

//! The run report: it is valid, its numbers are those of stdout and of the fake API, and it is
//! there however the run ends.

mod ended;

use crate::catalogs::{mark, only};
use crate::failures::code;
use crate::harness::{CORE, Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, TOKEN};
use serde_json::{Value, json};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A folder for a report.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(TempDir::new().unwrap())
    }

    fn path(&self) -> String {
        self.0.path().join("report.json").to_string_lossy().into_owned()
    }

    /// The report, which is valid and the only file.
    #[track_caller]
    fn report(&self) -> Value {
        let report = read(&self.path());
        assert_eq!(fs::read_dir(self.0.path()).unwrap().count(), 1, "parts are left behind");
        report
    }
}

#[track_caller]
fn read(path: &str) -> Value {
    let text = fs::read_to_string(path).unwrap();
    let report: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/run-report.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let options = jsonschema::draft7::options().should_validate_formats(true);
    let wrong: Vec<String> = options
        .build(&schema)
        .unwrap()
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(wrong, [""; 0]);
    assert!(!text.contains(TOKEN), "a secret is shown");
    report
}

/// The entry of a stream.
#[track_caller]
fn stream<'r>(report: &'r Value, name: &str) -> &'r Value {
    let streams = report["streams"].as_array().unwrap();
    streams.iter().find(|entry| entry["stream"] == name).unwrap_or_else(|| panic!("no {name}"))
}

/// The entry of a stream and an owner.
#[track_caller]
fn owner<'r>(report: &'r Value, name: &str, id: &str) -> &'r Value {
    let owners = stream(report, name)["owners"].as_array().unwrap();
    owners.iter().find(|entry| entry["id"] == id).unwrap_or_else(|| panic!("no {name} of {id}"))
}

/// Checks the numbers against the messages on stdout and the requests that the fake API saw.
#[track_caller]
fn check(report: &Value, run: &Run, requests: usize) {
    let mut all = 0;
    for entry in report["streams"].as_array().unwrap() {
        let name = entry["stream"].as_str().unwrap();
        let records = run.records(name);
        assert_eq!(entry["records"], records.len(), "{name}");
        all += records.len();
        let mut of_owners = 0;
        for owner in entry["owners"].as_array().unwrap() {
            of_owners += owner["records"].as_u64().unwrap();
            let Some(id) = owner["id"].as_str().filter(|_| owner["owner"] == "account") else {
                continue;
            };
            let field = format!("\"{id}\"");
            let own = records.iter().filter(|record| record.raw("advertiser_id") == field).count();
            assert_eq!(owner["records"], own, "{name} of {id}");
            let bookmark = &run.state()["bookmarks"][name][id];
            assert_eq!(owner["bookmark_after"], *bookmark, "{name} of {id}");
        }
        assert_eq!(entry["records"], of_owners, "{name}");
    }
    assert_eq!(report["totals"]["records"], all);
    assert_eq!(report["totals"]["requests"], requests);
    assert_eq!(report["exit_code"], run.code.unwrap());
    let cause = run.cause().strip_prefix("CRITICAL ");
    assert_eq!(report["message"].as_str(), cause);
}

fn start(tap: &Tap) -> Child {
    tap.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

fn signal(name: &str, child: &Child) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

/// Reads the child to its end.
fn finish(mut child: Child, mut stdout: Vec<u8>) -> Run {
    if let Some(mut out) = child.stdout.take() {
        out.read_to_end(&mut stdout).unwrap();
    }
    let mut stderr = Vec::new();
    child.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
    Run::of(Output { status: child.wait().unwrap(), stdout, stderr })
}

#[test]
fn its_numbers_are_those_of_the_messages_and_requests() {
    let (server, folder) = (serve(world()), Folder::new());
    let tap = || Tap::on(&server).set("run_report", folder.path());
    let first = tap().run().ended(0);
    let report = folder.report();
    check(&report, &first, server.requests().len());
    assert_eq!((&report["status"], &report["stopped"]), (&json!("succeeded"), &Value::Null));
    let names: Vec<_> =
        report["streams"].as_array().unwrap().iter().map(|s| &s["stream"]).collect();
    assert_eq!(names, CORE.iter().map(|stream| stream.name).collect::<Vec<_>>());
    for id in ids(&server) {
        let ads = owner(&report, "ad_insights", &id);
        assert_eq!(ads["status"], "delivered");
        // From the first to the fifth of May, in windows of three days.
        assert_eq!((&ads["windows"], &ads["bookmark_before"]), (&json!(2), &Value::Null));
        assert_eq!(
            (&ads["first_day"], &ads["last_day"]),
            (&json!("2026-05-01"), &json!("2026-05-05"))
        );
    }
    let misfits = first.stderr.iter().filter(|line| line.contains("do not fit the type")).count();
    let warnings = report["streams"].as_array().unwrap().iter().flat_map(|stream| {
        stream["warnings"].as_array().unwrap().iter().filter(|warning| warning["kind"] == "misfit")
    });
    assert_eq!(warnings.count(), misfits);
    for account in server.world().accounts() {
        assert!(!report.to_string().contains(&account.name), "a name is shown");
    }
    // The second run goes on where the first one ended.
    let before = server.requests().len();
    let second = tap().state(first.state()).run().ended(0);
    let again = folder.report();
    check(&again, &second, server.requests().len() - before);
    for id in ids(&server) {
        let bookmark = &owner(&report, "ads", &id)["bookmark_after"];
        assert!(bookmark.is_string());
        assert_eq!(&owner(&again, "ads", &id)["bookmark_before"], bookmark);
    }
}

#[test]
fn a_failing_account_is_half_a_failure_with_its_code_and_remedy() {
    let (server, folder) = (serve(world()), Folder::new());
    let (gone, stays) = (ids(&server)[0].clone(), ids(&server)[1].clone());
    server.add_fault(Fault {
        path: Some("adgroup/get/".into()),
        advertiser_id: Some(gone.clone()),
        times: usize::MAX,
        kind: code(40001, &format!("No permission to operate advertiser {gone}")),
        ..Fault::default()
    });
    let tap = Tap::on(&server).set("run_report", folder.path()).set("concurrency", 1);
    let run = tap.run().ended(4);
    let report = folder.report();
    check(&report, &run, server.requests().len());
    assert_eq!(report["status"], "partly_failed");
    let failed = owner(&report, "adgroups", &gone);
    assert_eq!(
        (&failed["status"], &stream(&report, "adgroups")["status"]),
        (&json!("failed"), &json!("failed"))
    );
    let [failure] = failed["failures"].as_array().unwrap().as_slice() else { panic!("{failed}") };
    assert_eq!(failure["code"], 40001);
    assert_eq!(
        (&failure["endpoint"], &failure["left_out"]),
        (&json!("adgroup/get/"), &json!("owner"))
    );
    assert_eq!(failure["exit_code"], 4);
    for part in ["message", "request_id", "remedy"] {
        let text = failure[part].as_str().unwrap();
        assert!(!text.is_empty() && run.cause().contains(text), "{part}: {}", run.cause());
    }
    assert_eq!(owner(&report, "campaigns", &gone)["status"], "delivered");
    assert_eq!(owner(&report, "ads", &gone)["status"], "left_out");
    for core in CORE.iter().filter(|core| core.name != "advertisers") {
        assert_eq!(owner(&report, core.name, &stays)["status"], "delivered", "{}", core.name);
    }
    // An account that is refused at the start is in no stream.
    server.clear_faults();
    server.set_options(|options| options.refused_accounts = vec![gone.clone()]);
    let before = server.requests().len();
    let run = Tap::on(&server).set("run_report", folder.path()).run().ended(4);
    let report = folder.report();
    check(&report, &run, server.requests().len() - before);
    let [failure] = report["failures"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!((&failure["account"], &failure["code"]), (&json!(gone), &json!(40001)));
}

#[test]
fn retries_and_pauses_are_counted() {
    let (server, folder) = (serve(world()), Folder::new());
    server.add_fault(Fault {
        path: Some("campaign/get/".into()),
        times: 2,
        kind: code(40100, "Too many requests."),
        ..Fault::default()
    });
    let tap = Tap::on(&server)
        .set("run_report", folder.path())
        .set("concurrency", 1)
        .env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.1")
        .catalog(&only(&["campaigns"]));
    let run = tap.run().ended(0);
    let report = folder.report();
    check(&report, &run, server.requests().len());
    assert_eq!(report["totals"]["retries"], 2);
    // Of one second and of five, a tenth.
    let paused = report["totals"]["seconds_paused"].as_f64().unwrap();
    assert!((0.59..0.7).contains(&paused), "{paused}");
    assert_eq!(run.said("INFO", "requests, 2 of them repeated, 0.6 s paused, "), 1);
}

#[test]
fn a_stream_that_is_not_read_has_its_reason() {
    let (server, folder) = (serve(world()), Folder::new());
    let mut catalog = only(&["campaigns"]);
    let more = crate::catalogs::of(tap_tiktok_ads::streams::find("authorized_advertisers"));
    let mut entry = more["streams"][0].clone();
    mark(&mut entry, &[], "selected", true);
    catalog["streams"].as_array_mut().unwrap().push(entry);
    let tap = Tap::on(&server).set("run_report", folder.path()).set("app_id", Value::Null);
    let run = tap.catalog(&catalog).run().ended(0);
    let report = folder.report();
    check(&report, &run, server.requests().len());
    let [skipped] = report["skipped"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!(skipped["stream"], "authorized_advertisers");
    assert!(skipped["reason"].as_str().unwrap().contains("`app_id`"), "{skipped}");
    assert_eq!(run.said("INFO", "skipped: authorized_advertisers, "), 1);
}

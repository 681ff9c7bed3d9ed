//! Leads, which are read with tasks, one for each form and region. All of them come, whatever
//! happens to tasks and files, and what people entered into forms is in records only.

use crate::failures::code;
use crate::harness::{Fields, Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, FaultKind, Row, Server};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

pub(crate) const LEADS: &str = "page/lead/task/";
const LEADS_FILE: &str = "page/lead/task/download/";

pub(crate) fn text(row: &Row, name: &str) -> String {
    let raw = row.get(name).unwrap_or_default();
    serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned())
}

pub(crate) fn value(record: &Fields, name: &str) -> Value {
    serde_json::from_str(record.raw(name)).unwrap()
}

pub(crate) fn of_leads(server: &Server) -> Tap {
    Tap::on(server).set("stream_groups", "leads")
}

/// The leads that an account can read, by their ids: those of its forms and of all libraries.
pub(crate) fn leads_of(server: &Server, account: &str) -> BTreeMap<String, Row> {
    let owners = [vec![account.to_owned()], server.world().libraries()].concat();
    let rows = owners.iter().flat_map(|owner| server.world().listed(LEADS, owner));
    rows.map(|row| (text(&row, "lead_id"), row)).collect()
}

/// Accounts and ids of all leads.
pub(crate) fn wanted(server: &Server) -> BTreeSet<(String, String)> {
    let of = |account: String| {
        let leads = leads_of(server, &account);
        leads.into_keys().map(move |lead| (account.clone(), lead))
    };
    ids(server).into_iter().flat_map(of).collect()
}

pub(crate) fn delivered(run: &Run) -> Vec<(String, String)> {
    let key = |name: &str, record: &Fields| record.raw(name).trim_matches('"').to_owned();
    let records = run.records("leads").into_iter();
    records.map(|record| (key("advertiser_id", record), key("lead_id", record))).collect()
}

/// Checks that a run delivered all leads once.
#[track_caller]
pub(crate) fn check(server: &Server, run: &Run) {
    let found = delivered(run);
    let once: BTreeSet<_> = found.iter().cloned().collect();
    assert_eq!(once, wanted(server));
    assert_eq!(once.len(), found.len(), "leads come twice");
}

pub(crate) fn file(times: usize, bytes: impl Into<Vec<u8>>) -> Fault {
    let kind = FaultKind::File(bytes.into());
    Fault { path: Some(LEADS_FILE.into()), times, kind, ..Fault::default() }
}

#[test]
fn all_leads_come_with_their_questions_and_are_shown_nowhere_else() {
    let server = serve(world());
    let run = of_leads(&server).arg("-v").run().ended(0);
    check(&server, &run);
    assert_eq!(server.violations(), [""; 0]);
    for record in run.records("leads") {
        let account = value(record, "advertiser_id");
        let leads = leads_of(&server, account.as_str().unwrap());
        let row = &leads[value(record, "lead_id").as_str().unwrap()];
        let asked = ["Full name", "Email", "Phone number"];
        let pairs = asked.map(|name| {
            let answer = Some(text(row, name)).filter(|answer| answer != "null");
            json!({"name": name, "value": answer.unwrap_or_default()})
        });
        assert_eq!(value(record, "field_data"), json!(pairs));
        assert_eq!(value(record, "page_id"), text(row, "page_id"));
        for name in ["email", "full_name", "ad_name"] {
            let label = if name == "ad_name" { name } else { asked[usize::from(name == "email")] };
            let answer =
                Some(text(row, label)).filter(|answer| answer != "null" && !answer.is_empty());
            assert_eq!(value(record, name), json!(answer), "{name}");
        }
    }
    let stderr = run.stderr.join("\n");
    assert!(!stderr.contains("@example.com") && !stderr.contains("+49"), "{stderr}");
    let regions: BTreeSet<_> = server
        .requests()
        .iter()
        .filter(|request| request.path == LEADS && request.param("task_id").is_none())
        .map(|request| request.param("x-lead-region").unwrap_or("other").to_owned())
        .collect();
    assert_eq!(regions, ["eu", "other", "us"].map(str::to_owned).into());
}

#[test]
fn only_the_regions_of_the_setting_are_asked_for() {
    let server = serve(world());
    let run = of_leads(&server).set("lead_regions", json!(["eu"])).run().ended(0);
    let asked = server.requests();
    let asked = asked.iter().filter(|request| request.path.starts_with(LEADS));
    assert!(asked.clone().count() > 0);
    assert!(asked.into_iter().all(|request| request.param("x-lead-region") == Some("eu")));
    let all = wanted(&server);
    assert!(!delivered(&run).is_empty() && delivered(&run).len() < all.len());
    assert!(delivered(&run).iter().all(|lead| all.contains(lead)));
    let run = of_leads(&server).set("lead_regions", json!(["mars"])).run().ended(2);
    assert!(run.cause().contains("lead_regions"), "{}", run.cause());
}

#[test]
fn a_lead_of_several_regions_comes_once() {
    let server = serve(world());
    server.add_fault(file(usize::MAX, "lead_id,created_time,Q\n7,2026-05-01 10:00:00,x\n"));
    let run = of_leads(&server).run().ended(0);
    let forms: BTreeSet<_> = server
        .requests()
        .iter()
        .filter(|request| request.path == LEADS)
        .map(|request| {
            let of = |name: &str| request.param(name).unwrap_or_default().to_owned();
            (of("advertiser_id"), of("library_id"), of("page_id"))
        })
        .collect();
    let of_accounts = forms.iter().filter(|(account, ..)| !account.is_empty()).count();
    let of_libraries = (forms.len() - of_accounts) * ids(&server).len();
    assert_eq!(run.records("leads").len(), of_accounts + of_libraries);
    assert_eq!(value(run.records("leads")[0], "create_time"), "2026-05-01T10:00:00Z");
}

#[test]
fn failed_and_expired_tasks_are_created_anew() {
    let server = serve(world());
    server.set_options(|options| {
        options.failing_tasks = 2;
        options.task_polls = 3;
    });
    let expired = code(40910, "The file has expired.");
    let gone = Fault { path: Some(LEADS_FILE.into()), times: 1, kind: expired, ..Fault::default() };
    server.add_fault(gone);
    let run = of_leads(&server).set("concurrency", 1).run().ended(0);
    check(&server, &run);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_task_that_always_fails_costs_its_form_and_region() {
    let server = serve(world());
    server.set_options(|options| options.failing_tasks = usize::MAX);
    let run = of_leads(&server).run().ended(4);
    assert!(run.records("leads").is_empty() && !run.records("pages").is_empty());
    assert!(run.cause().contains("TikTok's task failed, in each of 3 tasks"), "{}", run.cause());
}

#[test]
fn a_missing_permission_costs_the_stream_only() {
    let server = serve(world());
    server.set_options(|options| options.refused_scopes = vec!["Test Leads".into()]);
    let run = of_leads(&server).run().ended(4);
    assert!(run.records("leads").is_empty());
    assert!(!run.records("pages").is_empty() && !run.records("page_fields").is_empty());
    assert!(run.stderr.join("\n").contains("Test Leads"), "{}", run.cause());
}

/// An archive of one file of zeros.
fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    let (mut entry, config) = archive
        .new_file("leads.csv")
        .compression_method(rawzip::CompressionMethod::DEFLATE)
        .start()
        .unwrap();
    let best = flate2::Compression::best();
    let mut writer = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, best));
    writer.write_all(b"lead_id,a\n").unwrap();
    for _ in 0..mebibytes {
        writer.write_all(&vec![b','; 1 << 20]).unwrap();
    }
    let (encoder, descriptor) = writer.finish().unwrap();
    encoder.finish().unwrap();
    entry.finish(descriptor).unwrap();
    archive.finish().unwrap();
    out
}

#[test]
fn broken_files_cost_their_form_and_region_and_are_not_quoted() {
    for (bytes, why) in [
        (b"lead_id,Email\n1,\"hidden@example.com\n2,x\n".to_vec(), "mark is not closed"),
        (b"hidden@example.com\n1\n".to_vec(), "no line names the column `lead_id`"),
        (b"PK\x03\x04hidden@example.com".to_vec(), "is broken"),
        (bomb(80), "unpacks to more than 64 MiB"),
    ] {
        let server = serve(world());
        server.add_fault(file(3, bytes));
        let run = of_leads(&server).set("concurrency", 1).arg("-v").run().ended(4);
        assert!(run.cause().contains(why), "{why}: {}", run.cause());
        assert!(!run.stderr.join("\n").contains("hidden@"));
        let (found, all) = (delivered(&run), wanted(&server));
        assert!(found.iter().all(|lead| all.contains(lead)));
        assert!(found.len() * 10 > all.len() * 8 && found.len() < all.len(), "{}", found.len());
    }
}

#[test]
fn odd_text_arrives_as_it_is() {
    let server = serve(world());
    let csv = "\u{feff}lead_id,created_time,\"Why, \"\"you\"\"?\",Full name,\u{1f525}\r\n\
               1,1777630000,\"a\r\nb, \"\"c\"\"\",O'Neil \u{202e}\u{0} \u{e9}\u{301},\\n\r\n\
               2,2026-05-01 10:00:00,too few\r\n";
    server.add_fault(file(1, csv));
    let run = of_leads(&server).set("concurrency", 1).run().ended(4);
    assert!(run.cause().contains("leads"), "one row has too few cells: {}", run.cause());
    let record = run.records("leads").into_iter().find(|r| r.raw("lead_id") == "\"1\"").unwrap();
    let value = |name: &str| value(record, name);
    assert_eq!(value("create_time"), "2026-05-01T10:06:40Z");
    let pairs = value("field_data");
    assert_eq!(pairs[0], json!({"name": "Why, \"you\"?", "value": "a\r\nb, \"c\""}));
    assert_eq!(
        pairs[1]["value"].as_str().unwrap().replace('\0', ""),
        "O'Neil \u{202e} \u{e9}\u{301}"
    );
    assert_eq!(pairs[2], json!({"name": "\u{1f525}", "value": "\\n"}));
}

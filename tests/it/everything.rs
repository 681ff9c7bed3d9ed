//! Runs over all streams: that each has rows, what the sandbox lacks, which permission is missing,
//! and that the secrets of feeds are never delivered.

use crate::catalogs::{mark, of};
use crate::failures::code;
use crate::grid::within_a_day;
use crate::harness::{Tap, serve, world};
use fake_tiktok::{Fault, SECRET, Server, WorldConfig};
use serde_json::json;
use std::collections::BTreeSet;
use tap_tiktok_ads::streams::{self, Group, Per, Stream};
use time::{Duration, OffsetDateTime};

fn config() -> WorldConfig {
    WorldConfig { campaigns: 2, adgroups: 2, ads: 2, ..world() }
}

/// So many days ago, as a setting.
pub(crate) fn ago(days: i64) -> String {
    (OffsetDateTime::now_utc() - Duration::days(days)).date().to_string()
}

fn tap(server: &Server, groups: &[&str]) -> Tap {
    Tap::on(server)
        .set("start_date", ago(9))
        .set("end_date", ago(-1))
        .set("attribution_window", 0)
        .set("include_deleted", true)
        .set("secret", SECRET)
        .set("report_window", 30)
        .set("concurrency", 16)
        .set("stream_groups", json!(groups))
}

#[test]
fn all_groups_together_deliver_rows_of_every_stream() {
    let server = serve(config());
    let run = within_a_day(&server, || tap(&server, &["all", "leads", "comments"]).run().ended(0));
    assert_eq!(server.violations(), [""; 0]);
    let names: BTreeSet<&str> = streams::all().iter().map(|stream| stream.name).collect();
    assert!(names.len() > 200, "{} streams", names.len());
    assert_eq!(run.streams().into_iter().collect::<BTreeSet<_>>(), names);
    let empty: Vec<_> = names.iter().filter(|name| run.records(name).is_empty()).collect();
    assert!(empty.is_empty(), "streams without rows: {empty:?}");
}

#[test]
fn the_sandbox_is_read_as_far_as_it_goes_and_one_line_says_what_it_lacks() {
    let server = serve(world());
    server.set_options(|options| options.sandbox = true);
    let run = tap(&server, &["all", "leads", "comments"])
        .set("sandbox", true)
        .set("start_date", "2020-12-10")
        .set("end_date", "2020-12-11")
        .run()
        .ended(0);
    assert_eq!(server.violations(), [""; 0]);
    let (has, lacks): (Vec<&Stream>, Vec<&Stream>) =
        streams::all().iter().partition(|stream| stream.in_sandbox);
    let read: BTreeSet<&str> = run.streams().into_iter().collect();
    assert_eq!(read, has.iter().map(|stream| stream.name).collect());
    let says = |line: &&String| line.contains("the sandbox does not have it");
    let lines: Vec<_> = run.stderr.iter().filter(says).collect();
    assert_eq!(lines.len(), 1, "{}", run.stderr.join("\n"));
    let (_, list) = lines[0].split_once("skipped: ").unwrap();
    let list = list.strip_suffix(", the sandbox does not have it").unwrap();
    let named: BTreeSet<&str> = list.split(", ").collect();
    assert_eq!(named, lacks.iter().map(|stream| stream.name).collect());
    assert_eq!(run.said("ERROR", ""), 0, "{}", run.stderr.join("\n"));
}

#[test]
fn a_missing_permission_is_named_in_the_words_of_the_app_page() {
    let server = serve(config());
    let mut failed = Vec::new();
    let mut groups = BTreeSet::new();
    let is_published = |stream: &&Stream| !["none", "not published"].contains(&stream.permission);
    // Accounts are described before the streams are read, and a missing description is no failure.
    let is_called = |stream: &&Stream| stream.per != Per::AccountBatch;
    let mut permissions: BTreeSet<&str> = BTreeSet::new();
    for stream in streams::all().iter().filter(is_published).filter(is_called) {
        groups.insert(stream.group.name());
        if !permissions.insert(stream.permission) {
            continue;
        }
        server.clear_faults();
        server.add_fault(Fault {
            path: Some(stream.call.path.to_owned()),
            times: usize::MAX,
            // The message does not name the permission.
            kind: code(40001, "The developer app does not have this scope."),
            ..Fault::default()
        });
        let run = tap(&server, &[]).set("concurrency", 4).catalog(&of([stream])).run();
        let lines = run.stderr.iter().rev().take(3);
        let is_named = lines.clone().any(|line| line.contains(stream.permission));
        if run.code != Some(4) || !is_named {
            let last = lines.cloned().collect::<Vec<_>>();
            failed.push(format!("{}: {:?} {last:?}", stream.name, run.code));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    // The lists of the group `reference` need no permission.
    let others = Group::ALL.iter().filter(|group| **group != Group::Reference);
    let without: Vec<_> =
        others.map(|group| group.name()).filter(|name| !groups.contains(name)).collect();
    assert!(without.is_empty(), "groups of which no permission was tried: {without:?}");
}

#[test]
fn a_feature_that_tiktok_refuses_costs_its_streams_only() {
    let server = serve(config());
    let is_called = |stream: &&Stream| stream.per != Per::AccountBatch && stream.per != Per::Run;
    let resources: Vec<&Stream> =
        streams::all().iter().filter(|s| s.report().is_none()).filter(is_called).collect();
    let other = streams::find("languages").unwrap();
    let mut failed = Vec::new();
    for stream in resources.into_iter().filter(|stream| stream.call.path != other.call.path) {
        server.set_options(|options| options.refused_paths = vec![stream.call.path.to_owned()]);
        let run = tap(&server, &[]).set("concurrency", 4).catalog(&of([stream, other])).run();
        let is_named = run.cause().contains(stream.name) && run.cause().contains("40118");
        let (rows, others) = (run.records(stream.name).len(), run.records(other.name).len());
        if run.code != Some(4) || !is_named || rows > 0 || others == 0 {
            let cause = run.cause();
            failed.push(format!("{}: {:?}, {rows}, {others}: {cause}", stream.name, run.code));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_user_names_and_passwords_of_feeds_are_never_delivered() {
    let server = serve(world());
    let stream = streams::find("catalog_feeds").unwrap();
    let secrets: BTreeSet<String> = server
        .rows(stream.call.path)
        .iter()
        .filter_map(|(_, row)| row.get("last_update_param").map(str::to_owned))
        .filter(|raw| raw.contains("password"))
        .collect();
    assert!(!secrets.is_empty(), "the fake has no feed with a password");
    let source = json!({"type": ["null", "object"], "properties": {
        "username": {"type": ["null", "string"]}, "password": {"type": ["null", "string"]}}});
    let text = json!({"type": ["null", "string"]});
    for declared in [
        json!({"last_update_param": {"type": ["null", "object"]}}),
        json!({"last_update_param": {"type": "object", "properties": {"source": source}}}),
        json!({"last_update_param": text.clone()}),
        json!({"last_update_param": {}}),
        json!({"source": source, "username": text.clone(), "password": text}),
    ] {
        let mut catalog = of([stream]);
        let entry = &mut catalog["streams"][0];
        for (name, schema) in declared.as_object().unwrap() {
            entry["schema"]["properties"][name] = schema.clone();
            mark(entry, &["properties", name], "selected", true);
        }
        let run = tap(&server, &[]).catalog(&catalog).run().ended(0);
        assert!(!run.records("catalog_feeds").is_empty());
        for word in ["password", "username", "last_update_param", "\"source\""] {
            assert!(!run.stdout.contains(word), "{declared}: {word}");
        }
        let said = run.said("WARNING", "may hold a user name or a password");
        assert_eq!(said, declared.as_object().unwrap().len(), "{}", run.stderr.join("\n"));
    }
}

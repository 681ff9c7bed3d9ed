//! All streams with the default catalog: the messages follow the Singer specification, and every
//! row and digit of TikTok is delivered.

use crate::harness::{CORE, Message, Run, Tap, serve, world};
use crate::truth::{self, Scope};
use serde_json::Value;
use std::collections::HashSet;
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::streams::Stream;

/// Checks the order of the messages, and every record against the SCHEMA line of its stream.
fn checked(run: &Run) {
    let mut declared = HashSet::new();
    let mut open = None;
    for message in &run.messages {
        match message {
            Message::Schema { stream, schema, keys, bookmarks } => {
                assert!(declared.insert(stream), "{stream}: a second SCHEMA");
                for name in keys.iter().chain(&names(bookmarks.as_ref())) {
                    assert!(
                        schema["properties"].get(name).is_some(),
                        "{stream}: {name} is not in the schema"
                    );
                }
                open = Some(stream.as_str());
            }
            Message::Record { stream, .. } => {
                assert_eq!(open, Some(stream.as_str()), "a record of a stream that is not open");
            }
            Message::State(state) => assert!(state["bookmarks"].is_object(), "{state}"),
        }
    }
    for stream in run.streams() {
        validate(run, stream);
    }
}

/// Validates every record of a stream.
pub(crate) fn validate(run: &Run, stream: &str) {
    let schema = run.schema(stream).0;
    let options = jsonschema::draft7::options().should_validate_formats(true);
    let validator = options.build(schema).unwrap_or_else(|error| panic!("{stream}: {error}"));
    for fields in run.records(stream) {
        let is_declared = |name: &&String| schema["properties"].get(name.as_str()).is_some();
        let unknown: Vec<_> = fields.0.keys().filter(|name| !is_declared(name)).collect();
        assert!(unknown.is_empty(), "{stream}: {unknown:?} is not in the schema");
        let members = fields.0.iter();
        let members = members.map(|(name, raw)| (name.clone(), serde_json::from_str(raw).unwrap()));
        let record = Value::Object(members.collect());
        if let Some(error) = validator.iter_errors(&record).next() {
            panic!("{stream}: {error} at {}", error.instance_path());
        }
    }
}

/// Checks that the key properties of a stream are those of the table, are never null, and that no
/// two records have the same.
pub(crate) fn check_keys(run: &Run, stream: &Stream) {
    let keys = run.schema(stream.name).1;
    assert_eq!(keys, stream.keys);
    let mut seen = HashSet::new();
    for record in run.records(stream.name) {
        let key: Vec<&str> = keys.iter().map(|key| record.raw(key)).collect();
        assert!(!key.contains(&"null"), "a key is null: {key:?}");
        assert!(seen.insert(key.clone()), "twice: {key:?}");
    }
}

fn names(bookmarks: Option<&Value>) -> Vec<String> {
    bookmarks
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_stream_delivers_every_row_and_digit() {
    let server = serve(world());
    let run = Tap::on(&server).run().ended(0);
    assert_eq!(server.violations(), [""; 0]);
    checked(&run);
    assert_eq!(run.streams(), CORE.iter().map(|stream| stream.name).collect::<Vec<_>>());
    for stream in CORE.iter() {
        truth::check(server.world(), &run, stream.name, &Scope::of(server.world()));
    }
    assert_eq!(run.state()["currently_syncing"], Value::Null);
    assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
}

#[test]
fn deleted_entities_are_delivered_if_configured() {
    let server = serve(fake_tiktok::WorldConfig { deleted: 0.4, campaigns: 4, ..world() });
    let run =
        Tap::on(&server).set("include_deleted", true).set("end_date", "2026-05-02").run().ended(0);
    assert_eq!(server.violations(), [""; 0]);
    checked(&run);
    let scope = Scope { include_deleted: true, ..Scope::of(server.world()) }
        .days("2026-05-01", "2026-05-02");
    let hidden = Scope { include_deleted: false, ..scope.clone() };
    for stream in CORE.iter() {
        truth::check(server.world(), &run, stream.name, &scope);
    }
    for name in ["campaigns", "campaign_insights"] {
        let fewer = truth::rows(server.world(), name, run.schema(name).0, &hidden).len();
        assert!(
            run.records(name).len() > fewer,
            "{name}: the world has no deleted ones, so this shows nothing"
        );
    }
    let statuses: Vec<_> = run
        .records("campaigns")
        .iter()
        .map(|record| record.raw("current_status").to_owned())
        .collect();
    assert!(
        statuses.iter().any(|s| s == "\"DELETE\"") && statuses.iter().any(|s| s == "\"ACTIVE\""),
        "{statuses:?}"
    );
}

#[test]
fn schema_lines_are_those_of_discovery() {
    let server = serve(world());
    let run = Tap::on(&server).set("end_date", "2026-05-01").run().ended(0);
    for entry in discover()["streams"].as_array().unwrap() {
        let name = entry["tap_stream_id"].as_str().unwrap();
        let (schema, keys) = run.schema(name);
        assert_eq!(schema, &entry["schema"], "{name}");
        assert_eq!(Value::from(keys.to_vec()), entry["key_properties"], "{name}");
    }
}

#[test]
fn every_stream_has_a_schema_and_a_state_even_without_rows() {
    let server = serve(fake_tiktok::WorldConfig {
        campaigns: 0,
        top_view: 0,
        promote: 0,
        delivery: 0.0,
        ..world()
    });
    let run = Tap::on(&server).run().ended(0);
    assert_eq!(server.violations(), [""; 0]);
    assert_eq!(run.streams().len(), CORE.len());
    let mut syncing = None;
    for message in &run.messages {
        match message {
            Message::Schema { stream, .. } => {
                assert_eq!(syncing, None, "no STATE before the SCHEMA of {stream}");
                syncing = Some(stream.clone());
            }
            Message::State(state) => {
                assert!(state["currently_syncing"] == Value::Null || syncing.is_some());
                syncing = None;
            }
            Message::Record { stream, .. } => assert_eq!(stream, "advertisers"),
        }
    }
    assert_eq!(run.records("advertisers").len(), 2);
}

#[test]
fn a_future_end_date_means_today_in_each_account() {
    let server = serve(world());
    let days = || {
        server
            .world()
            .accounts()
            .iter()
            .map(|a| server.world().today(&a.advertiser_id).to_string())
            .collect::<Vec<_>>()
    };
    let before = days();
    let catalog = crate::catalogs::only(&["advertiser_insights"]);
    let start = (server.world().today(&server.world().accounts()[0].advertiser_id)
        - time::Duration::days(40))
    .to_string();
    let tap = Tap::on(&server)
        .set("start_date", start.as_str())
        .set("report_window", Value::Null)
        .catalog(&catalog);
    for tap in [
        tap.set("end_date", Value::Null),
        Tap::on(&server).set("start_date", start).set("end_date", "2999-01-01").catalog(&catalog),
    ] {
        server.clear_log();
        let run = tap.run().ended(0);
        let asked: Vec<_> =
            server.requests().into_iter().filter(|r| r.path.starts_with("report")).collect();
        let last_of = |account: &str| {
            let ends = asked
                .iter()
                .filter(|r| r.param("advertiser_id") == Some(account))
                .filter_map(|r| r.param("end_date"));
            ends.max().unwrap().to_owned()
        };
        let ends: Vec<_> = crate::harness::ids(&server).iter().map(|id| last_of(id)).collect();
        assert!(ends == before || ends == days(), "{ends:?} instead of {before:?}");
        assert_ne!(ends[0], ends[1], "these two zones are never on the same day");
        for (id, end) in crate::harness::ids(&server).iter().zip(&ends) {
            assert_eq!(
                run.state()["bookmarks"]["advertiser_insights"][id],
                format!("{end}T00:00:00Z")
            );
        }
    }
}

//! The option `--test`: one record per stream and account at most, no STATE, and the exit code of a
//! run; with `=schema`, SCHEMA messages without a request.

use crate::catalogs::of;
use crate::conformance::validate;
use crate::harness::{CORE, Run, Tap, ids, serve, world};
use crate::joined;
use fake_tiktok::{SECRET, Server, WorldConfig};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tap_tiktok_ads::streams::{self, Group, Per, Stream};
use time::{Duration, OffsetDateTime};

/// A run with the streams of a catalog and recent days, of which every stream has rows.
fn tap(server: &Server, catalog: &Value) -> Tap {
    let ago = |days: i64| (OffsetDateTime::now_utc() - Duration::days(days)).date().to_string();
    Tap::on(server)
        .set("secret", SECRET)
        .set("start_date", ago(100))
        .set("end_date", ago(-1))
        .set("report_window", 30)
        .catalog(catalog)
}

fn names<'s>(streams: impl IntoIterator<Item = &'s &'static Stream>) -> Vec<&'static str> {
    streams.into_iter().map(|stream| stream.name).collect()
}

/// The numbers of records of a stream, by account or Business Center.
fn counts<'r>(run: &'r Run, stream: &Stream) -> BTreeMap<&'r str, usize> {
    let owner = match stream.per {
        Per::Account | Per::AccountBatch => "advertiser_id",
        Per::BusinessCenter => "bc_id",
        Per::Once | Per::App | Per::Run => "",
    };
    let mut counts = BTreeMap::new();
    for record in run.records(stream.name) {
        *counts.entry(record.raw(owner)).or_default() += 1;
    }
    counts
}

#[test]
fn there_is_one_record_per_stream_and_account() {
    let server = serve(world());
    let (mut without, mut requests) = (Vec::new(), 0);
    for group in Group::ALL {
        let in_group: Vec<&Stream> =
            streams::all().iter().filter(|stream| stream.group == group).collect();
        let run = tap(&server, &of(in_group.iter().copied())).arg("--test").run().ended(0);
        assert_eq!(run.streams(), names(&in_group), "every stream has its SCHEMA");
        assert!(run.states().is_empty(), "a STATE could be taken for one of a run");
        for stream in in_group {
            let counts = counts(&run, stream);
            assert!(counts.values().all(|count| *count == 1), "{}: {counts:?}", stream.name);
            validate(&run, stream.name);
            if counts.is_empty() {
                without.push(stream.name);
            } else if group == Group::Core {
                assert_eq!(counts.len(), ids(&server).len(), "{}", stream.name);
            }
        }
        let sent = server.requests().len() - requests;
        requests += sent;
        assert!(sent < 400, "{sent} requests for the group {}", group.name());
    }
    assert_eq!(server.violations(), [""; 0]);
    let created = server.requests();
    assert!(!created.iter().any(|request| request.path.contains("/task/")), "a task was created");
    // Their rows come from files that TikTok makes on request.
    assert_eq!(without, ["leads", "changelog"], "these have no record");
}

#[test]
fn more_metrics_than_one_request_takes_stay_null() {
    let server = serve(world());
    let catalog = joined::catalog("ad_insights", joined::METRICS);
    let run = Tap::on(&server).catalog(&catalog).arg("--test").run().ended(0);
    assert_eq!(joined::windows(&server).len(), ids(&server).len(), "one request for each account");
    let records = run.records("ad_insights");
    assert_eq!(records.len(), ids(&server).len());
    let fields = joined::properties(&catalog, "ad_insights");
    for record in records {
        assert!(fields.iter().all(|field| record.0.contains_key(field)), "{record:?}");
        let given = fields.iter().filter(|field| record.raw(field) != "null").count();
        assert!((20..=120).contains(&given), "{given} fields have values");
    }
    validate(&run, "ad_insights");
}

#[test]
fn schemas_need_no_request() {
    let server = serve(world());
    let all = of(streams::all());
    let run = tap(&server, &all).arg("--test=schema").run().ended(0);
    assert_eq!(run.streams(), names(&streams::all().iter().collect::<Vec<_>>()));
    assert_eq!(run.messages.len(), run.streams().len(), "nothing but SCHEMA");
    assert!(server.requests().is_empty());
    let whole = Tap::on(&server).run().ended(0);
    let core = Tap::on(&server).arg("--test=schema").run().ended(0);
    assert_eq!(core.streams(), names(&*CORE));
    for stream in core.streams() {
        assert_eq!(core.schema(stream), whole.schema(stream), "{stream}");
    }
}

#[test]
fn a_state_is_neither_used_nor_written() {
    let server = serve(world());
    let state = Tap::on(&server).run().ended(0).state().clone();
    let with = Tap::on(&server).state(&state).arg("--test").run().ended(0);
    let without = Tap::on(&server).arg("--test=all").run().ended(0);
    for stream in &*CORE {
        assert_eq!(with.records(stream.name), without.records(stream.name), "{}", stream.name);
        assert!(!with.records(stream.name).is_empty(), "{}", stream.name);
    }
    assert!(with.states().is_empty() && without.states().is_empty());
    let broken = Tap::on(&server).file("broken.json", "{");
    Tap::on(&server).arg("--state").arg(&broken).arg("--test").run().ended(2);
}

#[test]
fn the_exit_code_is_that_of_a_run() {
    let server = serve(world());
    let ended = |code: i32, tap: Tap| {
        let run = tap.arg("--test").run().ended(code);
        assert!(run.states().is_empty(), "{}", run.stdout);
        run
    };
    ended(3, Tap::on(&server).set("access_token", "another-token"));
    ended(2, Tap::on(&server).set("start_date", "soon"));
    ended(2, Tap::on(&server).set("accounts", json!(["Nobody"])).set("secret", SECRET));
    Tap::on(&server).arg("--test=some").run().ended(2);
    server.set_options(|options| options.refused_scopes = vec!["Read Ads".to_owned()]);
    let run = ended(4, Tap::on(&server));
    assert!(run.cause().contains("ads"), "{}", run.cause());
    assert_eq!(run.records("campaigns").len(), 2, "the other streams are tested");
    server.set_options(|options| {
        options.refused_scopes.clear();
        options.refused_accounts = vec![ids(&server)[0].clone()];
    });
    assert_eq!(ended(4, Tap::on(&server)).records("campaigns").len(), 1);
}

#[test]
fn many_accounts_are_looked_up_but_not_all_are_read() {
    let server = serve(WorldConfig { accounts: 150, campaigns: 1, adgroups: 1, ads: 1, ..world() });
    let run = Tap::on(&server).arg("--test").run().ended(0);
    assert_eq!(run.records("advertisers").len(), 150);
    let most = 100 / CORE.len();
    assert_eq!(run.records("campaigns").len(), most);
    assert!(run.said("INFO", &format!("reads the first {most} accounts")) == 1);
    assert!(server.requests().len() < 150, "{} requests", server.requests().len());
}

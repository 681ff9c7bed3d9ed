//! STATE lines: each one covers exactly the records before it, also after a window that failed.

use crate::catalogs::{entry, mark};
use crate::harness::{CORE, END, Message, START, Tap, ids, serve, world};
use crate::state::text;
use crate::truth::{self, Scope};
use fake_tiktok::Fault;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::streams;

#[test]
fn a_state_line_follows_the_records_that_it_covers() {
    let server = serve(world());
    let run = Tap::on(&server).set("page_size", 7).set("concurrency", 8).run().ended(0);
    let mut seen: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut last: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut open = String::new();
    let mut known: BTreeMap<((String, String), String), usize> = BTreeMap::new();
    for message in &run.messages {
        match message {
            Message::Schema { stream, .. } => open.clone_from(stream),
            Message::Record { stream, fields } => {
                let day = text(fields, "stat_time_day");
                let key = (stream.clone(), text(fields, "advertiser_id"));
                seen.entry(key).or_default().push(day);
            }
            Message::State(state) => {
                assert!(
                    state["currently_syncing"] == open.as_str()
                        || state["currently_syncing"] == Value::Null,
                    "{state} within {open}"
                );
                for (stream, accounts) in state["bookmarks"].as_object().unwrap() {
                    for (account, bookmark) in accounts.as_object().unwrap() {
                        let key = (stream.clone(), account.clone());
                        let bookmark = bookmark.as_str().unwrap().to_owned();
                        assert!(
                            last.get(&key).is_none_or(|before| *before <= bookmark),
                            "{key:?} went back to {bookmark}"
                        );
                        last.insert(key, bookmark);
                    }
                }
                let missing: Vec<_> = last
                    .keys()
                    .filter(|key| !state["bookmarks"][&key.0][&key.1].is_string())
                    .collect();
                assert!(missing.is_empty(), "{missing:?} are gone from {state}");
                for (key, bookmark) in &last {
                    let upto = seen.get(key).map_or(0, |days| {
                        days.iter().filter(|day| *day <= bookmark || *day == "null").count()
                    });
                    let wanted =
                        *known.entry((key.clone(), bookmark.clone())).or_insert_with(|| {
                            let last_day =
                                if streams::find(&key.0).is_some_and(|s| s.report().is_some()) {
                                    &bookmark[..10]
                                } else {
                                    END
                                };
                            let scope =
                                Scope::of(server.world()).only(&key.1).days(START, last_day);
                            truth::rows(server.world(), &key.0, run.schema(&key.0).0, &scope).len()
                        });
                    assert_eq!(upto, wanted, "{key:?} is said to be done up to {bookmark}");
                }
            }
        }
    }
    assert!(run.states().len() > CORE.len() + 4, "no STATE within a stream");
    assert_eq!(run.state()["currently_syncing"], Value::Null);
}

#[test]
fn a_failed_window_holds_its_bookmark_and_the_next_run_fills_the_gap() {
    let server = serve(world());
    let (bad, good) = (ids(&server)[0].clone(), ids(&server)[1].clone());
    let path = Some("report/integrated/get/".to_owned());
    let start_date = Some("2026-05-04".to_owned());
    server.add_fault(Fault {
        path,
        start_date,
        advertiser_id: Some(bad.clone()),
        times: usize::MAX,
        ..Fault::default()
    });
    let tap = || Tap::on(&server).set("end_date", "2026-05-08").set("attribution_window", 0);
    let first = tap().run().ended(5);
    assert!(
        first.cause().contains(&bad) && first.cause().contains("2026-05-04 to 2026-05-06"),
        "{}",
        first.cause()
    );
    server.clear_faults();
    let second = tap().state(first.state()).run().ended(0);
    let all = Scope::of(server.world()).days(START, "2026-05-08");
    for stream in CORE.iter() {
        let name = stream.name;
        if stream.report().is_some() {
            let bookmarks = &first.state()["bookmarks"][name];
            let wanted = (json!("2026-05-03T00:00:00Z"), json!("2026-05-08T00:00:00Z"));
            assert_eq!((&bookmarks[&bad], &bookmarks[&good]), (&wanted.0, &wanted.1), "{name}");
            assert_eq!(second.state()["bookmarks"][name][&bad], wanted.1, "{name}");
        }
        let records: Vec<_> = first.records(name).into_iter().chain(second.records(name)).collect();
        truth::compare(server.world(), name, first.schema(name), &records, &all, true);
    }
}

#[test]
fn a_full_table_is_read_in_full_every_time() {
    let server = serve(world());
    let mut catalog = discover();
    for stream in CORE.iter() {
        mark(entry(&mut catalog, stream.name), &[], "replication-method", "FULL_TABLE");
    }
    let bookmarks: Value =
        CORE.iter().map(|s| (s.name.to_owned(), json!("2026-05-04T00:00:00Z"))).collect();
    let run =
        Tap::on(&server).catalog(&catalog).state(&json!({"bookmarks": bookmarks})).run().ended(0);
    for stream in CORE.iter() {
        truth::check(server.world(), &run, stream.name, &Scope::of(server.world()));
    }
    assert!(
        !server
            .requests()
            .iter()
            .any(|r| r.param("filtering").is_some_and(|f| f.contains("modified_after")))
    );
    assert_eq!(run.state()["bookmarks"], bookmarks, "a full table keeps no bookmark");
}

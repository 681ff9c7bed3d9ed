//! Bookmarks: where a run goes on, what STATE lines promise, and that nothing is lost between runs.
//!
//! Every comparison is with the world, so that a hole in one run and its repair in the next are
//! both seen.

use crate::catalogs::{entry, mark, only};
use crate::harness::CORE;
use crate::harness::{END, Fields, Message, START, Tap, ids, serve, world};
use crate::json::Json;
use crate::truth::{self, Scope, kind};
use fake_tiktok::{Fault, Kind, Request, Server, WorldConfig};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::streams::{self, Replication};

/// The modify time in the middle of an account's entities, as the API writes it.
fn middle(server: &Server, kind: Kind, account: &str) -> String {
    let mut times: Vec<_> = server
        .world()
        .entities(kind, account)
        .into_iter()
        .filter(|e| !e.deleted)
        .filter_map(|e| e.modify_time)
        .collect();
    times.sort();
    times[times.len() / 2].clone()
}

fn rfc(time: &str) -> String {
    format!("{}Z", time.replace(' ', "T"))
}

fn reports(server: &Server) -> Vec<Request> {
    let is_window = |request: &Request| {
        request.path.starts_with("report/") && request.param("start_date").is_some()
    };
    server.requests().into_iter().filter(is_window).collect()
}

/// The text of a field, `null` for none.
fn text(fields: &Fields, name: &str) -> String {
    if let Json::Text(text) = Json::read(fields.raw(name)) { text } else { "null".to_owned() }
}

#[test]
fn entities_go_on_at_their_bookmark() {
    let server = serve(world());
    for stream in CORE.iter() {
        if !stream.call.is_deletable {
            continue;
        }
        let bookmarks: BTreeMap<String, String> = ids(&server)
            .into_iter()
            .map(|id| (id.clone(), middle(&server, kind(stream.call.path), &id)))
            .collect();
        let by_account: Value =
            bookmarks.iter().map(|(id, time)| (id.clone(), Value::from(rfc(time)))).collect();
        server.clear_log();
        let tap = Tap::on(&server)
            .catalog(&only(&[stream.name]))
            .state(&json!({"bookmarks": {(stream.name): by_account}}));
        let run = tap.run().ended(0);
        let scope = Scope { bookmarks: bookmarks.clone(), ..Scope::of(server.world()) };
        truth::check(server.world(), &run, stream.name, &scope);
        let equal = run
            .records(stream.name)
            .iter()
            .filter(|r| bookmarks.values().any(|b| text(r, "modify_time") == rfc(b)))
            .count();
        assert_eq!(equal, 2, "{}: what is equal to the bookmark comes again", stream.name);
        for request in server.requests() {
            let filtering: Value =
                serde_json::from_str(request.param("filtering").unwrap()).unwrap();
            let account = request.param("advertiser_id").unwrap();
            let wanted =
                if matches!(stream.replication, Replication::Incremental { is_filtered: true, .. })
                {
                    json!(second_before(&bookmarks[account]))
                } else {
                    Value::Null
                };
            assert_eq!(filtering["modified_after"], wanted, "{}", stream.name);
        }
        assert_eq!(server.violations(), [""; 0]);
    }
}

fn second_before(time: &str) -> String {
    let form = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let time = time::PrimitiveDateTime::parse(time, form).unwrap() - time::Duration::SECOND;
    time.format(form).unwrap()
}

#[test]
fn a_first_run_bookmarks_the_greatest_time_and_the_last_day() {
    let server = serve(world());
    let run = Tap::on(&server).run().ended(0);
    for stream in CORE.iter() {
        let bookmarks = &run.state()["bookmarks"][stream.name];
        for id in ids(&server) {
            let wanted = match stream.replication {
                Replication::FullTable | Replication::Snapshot => Value::Null,
                Replication::Window { .. } => format!("{END}T00:00:00Z").into(),
                Replication::Incremental { .. } => {
                    let shown = server
                        .world()
                        .entities(kind(stream.call.path), &id)
                        .into_iter()
                        .filter(|e| !e.deleted);
                    shown.filter_map(|e| e.modify_time).max().map(|time| rfc(&time)).into()
                }
            };
            assert_eq!(bookmarks[&id], wanted, "{} of {id}", stream.name);
        }
    }
}

#[test]
fn reports_are_read_again_for_the_attribution_window() {
    let server = serve(world());
    for (days, from) in [(0, "2026-05-05"), (2, "2026-05-03"), (7, START)] {
        let names: Vec<_> = CORE.iter().filter(|s| s.report().is_some()).map(|s| s.name).collect();
        let bookmarks: Value = names
            .iter()
            .map(|name| ((*name).to_owned(), json!(format!("{END}T00:00:00Z"))))
            .collect();
        server.clear_log();
        let tap = Tap::on(&server)
            .set("attribution_window", days)
            .set("end_date", "2026-05-07")
            .set("report_window", 30);
        let run = tap.catalog(&only(&names)).state(&json!({"bookmarks": bookmarks})).run().ended(0);
        let first_pages = reports(&server).iter().filter(|r| r.param("page") == Some("1")).count();
        // Each of two accounts, and for all but the account itself TopView too.
        assert_eq!(first_pages, (names.len() * 2 - 1) * 2);
        for request in reports(&server) {
            assert_eq!(
                (request.param("start_date"), request.param("end_date")),
                (Some(from), Some("2026-05-07"))
            );
        }
        for name in names {
            truth::check(
                server.world(),
                &run,
                name,
                &Scope::of(server.world()).days(from, "2026-05-07"),
            );
            assert_eq!(
                run.state()["bookmarks"][name][&ids(&server)[0]],
                "2026-05-07T00:00:00Z",
                "{name}"
            );
        }
    }
}

#[test]
fn every_form_of_state_is_read() {
    let server = serve(world());
    let (one, two) = (ids(&server)[0].clone(), ids(&server)[1].clone());
    let time = "2026-05-04T00:00:00Z";
    let of = |stream: Value| json!({"bookmarks": {"ad_insights": stream}});
    let map = of(json!({(one.as_str()): time, (two.as_str()): time}));
    let partition = |id: &str| json!({"context": {"advertiser_id": id}, "replication_key": "stat_time_day", "replication_key_value": time});
    for state in [
        map.clone(),
        of(json!(time)),
        of(json!("2026-05-04")),
        of(json!("2026-05-04 00:00:00")),
        of(json!("2026-05-04T00:00:00.000000Z")),
        of(json!("2026-05-04T00:00:00.000000+00:00")),
        of(json!({"partitions": [partition(&one), partition(&two)]})),
        json!({"singer_state": map}),
        json!({"type": "STATE", "value": map}),
    ] {
        server.clear_log();
        let run = Tap::on(&server)
            .set("attribution_window", 0)
            .catalog(&only(&["ad_insights"]))
            .state(&state)
            .run()
            .ended(0);
        for request in reports(&server) {
            assert_eq!(request.param("start_date"), Some("2026-05-04"), "{state}");
        }
        assert_eq!(
            run.state()["bookmarks"]["ad_insights"],
            json!({one.as_str(): format!("{END}T00:00:00Z"), two.as_str(): format!("{END}T00:00:00Z")})
        );
    }
    for nothing in
        ["", "\n", "{}", "{\"bookmarks\":null}", "{\"bookmarks\":{\"ad_insights\":null}}"]
    {
        server.clear_log();
        let tap = Tap::on(&server).catalog(&only(&["ad_insights"]));
        let path = tap.file("state.json", nothing);
        tap.arg("--state").arg(&path).run().ended(0);
        let first =
            reports(&server).iter().filter_map(|r| r.param("start_date").map(str::to_owned)).min();
        assert_eq!(first.as_deref(), Some(START), "{nothing:?}");
    }
}

#[test]
fn what_is_not_ours_passes_through() {
    let server = serve(world());
    let one = ids(&server)[0].clone();
    let state = json!({
        "bookmarks": {
            "advertisers": "2021-03-04T05:06:07.000000Z", "gone_stream": {"12": [1, {"a": 1.5}]}, "ads": {"999": "2020-01-01T00:00:00Z"},
            "ad_insights": {"999": "2020-01-01", (one.as_str()): "2026-05-02T00:00:00Z"},
        },
        "currently_syncing": "ads", "of_another_tool": {"x": true},
    });
    let run = Tap::on(&server).state(&state).run().ended(0);
    for state_line in run.states() {
        assert_eq!(state_line["of_another_tool"], state["of_another_tool"]);
        for name in ["advertisers", "gone_stream"] {
            assert_eq!(state_line["bookmarks"][name], state["bookmarks"][name], "{name}");
        }
        assert_eq!(state_line["bookmarks"]["ads"]["999"], "2020-01-01T00:00:00Z");
        assert_eq!(state_line["bookmarks"]["ad_insights"]["999"], "2020-01-01");
    }
    assert_eq!(run.state()["currently_syncing"], Value::Null);
    assert_eq!(run.state()["bookmarks"]["ad_insights"][&one], format!("{END}T00:00:00Z"));
}

#[test]
fn bookmarks_never_move_back() {
    let server = serve(world());
    // Days before the bookmark are read again, and end before it.
    let state = json!({"bookmarks": {"ad_insights": "2026-05-10T00:00:00Z"}});
    let run = Tap::on(&server).catalog(&only(&["ad_insights"])).state(&state).run().ended(0);
    truth::check(
        server.world(),
        &run,
        "ad_insights",
        &Scope::of(server.world()).days("2026-05-03", END),
    );
    assert_eq!(run.state()["bookmarks"], state["bookmarks"]);
    assert_eq!(run.said("WARNING", "`end_date`"), 1, "{}", run.stderr.join("\n"));
}

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

#[test]
fn a_bookmark_of_entities_is_no_later_than_their_reading() {
    // What changes while it is read may have been read before; here everything changed after now.
    let later = time::OffsetDateTime::now_utc() + time::Duration::days(900);
    let server = serve(WorldConfig { campaigns: 60, now: Some(later), ..world() });
    let begun = time::OffsetDateTime::now_utc();
    let run = Tap::on(&server).catalog(&only(&["campaigns"])).run().ended(0);
    for id in ids(&server) {
        let greatest = server
            .world()
            .entities(Kind::Campaign, &id)
            .into_iter()
            .filter_map(|e| e.modify_time)
            .max();
        let bookmark = run.state()["bookmarks"]["campaigns"][&id].as_str().unwrap();
        assert!(
            rfc(&greatest.unwrap()).as_str() > bookmark,
            "nothing changed later, so this shows nothing"
        );
        let read =
            time::OffsetDateTime::parse(bookmark, &time::format_description::well_known::Rfc3339)
                .unwrap();
        let before = begun - read;
        assert!(
            (time::Duration::minutes(4)..time::Duration::minutes(6)).contains(&before),
            "{before}"
        );
    }
}

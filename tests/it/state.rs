//! Bookmarks: where the next run continues, and that no row is lost between runs.
//!
//! Every comparison is with the world of the fake API, so that rows that are missing in one run are
//! noticed even if the next run delivers them.

use crate::catalogs::only;
use crate::harness::{CORE, END, Fields, START, Tap, ids, serve, world};
use crate::json::Json;
use crate::truth::{self, Scope, kind};
use fake_tiktok::{Kind, Request, Server, WorldConfig};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tap_tiktok_ads::streams::Replication;

/// The median modify time of the entities of an account, as the API writes it.
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
pub(crate) fn text(fields: &Fields, name: &str) -> String {
    if let Json::Text(text) = Json::read(fields.raw(name)) { text } else { "null".to_owned() }
}

#[test]
fn entities_continue_at_their_bookmark() {
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
        // For each of two accounts, and again for TopView except at account level.
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
    let partition = |id: &str| {
        json!({
            "context": {"advertiser_id": id}, "replication_key": "stat_time_day",
            "replication_key_value": time,
        })
    };
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
        let end = format!("{END}T00:00:00Z");
        assert_eq!(
            run.state()["bookmarks"]["ad_insights"],
            json!({one.as_str(): end, two.as_str(): end})
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
fn parts_of_other_tools_are_kept() {
    let server = serve(world());
    let one = ids(&server)[0].clone();
    let state = json!({
        "bookmarks": {
            "advertisers": "2021-03-04T05:06:07.000000Z",
            "gone_stream": {"12": [1, {"a": 1.5}]},
            "ads": {"999": "2020-01-01T00:00:00Z"},
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
    // The days that are read again end before the bookmark.
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
fn bookmarks_of_entities_are_not_later_than_the_run() {
    // Rows that change during the run may have been read before. Here all of them changed later.
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

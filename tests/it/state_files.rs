//! State files as users, targets and Meltano leave them: which forms are read, which parts are
//! kept, and which warnings they cause. The meaning of bookmarks is tested in `state`.

use crate::catalogs::only;
use crate::harness::{CORE, Run, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::Server;
use serde_json::{Value, json};
use tap_tiktok_ads::streams::Per;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

fn campaigns(bookmark: &str) -> String {
    json!({"bookmarks": {"campaigns": bookmark}}).to_string()
}

/// Runs the campaigns with a state file that has this text.
fn from(server: &Server, text: &str) -> Run {
    let tap = Tap::on(server).catalog(&only(&["campaigns"]));
    let path = tap.file("state.json", text);
    tap.arg("--state").arg(&path).run()
}

#[test]
fn the_last_of_many_states_counts() {
    let server = serve(world());
    let (old, new) = (campaigns("2020-01-01T00:00:00Z"), campaigns("2026-04-01T00:00:00Z"));
    let wanted = from(&server, &new).ended(0);
    assert!(
        wanted.records("campaigns").len() < from(&server, &old).records("campaigns").len(),
        "this shows nothing"
    );
    let message = format!("{{\"type\":\"STATE\",\"value\":{new}}}");
    for text in [
        format!("{old}\n{new}\n"),
        format!("{old}\r\n\r\n{old}\r\n{new}\r\n\r\n"),
        format!("{old}\n{message}\n"),
        format!("{old}\n{new}\n{{\"bookm"),
    ] {
        let run = from(&server, &text).ended(0);
        assert_eq!(run.records("campaigns").len(), wanted.records("campaigns").len(), "{text}");
        assert_eq!(run.said("INFO", "the last one counts"), 1, "{text}");
        assert_eq!(run.said("WARNING", "cut off"), usize::from(text.ends_with("bookm")), "{text}");
    }
    assert!(from(&server, &format!("{old}\nno state\n")).ended(2).cause().contains("line 2"));
}

#[test]
fn files_written_on_windows_are_read() {
    let server = serve(world());
    let wanted =
        from(&server, &campaigns("2026-04-01T00:00:00Z")).ended(0).records("campaigns").len();
    let tap = Tap::on(&server);
    let catalog = tap.file("marked.json", &format!("\u{feff}{}", only(&["campaigns"])));
    let state = tap.file("state.json", &format!("\u{feff}{}", campaigns("2026-04-01T00:00:00Z")));
    let config = tap.file("more.json", "\u{feff}{\"page_size\": 5}");
    let run = tap
        .arg("--config")
        .arg(&config)
        .arg("--catalog")
        .arg(&catalog)
        .arg("--state")
        .arg(&state)
        .run()
        .ended(0);
    assert_eq!(run.records("campaigns").len(), wanted);
}

#[test]
fn parts_of_other_tools_are_kept_digit_for_digit() {
    let server = serve(world());
    let foreign = r#""pixels":{"1":12345678901234567890123,"rate":0.10,"far":[1e300,-0.0]}"#;
    let text = format!(
        "{{\n  \"own\": 1.50,\n  \"bookmarks\": {{ {foreign}, \"campaigns\": \"2026-04-01\" }}\n}}"
    );
    let run = from(&server, &text).ended(0);
    let states: Vec<&str> = run.stdout.lines().filter(|line| line.contains("\"STATE\"")).collect();
    assert!(!states.is_empty());
    for line in states {
        assert!(line.contains(foreign) && line.contains("\"own\":1.50,"), "{line}");
    }
}

#[test]
fn the_records_of_meltano_are_read() {
    let server = serve(world());
    let [old, new] =
        ["2020-01-01", "2026-04-01"].map(|time| json!({"bookmarks": {"campaigns": time}}));
    let wanted = from(&server, &new.to_string()).ended(0).records("campaigns").len();
    for state in [
        json!({"completed": {"singer_state": new}, "partial": {}}),
        json!({"completed": {}, "partial": {"singer_state": new}}),
        json!({"completed": {"singer_state": old}, "partial": {"singer_state": new}}),
        json!({"bookmarks": {}, "singer_state": new}),
    ] {
        let run = from(&server, &state.to_string()).ended(0);
        assert_eq!(run.records("campaigns").len(), wanted, "{state}");
        assert_eq!(run.said("WARNING", "state"), 0, "{}", run.stderr.join("\n"));
    }
}

#[test]
fn a_state_without_streams_of_this_tap_causes_a_warning() {
    let server = serve(world());
    for (state, words) in [
        (json!({"bookmarks": {"orders": {"since": "2026-01-01"}, "customers": {}}}), "`orders`"),
        (json!({"campaigns": "2026-04-01"}), "no `bookmarks`"),
        (json!({"singer_state": "2026-04-01"}), "no `bookmarks`"),
    ] {
        let run = from(&server, &state.to_string()).ended(0);
        assert_eq!(run.said("WARNING", words), 1, "{}", run.stderr.join("\n"));
    }
    for state in [
        json!({}),
        json!({"bookmarks": {}}),
        json!({"currently_syncing": null}),
        json!({"bookmarks": {"ads": {}, "orders": 1}}),
    ] {
        assert_eq!(
            from(&server, &state.to_string()).ended(0).said("WARNING", "state"),
            0,
            "{state}"
        );
    }
}

#[test]
fn a_bookmark_in_the_future_is_cut_to_now() {
    let server = serve(world());
    let bookmarks: Value =
        CORE.iter().map(|s| (s.name.to_owned(), json!("2100-01-01T00:00:00Z"))).collect();
    let begun = OffsetDateTime::now_utc();
    let run = Tap::on(&server).state(&json!({"bookmarks": bookmarks})).run().ended(0);
    assert!(
        !server.requests().iter().any(|request| request.path.starts_with("report/")),
        "a start after the end is no work"
    );
    let late = ids(&server).into_iter().map(|id| (id, "2100-01-01 00:00:00".to_owned())).collect();
    let scope = Scope { bookmarks: late, ..Scope::of(server.world()) };
    for stream in CORE.iter().filter(|s| s.per != Per::AccountBatch) {
        if stream.call.is_deletable {
            truth::check(server.world(), &run, stream.name, &scope);
        }
        for id in ids(&server) {
            // The day of a report is that of the account, which may be another day than in UTC.
            let bookmark = run.state()["bookmarks"][stream.name][&id].as_str().unwrap();
            let day =
                Date::parse(&bookmark[..10], format_description!("[year]-[month]-[day]")).unwrap();
            assert!((day - begun.date()).abs() <= Duration::DAY, "{}: {bookmark}", stream.name);
            let words = format!("{}, account {id}: the bookmark 2100-01-01T00:00:00Z", stream.name);
            assert_eq!(run.said("WARNING", &words), 1, "{}", run.stderr.join("\n"));
        }
    }
    assert!(!run.records("ads").is_empty(), "ads without modify_time come on every run");
    let again = Tap::on(&server).state(run.state()).run().ended(0);
    assert_eq!(again.said("WARNING", "lies in the future"), 0, "{}", again.stderr.join("\n"));
}

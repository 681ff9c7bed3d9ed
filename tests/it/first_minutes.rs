//! What new users run into: no config, a config that is not JSON, settings that leave nothing to
//! read, contradicting catalogs. Each message must say what to do.
//!
//! Single settings and broken files are tested in `input`.

use crate::catalogs::{entry, only};
use crate::harness::{Run, Tap, bare, ids, serve, world};
use fake_tiktok::{Fault, TOKEN};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const SMALLEST: [&str; 3] = ["\"access_token\"", "\"accounts\"", "\"start_date\""];

#[test]
fn without_a_config_the_smallest_one_is_shown() {
    let dir = tempfile::TempDir::new().unwrap();
    let file = |text: &str| {
        let path = dir.path().join("config.json").to_string_lossy().into_owned();
        fs::write(&path, text).unwrap();
        path
    };
    let shows = |args: &[&str]| {
        let run = bare(args).ended(2);
        assert!(SMALLEST.iter().all(|part| run.cause().contains(part)), "{}", run.cause());
        run
    };
    assert!(shows(&[]).cause().contains("--config"));
    shows(&["--config", "ENV"]);
    for text in ["", "{}", "{\"access_token\": null}", "[]"] {
        shows(&["--config", &file(text)]);
    }
    let yaml = shows(&["--config", &file("access_token: planted\naccounts:\n  - 1\n")]);
    assert!(yaml.cause().contains("YAML") && !yaml.cause().contains("planted"), "{}", yaml.cause());
    let broken = bare(&["--config", &file("{\"access_token\": \"planted\",}")]).ended(2);
    assert!(
        broken.cause().contains("trailing comma at line 1") && !broken.cause().contains("planted"),
        "{}",
        broken.cause()
    );
}

#[test]
fn dates_that_leave_no_day_cause_a_warning() {
    let server = serve(world());
    let tap = || Tap::on(&server).catalog(&only(&["ad_insights"]));
    let said = |run: Run, words: &str| {
        assert_eq!(run.said("WARNING", words), 1, "{}", run.stderr.join("\n"));
    };
    said(
        tap().set("start_date", "2062-01-01").set("end_date", Value::Null).run().ended(0),
        "`start_date` 2062-01-01 lies in the future",
    );
    said(
        tap().set("start_date", "2026-05-06").run().ended(0),
        "`start_date` 2026-05-06 lies after `end_date` 2026-05-05",
    );
    assert_eq!(tap().run().ended(0).said("WARNING", ""), 0);
}

#[test]
fn the_later_config_wins_under_any_name_of_a_setting() {
    let server = serve(world());
    let second = ids(&server)[1].clone();
    let tap = Tap::on(&server).catalog(&only(&["campaigns"]));
    let path =
        tap.file("later.json", &json!({"advertiser_ids": [second], "page_size": null}).to_string());
    let run = tap.set("page_size", 7).arg("--config").arg(&path).run().ended(0);
    assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
    assert!(server.requests().iter().all(|r| r.param("advertiser_id") == Some(second.as_str())));
    assert!(
        server.requests().iter().all(|r| r.param("page_size") == Some("7")),
        "what is unset says nothing"
    );
    let both = Tap::on(&server)
        .catalog(&only(&["campaigns"]))
        .set("advertiser_ids", json!([second]))
        .run()
        .ended(0);
    assert_eq!(
        both.said("WARNING", "`advertiser_ids` is another name of `accounts`"),
        1,
        "{}",
        both.stderr.join("\n")
    );
    assert_eq!(
        both.state()["bookmarks"]["campaigns"].as_object().unwrap().len(),
        2,
        "its own name comes first"
    );
}

#[test]
fn two_entries_that_share_a_bookmark_or_a_name_are_refused() {
    let server = serve(world());
    let mut catalog = only(&["ad_insights", "campaigns"]);
    let mut second = entry(&mut catalog, "ad_insights").clone();
    second["stream"] = "with_clicks".into();
    let mut shared = catalog.clone();
    shared["streams"].as_array_mut().unwrap().push(second);
    let state = json!({"bookmarks": {"ad_insights": "2026-05-01T00:00:00Z"}});
    let run = Tap::on(&server).catalog(&shared).state(&state).run().ended(2);
    assert!(
        ["`ad_insights`", "`with_clicks`"].iter().all(|name| run.cause().contains(name)),
        "{}",
        run.cause()
    );
    assert_eq!((run.messages.len(), run.state()), (1, &state), "the reader keeps its state");
    entry(&mut catalog, "campaigns")["stream"] = "ad_insights".into();
    let run = Tap::on(&server).catalog(&catalog).run().ended(2);
    assert!(
        ["`ad_insights`", "`campaigns`"].iter().all(|name| run.cause().contains(name)),
        "{}",
        run.cause()
    );
    assert!(server.requests().is_empty());
}

#[test]
fn selected_outside_the_metadata_counts_or_is_reported() {
    let server = serve(world());
    let mut catalog = tap_tiktok_ads::discovery::discover();
    for one in catalog["streams"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .filter(|one| one["stream"] != "campaigns")
    {
        one["selected"] = false.into();
    }
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    assert_eq!(run.streams(), ["campaigns"]);
    let mut catalog = only(&["campaigns"]);
    entry(&mut catalog, "campaigns")["selected"] = false.into();
    let run = Tap::on(&server).catalog(&catalog).run().ended(0);
    assert_eq!(run.streams(), ["campaigns"]);
    assert_eq!(
        run.said("INFO", "`selected: false` on the stream object is ignored"),
        1,
        "{}",
        run.stderr.join("\n")
    );
}

#[test]
fn files_that_meltano_writes_cause_no_warning() {
    let server = serve(world());
    let dir = tempfile::TempDir::new().unwrap();
    for (folder, warnings) in [(".meltano/run/tap-tiktok-ads", 0), ("run", 1)] {
        let folder = dir.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("tap.config.json");
        fs::write(&path, json!({"access_token": TOKEN}).to_string()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let run = Tap::on(&server)
            .catalog(&only(&["campaigns"]))
            .arg("--config")
            .arg(&path.to_string_lossy())
            .run()
            .ended(0);
        assert_eq!(run.said("WARNING", "can read"), warnings, "{}", run.stderr.join("\n"));
    }
}

#[test]
fn text_of_others_is_short_and_cannot_move_the_cursor() {
    let server = serve(world());
    let message = format!("\u{1b}[2J\u{202e}bad\r\n\u{9b}{}", "x".repeat(3000));
    server.add_fault(Fault {
        kind: crate::failures::code(40002, &message),
        times: usize::MAX,
        ..Fault::default()
    });
    let run = Tap::on(&server).catalog(&only(&["campaigns"])).run().ended(4);
    assert!(run.cause().contains("\\u001b[2J\\u202ebad\\r\\n\\u009bxxx"), "{}", run.cause());
    for line in &run.stderr {
        assert!(
            line.chars().count() < 1200 && !line.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{line:?}"
        );
    }
}

#[test]
fn a_host_that_does_not_answer_is_reported_by_name() {
    let server = serve(world());
    // Nothing listens on this port.
    let run = Tap::on(&server)
        .catalog(&only(&["campaigns"]))
        .set("base_url", "http://127.0.0.1:9")
        .run()
        .ended(5);
    assert!(
        run.cause().contains("no answer from 127.0.0.1:9 (`base_url`): Connection refused"),
        "{}",
        run.cause()
    );
}

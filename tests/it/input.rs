//! Wrong input: exit code 2, one clear last line, and no request to TikTok. Also input in all forms
//! that orchestrators write.

use crate::catalogs::{entry, mark, only};
use crate::harness::{Run, Tap, bare, binary, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Server, TOKEN};
use serde_json::{Value, json};

/// Checks that a run ends with exit code 2 and a last line that contains all parts.
#[track_caller]
fn refused(server: &Server, tap: &Tap, parts: &[&str]) {
    let run = tap.run().ended(2);
    for part in parts {
        assert!(run.cause().contains(part), "`{part}` is not in: {}", run.cause());
    }
    assert!(run.stdout.is_empty(), "{}", run.stdout);
    assert_eq!(run.stderr.iter().filter(|line| line.starts_with("CRITICAL")).count(), 1);
    assert!(
        !run.stderr.concat().contains(TOKEN) && !run.stderr.concat().contains("panicked"),
        "{}",
        run.stderr.join("\n")
    );
    assert!(server.requests().is_empty());
}

#[test]
fn wrong_settings_are_named() {
    let server = serve(world());
    for (name, value) in [
        ("start_date", json!(null)),
        ("start_date", json!("soon")),
        ("start_date", json!("2026-02-30")),
        ("start_date", json!(20_260_501)),
        ("start_date", json!("01/05/2026")),
        ("end_date", json!("2026-13-01")),
        ("access_token", json!(null)),
        ("access_token", json!("")),
        ("access_token", json!([1])),
        ("accounts", json!(null)),
        ("accounts", json!([])),
        ("accounts", json!("")),
        ("accounts", json!(["My shop"])),
        ("accounts", json!("123,abc")),
        ("accounts", json!([""])),
        ("accounts", json!([null])),
        ("accounts", json!({"a": 1})),
        ("page_size", json!(0)),
        ("page_size", json!(1001)),
        ("page_size", json!("many")),
        ("page_size", json!(1.5)),
        ("concurrency", json!(0)),
        ("concurrency", json!(33)),
        ("report_window", json!(31)),
        ("attribution_window", json!(-1)),
        ("attribution_window", json!(365)),
        ("rate_limit", json!(0)),
        ("rate_limit", json!("fast")),
        ("request_timeout", json!(-1)),
        ("request_timeout", json!("x")),
        ("request_timeout", json!(1e19)),
        ("max_runtime", json!(1e19)),
        ("max_runtime", json!(1e-300)),
        ("rate_limit", json!(1e300)),
        ("rate_limit", json!(1e-300)),
        ("attribution_window", json!(7.5)),
        ("attribution_window", json!("7.5")),
        ("sandbox", json!("maybe")),
        ("include_deleted", json!(2)),
        ("base_url", json!("http://example.com")),
        ("base_url", json!("ftp://127.0.0.1")),
        ("base_url", json!("127.0.0.1")),
        ("base_url", json!("http://127.0.0.1/open_api")),
        ("ca_file", json!("/nonexistent.pem")),
    ] {
        let tap = Tap::on(&server).set(name, value);
        refused(&server, &tap, &[&format!("`{name}`")]);
    }
}

#[test]
fn text_that_no_header_can_contain_is_refused() {
    let server = serve(world());
    for name in ["access_token", "user_agent"] {
        for text in ["two\nlines", "t\u{f6}ken\u{2026}", "nul\u{0}"] {
            refused(&server, &Tap::on(&server).set(name, text), &[&format!("`{name}`")]);
        }
    }
}

#[test]
fn wrong_files_are_named() {
    let server = serve(world());
    let config = |text: &str| {
        let tap = Tap::on(&server);
        let path = tap.file("other.json", text);
        (tap.arg("--config").arg(&path), path)
    };
    for text in ["", "{", "[]", "null", "{\"start_date\": }", "\u{feff}{}x"] {
        let (tap, path) = config(text);
        refused(&server, &tap, &["config", &path]);
    }
    for option in ["--config", "--catalog", "--state"] {
        refused(
            &server,
            &Tap::on(&server).arg(option).arg("/nonexistent/file"),
            &["/nonexistent/file", &option[2..]],
        );
        refused(&server, &Tap::on(&server).arg(option).arg("/"), &["`/`", &option[2..]]);
    }
    for text in [
        "",
        "{",
        "[]",
        "{}",
        "{\"streams\": {}}",
        "{\"streams\": [1]}",
        "{\"streams\": [{}]}",
        "{\"streams\": [{\"tap_stream_id\": \"ads\"}]}",
    ] {
        let tap = Tap::on(&server);
        let path = tap.file("catalog.json", text);
        refused(&server, &tap.arg("--catalog").arg(&path), &["catalog"]);
    }
    for text in [
        "{",
        "[]",
        "7",
        "\"x\"",
        "{\"bookmarks\": []}",
        "{\"bookmarks\": {\"ads\": 7}}",
        "{\"bookmarks\": {\"ads\": \"soon\"}}",
    ] {
        let tap = Tap::on(&server).catalog(&only(&["ads"]));
        let path = tap.file("state.json", text);
        refused(&server, &tap.arg("--state").arg(&path), &["state"]);
    }
    bare(&["--config"]).code.filter(|code| *code == 2).expect("exit 2");
    bare(&["--nonsense"]).code.filter(|code| *code == 2).expect("exit 2");
}

#[test]
fn a_bookmark_that_is_not_a_timestamp_is_named() {
    let server = serve(world());
    let id = ids(&server)[0].clone();
    let tap = Tap::on(&server)
        .state(&json!({"bookmarks": {"ad_insights": {(id.as_str()): "2026-99-01"}}}));
    let run = tap.run().ended(2);
    for part in ["state", "ad_insights", &id] {
        assert!(run.cause().contains(part), "{}", run.cause());
    }
    assert!(run.stdout.is_empty());
}

#[test]
fn keys_must_be_declared() {
    let server = serve(world());
    let mut catalog = only(&["campaigns"]);
    mark(
        entry(&mut catalog, "campaigns"),
        &[],
        "table-key-properties",
        json!(["campaign_id", "nowhere"]),
    );
    refused(&server, &Tap::on(&server).catalog(&catalog), &["`nowhere`", "`campaigns`"]);
}

#[test]
fn unknown_settings_warn_with_the_nearest_name() {
    let server = serve(world());
    let tap = Tap::on(&server)
        .set("acess_token", "a-secret-all-the-same")
        .set("zzz", 1)
        .catalog(&only(&["campaigns"]));
    let run = tap.run().ended(0);
    assert!(run.stderr.iter().any(|l| l.starts_with("WARNING")
        && l.contains("`acess_token`")
        && l.contains("`access_token`")));
    assert!(
        run.stderr.iter().any(|l| l.starts_with("WARNING") && l.contains("`zzz`")),
        "{}",
        run.stderr.join("\n")
    );
    assert!(!run.stderr.concat().contains("a-secret-all-the-same"));
}

#[test]
fn settings_may_come_as_text() {
    let server = serve(world());
    let as_text = |tap: Tap| {
        let all = ids(&server).join(", ");
        let tap = tap
            .set("accounts", Value::Null)
            .set("advertiser_ids", all)
            .set("page_size", "50")
            .set("concurrency", "2.0");
        tap.set("rate_limit", "10000")
            .set("include_deleted", "False")
            .set("request_timeout", "")
            .set("sandbox", "")
            .set("report_window", "3")
    };
    let numbers: Vec<Value> =
        ids(&server).iter().map(|id| json!(id.parse::<u64>().unwrap())).collect();
    let config = |change: &dyn Fn(Tap) -> Tap| {
        change(Tap::on(&server).catalog(&only(&["campaign_insights", "ads"])))
    };
    let forms: [&dyn Fn(Tap) -> Tap; 6] = [
        &as_text,
        &|tap| tap.set("accounts", numbers.clone()),
        &|tap| tap.set("accounts", Value::from(ids(&server)).to_string()),
        &|tap| {
            tap.set("start_date", "2026-05-01T23:59:59Z")
                .set("end_date", "2026-05-05T00:00:00+14:00")
        },
        &|tap| {
            tap.set("start_date", "2026-05-01 00:00:00")
                .set("end_date", "2026-05-05T23:59:59.999999")
        },
        &|tap| tap.set("accounts", [ids(&server), ids(&server)].concat()),
    ];
    for form in forms {
        server.clear_log();
        let run = config(form).run().ended(0);
        assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
        for stream in ["campaign_insights", "ads"] {
            truth::check(server.world(), &run, stream, &Scope::of(server.world()));
        }
        assert_eq!(server.violations(), [""; 0]);
    }
}

#[test]
fn later_configs_win_and_one_of_them_may_be_the_environment() {
    let server = serve(world());
    let tap = Tap::on(&server).catalog(&only(&["ad_insights"]));
    let path = tap.file("later.json", "{\"end_date\": \"2026-05-02\"}");
    let run = tap.arg("--config").arg(&path).run().ended(0);
    truth::check(
        server.world(),
        &run,
        "ad_insights",
        &Scope::of(server.world()).days("2026-05-01", "2026-05-02"),
    );
    let mut command = binary();
    command.args(["--config", "ENV"]).envs([
        ("TAP_TIKTOK_ADS_ACCESS_TOKEN", TOKEN.to_owned()),
        ("TAP_TIKTOK_ADS_ADVERTISER_IDS", ids(&server).join(",")),
        ("TAP_TIKTOK_ADS_START_DATE", "2026-05-01".to_owned()),
        ("TAP_TIKTOK_ADS_END_DATE", "2026-05-01".to_owned()),
        ("TAP_TIKTOK_ADS_BASE_URL", server.url()),
        ("TAP_TIKTOK_ADS_RATE_LIMIT", "10000".to_owned()),
        ("TAP_TIKTOK_ADS__SELECT", "[\"*\"]".to_owned()),
    ]);
    let run = Run::of(command.output().expect("the binary starts")).ended(0);
    assert_eq!(run.said("WARNING", ""), 0, "{}", run.stderr.join("\n"));
    truth::check(
        server.world(),
        &run,
        "ad_insights",
        &Scope::of(server.world()).days("2026-05-01", "2026-05-01"),
    );
}

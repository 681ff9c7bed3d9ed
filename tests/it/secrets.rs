//! The token and other secrets: they appear in no log, no output and no URL, and a config file that
//! other users can read is reported.

use crate::catalogs::only;
use crate::harness::{APP_SECRET, Tap, bare, serve, world};
use fake_tiktok::TOKEN;
use serde_json::json;

#[test]
fn the_token_is_never_shown() {
    let server = serve(world());
    let tap = || Tap::on(&server).set("secret", "another-secret-text").arg("-v").arg("-v");
    let runs = [
        tap().run(),
        tap().set("page_size", 0).run(),
        tap().set("start_date", TOKEN).run(),
        tap().set("accounts", json!([TOKEN])).run(),
    ];
    server.add_fault(fake_tiktok::Fault {
        kind: crate::failures::code(40105, &format!("Token {TOKEN} is wrong")),
        ..Default::default()
    });
    let told = tap().run().ended(3);
    assert!(told.cause().contains("(redacted)"), "{}", told.cause());
    for run in runs.iter().chain([&told]) {
        for secret in [TOKEN, "another-secret-text"] {
            assert!(
                !run.stdout.contains(secret) && !run.stderr.concat().contains(secret),
                "{}",
                run.stderr.join("\n")
            );
        }
    }
}

#[test]
fn the_token_is_sent_in_its_header_only() {
    let server = serve(world());
    let run = Tap::on(&server).arg("-v").arg("-v").set("verify", true).run().ended(0);
    let about = bare(&["--about", "--format", "json"]);
    for secret in [TOKEN, APP_SECRET] {
        assert!(
            !server
                .requests()
                .iter()
                .any(|r| format!("{:?} {}", r.params, r.path).contains(secret)),
            "in a URL"
        );
        assert!(!run.state().to_string().contains(secret) && !about.stdout.contains(secret));
    }
}

#[test]
fn a_config_that_other_users_can_read_causes_a_warning() {
    let server = serve(world());
    let tap = Tap::on(&server);
    let more = tap.file("more.json", &json!({"access_token": TOKEN}).to_string());
    let tap = tap.arg("--config").arg(&more).catalog(&only(&["campaigns"]));
    assert_eq!(tap.run().ended(0).said("WARNING", "can read"), 0);
    std::fs::set_permissions(&more, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let run = tap.run().ended(0);
    assert_eq!(run.said("WARNING", "can read"), 1, "{}", run.stderr.join("\n"));
    assert!(run.said("WARNING", "more.json") == 1 && run.said("WARNING", "chmod 600") == 1);
}

//! What users type, paste and see: the secret, the code, what is neither, and the browser.

use super::{Auth, PATIENCE, command, free_port, get, listening, press};
use crate::harness::{serve, world};
use fake_tiktok::{APP_ID, SECRET, TOKEN};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

#[test]
fn the_secret_is_asked_for_if_no_config_has_it() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let mut command = command(&dir, &server, &json!({"secret": null, "app_id": null}));
    command.args(["--paste", "--app-id", APP_ID]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // The address is printed after the secret was read, so everything is typed ahead here. The
    // code is wrong, because it cannot be known yet.
    let mut child = command.spawn().unwrap();
    write!(child.stdin.take().unwrap(), "{SECRET}\nno-such-code-at-all\n").unwrap();
    let ended = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert!(stderr.lines().last().unwrap().contains("the code is wrong"), "{stderr}");
    assert!(!stderr.contains(SECRET) && !stderr.contains("no-such-code-at-all"), "{stderr}");
    let sent = server.requests();
    assert_eq!(sent.len(), 1, "the exchange and nothing else");
    assert_eq!((sent[0].param("secret"), sent[0].param("app_id")), (Some(SECRET), Some(APP_ID)));
}

#[test]
fn accounts_by_name_work_with_a_secret_that_is_typed() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let name = server.world().accounts()[1].name.clone();
    let settings = json!({"secret": null, "accounts": [name]});
    let mut command = command(&dir, &server, &settings);
    command.arg("--paste");
    let mut auth = Auth::spawn(command);
    auth.paste(&format!("  {SECRET} \r"));
    auth.read_url();
    let to = press(&auth.url, "confirm");
    auth.paste(&to);
    let config: Value = serde_json::from_str(&auth.end().done().stdout).unwrap();
    assert_eq!((&config["secret"], &config["accounts"]), (&json!(SECRET), &json!([name])));
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn spaces_around_what_was_copied_do_not_matter() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let spaced = |text: &str| format!(" {text}\t\r\n");
    let settings = json!({"app_id": spaced(APP_ID), "secret": spaced(SECRET)});
    let mut consent = command(&dir, &server, &settings);
    consent.arg("--paste");
    let mut auth = Auth::start(consent);
    let to = press(&auth.url, "confirm");
    auth.paste(&to);
    let config: Value = serde_json::from_str(&auth.end().done().stdout).unwrap();
    assert_eq!((&config["app_id"], &config["secret"]), (&json!(APP_ID), &json!(SECRET)));
    let settings = json!({
        "app_id": spaced(APP_ID), "secret": spaced(SECRET), "access_token": spaced(TOKEN),
    });
    let revoked = command(&dir, &server, &settings).arg("--revoke").output().unwrap();
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn what_the_user_has_to_do_is_shown_at_every_level() {
    let server = serve(world());
    for quiet in ["-q", "-qq"] {
        let dir = TempDir::new().unwrap();
        let mut command = command(&dir, &server, &json!({}));
        command.args(["--paste", quiet]);
        let mut auth = Auth::start(command);
        auth.wait_for("Then paste the address");
        auth.stdin = None;
        auth.end().refused(2, &["stdin ended"]);
        let port = free_port();
        let mut command = super::command(&dir, &server, &json!({}));
        command.args(listening(port)).arg(quiet);
        let mut auth = Auth::start(command);
        auth.wait_for("Waiting for TikTok's redirect");
        get(&press(&auth.url, "confirm").replace("localhost", "127.0.0.1"));
        auth.end().done();
    }
}

#[test]
fn lines_that_happen_to_be_on_stdin_are_no_codes() {
    let server = serve(world());
    let (dir, port) = (TempDir::new().unwrap(), free_port());
    let mut command = command(&dir, &server, &json!({}));
    command.args(listening(port));
    let mut auth = Auth::start(command);
    let waiting = auth.wait_for("Waiting for TikTok's redirect");
    assert!(!waiting.contains("paste"), "{waiting}");
    auth.paste("0123456789abcdef0123456789abcdef");
    get(&press(&auth.url, "confirm").replace("localhost", "127.0.0.1"));
    auth.end().done();

    let mut command = super::command(&dir, &server, &json!({}));
    command.arg("--paste");
    let mut auth = Auth::start(command);
    for line in ["y", "echo 0123456789abcdef0123456789abcdef"] {
        auth.paste(line);
        let said = auth.wait_for("WARNING auth: a pasted line is ignored");
        assert!(!said.contains("0123"), "{said}");
    }
    let to = press(&auth.url, "confirm");
    auth.paste(&to);
    auth.end().done();
    let exchanges = server.requests();
    let exchanges = exchanges.iter().filter(|sent| sent.path == "oauth2/access_token/").count();
    assert_eq!(exchanges, 2, "one for each consent");
}

#[test]
fn the_browser_is_opened_where_that_is_asked_for() {
    let server = serve(world());
    for opens in [true, false] {
        let dir = TempDir::new().unwrap();
        let (script, opened) = (dir.path().join("xdg-open"), dir.path().join("opened"));
        let text =
            format!("#!/bin/sh\necho \"$1\" > '{0}.new'\nmv '{0}.new' '{0}'\n", opened.display());
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .unwrap();
        let mut command = command(&dir, &server, &json!({}));
        command.arg("--paste").env("PATH", format!("{}:/usr/bin:/bin", dir.path().display()));
        if opens {
            command.arg("--open");
        }
        let mut auth = Auth::start(command);
        let begun = std::time::Instant::now();
        while opens && !opened.exists() && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(20));
        }
        let to = press(&auth.url, "confirm");
        auth.paste(&to);
        let url = auth.url.clone();
        auth.end().done();
        let found = std::fs::read_to_string(&opened).ok();
        assert_eq!(found.as_deref().map(str::trim), opens.then_some(url.as_str()));
    }
}

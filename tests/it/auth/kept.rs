//! A token that TikTok made is never lost: it is in the config before anything else can fail, or it
//! is given back.

use super::{Auth, command, press};
use crate::harness::{serve, world};
use fake_tiktok::{Fault, Server, TOKEN};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A run that waits for its code and writes to this file.
fn begun(server: &Server, dir: &TempDir, path: &Path) -> Auth {
    let mut command = command(dir, server, &json!({}));
    command.arg("--paste").arg("--output").arg(path);
    Auth::start(command)
}

fn confirm(auth: &mut Auth) {
    let to = press(&auth.url, "confirm");
    auth.paste(&to);
}

fn refuse(server: &Server, path: &str) {
    server.add_fault(Fault {
        path: Some(path.into()),
        kind: crate::failures::code(50000, "System error"),
        times: usize::MAX,
        ..Fault::default()
    });
}

fn asked(server: &Server, path: &str) -> usize {
    server.requests().iter().filter(|request| request.path == path).count()
}

#[test]
fn the_config_is_written_before_the_token_is_verified() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("config.json");
    refuse(&server, "user/info/");
    let mut auth = begun(&server, &dir, &path);
    confirm(&mut auth);
    auth.end().refused(
        5,
        &["could not be verified", "user/info/", "config.json", "mend the cause", "`auth --check`"],
    );
    let config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(config["access_token"], TOKEN);
    assert!(config.get("accounts").is_none(), "all accounts, because they are not known yet");
    assert_eq!(asked(&server, "oauth2/revoke_token/"), 0);

    let mut command = command(&dir, &server, &json!({}));
    command.arg("--paste");
    let mut auth = Auth::start(command);
    confirm(&mut auth);
    auth.end().kept(5, &["could not be verified"]);
}

#[test]
fn a_token_that_cannot_be_kept_is_given_back() {
    let server = serve(world());
    for gives_back in [true, false] {
        let dir = TempDir::new().unwrap();
        let folder = dir.path().join("folder");
        fs::create_dir(&folder).unwrap();
        let mut auth = begun(&server, &dir, &folder.join("config.json"));
        fs::remove_dir(&folder).unwrap();
        if !gives_back {
            refuse(&server, "oauth2/revoke_token/");
        }
        confirm(&mut auth);
        let words = if gives_back {
            "was given back, so nothing is left behind"
        } else {
            "is lost, and could not be given back (auth: the token was not given back"
        };
        auth.end().refused(2, &["config.json` cannot be written", words, "run `auth` again"]);
        assert_eq!(asked(&server, "oauth2/revoke_token/"), if gives_back { 1 } else { 2 });
        assert_eq!(asked(&server, "user/info/"), 0, "there is nothing to verify");
    }
}

#[test]
fn a_file_that_appears_meanwhile_is_not_replaced() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("config.json");
    let mut auth = begun(&server, &dir, &path);
    fs::write(&path, "mine").unwrap();
    confirm(&mut auth);
    auth.end().refused(2, &["config.json` exists; replace it with `--overwrite`", "given back"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(asked(&server, "oauth2/revoke_token/"), 1);
}

#[test]
fn a_token_that_nobody_reads_from_stdout_is_given_back() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let mut command = command(&dir, &server, &json!({}));
    command.arg("--paste");
    let mut auth = Auth::start(command);
    drop(auth.child.stdout.take());
    confirm(&mut auth);
    auth.wait_for("was given back");
    assert_eq!(auth.child.wait().unwrap().code(), Some(141));
}

#[test]
fn a_place_that_cannot_be_written_is_named_before_consent() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let full = dir.path().display().to_string();
    for (path, parts) in [
        // Nobody can create files there, not even root.
        ("/proc/tap-config.json", ["/proc/tap-config.json` cannot be written", "`--output`"]),
        (full.as_str(), ["is a folder", "add the name of a file"]),
    ] {
        let mut command = command(&dir, &server, &json!({}));
        let run = command.args(["--paste", "--overwrite", "--output", path]).output().unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
        assert!(!said.contains("/portal/auth?"), "{said}");
    }
    let left = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 1, "trying leaves nothing behind but the settings of the test");
}

//! The file of `auth --output`: nobody else can read it, and one that exists is kept unless it is
//! to be replaced.

use super::{Auth, command, press};
use crate::harness::{serve, world};
use fake_tiktok::{Server, TOKEN};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use tempfile::TempDir;

/// Writes a config, and returns the log.
fn write(server: &Server, dir: &TempDir, settings: &Value, path: &Path, args: &[&str]) -> String {
    let mut command = command(dir, server, settings);
    command.arg("--paste").arg("--output").arg(path).args(args);
    let mut auth = Auth::start(command);
    let to = press(&auth.url, "confirm");
    auth.paste(&to);
    auth.end().done().stderr.join("\n")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_is_private_and_replaced_only_when_told() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("config.json");
    write(&server, &dir, &json!({}), &path, &[]);
    assert_eq!(mode(&path), 0o600);
    let first = fs::read(&path).unwrap();

    let again = command(&dir, &server, &json!({})).arg("--output").arg(&path).output().unwrap();
    let said = String::from_utf8(again.stderr).unwrap();
    assert_eq!(again.status.code(), Some(2), "{said}");
    assert!(said.contains("config.json` exists; replace it with `--overwrite`"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), first);

    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let link = dir.path().join("link.json");
    symlink(&path, &link).unwrap();
    let settings = json!({"stream_groups": ["core", "hourly"], "start_date": "2026-05-01"});
    write(&server, &dir, &settings, &link, &["--overwrite"]);
    assert_eq!(mode(&path), 0o600, "the file to which the link leads is private again");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(config["stream_groups"], json!(["core", "hourly"]), "given settings are kept");
    assert_eq!(
        (&config["start_date"], &config["access_token"]),
        (&json!("2026-05-01"), &json!(TOKEN))
    );
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "nothing else is left: {left:?}");
}

#[test]
fn accounts_of_the_given_config_are_kept_if_they_exist() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let name = server.world().accounts()[1].name.clone();
    let path = dir.path().join("config.json");
    let said = write(&server, &dir, &json!({"accounts": [name, "77"]}), &path, &[]);
    let config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(config["accounts"], json!([name, "77"]));
    for part in [
        "WARNING The config keeps its `accounts`, so 1 of the accounts that the token reaches",
        "WARNING The token does not reach these `accounts` of the config: 77;",
    ] {
        assert!(said.contains(part), "{said}");
    }

    let other = dir.path().join("other.json");
    let mut command = command(&dir, &server, &json!({"accounts": ["Nobody"]}));
    command.arg("--paste").arg("--output").arg(&other);
    let mut auth = Auth::start(command);
    let to = press(&auth.url, "confirm");
    auth.paste(&to);
    auth.end().refused(2, &["\"Nobody\"", &name, "other.json", "mend the cause"]);
    let config: Value = serde_json::from_slice(&fs::read(&other).unwrap()).unwrap();
    assert_eq!(
        (&config["accounts"], &config["access_token"]),
        (&json!(["Nobody"]), &json!(TOKEN)),
        "the token is not lost"
    );
}

#[test]
fn a_folder_that_does_not_exist_is_named_before_consent() {
    let server = serve(world());
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("nowhere/config.json");
    let run = command(&dir, &server, &json!({})).arg("--output").arg(&path).output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(said.contains("there is no folder") && said.contains("nowhere`"), "{said}");
}

//! Discovery, `--about` and the other output that needs no sync: it works offline and without a
//! config, in the form that orchestrators read.

use crate::harness::{CORE, Tap, bare, serve, world};
use serde_json::{Value, json};
use std::collections::HashSet;
use tap_tiktok_ads::config::settings::settings;
use tap_tiktok_ads::discovery;
use tap_tiktok_ads::streams::{self, Group};

#[test]
fn discovery_needs_no_config_and_ignores_wrong_files() {
    let plain = bare(&["--discover"]).ended(0);
    let catalog: Value = serde_json::from_str(&plain.stdout).expect("JSON");
    assert_eq!(catalog, discovery::discover());
    assert!(
        plain.stdout.ends_with('\n') && plain.stdout.lines().all(|line| line.len() < 64 << 10),
        "Meltano reads lines of 64 KiB"
    );
    assert!(plain.stdout.lines().count() > 100, "not indented");
    let server = serve(world());
    let configured = Tap::on(&server).arg("--discover").run().ended(0);
    assert_eq!(configured.stdout, plain.stdout);
    assert!(server.requests().is_empty());
    for args in [
        &[
            "-d",
            "--catalog",
            "/nonexistent/catalog",
            "--state",
            "/nonexistent/state",
            "--config",
            "/nonexistent/config",
        ][..],
        &["--discover", "--properties", "/nonexistent/catalog", "-s", "/nonexistent/state"],
        &["--config", "ENV", "--discover", "-p", "/nonexistent"],
    ] {
        assert_eq!(bare(args).ended(0).stdout, plain.stdout, "{args:?}");
    }
}

#[test]
fn every_property_has_its_metadata() {
    let catalog = discovery::discover();
    for (entry, stream) in catalog["streams"].as_array().unwrap().iter().zip(CORE.iter()) {
        let name = entry["tap_stream_id"].as_str().unwrap();
        assert_eq!((name, entry["stream"].as_str()), (stream.name, Some(stream.name)));
        assert_eq!(entry["key_properties"], json!(stream.keys));
        let mut wanted = HashSet::from([json!([])]);
        collect(&entry["schema"], &mut Vec::new(), &mut wanted);
        let metadata = entry["metadata"].as_array().unwrap();
        let found: HashSet<Value> = metadata.iter().map(|one| one["breadcrumb"].clone()).collect();
        assert_eq!(found, wanted, "{name}");
        assert_eq!(found.len(), metadata.len(), "{name}: one breadcrumb twice");
        let root = &metadata.iter().find(|one| one["breadcrumb"] == json!([])).unwrap()["metadata"];
        assert_eq!(root["table-key-properties"], json!(stream.keys), "{name}");
        let method = if stream.replication_key().is_some() { "INCREMENTAL" } else { "FULL_TABLE" };
        assert_eq!(
            (&entry["replication_method"], &root["forced-replication-method"]),
            (&json!(method), &json!(method)),
            "{name}"
        );
        for one in metadata {
            let path = one["breadcrumb"].as_array().unwrap();
            let is_key = path.len() == 2
                && path[1].as_str().is_some_and(|field| {
                    stream.keys.contains(&field) || stream.replication_key() == Some(field)
                });
            let inclusion = if is_key { "automatic" } else { "available" };
            assert_eq!(one["metadata"]["inclusion"], inclusion, "{name} {path:?}");
        }
        for key in &stream.keys {
            assert_eq!(
                entry["schema"]["properties"][key]["type"], "string",
                "{name}.{key}: a key is never null"
            );
        }
    }
}

fn collect(schema: &Value, path: &mut Vec<Value>, found: &mut HashSet<Value>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        path.extend([json!("properties"), json!(name)]);
        found.insert(Value::from(path.clone()));
        collect(property, path, found);
        path.truncate(path.len() - 2);
    }
}

#[test]
fn the_sample_catalog_is_that_of_the_group_core() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/catalog.sample.json");
    let sample = std::fs::read_to_string(path).unwrap();
    assert!(
        sample == bare(&["--discover"]).stdout,
        "catalog.sample.json is out of date; write it with `tap-tiktok-ads --discover`"
    );
    let catalog: Value = serde_json::from_str(&sample).expect("JSON");
    let entries = catalog["streams"].as_array().unwrap();
    let names: HashSet<_> =
        entries.iter().map(|entry| entry["tap_stream_id"].as_str().unwrap()).collect();
    let core = streams::all().iter().filter(|stream| stream.group == Group::Core);
    assert_eq!(names, core.map(|stream| stream.name).collect());
}

#[test]
fn about_lists_every_setting() {
    let about: Value =
        serde_json::from_str(&bare(&["--about", "--format", "json"]).ended(0).stdout)
            .expect("JSON");
    for (name, setting) in settings() {
        assert_eq!(&about["settings"]["properties"][name], setting, "{name}");
        for format in ["text", "markdown", "meltano"] {
            assert!(
                bare(&["--about", "--format", format]).ended(0).stdout.contains(name),
                "{name} in {format}"
            );
        }
    }
    for key in ["name", "description", "version", "capabilities"] {
        assert!(!about[key].is_null(), "{key}");
    }
    for stream in CORE.iter() {
        assert!(bare(&["--about"]).ended(0).stdout.contains(stream.name), "{}", stream.name);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = bare(&["--version"]).ended(0).stdout;
    assert_eq!(version.trim(), concat!("tap-tiktok-ads ", env!("CARGO_PKG_VERSION")));
    assert_eq!(bare(&["--version", "--catalog", "/nonexistent"]).ended(0).stdout, version);
}

#[test]
fn about_and_version_win_over_a_sync() {
    let server = serve(world());
    for arg in ["--about", "--version", "--discover"] {
        Tap::on(&server).arg(arg).run().ended(0);
    }
    assert!(server.requests().is_empty());
}

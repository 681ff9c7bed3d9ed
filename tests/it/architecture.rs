//! Which part of the tap knows which: read from the `use` lines and paths of the source, and held
//! against the rules of CONTRIBUTING.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of `src/`, and the other parts of the crate that its files may name.
const MAY_NAME: [(&str, &[&str]); 8] = [
    ("json", &[]),
    ("pool", &[]),
    ("streams", &["json"]),
    ("render", &["json"]),
    ("api", &["config", "error", "json", "logging", "words"]),
    ("singer", &["error", "files"]),
    ("config", &["error", "files", "logging", "streams"]),
    (
        "sync",
        &[
            "api", "config", "error", "json", "logging", "pool", "render", "signals", "singer",
            "streams", "words",
        ],
    ),
];

/// Halves of `sync`, and what of `sync` they may name. They meet in what stands beside them, never
/// in each other.
const HALVES: [(&str, &str); 2] = [("sync/read", "deliver"), ("sync/deliver", "read")];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The source of a file without its unit tests.
fn source(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

/// The names that follow a prefix such as `crate::`.
fn named(text: &str, prefix: &str) -> BTreeSet<String> {
    let name = |rest: &str| {
        rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned()
    };
    text.split(prefix).skip(1).map(name).filter(|name| !name.is_empty()).collect()
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
}

#[test]
fn parts_know_what_they_may_and_nothing_else() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (folder, may) in MAY_NAME {
        let found = files(&src.join(folder));
        assert!(!found.is_empty(), "src/{folder} is gone");
        for path in found.iter().filter(|path| !is_test(path)) {
            for name in named(&source(path), "crate::")
                .into_iter()
                .filter(|name| name != folder && !may.contains(&name.as_str()))
            {
                wrong.push(format!("{} names crate::{name}", path.display()));
            }
        }
    }
    for (folder, other) in HALVES {
        for path in files(&src.join(folder)) {
            let text = source(&path);
            if named(&text, "sync::").contains(other) || text.contains(&format!("super::{other}::"))
            {
                wrong.push(format!("{} names sync::{other}", path.display()));
            }
        }
    }
    // Nothing knows the sync but the story of a run.
    for path in files(&src)
        .iter()
        .filter(|path| !path.starts_with(src.join("sync")) && !path.ends_with("lib.rs"))
    {
        if named(&source(path), "crate::").contains("sync") {
            wrong.push(format!("{} names crate::sync", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

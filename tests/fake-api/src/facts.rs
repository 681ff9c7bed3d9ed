//! The files of facts in `endpoints/`, one an endpoint: what it takes, what it hides and what its
//! rows look like. The server reads the first part, the world the last.

use serde_json::Value;
use std::sync::LazyLock;

/// The paths, with the slash at their end, and the texts of the files.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/endpoints.rs"));

/// One file of facts.
pub(crate) struct File {
    pub(crate) path: &'static str,
    pub(crate) json: Value,
}

static ALL: LazyLock<Vec<File>> = LazyLock::new(|| FILES.iter().map(read).collect());

/// Every file, in the order of the paths.
pub(crate) fn all() -> &'static [File] {
    &ALL
}

/// The file of a path.
pub(crate) fn find(path: &str) -> Option<&'static File> {
    ALL.iter().find(|file| file.path == path)
}

fn read((path, text): &(&'static str, &'static str)) -> File {
    let json = serde_json::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    File { path, json }
}

/// Panics when an object has another member than these: a misspelled fact would have no effect.
pub(crate) fn expect_keys(path: &str, json: &Value, known: &[&str]) {
    for key in json.as_object().into_iter().flatten().map(|(key, _)| key) {
        assert!(known.contains(&key.as_str()), "endpoints/{path}: {key:?} is not a known fact");
    }
}

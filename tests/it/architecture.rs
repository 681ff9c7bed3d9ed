//! The rules of CONTRIBUTING about source files: which part of the tap knows which, read from the
//! `use` lines and paths of the source, and how long files and lines are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of `src/`, and the other parts of the crate that its files may name.
const MAY_NAME: [(&str, &[&str]); 12] = [
    ("json", &[]),
    ("pool", &[]),
    ("logging", &["words"]),
    ("progress", &["logging"]),
    ("run_report", &["error", "logging", "singer", "words"]),
    ("streams", &["json"]),
    ("render", &["json"]),
    ("api", &["config", "error", "json", "logging", "words"]),
    ("singer", &["error", "files"]),
    ("config", &["error", "files", "logging", "streams", "words"]),
    (
        "auth",
        &[
            "api", "cli", "config", "error", "json", "logging", "requests", "signals", "streams",
            "words",
        ],
    ),
    (
        "sync",
        &[
            "api",
            "config",
            "error",
            "json",
            "logging",
            "pool",
            "progress",
            "render",
            "requests",
            "run_report",
            "signals",
            "singer",
            "streams",
            "words",
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

/// The files of a folder, by the names of their modules, and the neighbours that each names.
fn neighbours(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths: Vec<_> = paths.filter(|path| path.is_file() && !path.ends_with("mod.rs")).collect();
    let all: BTreeSet<String> = paths.iter().map(|path| name(path)).collect();
    let of = |path: &PathBuf| {
        let named = named(&source(path), "super::");
        (name(path), named.intersection(&all).cloned().collect())
    };
    paths.iter().map(of).collect()
}

/// The files from which one comes back to itself, in order of names.
fn circle(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<&str> {
    let mut left: BTreeSet<&str> = graph.keys().map(String::as_str).collect();
    loop {
        // A file that names none of those that are left is in no circle.
        let is_free = |file: &str| !graph[file].iter().any(|named| left.contains(named.as_str()));
        let free: Vec<&str> = left.iter().copied().filter(|file| is_free(file)).collect();
        if free.is_empty() {
            return left.into_iter().collect();
        }
        left.retain(|file| !free.contains(file));
    }
}

#[test]
fn files_that_read_know_each_other_in_one_direction() {
    let graph = neighbours(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sync/read"));
    assert!(graph.len() > 10 && graph["split"].contains("part_reader"), "{graph:?}");
    assert_eq!(circle(&graph), [""; 0], "these files, or those that name them, form a circle");
    let of = |pairs: &[(&str, &str)]| -> BTreeMap<String, BTreeSet<String>> {
        let of = |(file, named): &(&str, &str)| {
            ((*file).to_owned(), named.split_whitespace().map(str::to_owned).collect())
        };
        pairs.iter().map(of).collect()
    };
    assert_eq!(circle(&of(&[("a", "b"), ("b", "c"), ("c", "")])), [""; 0]);
    assert_eq!(circle(&of(&[("a", "b"), ("b", "c"), ("c", "b")])), ["a", "b", "c"]);
}

const MOST_LINES: usize = 300;
const MOST_COLUMNS: usize = 100;

#[test]
fn files_and_lines_are_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = ["src", "tests", "fuzz/targets"].into_iter().flat_map(|name| files(&root.join(name)));
    let is_source = |path: &PathBuf| path.extension().is_some_and(|end| end == "rs" || end == "py");
    let sources: Vec<_> = all.filter(is_source).collect();
    assert!(sources.len() > 200, "{} files", sources.len());
    let mut wrong = Vec::new();
    for path in sources {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().display();
        let lines = text.lines().count();
        if lines > MOST_LINES {
            wrong.push(format!("{name} has {lines} lines"));
        }
        let is_long = |line: &str| line.chars().count() > MOST_COLUMNS;
        let long = text.lines().enumerate().filter(|(_, line)| is_long(line));
        wrong.extend(long.map(|(place, _)| format!("{name}:{} is too long", place + 1)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

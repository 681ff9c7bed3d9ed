//! What other systems read from TikTok Ads, and which stream of this tap each of their streams is.
//!
//! The facts are in `docs/coverage/`, one file per system. The generated parts of docs/coverage.md
//! and docs/moving-over.md are made here from these files and from the stream table.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt::Write;
use tap_tiktok_ads::streams::{self, Group, Stream};

pub(crate) const COVERAGE: &str = "docs/coverage.md";
pub(crate) const MOVING: &str = "docs/moving-over.md";

/// The files of the systems, each with the name of its table in docs/moving-over.md.
const FILES: [(&str, &str); 5] = [
    ("python-tap", include_str!("../../docs/coverage/python-tap.json")),
    ("airbyte", include_str!("../../docs/coverage/airbyte.json")),
    ("fivetran", include_str!("../../docs/coverage/fivetran.json")),
    ("estuary", include_str!("../../docs/coverage/estuary.json")),
    ("meltano-tap", include_str!("../../docs/coverage/meltano-tap.json")),
];

/// Another system that reads TikTok Ads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct System {
    /// Its name in the tables.
    pub(crate) name: String,
    version: String,
    /// The page or folder that lists its streams.
    pub(crate) source: String,
    /// The date of that version, or the day on which a page without a version was read.
    date: String,
    /// Whether its users can define reports of their own.
    custom_reports: bool,
    /// All its streams or tables.
    pub(crate) streams: Vec<Theirs>,
}

/// A stream or table of another system.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Theirs {
    /// Its name there.
    pub(crate) name: String,
    /// The streams of this tap with the same rows.
    pub(crate) ours: Vec<String>,
    /// Its key there, if it is known.
    #[serde(default)]
    key: String,
    /// What differs, or why this tap has no such stream.
    #[serde(default)]
    pub(crate) note: String,
}

impl System {
    fn has(&self, stream: &str) -> bool {
        self.streams.iter().any(|theirs| theirs.ours.iter().any(|ours| ours == stream))
    }

    /// How many streams of this tap the system has, of those that pass a test.
    fn covers(&self, is_counted: impl Fn(&Stream) -> bool) -> usize {
        streams::all().iter().filter(|stream| is_counted(stream) && self.has(stream.name)).count()
    }
}

/// The systems in the order of the tables.
pub(crate) fn systems() -> Vec<System> {
    let read = |(name, text): &(&str, &str)| {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}.json: {error}"))
    };
    FILES.iter().map(read).collect()
}

/// The generated parts of the pages: page, name of the part, text.
pub(crate) fn blocks() -> Vec<(&'static str, &'static str, String)> {
    let systems = systems();
    let mut blocks = vec![
        (COVERAGE, "systems", counts(&systems)),
        (COVERAGE, "groups", groups(&systems)),
        (COVERAGE, "shared", shared(&systems)),
        (COVERAGE, "alone", alone(&systems)),
        (COVERAGE, "missing", missing(&systems)),
    ];
    let names = FILES.iter().map(|(name, _)| *name);
    blocks.extend(names.zip(&systems).map(|(name, system)| (MOVING, name, mapping(system))));
    blocks
}

fn counts(systems: &[System]) -> String {
    let all = streams::all().len();
    let mut table = format!(
        "| system | version | as of | streams | of these here | of the {all} here | own reports |\n\
         |---|---|---|---|---|---|---|\n| this tap | | | {all} | | {all} | yes |\n"
    );
    for system in systems {
        let here = system.streams.iter().filter(|theirs| !theirs.ours.is_empty()).count();
        let _ = writeln!(
            table,
            "| {} | [{}]({}) | {} | {} | {here} | {} | {} |",
            system.name,
            system.version,
            system.source,
            system.date,
            system.streams.len(),
            system.covers(|_| true),
            if system.custom_reports { "yes" } else { "no" },
        );
    }
    table
}

fn head(first: &str, systems: &[System]) -> String {
    let names: Vec<&str> = systems.iter().map(|system| system.name.as_str()).collect();
    format!("| {first} | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()))
}

fn groups(systems: &[System]) -> String {
    let mut table = head("group | here", systems).replacen("|---|", "|---|---|", 1);
    for group in Group::ALL {
        let of_group = |stream: &Stream| stream.group == group;
        let here = streams::all().iter().filter(|stream| of_group(stream)).count();
        let cells: Vec<String> =
            systems.iter().map(|system| system.covers(of_group).to_string()).collect();
        let _ = writeln!(table, "| `{}` | {here} | {} |", group.name(), cells.join(" | "));
    }
    table
}

fn shared(systems: &[System]) -> String {
    let mut table = head("stream", systems);
    for stream in streams::all() {
        let cells = systems.iter().map(|one| if one.has(stream.name) { "●" } else { "" });
        let cells: Vec<&str> = cells.collect();
        if cells.contains(&"●") {
            let _ = writeln!(table, "| `{}` | {} |", stream.name, cells.join(" | "));
        }
    }
    table
}

fn alone(systems: &[System]) -> String {
    let mut lines = String::new();
    let mut total = 0;
    for group in Group::ALL {
        let of_group = streams::all().iter().filter(|stream| stream.group == group);
        let alone: Vec<String> = of_group
            .filter(|stream| !systems.iter().any(|system| system.has(stream.name)))
            .map(|stream| format!("`{}`", stream.name))
            .collect();
        total += alone.len();
        if !alone.is_empty() {
            let _ =
                writeln!(lines, "| `{}` | {} | {} |", group.name(), alone.len(), alone.join(", "));
        }
    }
    format!("| group | streams | names |\n|---|---|---|\n{lines}| all | {total} | |\n")
}

fn missing(systems: &[System]) -> String {
    let mut table = "| system | stream | why not here |\n|---|---|---|\n".to_owned();
    for system in systems {
        for theirs in system.streams.iter().filter(|theirs| theirs.ours.is_empty()) {
            let _ = writeln!(table, "| {} | `{}` | {} |", system.name, theirs.name, theirs.note);
        }
    }
    table
}

fn mapping(system: &System) -> String {
    let mut table = format!(
        "| {} | key there | stream here | group | key properties here | note |\n{}|\n",
        system.name,
        "|---".repeat(6)
    );
    for theirs in &system.streams {
        let ours: Vec<&Stream> =
            theirs.ours.iter().filter_map(|name| streams::find(name)).collect();
        let names: Vec<String> = ours.iter().map(|stream| format!("`{}`", stream.name)).collect();
        let groups: BTreeSet<&str> = ours.iter().map(|stream| stream.group.name()).collect();
        let keys: BTreeSet<String> = ours.iter().map(|stream| stream.keys.join(", ")).collect();
        let cells = [
            format!("`{}`", theirs.name),
            theirs.key.clone(),
            names.join(", "),
            groups.into_iter().collect::<Vec<_>>().join(", "),
            keys.into_iter().collect::<Vec<_>>().join("; "),
            theirs.note.clone(),
        ];
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

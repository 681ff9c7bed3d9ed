//! Two readings of what TikTok's reports take: the tap's dictionary and the fake's facts. Each was
//! written by itself, so that a slip in one of them shows here. What differs on purpose is listed
//! with its reason.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const TAP: &str = include_str!("../../schemas/metrics.json");
const FAKE: &str = include_str!("../fake-api/facts/metrics.json");

/// What both files say about one dimension or metric, as texts that can be compared.
type Entry = BTreeMap<&'static str, String>;

/// A difference that is meant: which names it is about (a `*` at the front stands for anything), what
/// differs, how the tap and the fake spell it, and why.
struct Difference {
    names: &'static str,
    what: &'static str,
    tap: &'static str,
    fake: &'static str,
    /// For the reader of this file only.
    _why: &'static str,
}

const MEANT: [Difference; 5] = [
    Difference {
        names: "*",
        what: "type",
        tap: "number",
        fake: "integer",
        _why: "counts that may come with decimals, such as 20.000: the tap keeps their digits",
    },
    Difference {
        names: "*_list",
        what: "presence",
        tap: "missing",
        fake: "there",
        _why: "attributes of ad_id_v2, which the tap has no report with yet",
    },
    Difference {
        names: "ad_id_v2",
        what: "reports",
        tap: "BASIC",
        fake: "AUDIENCE BASIC CATALOG",
        _why: "the tap has no report with it yet",
    },
    Difference {
        names: "ad_id",
        what: "reports",
        tap: "AUDIENCE BASIC SMART_PLUS_MATERIAL",
        fake: "AUDIENCE BASIC",
        _why: "material reports refuse it; the tap has none yet",
    },
    Difference {
        names: "stat_time_day",
        what: "reports",
        tap: "AUDIENCE BASIC BC GMV_MAX PLAYABLE_MATERIAL SMART_PLUS_MATERIAL TT_SHOP",
        fake: "AUDIENCE BASIC BC GMV_MAX SMART_PLUS_MATERIAL TT_SHOP",
        _why: "playables have no days; the tap has no report of them yet",
    },
];

#[test]
fn the_tap_and_the_fake_agree_on_what_reports_take() {
    let (tap, fake) = (parse(TAP), parse(FAKE));
    assert!(fake["metrics"].as_array().is_some_and(|blocks| blocks.len() > 50));
    let mut met = vec![0; MEANT.len()];
    let mut wrong = Vec::new();
    for (tap, fake) in [
        (of_tap(&tap["dimensions"]), dimensions_of_fake(&fake["dimensions"])),
        (of_tap(&tap["metrics"]), metrics_of_fake(&fake["metrics"])),
    ] {
        assert!(tap.len() > 50);
        for name in tap.keys().chain(fake.keys()).collect::<BTreeSet<_>>() {
            for (what, tap, fake) in differences(tap.get(name), fake.get(name)) {
                let meant = MEANT.iter().position(|meant| {
                    fits(meant.names, name)
                        && (meant.what, meant.tap, meant.fake) == (what, &tap, &fake)
                });
                match meant {
                    Some(index) => met[index] += 1,
                    None => wrong.push(format!("{name}: {what}: tap {tap:?}, fake {fake:?}")),
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "differences without a reason");
    for (meant, times) in MEANT.iter().zip(met) {
        assert!(times > 0, "{} {}: no such difference any more", meant.names, meant.what);
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Whether a name is the one that is given, or has the end that is given after a `*`.
fn fits(pattern: &str, name: &str) -> bool {
    pattern == name || pattern.strip_prefix('*').is_some_and(|end| name.ends_with(end))
}

fn differences(tap: Option<&Entry>, fake: Option<&Entry>) -> Vec<(&'static str, String, String)> {
    let (Some(tap), Some(fake)) = (tap, fake) else {
        let presence =
            |entry: Option<&Entry>| if entry.is_some() { "there" } else { "missing" }.to_owned();
        return vec![("presence", presence(tap), presence(fake))];
    };
    let keys = tap.keys().chain(fake.keys()).collect::<BTreeSet<_>>();
    let of = |entry: &Entry, key: &str| entry.get(key).cloned().unwrap_or_default();
    keys.into_iter()
        .map(|key| (*key, of(tap, key), of(fake, key)))
        .filter(|(_, tap, fake)| tap != fake)
        .collect()
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter)
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

/// The tap has one member a name. Levels of ids follow from the level of the report.
fn of_tap(object: &Value) -> BTreeMap<String, Entry> {
    let entries = members(object).map(|(name, entry)| {
        let mut found = Entry::from([
            ("type", entry["type"].as_str().unwrap().to_owned()),
            ("reports", joined(names(&entry["reports"]))),
        ]);
        match entry["kind"].as_str() {
            Some(kind) => found.insert("kind", kind.to_owned()),
            None => found.insert("unit", entry["unit"].as_str().unwrap().to_owned()),
        };
        if entry["kind"].is_null() {
            found.insert("levels", joined(names(&entry["levels"])));
        }
        (name.clone(), found)
    });
    entries.collect()
}

fn dimensions_of_fake(object: &Value) -> BTreeMap<String, Entry> {
    let entries = members(object).map(|(name, entry)| {
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        let found = Entry::from([
            ("type", text("type")),
            ("kind", text("kind")),
            ("reports", joined(names(&entry["reports"]))),
        ]);
        (name.clone(), found)
    });
    entries.collect()
}

/// The fake has blocks of metrics that go into the same reports.
fn metrics_of_fake(blocks: &Value) -> BTreeMap<String, Entry> {
    let mut entries = BTreeMap::new();
    for block in blocks.as_array().unwrap() {
        let uses = || block["in"].as_array().unwrap().iter();
        // The levels of BASIC and AUDIENCE; other reports have levels of other names.
        let levels = uses()
            .flat_map(|case| names(&case["levels"]))
            .filter(|level| level.starts_with("AUCTION"));
        let levels = joined(levels);
        let reports = joined(uses().flat_map(|case| names(&case["reports"])));
        for (form, list) in members(&block["metrics"]) {
            let (kind, unit) = form.split_once(' ').unwrap();
            let kind = match kind {
                "decimal" | "percent" => "number", // what the tap calls both of them
                other => other,
            };
            for name in names(list) {
                let found = Entry::from([
                    ("type", kind.to_owned()),
                    ("unit", unit.to_owned()),
                    ("reports", reports.clone()),
                    ("levels", levels.clone()),
                ]);
                let old = entries.insert(name.to_owned(), found);
                assert!(old.is_none(), "{name} is in two blocks");
            }
        }
    }
    entries
}

//! Two readings of what TikTok's reports take: the tap's dictionary and the fake's facts. Each was
//! written by itself, so that a slip in one of them shows here. What differs on purpose is listed
//! with its reason.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const TAP: &str = include_str!("../../schemas/metrics.json");
const FAKE: &str = include_str!("../fake-api/facts/metrics.json");
const FAKE_REPORTS: &str = include_str!("../fake-api/facts/reports.json");

/// What both files say about one dimension or metric, as texts that can be compared.
type Entry = BTreeMap<&'static str, String>;

/// A difference that is meant: which names it is about (a `*` at the front is anything), what
/// differs, how the tap and the fake spell it, and why.
struct Difference {
    names: &'static str,
    what: &'static str,
    tap: &'static str,
    fake: &'static str,
    why: &'static str,
}

const MEANT: &[Difference] = &[
    Difference {
        names: "*",
        what: "type",
        tap: "number",
        fake: "integer",
        why: "counts that may come with decimals, such as 20.000: the tap keeps their digits",
    },
    Difference {
        names: "*_list",
        what: "type",
        tap: "array of string",
        fake: "string",
        why: "the fake names the type of an element; its name says that it is an array",
    },
    Difference {
        names: "live_duration",
        what: "type",
        tap: "string",
        fake: "integer",
        why: "its form is not documented, and text keeps every form",
    },
    Difference {
        names: "live_duration",
        what: "unit",
        tap: "text",
        fake: "seconds",
        why: "its form is not documented, and text keeps every form",
    },
    Difference {
        names: "ad_text",
        what: "reports",
        tap: "AUDIENCE BASIC SMART_PLUS_MATERIAL",
        fake: "AUDIENCE BASIC",
        why: NO_ATTRIBUTES,
    },
    Difference {
        names: "call_to_action",
        what: "reports",
        tap: "AUDIENCE BASIC SMART_PLUS_MATERIAL",
        fake: "AUDIENCE BASIC",
        why: NO_ATTRIBUTES,
    },
    missing_in_fake("interactive_add_on_id"),
    missing_in_fake("interactive_add_on_name"),
    missing_in_fake("main_material_name"),
    missing_in_fake("multi_name"),
];

const NO_ATTRIBUTES: &str = "material reports of the fake have no attributes of materials";

const fn missing_in_fake(names: &'static str) -> Difference {
    Difference { names, what: "presence", tap: "there", fake: "missing", why: NO_ATTRIBUTES }
}

/// Reports with fixed columns. The fake lists those in its table of reports, not in its dictionary.
const FIXED: [&str; 3] = ["CREATIVE", "VIDEO_PERFORMANCE", "BID_PROTECTION"];

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
        let Difference { names, what, why, .. } = meant;
        assert!(times > 0, "{names} {what}: this difference is gone, which was there for: {why}");
    }
}

#[test]
fn the_tap_and_the_fake_agree_on_fixed_columns() {
    let (tap, fake) = (parse(TAP), parse(FAKE_REPORTS));
    let kinds = fake["kinds"].as_array().unwrap();
    for kind in kinds.iter().filter(|kind| kind["columns"].is_array()) {
        let report = kind["name"].as_str().unwrap();
        assert!(FIXED.contains(&report), "{report} has fixed columns");
        let own_metrics = members(&kind["own_metrics"]).flat_map(|(_, list)| names(list));
        let of_fake: BTreeSet<&str> = names(&kind["columns"]).chain(own_metrics).collect();
        let all = members(&tap["dimensions"]).chain(members(&tap["metrics"]));
        let has = |list: &Value| names(list).any(|name| name == report);
        let of_tap = all.filter(|(_, entry)| has(&entry["reports"]) || has(&entry["returned"]));
        let of_tap: BTreeSet<&str> = of_tap.map(|(name, _)| name.as_str()).collect();
        if report == "CREATIVE" {
            // The fake has some of its columns only: each type of material has others.
            assert_eq!(of_fake.difference(&of_tap).count(), 0, "{of_fake:?} {of_tap:?}");
        } else {
            assert_eq!(of_tap, of_fake, "{report}");
        }
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

/// Report types with a dictionary on both sides.
fn reports(entry: &Value) -> String {
    joined(names(&entry["reports"]).filter(|report| !FIXED.contains(report)))
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

/// The tap has one member a name. Levels of ids follow from the level of the report.
fn of_tap(object: &Value) -> BTreeMap<String, Entry> {
    let is_compared = |entry: &Value| !reports(entry).is_empty();
    let entries = members(object).filter(|(_, entry)| is_compared(entry)).map(|(name, entry)| {
        let mut found = Entry::from([
            ("type", entry["type"].as_str().unwrap().to_owned()),
            ("reports", reports(entry)),
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
    let is_compared = |entry: &Value| !reports(entry).is_empty();
    let entries = members(object).filter(|(_, entry)| is_compared(entry)).map(|(name, entry)| {
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        let found = Entry::from([
            ("type", text("type")),
            ("kind", text("kind")),
            ("reports", reports(entry)),
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
        let of_block = uses().flat_map(|case| names(&case["reports"]));
        let reports = joined(of_block.filter(|report| !FIXED.contains(report)));
        if reports.is_empty() {
            continue;
        }
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

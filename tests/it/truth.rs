//! The records that a stream must have, computed from the world of the fake API, without the server
//! and without the rendering of the tap.
//!
//! It works by the stream tables, so that a new entity or report is compared without further code.

mod parts;
mod report;
mod value;

pub(crate) use report::is_metric;
pub(crate) use value::value;

use crate::harness::{END, Fields, Run, START};
use crate::json::{Json, decode};
use fake_tiktok::{Kind, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tap_tiktok_ads::streams::{self, Per};
use time::Date;
use time::macros::format_description;

/// Which rows a run should deliver.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not the states of one")]
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// Accounts whose rows are expected.
    pub accounts: Vec<String>,
    /// The first and the last day of reports.
    pub days: (Date, Date),
    pub include_deleted: bool,
    /// Bookmarks by account, `YYYY-MM-DD HH:MM:SS`. Entities changed before them are not expected.
    pub bookmarks: BTreeMap<String, String>,
    /// Metrics that TikTok refuses.
    pub without: Vec<&'static str>,
    /// Whether `TopView` is delivered.
    pub top_view: bool,
    /// Whether reports contain only `TopView`.
    pub only_top_view: bool,
    /// Whether results of Promote are delivered.
    pub promote: bool,
    /// Whether `create_time` fills an empty `modify_time`.
    pub fills_modify_time: bool,
    /// Whether TikTok describes accounts, so that their currency and time zone are known.
    pub describes_accounts: bool,
}

/// The values that a record must have, by field.
pub(crate) type Wanted = BTreeMap<String, Json>;

pub(crate) fn day(text: &str) -> Date {
    Date::parse(text, format_description!("[year]-[month]-[day]")).expect("a date")
}

impl Scope {
    /// Everything of a world on the days that tests use.
    pub(crate) fn of(world: &World) -> Self {
        Scope {
            accounts: world
                .accounts()
                .iter()
                .map(|account| account.advertiser_id.clone())
                .collect(),
            days: (day(START), day(END)),
            include_deleted: false,
            bookmarks: BTreeMap::new(),
            without: Vec::new(),
            top_view: true,
            only_top_view: false,
            promote: true,
            fills_modify_time: false,
            describes_accounts: true,
        }
    }

    /// The same for one account.
    pub(crate) fn only(mut self, account: &str) -> Self {
        self.accounts = vec![account.to_owned()];
        self
    }

    pub(crate) fn days(mut self, from: &str, to: &str) -> Self {
        self.days = (day(from), day(to));
        self
    }
}

/// Compares every record of a stream of a run.
#[track_caller]
pub(crate) fn check(world: &World, run: &Run, stream: &str, scope: &Scope) {
    let (schema, keys) = run.schema(stream);
    compare(world, stream, (schema, keys), &run.records(stream), scope, false);
}

/// Compares records with the world. With `repeats`, records may come several times, as after a
/// resumed run.
#[track_caller]
pub(crate) fn compare(
    world: &World,
    stream: &str,
    of: (&Value, &[String]),
    records: &[&Fields],
    scope: &Scope,
    repeats: bool,
) {
    let found = difference(stream, of.1, records, rows(world, stream, of.0, scope));
    assert!(found.changed.is_empty(), "{}", found.changed[0]);
    assert!(
        found.lost.is_empty(),
        "{stream}: {} rows are missing, the first is {}",
        found.lost.len(),
        found.lost[0]
    );
    assert!(repeats || found.twice.is_empty(), "{stream}: {} comes twice", found.twice[0]);
}

/// The differences between records and the world.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// Keys without a record.
    pub lost: Vec<String>,
    /// Descriptions of wrong records.
    pub changed: Vec<String>,
    /// Keys of records after the first of the same key.
    pub twice: Vec<String>,
}

/// Compares every record of a stream, the repeated ones too, with the rows that are wanted.
pub(crate) fn difference(
    stream: &str,
    keys: &[String],
    records: &[&Fields],
    rows: Vec<Wanted>,
) -> Difference {
    let key_of = |field: &dyn Fn(&str) -> Json| -> String {
        keys.iter().map(|key| format!("{key}={:?}", field(key))).collect::<Vec<_>>().join(" ")
    };
    let mut wanted: BTreeMap<String, Wanted> = BTreeMap::new();
    for row in rows {
        let key = key_of(&|name| row.get(name).cloned().unwrap_or(Json::Null));
        assert!(
            wanted.insert(key.clone(), row).is_none(),
            "{stream}: the world itself has {key} twice"
        );
    }
    let mut found = Difference::default();
    let mut met = BTreeSet::new();
    for record in records {
        let key = key_of(&|name| Json::read(record.raw(name)));
        if !met.insert(key.clone()) {
            found.twice.push(key.clone());
        }
        let Some(wanted) =
            wanted.get(&key).filter(|_| keys.iter().all(|key| record.raw(key) != "null"))
        else {
            found.changed.push(format!("{stream}: {key} is not in the world, or not asked for"));
            continue;
        };
        for (name, want) in wanted {
            match record.0.get(name) {
                Some(raw) if want.is(&Json::read(raw)) => {}
                raw => found
                    .changed
                    .push(format!("{stream}.{name} is {raw:?}; {want:?} is wanted; {key}")),
            }
        }
        let more: Vec<_> = record
            .0
            .iter()
            .filter(|(name, raw)| !wanted.contains_key(*name) && *raw != "null")
            .collect();
        found
            .changed
            .extend(more.first().map(|more| format!("{stream}: {more:?} was never sent; {key}")));
    }
    found.lost = wanted.into_keys().filter(|key| !met.contains(key)).collect();
    found
}

/// The rows of a stream, as its schema wants them.
pub(crate) fn rows(world: &World, stream: &str, schema: &Value, scope: &Scope) -> Vec<Wanted> {
    let entry = streams::find(stream).expect("a stream of the table");
    let mut rows = Vec::new();
    let (owners, column) = match entry.per {
        Per::BusinessCenter => (world.business_centers(), "bc_id"),
        _ => (scope.accounts.clone(), "advertiser_id"),
    };
    for account in &owners {
        let mut add = |pairs: &mut dyn Iterator<Item = &(String, String)>| {
            rows.push(row(schema, (column, account), pairs, scope));
        };
        match entry.report() {
            None if entry.per == Per::AccountBatch => {
                add(&mut world.advertiser(account).0.iter());
            }
            None => {
                for entity in world.entities(kind(entry.call.path), account) {
                    let late = scope
                        .bookmarks
                        .get(account)
                        .is_some_and(|b| entity.modify_time.as_ref().is_some_and(|time| time < b));
                    if (scope.include_deleted || !entity.deleted)
                        && (scope.top_view || !entity.top_view)
                        && !late
                    {
                        add(&mut entity.row.0.iter());
                    }
                }
            }
            Some(_) => {
                for row in report::rows(world, entry, schema, account, scope) {
                    add(&mut row.iter());
                }
            }
        }
    }
    rows
}

/// The kind of entity that an endpoint lists.
pub(crate) fn kind(path: &str) -> Kind {
    match path {
        "campaign/get/" => Kind::Campaign,
        "adgroup/get/" => Kind::Adgroup,
        "ad/get/" => Kind::Ad,
        other => panic!("{other} is missing here, or in the fake"),
    }
}

fn row(
    schema: &Value,
    owner: (&str, &str),
    pairs: &mut dyn Iterator<Item = &(String, String)>,
    scope: &Scope,
) -> Wanted {
    let mut sent: BTreeMap<String, String> = BTreeMap::new();
    for (name, raw) in pairs {
        sent.entry(decode(&format!("\"{name}\""))).or_insert_with(|| raw.clone());
    }
    let is = |name: &str, wanted: &dyn Fn(&str) -> bool| {
        sent.get(name).is_some_and(|raw| wanted(raw.trim_matches('"')))
    };
    let gone = is("operation_status", &|s| s == "DELETE")
        || is("secondary_status", &|s| s.ends_with("_DELETE"));
    sent.insert(owner.0.to_owned(), format!("\"{}\"", owner.1));
    let properties = schema["properties"].as_object().expect("properties");
    if sent.contains_key("operation_status") {
        sent.insert("current_status".into(), if gone { "\"DELETE\"" } else { "\"ACTIVE\"" }.into());
    }
    let created = sent.get("create_time").filter(|_| scope.fills_modify_time).cloned();
    if let Some(created) =
        created.filter(|_| sent.get("modify_time").is_none_or(|time| time == "null"))
    {
        sent.insert("modify_time".into(), created);
    }
    // Every selected field is in every record, as null if TikTok left it out.
    properties
        .iter()
        .map(|(name, property)| {
            (name.clone(), value(property, sent.get(name).map_or("null", String::as_str)))
        })
        .collect()
}

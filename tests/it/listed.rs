//! Compares the records of a resource with the rows that its endpoint has in the fake, through all
//! parents, passes and windows.

use crate::harness::Run;
use crate::json::Json;
use crate::truth::value;
use fake_tiktok::Server;
use serde_json::Value;
use std::collections::BTreeMap;
use tap_tiktok_ads::json::RowsAt;
use tap_tiktok_ads::streams::{Made, Per, Stream};

/// Endpoints whose rows are sums over the days asked for, so that no list of them exists.
const SUMS: [&str; 2] = ["pixel/event/stats/", "bc/account/cost/get/"];

/// The columns of a stream whose values are those of the members with their names.
fn compared<'s>(stream: &Stream, schema: &'s Value) -> Vec<(&'s String, &'s Value)> {
    let constants = stream.constants();
    // Members that are only there if the request names them, one row a request.
    let file = crate::endpoints::file_of(stream).expect("a file of facts");
    let is_extra = |name: &str| {
        file["only_with_fields"].as_array().into_iter().flatten().any(|extra| extra == name)
    };
    let is_made = |name: &str| {
        constants.contains(&name)
            || name == "current_status"
            || is_extra(name)
            || stream.made.iter().any(|(made, _)| *made == name)
    };
    let properties = schema["properties"].as_object().unwrap();
    properties.iter().filter(|(name, _)| !is_made(name)).collect()
}

/// The rows of a stream in the fake, each as one text, with how often it is there.
fn wanted(server: &Server, stream: &Stream, schema: &Value) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let columns = compared(stream, schema);
    let centers = server.world().business_centers();
    let rows = server.rows(stream.call.path);
    // An endpoint of accounts may have a parameter for Business Centers, which own no rows of it.
    let is_owner = |owner: &String| stream.per != Per::Account || !centers.contains(owner);
    let details = details(server, stream);
    for (_, mut row) in rows.into_iter().filter(|(owner, _)| is_owner(owner)) {
        if let Some(detail) = stream.call.detail {
            row.0.retain(|(_, raw)| raw != "null");
            row.0.extend(details[row.get(detail.id).unwrap()].iter().cloned());
        }
        let rows: Vec<Vec<(String, String)>> = match stream.call.rows {
            RowsAt::Inside(_, inner, _) => {
                let inner = row.get(inner).unwrap_or("[]").to_owned();
                let rows: Vec<Box<serde_json::value::RawValue>> =
                    serde_json::from_str(&inner).unwrap();
                rows.iter().map(|row| crate::json::members(row.get())).collect()
            }
            _ => vec![row.0],
        };
        for row in rows {
            let text = columns.iter().map(|(name, property)| {
                let raw = row.iter().find(|(key, _)| key == *name).map_or("null", |(_, raw)| raw);
                format!("{name}: {:?}", settled(value(property, raw)))
            });
            *found.entry(text.collect::<Vec<_>>().join("\n")).or_insert(0) += 1;
        }
    }
    found
}

/// The members of the details of rows, by the ids of the rows.
fn details(server: &Server, stream: &Stream) -> BTreeMap<String, Vec<(String, String)>> {
    let Some(detail) = stream.call.detail else { return BTreeMap::new() };
    let rows = server.rows(detail.path).into_iter();
    rows.map(|(_, row)| (row.get(detail.id).unwrap().to_owned(), row.0)).collect()
}

/// The records of a stream in the same form.
fn delivered(run: &Run, stream: &Stream, schema: &Value) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let columns = compared(stream, schema);
    for record in run.records(stream.name) {
        let text = columns
            .iter()
            .map(|(name, _)| format!("{name}: {:?}", settled(Json::read(record.raw(name)))));
        *found.entry(text.collect::<Vec<_>>().join("\n")).or_insert(0) += 1;
    }
    found
}

/// Streams that leave out rows on purpose, with the reason.
const LEFT_OUT: [(&str, &str); 3] = [
    ("music", "music for carousels is a recommendation for given images, not a list"),
    ("interest_categories", "the first version of the categories"),
    ("locations", "the places that TikTok itself does not have"),
];

/// Compares the records of a stream with the rows of the fake.
pub(crate) fn check(server: &Server, run: &Run, stream: &Stream) {
    // The rows of tasks stand in files of another form; `leads` and `changelog` compare them.
    if SUMS.contains(&stream.call.path) || stream.call.task.is_some() {
        return;
    }
    let schema = run.schema(stream.name).0;
    let (wanted, found) = (wanted(server, stream, schema), delivered(run, stream, schema));
    // Equal rows without an id come as often as they are there. Lists that are the same for every
    // account come once an account.
    let is_counted = stream.made.iter().any(|(_, made)| *made == Made::RowId);
    let missing = |one: &BTreeMap<String, usize>, other: &BTreeMap<String, usize>| {
        let differs = |row: &&String| match other.get(*row) {
            Some(times) => is_counted && one[*row] != *times,
            None => true,
        };
        one.keys().find(differs).cloned()
    };
    let lost = missing(&wanted, &found);
    let is_meant = LEFT_OUT.iter().any(|(name, _)| *name == stream.name);
    let more = missing(&found, &wanted);
    let differs = lost
        .iter()
        .zip(&more)
        .find_map(|(lost, more)| lost.lines().zip(more.lines()).find(|(lost, more)| lost != more));
    assert!(more.is_none(), "not in the fake: {differs:?} {more:?}");
    assert_eq!(lost.is_some(), is_meant, "lost: {lost:?}");
}

/// Reads what a text contains as JSON, so that it compares by its meaning.
fn settled(value: Json) -> Json {
    match value {
        Json::Text(text) if text.starts_with(['{', '[']) => {
            match serde_json::from_str::<&serde_json::value::RawValue>(&text) {
                Ok(inside) => Json::Inside(Box::new(Json::read(inside.get()))),
                Err(_) => Json::Text(text),
            }
        }
        Json::List(items) => Json::List(items.into_iter().map(settled).collect()),
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(name, v)| (name, settled(v))).collect())
        }
        other => other,
    }
}

//! JSON Schemas of streams: those of resources are files in `schemas/streams/`, and those of
//! reports are built from the dictionary.

use super::dictionary::{Grain, dictionary};
use super::report::{ACCOUNT_FIELDS, UTC_HOUR};
use super::{Fields, Per, Report, Stream};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 7) of a stream's records. Keys are `string`, everything else may be null.
pub fn schema(stream: &Stream) -> Value {
    match &stream.fields {
        Fields::Declared(text) => {
            serde_json::from_str(text).expect("the built-in schemas are valid")
        }
        Fields::Report(report) => of_report(stream, report),
    }
}

fn of_report(stream: &Stream, report: &Report) -> Value {
    let keys = &stream.keys;
    let mut properties = Map::new();
    for name in keys.iter().filter(|name| is_owner_or_parent(report, name)) {
        properties.insert((*name).to_owned(), json!({"type": "string"}));
    }
    for name in &report.dimensions {
        let column = dictionary().dimension(name);
        let kind = column.map_or("string", |c| c.type_in(report.report_type));
        properties.insert((*name).to_owned(), property(kind, keys.contains(name)));
    }
    if report.grain == Grain::Hour {
        properties.insert(UTC_HOUR.to_owned(), property("date-time", false));
    }
    let constants = ACCOUNT_FIELDS.iter().filter(|_| stream.per == Per::Account);
    for name in constants.copied().chain(report.stamp()) {
        let is_date = name.ends_with("date");
        let kind = if is_date { "date-time" } else { "string" };
        properties.insert(name.to_owned(), property(kind, keys.contains(&name)));
    }
    for name in report.default_metrics() {
        let column = dictionary().metric(name);
        let kind = column.map_or("string", |c| c.type_in(report.report_type));
        properties.insert(name.to_owned(), property(kind, false));
    }
    json!({"type": "object", "properties": properties})
}

/// Whether a key property is the id of an owner or parent, which rows do not have.
fn is_owner_or_parent(report: &Report, name: &str) -> bool {
    !report.dimensions.contains(&name) && report.stamp() != Some(name)
}

fn property(kind: &str, key: bool) -> Value {
    match (kind, key) {
        ("date-time", true) => json!({"type": "string", "format": "date-time"}),
        ("date-time", false) => json!({"type": ["null", "string"], "format": "date-time"}),
        (kind, true) => json!({"type": kind}),
        (kind, false) => match kind.strip_prefix("array of ") {
            Some(items) => json!({"type": ["null", "array"], "items": {"type": ["null", items]}}),
            None => json!({"type": ["null", kind]}),
        },
    }
}

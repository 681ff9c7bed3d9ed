//! The fields of a stream's records: what each is made of, and which of them tell rows apart.

use crate::render::{FieldSpec, Kind, Origin};
use crate::singer::catalog::CatalogStream;
use crate::streams::dictionary::Grain;
use crate::streams::{self, Made, Stream, UTC_HOUR};
use serde_json::Value;

/// Every field that a row may have: the selected ones, and those that are declared but not wanted.
pub(crate) fn specs(
    stream: &Stream,
    catalog: &CatalogStream,
    keys: &[String],
    selected: &Value,
) -> Vec<FieldSpec> {
    let own = streams::schema(stream);
    let own_kind = |name: &str| own["properties"].get(name).map(Kind::of);
    let mut specs: Vec<FieldSpec> = Vec::new();
    for (name, schema) in selected["properties"].as_object().into_iter().flatten() {
        let kind = Kind::of(schema);
        // A text column takes a time as RFC 3339 too; other taps leave the format out.
        let kind = if kind.is_text() && own_kind(name) == Some(Kind::DateTime) {
            Kind::DateTime
        } else {
            kind
        };
        specs.push(FieldSpec {
            name: name.clone(),
            kind,
            origin: origin(stream, name),
            key: keys.contains(name),
            selected: true,
        });
    }
    let declared = |schema: &Value| {
        schema["properties"]
            .as_object()
            .map(|p| p.keys().cloned().collect::<Vec<_>>())
            .unwrap_or_default()
    };
    for name in declared(&catalog.schema).into_iter().chain(declared(&own)) {
        if !specs.iter().any(|s| s.name == name) {
            let origin = origin(stream, &name);
            specs.push(FieldSpec { name, kind: Kind::Text, origin, key: false, selected: false });
        }
    }
    specs
}

/// The members that tell rows of one list apart; none if `hashes_rows` says that all members do.
/// The catalog may have other keys.
pub(crate) fn identity(stream: &Stream) -> Vec<&'static str> {
    let names = stream.report().map_or(&stream.keys, |report| &report.dimensions);
    if has_made_key(stream) {
        return Vec::new();
    }
    names.iter().copied().filter(|name| origin(stream, name) == Origin::Row).collect()
}

/// Whether rows are told apart by all that they hold, because they have no id, or one that is only
/// known at their end. Rows of a list that comes in one answer do not have to be told apart.
pub(crate) fn hashes_rows(stream: &Stream) -> bool {
    let has_row_id = stream.made.iter().any(|(_, made)| *made == Made::RowId);
    has_row_id || has_made_key(stream) && stream.call.paging.most().is_some()
}

fn has_made_key(stream: &Stream) -> bool {
    stream.report().is_none() && stream.keys.iter().any(|name| is_made(stream, name))
}

fn is_made(stream: &Stream, name: &str) -> bool {
    stream.made.iter().any(|(column, _)| *column == name)
}

fn origin(stream: &Stream, name: &str) -> Origin {
    let made = stream.made.iter().find(|(column, _)| *column == name);
    let made = made.map(|(_, made)| match made {
        Made::Inside(path) | Made::Of(path) => Origin::Inside(path),
        Made::Around => Origin::Around,
        Made::OrEmpty(name) => Origin::OrEmpty(name),
        Made::RowId => Origin::RowId,
    });
    match stream.report() {
        _ if stream.constants().contains(&name) => Origin::Constant,
        Some(report) if report.grain == Grain::Hour && name == UTC_HOUR => Origin::UtcHour,
        _ if name == "current_status" && stream.call.is_deletable => Origin::Status,
        None if made.is_some() => made.unwrap_or(Origin::Row),
        Some(report) if !report.has_flat_rows() && !report.dimensions.contains(&name) => {
            Origin::Metric
        }
        _ => Origin::Row,
    }
}

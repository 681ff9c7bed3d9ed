//! What is read of each stream, and how: the catalog and the stream tables put together, once. It
//! owns the check that they fit.

use crate::config::Config;
use crate::error::input;
use crate::render::{DESELECTED, FieldSpec, Kind, Origin, Recipe};
use crate::singer::catalog::CatalogStream;
use crate::singer::{selection, shape};
use crate::streams::dictionary::dictionary;
use crate::streams::{self, Report, STREAMS, Source, Stream};
use anyhow::Result;
use serde_json::Value;

/// Metrics that TikTok takes in one request.
const MOST_METRICS: usize = 100;

/// One stream of the run.
#[derive(Debug)]
pub struct Plan {
    /// Its entry in the table.
    pub stream: &'static Stream,
    /// The name under which messages are written.
    pub name: String,
    /// The schema of its SCHEMA message.
    pub schema: Value,
    /// Key properties, as the catalog has them.
    pub keys: Vec<String>,
    /// How its rows become lines.
    pub recipe: Recipe,
    /// Metrics to ask for.
    pub metrics: Vec<String>,
    /// Those of them that are compared with TikTok's totals, in the order of the recipe's sums.
    pub summed: Vec<String>,
    /// Every row every time, without a bookmark.
    pub full_table: bool,
}

/// Plans the selected streams, in the order of the catalog.
pub fn plan(catalog: &[CatalogStream], config: &Config) -> Result<Vec<Plan>> {
    let mut plans = Vec::new();
    for stream in catalog.iter().filter(|s| selection::is_selected(s)) {
        let Some(entry) = streams::find(&stream.id) else { return Err(unknown(&stream.id)) };
        if config.sandbox && !entry.in_sandbox() {
            log::info!("{}: skipped, the sandbox does not have it", stream.id);
            continue;
        }
        plans.push(Plan::new(entry, stream, config.verify && !config.sandbox)?);
    }
    if plans.is_empty() {
        log::warn!("no stream is selected, nothing to do");
    }
    Ok(plans)
}

fn unknown(id: &str) -> anyhow::Error {
    let near = STREAMS.iter().map(|s| (strsim::damerau_levenshtein(id, s.name), s.name)).min();
    let hint = near
        .filter(|(distance, _)| *distance < 6)
        .map_or(String::new(), |(_, name)| format!("; did you mean `{name}`?"));
    input(format!("catalog: stream `{id}` is selected, but this tap has none of that name{hint}"))
}

impl Plan {
    fn new(stream: &'static Stream, catalog: &CatalogStream, verify: bool) -> Result<Self> {
        let keys =
            catalog.keys().unwrap_or_else(|| stream.keys.iter().map(|k| (*k).to_owned()).collect());
        let declared = &catalog.schema["properties"];
        if let Some(key) = keys.iter().find(|k| declared.get(k.as_str()).is_none()) {
            return Err(input(format!(
                "catalog: `{key}` is a key property of `{}`, but its schema does not declare it",
                catalog.id
            )));
        }
        let mut catalog = catalog.clone();
        catalog.schema = shape::plain(&catalog.schema, &keys);
        let catalog = &catalog;
        let cursor = stream.replication_key();
        let always: Vec<String> = keys.iter().cloned().chain(cursor.map(str::to_owned)).collect();
        let specs =
            specs(stream, catalog, &keys, &selection::marked_schema(catalog, &always, DESELECTED));
        let metrics = match &stream.source {
            Source::Report(report) => metrics(&catalog.id, report, &specs),
            _ => Vec::new(),
        };
        if metrics.len() > MOST_METRICS {
            return Err(input(format!(
                "catalog: `{}` selects {} metrics; TikTok takes {MOST_METRICS} in one request, and splitting is not available yet: deselect some",
                catalog.id,
                metrics.len()
            )));
        }
        // TikTok adds up reports of that type only.
        let is_summed = verify
            && matches!(&stream.source, Source::Report(report) if report.report_type == "BASIC");
        let adds_up = |metric: &&String| is_summed && dictionary().is_additive("BASIC", metric);
        let summed: Vec<String> = metrics.iter().filter(adds_up).cloned().collect();
        let is_report = matches!(stream.source, Source::Report(_));
        let compared = cursor.filter(|_| !is_report);
        Ok(Plan {
            stream,
            name: catalog.stream.clone(),
            schema: selection::selected_schema(catalog, &always),
            recipe: Recipe::new(&catalog.stream, is_report, compared, specs)
                .identified_by(&identity(stream))
                .summing(&summed),
            keys,
            metrics,
            summed,
            full_table: cursor.is_none() || catalog.is_full_table(),
        })
    }
}

/// Every field that a row may have: the selected ones, and those that are declared but not wanted.
fn specs(
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

/// What tells rows of one list apart. The catalog may have other keys.
fn identity(stream: &Stream) -> Vec<&'static str> {
    let names =
        if let Source::Report(report) = &stream.source { report.dimensions } else { stream.keys };
    names.iter().copied().filter(|name| origin(stream, name) == Origin::Row).collect()
}

fn origin(stream: &Stream, name: &str) -> Origin {
    match &stream.source {
        Source::Entity(_) | Source::Report(_) if name == "advertiser_id" => Origin::Account,
        Source::Entity(entity) if name == "current_status" && entity.deletable => Origin::Status,
        Source::Report(report) if !report.dimensions.contains(&name) => Origin::Metric,
        _ => Origin::Row,
    }
}

/// The metrics of the selected fields, but for those that TikTok is known not to have in such a
/// report: one wrong name fails it all.
fn metrics(id: &str, report: &Report, specs: &[FieldSpec]) -> Vec<String> {
    let grouping = report.grouping();
    let is_wrong = |name: &str| !dictionary().fits(name, &grouping);
    let wanted = specs.iter().filter(|s| s.selected && s.origin == Origin::Metric);
    let (wrong, right): (Vec<_>, Vec<_>) =
        wanted.map(|s| s.name.clone()).partition(|name| is_wrong(name));
    if !wrong.is_empty() {
        log::info!(
            "{id}: not asked for, because such a report does not have them: {}",
            wrong.join(", ")
        );
    }
    right
}

//! The plan of each selected stream: what is read and how, from the catalog and the stream table.

use super::fields::{hashes_rows, identity, specs};
use super::sides::{MOST_METRICS, Side, sides};
use crate::config::Config;
use crate::error::input;
use crate::render::{DESELECTED, FieldSpec, Origin, Recipe};
use crate::run_report::content::Skipped;
use crate::singer::catalog::CatalogStream;
use crate::singer::{selection, shape};
use crate::streams::dictionary::{Grain, dictionary};
use crate::streams::{Available, Per, Replication, Report, Stream};
use anyhow::Result;
use log::Level;
use serde_json::Value;

/// One stream of the run.
#[derive(Debug)]
pub struct Plan {
    /// The entry of the stream table.
    pub stream: Stream,
    /// The name under which messages are written.
    pub name: String,
    /// The schema of its SCHEMA message.
    pub schema: Value,
    /// Key properties, as the catalog has them.
    pub keys: Vec<String>,
    /// How its rows become RECORD lines.
    pub recipe: Recipe,
    /// The metrics to request.
    pub metrics: Vec<String>,
    /// The requests that they take, if one is not enough.
    pub sides: Vec<Side>,
    /// Those of them that are compared with TikTok's totals, in the order of the recipe's sums.
    pub summed: Vec<String>,
    /// Whether every run reads all rows, without a bookmark.
    pub full_table: bool,
}

/// Plans the selected streams, in the order of the catalog.
pub fn plan(catalog: &[CatalogStream], config: &Config) -> Result<Vec<Plan>> {
    let mut plans = Vec::new();
    for stream in catalog.iter().filter(|s| selection::is_selected(s)) {
        let entry = config.streams.find(&stream.id);
        let entry = entry.ok_or_else(|| unknown(&stream.id, &config.streams))?;
        if let Some((level, reason)) = skip_reason(entry, config) {
            // The summary names all of them at the end.
            if level == Level::Warn {
                log::warn!("{}: skipped, {reason}", stream.id);
            }
            continue;
        }
        plans.push(Plan::new(entry, stream, config.verify && !config.sandbox)?);
    }
    if plans.is_empty() {
        log::warn!("no stream is selected, nothing to do");
    }
    Ok(plans)
}

/// The selected streams that are not planned, with the reasons.
pub(crate) fn skipped(catalog: &[CatalogStream], config: &Config) -> Vec<Skipped> {
    let selected = catalog.iter().filter(|stream| selection::is_selected(stream));
    let skipped = selected.filter_map(|stream| {
        let (_, reason) = skip_reason(config.streams.find(&stream.id)?, config)?;
        Some(Skipped { stream: stream.stream.clone(), reason })
    });
    skipped.collect()
}

/// Why a stream cannot be read with this config, and whether that is a warning.
fn skip_reason(stream: &Stream, config: &Config) -> Option<(Level, &'static str)> {
    if config.sandbox && !stream.in_sandbox {
        return Some((Level::Info, "the sandbox does not have it"));
    }
    if stream.per == Per::Run && !config.verify {
        return Some((Level::Info, "it has rows only with `verify`"));
    }
    let why = "it is read with the developer app: set `app_id` and `secret`, or deselect it";
    (stream.per == Per::App && config.app.is_none()).then_some((Level::Warn, why))
}

fn unknown(id: &str, available: &Available) -> anyhow::Error {
    let near = available.hint(id);
    let more = match near.as_str() {
        "" => "; if it is a custom report, the config must have it in `custom_reports`",
        near => near,
    };
    input(format!("catalog: stream `{id}` is selected, but this tap has none of that name{more}"))
}

impl Plan {
    fn new(stream: &Stream, catalog: &CatalogStream, verify: bool) -> Result<Self> {
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
        withhold(&mut catalog, stream.withheld);
        let catalog = &catalog;
        let cursor = stream.replication_key();
        let always: Vec<String> = keys.iter().cloned().chain(cursor.map(str::to_owned)).collect();
        let specs =
            specs(stream, catalog, &keys, &selection::marked_schema(catalog, &always, DESELECTED));
        let report = stream.report();
        let metrics = report.map_or_else(Vec::new, |r| metrics(&catalog.id, r, &specs));
        // No such report has more than the 53 metrics of GMV Max, so the others do not exist.
        if metrics.len() > MOST_METRICS && stream.call.has_parents() {
            return Err(input(format!(
                "catalog: `{}` selects {} metrics; of this report the tap requests \
                 {MOST_METRICS} at most: deselect some",
                catalog.id,
                metrics.len()
            )));
        }
        let summed = match report.filter(|report| verify && report.has_totals()) {
            Some(report) => {
                let adds_up = |name: &&String| dictionary().is_additive(report.report_type, name);
                metrics.iter().filter(adds_up).cloned().collect()
            }
            None => Vec::new(),
        };
        let is_compared = matches!(stream.replication, Replication::Incremental { .. });
        let compared = cursor.filter(|_| is_compared);
        let is_nested = report.is_some_and(|report| !report.has_flat_rows());
        let is_hourly = report.is_some_and(|report| report.grain == Grain::Hour);
        let has_hashes = hashes_rows(stream);
        let recipe = |specs| {
            let recipe = Recipe::new(&catalog.stream, is_nested, compared, specs)
                .identified_by(&identity(stream))
                .summing(&summed);
            let recipe = if is_hourly { recipe.with_hours() } else { recipe };
            if has_hashes { recipe.hashing_rows() } else { recipe }
        };
        Ok(Plan {
            stream: stream.clone(),
            name: catalog.stream.clone(),
            schema: selection::selected_schema(catalog, &always),
            sides: sides(&metrics, &specs, recipe),
            recipe: recipe(specs),
            keys,
            metrics,
            summed,
            full_table: cursor.is_none() || catalog.is_full_table(),
        })
    }
}

/// Takes members that may hold secrets out of the catalog.
fn withhold(catalog: &mut CatalogStream, members: &[&str]) {
    let Some(properties) = catalog.schema["properties"].as_object_mut() else { return };
    for name in members.iter().filter(|name| properties.remove(**name).is_some()) {
        log::warn!(
            "catalog: `{}` declares `{name}`, which may hold a user name or a password and is \
             never delivered; remove it from the catalog",
            catalog.id
        );
    }
}

/// The metrics of the selected fields, without those that such a report cannot have: TikTok refuses
/// the whole report for one wrong name.
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

//! Counts streams, fields and metrics for docs/streams.md, by group and in total.

use crate::streams::dictionary::dictionary;
use crate::streams::{self, Group, Stream, schema};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The counts of some streams, with the names of the metrics that their reports have by default.
#[derive(Default)]
struct Counts {
    resources: usize,
    reports: usize,
    fields: usize,
    nested: usize,
    metrics: BTreeSet<String>,
}

impl Counts {
    fn of<'a>(streams: impl Iterator<Item = &'a Stream>) -> Counts {
        let mut counts = Counts::default();
        for stream in streams {
            let schema = schema(stream);
            let top = schema["properties"].as_object().map_or(0, serde_json::Map::len);
            counts.fields += top;
            counts.nested += fields_in(&schema) - top;
            match stream.report() {
                Some(report) => {
                    counts.reports += 1;
                    let metrics = report.default_metrics().into_iter().map(str::to_owned);
                    counts.metrics.extend(metrics);
                }
                None => counts.resources += 1,
            }
        }
        counts
    }
}

/// The fields of a schema at every depth.
fn fields_in(schema: &Value) -> usize {
    let properties =
        schema["properties"].as_object().into_iter().flat_map(|fields| fields.values());
    let own: usize = properties.map(|field| 1 + fields_in(field)).sum();
    own + schema.get("items").map_or(0, fields_in)
}

/// The counts as a table in Markdown, with one row per group and one for all.
pub fn counts_table() -> String {
    let mut table =
        "| group | streams | resources | reports | fields | nested fields | metrics |\n\
                     |---|---|---|---|---|---|---|\n"
            .to_owned();
    let of_group = |group: Group| streams::all().iter().filter(move |one| one.group == group);
    let groups =
        Group::ALL.map(|group| (format!("`{}`", group.name()), Counts::of(of_group(group))));
    let all = ("all".to_owned(), Counts::of(streams::all().iter()));
    for (name, counts) in groups.into_iter().chain([all]) {
        let _ = writeln!(
            table,
            "| {name} | {} | {} | {} | {} | {} | {} |",
            counts.resources + counts.reports,
            counts.resources,
            counts.reports,
            counts.fields,
            counts.nested,
            counts.metrics.len()
        );
    }
    let (metrics, dimensions) = dictionary().sizes();
    let _ = writeln!(table, "\nThe dictionary has {metrics} metrics and {dimensions} dimensions.");
    table
}

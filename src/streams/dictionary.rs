//! The dictionary of metrics and dimensions in `schemas/metrics.json`: the type of each, and which
//! reports can have it. TikTok refuses the whole report for one wrong name.

pub use super::grain::Grain;

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The most metrics that a stream has by default. TikTok accepts 100 per request, and a few that
/// the user adds should still fit.
pub const MOST_DEFAULTS: usize = 90;

/// What a report groups its rows by. It decides which metrics there are.
#[derive(Clone, Copy, Debug)]
pub struct Grouping<'a> {
    /// `BASIC`, `AUDIENCE`, `GMV_MAX` and so on.
    pub report_type: &'a str,
    /// `AUCTION_AD` and so on; `None` for report types without levels.
    pub data_level: Option<&'a str>,
    /// Ids, breakdowns and the time.
    pub dimensions: &'a [&'a str],
    /// The time that a row stands for.
    pub grain: Grain,
}

impl Grouping<'_> {
    fn has(&self, dimension: &str) -> bool {
        self.dimensions.contains(&dimension)
    }
}

/// Values that differ between report types, by the names of the types.
type ByReport<T> = HashMap<String, T>;

/// Everything that is known about the columns of reports.
#[derive(Debug, Deserialize)]
pub struct Dictionary {
    dimensions: HashMap<String, Column>,
    metrics: HashMap<String, Column>,
    /// Report types that also accept the metrics of another type, except those of single data
    /// levels, attributes of entities and SKAN postbacks.
    borrows: ByReport<String>,
    /// By report type, the metrics that streams have by default, the most wanted first. Those
    /// under `<report type>/<dimension>` come before them in reports with that dimension.
    defaults: HashMap<String, Vec<String>>,
    /// Metrics whose rows add up to the total of the report.
    additive: ByReport<Vec<String>>,
}

/// One metric or dimension.
#[derive(Debug, Deserialize)]
pub struct Column {
    /// JSON type, `date-time`, or `array of` a JSON type.
    #[serde(rename = "type")]
    kind: String,
    /// The type in report types where it differs.
    #[serde(default)]
    types: ByReport<String>,
    /// Of a dimension: `id`, `time`, `breakdown`, or `returned`, which cannot be asked for.
    #[serde(default, rename = "kind")]
    pub(super) role: String,
    /// Of a metric: the family that it belongs to.
    #[serde(default)]
    group: String,
    /// Report types that have it.
    pub(super) reports: Vec<String>,
    /// Report types whose rows have it without a request for it.
    #[serde(default)]
    returned: Vec<String>,
    /// Data levels that have it; an empty list means all.
    #[serde(default)]
    pub(super) levels: Vec<String>,
    /// Grains that have it; an empty list means all.
    #[serde(default)]
    grains: ByReport<Vec<Grain>>,
    /// Dimensions, or kinds of dimensions, one of which a report must have.
    #[serde(default)]
    pub(super) with: ByReport<Vec<String>>,
    /// Dimensions, or kinds of dimensions, that a report must not have.
    #[serde(default)]
    without: ByReport<Vec<String>>,
    /// Of a dimension: the only metrics that reports with it have.
    #[serde(default)]
    metrics: ByReport<Selection>,
}

/// Some of the metrics.
#[derive(Debug, Deserialize)]
struct Selection {
    groups: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
}

impl Column {
    /// The type of its values in reports of that type: a JSON type, `date-time`, or `array of` a
    /// JSON type.
    pub fn type_in(&self, report_type: &str) -> &str {
        self.types.get(report_type).unwrap_or(&self.kind)
    }
}

impl Dictionary {
    /// The entry of a dimension.
    pub fn dimension(&self, name: &str) -> Option<&Column> {
        self.dimensions.get(name)
    }

    /// The entry of a metric.
    pub fn metric(&self, name: &str) -> Option<&Column> {
        self.metrics.get(name)
    }

    /// All dimensions.
    pub(super) fn dimensions(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.dimensions.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// The names of all metrics.
    pub(super) fn metric_names(&self) -> impl Iterator<Item = &str> {
        self.metrics.keys().map(String::as_str)
    }

    /// Whether a report can have a metric. A metric that the dictionary does not have may still
    /// exist, so it is accepted.
    pub fn fits(&self, name: &str, grouping: &Grouping) -> bool {
        let Some(metric) = self.metric(name) else { return true };
        let report_type = grouping.report_type;
        let of_type = metric.reports.iter().any(|r| r == report_type);
        let is_borrowed = || {
            self.borrows.get(report_type).is_some_and(|lender| metric.reports.contains(lender))
                && metric.levels.is_empty()
                && !["attribute", "skan"].contains(&metric.group.as_str())
        };
        let takes = |dimension: &&str| {
            let only = self.dimension(dimension).and_then(|d| d.metrics.get(report_type));
            only.is_none_or(|s| {
                s.groups.contains(&metric.group) || s.names.iter().any(|n| n == name)
            })
        };
        (of_type || is_borrowed())
            && !grouping.has(name)
            && self.allows(metric, grouping)
            && grouping.dimensions.iter().all(takes)
    }

    /// Whether a dimension can be one of the dimensions of a report.
    pub fn dimension_fits(&self, name: &str, grouping: &Grouping) -> bool {
        let Some(dimension) = self.dimension(name) else { return true };
        dimension.role != "returned"
            && dimension.reports.iter().any(|r| r == grouping.report_type)
            && self.allows(dimension, grouping)
    }

    /// The columns that such a report has without a request for them.
    pub fn returned(&self, grouping: &Grouping) -> Vec<&str> {
        let is_returned = |column: &Column| {
            column.returned.iter().any(|r| r == grouping.report_type)
                && self.allows(column, grouping)
        };
        let columns = self.dimensions.iter().filter(|(_, column)| is_returned(column));
        let mut names: Vec<&str> = columns.map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// Whether rows of a metric add up. Rates, averages and counts of people do not.
    pub fn is_additive(&self, report_type: &str, name: &str) -> bool {
        self.additive.get(report_type).is_some_and(|names| names.iter().any(|n| n == name))
    }

    /// The metrics that such a report has by default, at most [`MOST_DEFAULTS`].
    pub fn defaults(&self, grouping: &Grouping) -> Vec<&str> {
        let report_type = grouping.report_type;
        let beside = grouping.dimensions.iter().map(|d| format!("{report_type}/{d}"));
        let lists = beside.chain([report_type.to_owned()]);
        let mut names: Vec<&str> = Vec::new();
        for name in lists.filter_map(|list| self.defaults.get(&list)).flatten() {
            if names.len() < MOST_DEFAULTS
                && !names.contains(&name.as_str())
                && self.fits(name, grouping)
            {
                names.push(name);
            }
        }
        names
    }

    /// Whether a report can have a column with its level, grain and dimensions.
    fn allows(&self, column: &Column, grouping: &Grouping) -> bool {
        let report_type = grouping.report_type;
        let grains = column.grains.get(report_type);
        let is_there = |wanted: &String| {
            let role = |dimension: &str| self.dimension(dimension).map(|d| &d.role);
            grouping.dimensions.iter().any(|d| d == wanted || role(d) == Some(wanted))
        };
        let any = |list: &ByReport<Vec<String>>| {
            list.get(report_type).map(|names| names.iter().any(is_there))
        };
        grouping.data_level.is_none_or(|level| {
            column.levels.is_empty() || column.levels.iter().any(|l| l == level)
        }) && grains.is_none_or(|grains| grains.contains(&grouping.grain))
            && any(&column.with) != Some(false)
            && any(&column.without) != Some(true)
    }
}

/// The dictionary, read once.
pub fn dictionary() -> &'static Dictionary {
    static DICTIONARY: OnceLock<Dictionary> = OnceLock::new();
    DICTIONARY.get_or_init(|| {
        serde_json::from_str(include_str!("../../schemas/metrics.json"))
            .expect("the built-in dictionary is valid")
    })
}

#[cfg(test)]
mod tests;

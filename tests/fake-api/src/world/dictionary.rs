//! The dimensions and metrics of reports, read once from `facts/metrics.json`: which report takes
//! which of them, and what goes together. Their values are made in `values` and
//! `metric_values`.

use super::query::ReportType;
use super::report_kinds::{ReportKind, report_kinds};
use crate::random;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a dimension does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DimensionKind {
    Id,
    Time,
    Breakdown,
    /// Comes beside another one and cannot be asked for.
    Returned,
}

#[derive(Debug)]
pub(crate) struct Dimension {
    pub(crate) kind: DimensionKind,
    /// Whether it goes together with days.
    pub(crate) has_days: bool,
    reports: Vec<String>,
    levels: Option<Vec<String>>,
}

#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) name: String,
    pub(crate) hash: u64,
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) unit: String,
    /// Its values are arrays.
    pub(crate) is_list: bool,
    uses: Vec<Use>,
}

/// Reports that take a metric; an absent condition is met by all of them.
#[derive(Debug)]
struct Use {
    reports: Vec<String>,
    levels: Option<Vec<String>>,
    grains: Option<Vec<String>>,
    /// One of these dimensions has to be there.
    with: Option<Vec<String>>,
    /// No breakdown may be there.
    alone: bool,
}

/// What a breakdown leaves of the metrics of a report type.
#[derive(Debug)]
struct Limit {
    dimension: String,
    report: String,
    groups: Option<Vec<String>>,
    metrics: Vec<String>,
    except: Option<Vec<String>>,
}

/// The report that a metric is asked for in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The type of report, such as `BASIC`.
    pub(crate) report: &'a str,
    /// The level of data, such as `AUCTION_AD`.
    pub(crate) level: &'a str,
    /// `hour`, `day`, `range` or `lifetime`.
    pub(crate) grain: &'a str,
    pub(crate) dimensions: &'a [String],
}

/// All dimensions and metrics.
#[derive(Debug)]
pub(crate) struct Dictionary {
    pub(crate) dimensions: HashMap<String, Dimension>,
    pub(crate) metrics: HashMap<String, Metric>,
    limits: Vec<Limit>,
    /// Metrics of kinds of reports that have their own, by the name of the kind.
    own: HashMap<&'static str, Vec<Metric>>,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let text = include_str!("../../facts/metrics.json");
    let whole: Value = serde_json::from_str(text).expect("the facts are JSON");
    let blocks = whole["metrics"].as_array().into_iter().flatten();
    Dictionary {
        dimensions: members(&whole["dimensions"])
            .map(|(name, entry)| (name.clone(), dimension(entry)))
            .collect(),
        metrics: blocks.flat_map(metrics).map(|metric| (metric.name.clone(), metric)).collect(),
        limits: whole["limits"].as_array().into_iter().flatten().map(limit).collect(),
        own: report_kinds().map(|kind| (kind.report_type().name(), own_metrics(kind))).collect(),
    }
});

impl Dictionary {
    pub(crate) fn get() -> &'static Self {
        &DICTIONARY
    }

    /// A metric in a type of report.
    pub(crate) fn metric(&self, report: &str, name: &str) -> Option<&Metric> {
        match self.own.get(report).filter(|own| !own.is_empty()) {
            Some(own) => own.iter().find(|metric| metric.name == name),
            None => self.metrics.get(name),
        }
    }

    /// Whether the values of a metric are numbers, not attributes of what a row is about.
    pub(crate) fn is_number(&self, metric: &str) -> bool {
        self.metrics.get(metric).is_some_and(|metric| !metric.group.contains("attribute"))
    }

    /// Whether a report takes a metric.
    pub(crate) fn takes(&self, metric: &str, place: Place) -> bool {
        if self.own.get(place.report).is_some_and(|own| !own.is_empty()) {
            return self.metric(place.report, metric).is_some();
        }
        let Some(metric) = self.metrics.get(metric) else { return false };
        let is_breakdown = |name: &String| {
            self.dimensions.get(name).is_some_and(|known| known.kind == DimensionKind::Breakdown)
        };
        let alone = !place.dimensions.iter().any(is_breakdown);
        metric.uses.iter().any(|case| case.fits(place, alone))
            && self
                .limits
                .iter()
                .filter(|limit| limit.is_about(place))
                .all(|limit| limit.leaves(metric))
    }
}

impl Dimension {
    pub(crate) fn is_in(&self, report: &str) -> bool {
        self.reports.iter().any(|name| name == report)
    }

    pub(crate) fn has_level(&self, level: &str) -> bool {
        has(self.levels.as_ref(), level)
    }
}

impl Use {
    fn fits(&self, place: Place, alone: bool) -> bool {
        self.reports.iter().any(|name| name == place.report)
            && has(self.levels.as_ref(), place.level)
            && has(self.grains.as_ref(), place.grain)
            && self
                .with
                .as_ref()
                .is_none_or(|names| names.iter().any(|name| place.dimensions.contains(name)))
            && (alone || !self.alone)
    }
}

impl Limit {
    fn is_about(&self, place: Place) -> bool {
        self.report == place.report && place.dimensions.contains(&self.dimension)
    }

    fn leaves(&self, metric: &Metric) -> bool {
        match (&self.groups, &self.except) {
            (Some(groups), _) => {
                groups.contains(&metric.group) || self.metrics.contains(&metric.name)
            }
            (None, Some(except)) => !except.contains(&metric.name),
            (None, None) => true,
        }
    }
}

/// Whether a name is in a list; an absent list has all names.
fn has(list: Option<&Vec<String>>, wanted: &str) -> bool {
    list.is_none_or(|names| names.iter().any(|name| name == wanted))
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter)
}

fn dimension(entry: &Value) -> Dimension {
    let kind = match entry["kind"].as_str() {
        Some("id") => DimensionKind::Id,
        Some("time") => DimensionKind::Time,
        Some("breakdown") => DimensionKind::Breakdown,
        _ => DimensionKind::Returned,
    };
    Dimension {
        kind,
        has_days: entry["days"] != false,
        reports: texts(&entry["reports"]).unwrap_or_default(),
        levels: texts(&entry["levels"]),
    }
}

/// The metrics of one block: they have the group and the reports in common.
fn metrics(block: &Value) -> impl Iterator<Item = Metric> {
    members(&block["metrics"]).flat_map(move |(form, names)| {
        let (kind, unit) = form.split_once(' ').expect("a type and a unit");
        let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
        names.map(move |name| Metric {
            name: name.to_owned(),
            hash: random::text(name),
            group: block["group"].as_str().unwrap_or_default().to_owned(),
            kind: kind.to_owned(),
            unit: unit.to_owned(),
            is_list: block["list"] == true,
            uses: block["in"].as_array().into_iter().flatten().map(case).collect(),
        })
    })
}

fn own_metrics(kind: ReportKind) -> Vec<Metric> {
    let metrics = kind.own_metrics().flat_map(|(form, names)| {
        let (kind_of_value, unit) = form.split_once(' ').expect("a type and a unit");
        names.into_iter().map(move |name| Metric {
            name: name.to_owned(),
            hash: random::text(name),
            group: String::new(),
            kind: kind_of_value.to_owned(),
            unit: unit.to_owned(),
            is_list: kind.report_type() == ReportType::VideoPerformance,
            uses: Vec::new(),
        })
    });
    metrics.collect()
}

fn case(entry: &Value) -> Use {
    Use {
        reports: texts(&entry["reports"]).unwrap_or_default(),
        levels: texts(&entry["levels"]),
        grains: texts(&entry["grains"]),
        with: texts(&entry["with"]),
        alone: entry["alone"] == true,
    }
}

fn limit(entry: &Value) -> Limit {
    let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    Limit {
        dimension: text("dimension"),
        report: text("report"),
        groups: texts(&entry["groups"]),
        metrics: texts(&entry["metrics"]).unwrap_or_default(),
        except: texts(&entry["except"]),
    }
}

fn texts(list: &Value) -> Option<Vec<String>> {
    let list = list.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

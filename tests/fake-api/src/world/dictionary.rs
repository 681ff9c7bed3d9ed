//! The project's dictionary of dimensions and metrics, read once. Owns what may be asked for; which
//! values they have is decided in `breakdowns` and `metric_values`.

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
    reports: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) name: String,
    pub(crate) hash: u64,
    pub(crate) kind: String,
    pub(crate) unit: String,
    reports: Vec<String>,
    levels: Option<Vec<String>>,
}

impl Dimension {
    pub(crate) fn is_in(&self, report: &str) -> bool {
        self.reports.iter().any(|name| name == report)
    }
}

impl Metric {
    pub(crate) fn is_in(&self, report: &str, level: &str) -> bool {
        self.reports.iter().any(|name| name == report)
            && self.levels.as_ref().is_none_or(|levels| levels.iter().any(|name| name == level))
    }
}

/// All dimensions and metrics.
#[derive(Debug)]
pub(crate) struct Dictionary {
    pub(crate) dimensions: HashMap<String, Dimension>,
    pub(crate) metrics: HashMap<String, Metric>,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let text = include_str!("../../../../schemas/metrics.json");
    let whole: Value = serde_json::from_str(text).expect("the dictionary is JSON");
    Dictionary {
        dimensions: members(&whole["dimensions"])
            .map(|(name, entry)| (name.clone(), dimension(entry)))
            .collect(),
        metrics: members(&whole["metrics"])
            .map(|(name, entry)| (name.clone(), metric(name, entry)))
            .collect(),
    }
});

impl Dictionary {
    pub(crate) fn get() -> &'static Self {
        &DICTIONARY
    }
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
    Dimension { kind, reports: texts(&entry["reports"]).unwrap_or_default() }
}

fn metric(name: &str, entry: &Value) -> Metric {
    let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    Metric {
        name: name.to_owned(),
        hash: random::text(name),
        kind: text("type"),
        unit: text("unit"),
        reports: texts(&entry["reports"]).unwrap_or_default(),
        levels: texts(&entry["levels"]),
    }
}

fn texts(list: &Value) -> Option<Vec<String>> {
    let list = list.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

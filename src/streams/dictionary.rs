//! The dictionary of metrics and dimensions: `schemas/metrics.json`, with the type of each and the
//! reports that have it. It owns what TikTok is known to have; a name it does not hold may exist
//! all the same.

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The most metrics that a stream has by default. TikTok takes 100 a request; a few more of the
/// user's own should still fit.
pub const MOST_DEFAULTS: usize = 90;

/// All that is known of report columns.
#[derive(Debug, Deserialize)]
pub struct Dictionary {
    dimensions: HashMap<String, Column>,
    metrics: HashMap<String, Column>,
    /// By report type, the metrics that streams have by default, the most wanted first.
    defaults: HashMap<String, Vec<String>>,
    /// Metrics that count what happened once: the rows of a report add up to its total.
    additive: Vec<String>,
}

/// One metric or dimension.
#[derive(Debug, Deserialize)]
pub struct Column {
    /// JSON type, or `date-time`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Report types that have it.
    pub reports: Vec<String>,
    /// Data levels that have it; none named means all.
    #[serde(default)]
    pub levels: Vec<String>,
}

impl Column {
    /// Whether a report of that type and level has it. One wrong name fails a whole report, so it
    /// is never asked for elsewhere.
    pub fn fits(&self, report_type: &str, data_level: &str) -> bool {
        self.reports.iter().any(|r| r == report_type)
            && (self.levels.is_empty() || self.levels.iter().any(|l| l == data_level))
    }
}

impl Dictionary {
    /// What is known of a dimension.
    pub fn dimension(&self, name: &str) -> Option<&Column> {
        self.dimensions.get(name)
    }

    /// What is known of a metric.
    pub fn metric(&self, name: &str) -> Option<&Column> {
        self.metrics.get(name)
    }

    /// Whether rows of a metric add up. Rates and averages do not, nor does what counts people.
    pub fn is_additive(&self, name: &str) -> bool {
        self.additive.iter().any(|a| a == name)
    }

    /// The default metrics of a report of that type and level, at most [`MOST_DEFAULTS`].
    pub fn defaults<'a>(
        &'a self,
        report_type: &'a str,
        data_level: &'a str,
    ) -> impl Iterator<Item = &'a str> {
        let ranked = self.defaults.get(report_type).map_or(&[][..], Vec::as_slice);
        let fits = move |name: &&String| {
            self.metric(name).is_some_and(|m| m.fits(report_type, data_level))
        };
        ranked.iter().filter(fits).map(String::as_str).take(MOST_DEFAULTS)
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

//! What one request for a report covers, and the parameters that ask for it.

use super::reader::Slice;
use super::scope::Scope;
use crate::streams::Report;
use crate::sync::pass::Buying;
use crate::sync::windows::Window;
use serde_json::{Value, json};
use time::Date;
use time::macros::format_description;

/// What one request for a report covers.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub window: Window,
    pub buying: Buying,
    pub scope: Scope,
}

impl Part {
    /// Whether the filter for Promote belongs to it.
    pub(crate) fn takes_origins(&self, report: &Report) -> bool {
        self.buying == Buying::Ordinary && report.is_below_account()
    }
}

impl Slice<'_, '_> {
    /// What a report is asked for, but for its pages.
    pub(crate) fn params(
        &self,
        report: &Report,
        part: &Part,
        metrics: &[String],
        origins: bool,
    ) -> Vec<(&'static str, String)> {
        let status = report.status_filter().filter(|_| self.context.config.include_deleted);
        self.params_with(report, part, metrics, origins, status)
    }

    /// The same with another filter for deleted entities.
    pub(crate) fn params_with(
        &self,
        report: &Report,
        part: &Part,
        metrics: &[String],
        origins: bool,
        status: Option<&str>,
    ) -> Vec<(&'static str, String)> {
        let mut params = vec![
            ("advertiser_id", self.account.to_owned()),
            ("service_type", "AUCTION".to_owned()),
            ("report_type", report.report_type.to_owned()),
            ("data_level", report.data_level.to_owned()),
            ("dimensions", json!(report.dimensions).to_string()),
            ("start_date", iso(part.window.start)),
            ("end_date", iso(part.window.end)),
        ];
        if !metrics.is_empty() {
            params.push(("metrics", json!(metrics).to_string()));
        }
        // TikTok wants the value as JSON inside a text.
        let condition = |name: &str, values: String| json!({"field_name": name, "filter_type": "IN", "filter_value": values});
        let mut filters: Vec<Value> = status
            .map(|name| condition(name, json!(["STATUS_ALL"]).to_string()))
            .into_iter()
            .collect();
        if part.buying == Buying::TopView || origins && part.takes_origins(report) {
            let (name, values) = part.buying.report_filter();
            filters.push(condition(name, json!(values).to_string()));
        }
        filters
            .extend(part.scope.filter().map(|(name, ids)| condition(name, json!(ids).to_string())));
        if !filters.is_empty() {
            params.push(("filtering", json!(filters).to_string()));
        }
        params
    }
}

pub(crate) fn iso(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

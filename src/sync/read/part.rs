//! What one request for a report covers, and the parameters that ask for it.

use super::reader::Slice;
use super::subset::Subset;
use crate::requests;
use crate::streams::{Buying, Filter, Report};
use crate::sync::windows::Window;
use serde_json::{Value, json};

/// What one request for a report covers.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// The days; `None` for all time.
    pub window: Option<Window>,
    pub buying: Buying,
    pub subset: Subset,
}

/// What is requested of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub metrics: Vec<String>,
    /// Whether Promote is requested, where that needs a filter.
    pub origins: bool,
    /// Whether deleted entities are requested.
    pub deleted: bool,
}

impl Part {
    /// Whether the filter for Promote applies to it.
    pub(crate) fn takes_origins(&self, report: &Report) -> bool {
        self.buying == Buying::Ordinary && report.takes_all_buying()
    }
}

/// A condition of a report's filter. TikTok wants the values as JSON inside a text.
pub(crate) fn condition<T: serde::Serialize>(name: &str, values: &[T]) -> Value {
    let values = json!(values).to_string();
    json!({"field_name": name, "filter_type": "IN", "filter_value": values})
}

/// A condition of the user's.
fn own_condition(filter: &Filter) -> Value {
    let Filter { field_name, filter_type, filter_value } = filter;
    json!({"field_name": field_name, "filter_type": filter_type, "filter_value": filter_value})
}

/// The parameters of a request for a part of a report, without those for paging.
pub(crate) fn params(
    slice: &Slice,
    report: &Report,
    part: &Part,
    asked: &Asked,
) -> Vec<(&'static str, String)> {
    let wanted = requests::Asked {
        owner: slice.account,
        metrics: asked.metrics.clone(),
        days: part.window.map(|window| (window.start, window.end)),
        ..requests::Asked::default()
    };
    let mut params = requests::integrated_report(&slice.plan.stream, report, &wanted);
    let settings = &report.settings;
    let subset = part.subset.filter();
    // A subset has only ids that the user's own condition lets pass.
    let own =
        settings.filters.iter().filter(|f| Some(f.field_name.as_str()) != subset.map(|s| s.0));
    let mut filters: Vec<Value> = own.map(own_condition).collect();
    let status = report.status_filter().filter(|name| asked.deleted && !settings.filters_on(name));
    filters.extend(status.map(|name| condition(name, &["STATUS_ALL"])));
    if part.buying == Buying::TopView || asked.origins && part.takes_origins(report) {
        let (name, values) = part.buying.report_filter();
        filters.push(condition(name, values));
    }
    filters.extend(subset.map(|(name, ids)| condition(name, ids)));
    if !filters.is_empty() {
        params.push(("filtering", json!(filters).to_string()));
    }
    params
}

//! Answers of all reports: order, size and pages. The rules are in `report_rules`, the rows come
//! from the world.

use super::api::Context;
use super::envelope::{Answer, Data, Refusal, page_info};
use super::params::Params;
use super::{lock, report_rules, report_totals};
use crate::ReportQuery;
use crate::random::text;
use crate::world::{Key, Plan, ReportKind};
use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

/// A page of a report.
pub(crate) fn answer(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    let query = report_rules::query(context, params, false)?;
    let plan = Plan::new(context.world, &query);
    let throttled = plan.is_cut();
    let kind = ReportKind::of(params.path(), params.text("report_type"));
    let sort = kind.and_then(|kind| kind.text("sort"));
    let keys = keys(context, params, &query, &plan, sort);
    if context.options.too_large_rows.is_some_and(|most| keys.len() > most) {
        return Err(Refusal::by_option(
            40067,
            "The query is too large. Please narrow the date range or filter by ids.",
        ));
    }
    let is_slow = context.options.time_out_rows.is_some_and(|most| keys.len() > most);
    let wait = if is_slow { context.options.time_out } else { Duration::ZERO };
    let total_metrics = params
        .is_true("enable_total_metrics")
        .then(|| report_totals::of(context, params, &query, &plan, &keys));
    let (page, size) = (params.page(), params.page_size());
    let own_list = kind.and_then(|kind| kind.text("list"));
    // A list of its own name has no pages.
    let shown = own_list.map_or((params.offset(), size), |_| (0, keys.len()));
    let mut rows = String::new();
    for key in keys.iter().skip(shown.0).take(shown.1) {
        if !rows.is_empty() {
            rows.push(',');
        }
        plan.write_row(&mut rows, key);
    }
    let data = if let Some(name) = own_list {
        Data::Raw(format!("{{\"{name}\":[{rows}]}}"))
    } else {
        let page_info = Some(page_info(page, size, keys.len()));
        Data::List { rows, page_info, total_metrics, null: false }
    };
    Ok(Answer { data, throttled, wait })
}

/// The keys of all rows, which all pages share. Without a wish of the request they are in the order
/// of `usual`, a column, or in no order that means anything.
fn keys(
    context: &Context,
    params: &Params,
    query: &ReportQuery,
    plan: &Plan,
    usual: Option<&str>,
) -> Arc<Vec<Key>> {
    let request = format!("{}{}{}", context.moment, params.path(), params.query());
    if let Some(keys) = lock(context.cache).keys(&request) {
        return keys;
    }
    let mut keys = plan.keys();
    let options = &context.options;
    if query.metrics.iter().any(|name| options.rows_cut_by.contains(name)) && !keys.is_empty() {
        keys.remove(0);
    }
    if options.shuffled_rows {
        let order = text(&query.metrics.join(" "));
        keys.sort_by_cached_key(|key| plan.place(key, order));
    }
    // The sandbox ignores the order.
    let wished = params.text("order_field").or_else(|| params.text("sort_field"));
    if let Some(field) = wished.or(usual).filter(|_| !options.sandbox) {
        let order = params.text("order_type").or_else(|| params.text("sort_type"));
        keys.sort_by_cached_key(|key| Cell(plan.cell(key, field).unwrap_or_default()));
        if order != Some("ASC") {
            keys.reverse();
        }
    }
    let keys = Arc::new(keys);
    lock(context.cache).keep_keys(request, Arc::clone(&keys));
    keys
}

/// A cell to sort by: numbers by value, before everything else.
#[derive(PartialEq, Eq)]
struct Cell(String);

impl Cell {
    fn number(&self) -> Option<f64> {
        self.0.trim_matches('"').parse().ok()
    }
}

impl Ord for Cell {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.number(), other.number()) {
            (Some(one), Some(two)) => one.total_cmp(&two).then_with(|| self.0.cmp(&other.0)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => self.0.cmp(&other.0),
        }
    }
}

impl PartialOrd for Cell {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

//! Answers of `report/integrated/get/`. Owns order, size and pages; the rules are in
//! `report_rules`, the rows come from the world.

use super::api::Context;
use super::envelope::{Answer, Data, Refusal, page_info};
use super::params::Params;
use super::{lock, report_rules, report_totals};
use crate::world::{Key, Plan};
use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

/// A page of a report.
pub(crate) fn answer(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    let query = report_rules::query(context, params, false)?;
    let plan = Plan::new(context.world, &query);
    let throttled = plan.is_cut();
    let keys = keys(context, params, &plan);
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
    let mut rows = String::new();
    for key in keys.iter().skip(params.offset()).take(size) {
        if !rows.is_empty() {
            rows.push(',');
        }
        plan.write_row(&mut rows, key);
    }
    let page_info = Some(page_info(page, size, keys.len()));
    Ok(Answer { data: Data::List { rows, page_info, total_metrics, null: false }, throttled, wait })
}

/// The keys of all rows, which all pages share.
fn keys(context: &Context, params: &Params, plan: &Plan) -> Arc<Vec<Key>> {
    let query = format!("{}{}", context.moment, params.query());
    if let Some(keys) = lock(context.cache).keys(&query) {
        return keys;
    }
    let mut keys = plan.keys();
    // The sandbox ignores the order.
    if let Some(field) = params.text("order_field").filter(|_| !context.options.sandbox) {
        let ascending = params.text("order_type") == Some("ASC");
        keys.sort_by_cached_key(|key| Cell(plan.cell(key, field).unwrap_or_default()));
        if !ascending {
            keys.reverse();
        }
    }
    let keys = Arc::new(keys);
    lock(context.cache).keep_keys(query, Arc::clone(&keys));
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

//! `total_metrics` of a report. Owns how the server's options bend the totals; the sums are the
//! world's.

use super::api::Context;
use super::lock;
use super::params::Params;
use crate::ReportQuery;
use crate::world::{Key, Plan, Sum, quote};

/// The totals of all rows of a report, which all its pages share, as raw JSON.
pub(crate) fn of(
    context: &Context,
    params: &Params,
    query: &ReportQuery,
    plan: &Plan,
    keys: &[Key],
) -> String {
    let request = format!("{}{}{}", context.moment, params.path(), params.query());
    if let Some(totals) = lock(context.cache).totals(&request) {
        return totals;
    }
    let options = &context.options;
    let mut totals =
        if options.lagging_totals { lagging(context, query) } else { plan.totals(keys) };
    for (metric, amount) in &options.total_offsets {
        if let Some((_, total)) =
            totals.0.iter_mut().find(|(name, total)| name == metric && total != "\"-\"")
        {
            let mut sum = Sum::default();
            sum.add(total.trim_matches('"'));
            sum.add(amount);
            *total = quote(&sum.text());
        }
    }
    let totals = totals.json();
    lock(context.cache).keep_totals(request, totals.clone());
    totals
}

fn lagging(context: &Context, query: &ReportQuery) -> crate::Row {
    let today = context.world.today(&query.advertiser_id);
    let yesterday = today.previous_day();
    let end = query.end.map_or(yesterday, |end| yesterday.map(|yesterday| end.min(yesterday)));
    context.world.totals(&ReportQuery { end, ..query.clone() })
}

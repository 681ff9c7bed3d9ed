//! Finds out which accounts have results of `TopView`. Only for those, reports below the account
//! are requested a second time. It takes one request per account and run, and a second one to
//! confirm.

use super::dimensions::{Dimensions, text};
use super::part::condition;
use super::reader::Slice;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::json::Last;
use crate::streams::{Buying, Report};
use crate::sync::plan::Plan;
use serde_json::json;
use std::collections::HashSet;

/// The most campaigns that are checked: as many ids as one filter takes.
const MOST: u64 = 100;

/// Whether the account of this slice has results of `TopView`. A refusal means that it has none,
/// and is logged.
pub(crate) fn has_top_view(slice: &mut Slice) -> Result<bool, ApiError> {
    let (memory, partition) = (slice.memory, slice.job.partition);
    memory.top_view.get(partition, || find_top_view(slice))
}

fn find_top_view(slice: &mut Slice) -> Result<bool, ApiError> {
    match campaigns_with_results(slice, Buying::TopView, &[]) {
        Ok(campaigns) if campaigns.is_empty() => Ok(false),
        // If TikTok ignored the filter, every row would be delivered twice.
        Ok(campaigns) => {
            let ids: Vec<&str> = campaigns.iter().filter_map(|c| c.id.as_deref()).collect();
            let others = campaigns_with_results(slice, Buying::Ordinary, &ids)?;
            Ok(campaigns.difference(&others).next().is_some())
        }
        // There are too many results to count.
        Err(error) if matches!(error.cause, Cause::TooLarge | Cause::TimedOut) => Ok(true),
        Err(error) if error.cause.is_refusal() && error.cause != Cause::AccountGone => {
            log::info!(
                "account {}: TikTok refuses reports of TopView, which are left out: {error}",
                slice.account
            );
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Campaigns that ever had results, at most [`MOST`] of them.
fn campaigns_with_results(
    slice: &mut Slice,
    buying: Buying,
    ids: &[&str],
) -> Result<HashSet<Campaign>, ApiError> {
    let mut filtering = Vec::new();
    // Without a filter, TikTok leaves out TopView.
    if buying == Buying::TopView {
        let (name, values) = buying.report_filter();
        filtering.push(condition(name, values));
    }
    // One answer serves all reports of the account. Ads are compared with their account including
    // deleted ones.
    let is_compared = |plan: &Plan| {
        let report = plan.stream.report();
        !plan.summed.is_empty() && report.is_some_and(Report::adds_up_to_account)
    };
    let needs_deleted = |plan: &Plan| slice.context.includes_deleted(plan) || is_compared(plan);
    if slice.context.plans.iter().any(needs_deleted) {
        filtering.push(condition("campaign_status", &["STATUS_ALL"]));
    }
    if !ids.is_empty() {
        filtering.push(condition("campaign_ids", ids));
    }
    let mut params = vec![
        ("advertiser_id", slice.account.to_owned()),
        ("service_type", "AUCTION".to_owned()),
        ("report_type", "BASIC".to_owned()),
        ("data_level", "AUCTION_CAMPAIGN".to_owned()),
        ("dimensions", json!(["campaign_id"]).to_string()),
        ("metrics", json!(["spend"]).to_string()),
        ("query_lifetime", "true".to_owned()),
    ];
    if !filtering.is_empty() {
        params.push(("filtering", json!(filtering).to_string()));
    }
    let mut rows = Last(Dimensions::default());
    slice.first_page(params, MOST, &mut rows)?;
    let rows = rows.0.0.into_iter().filter(|dimensions| !dimensions.is_empty());
    Ok(rows
        .map(|dimensions| Campaign { id: text(&dimensions, "campaign_id"), dimensions })
        .collect())
}

/// What a row of a report is about.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Campaign {
    id: Option<String>,
    /// All of its dimensions, as they came.
    dimensions: String,
}

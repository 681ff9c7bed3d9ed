//! Which accounts have results of `TopView`: only for those are reports below the account asked for
//! a second time. One request an account and run finds out, a second one confirms it.

use super::entities::is_refusal;
use super::reader::Slice;
use crate::api::error::{ApiError, Outcome};
use crate::json::Rows;
use crate::json::scan::{Malformed, Scan};
use crate::sync::pass::Buying;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Campaigns that are looked at: as many ids as one filter takes.
const MOST: u64 = 100;

/// What is known, by the account's place among the open ones.
#[derive(Debug, Default)]
pub(crate) struct TopViewAccounts(Mutex<HashMap<usize, Known>>);

/// Known once somebody asked; held while it is asked, since streams of one account come together.
type Known = Arc<Mutex<Option<bool>>>;

impl Slice<'_, '_> {
    /// Whether the account of this slice has results of `TopView`.
    pub(crate) fn has_top_view(&mut self) -> Result<bool, ApiError> {
        let known = {
            let mut all = self.memory.top_view.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(self.job.account).or_default())
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(has) = *known {
            return Ok(has);
        }
        let has = match self.campaigns_with_results(Buying::TopView, &[]) {
            Ok(campaigns) if campaigns.is_empty() => false,
            // An answer that ignores the filter would deliver every row twice.
            Ok(campaigns) => {
                let ids: Vec<&str> = campaigns.iter().filter_map(|c| c.id.as_deref()).collect();
                let others = self.campaigns_with_results(Buying::Ordinary, &ids)?;
                campaigns.difference(&others).next().is_some()
            }
            // There is so much of it that it cannot be counted.
            Err(error) if matches!(error.outcome, Outcome::TooLarge | Outcome::TimedOut) => true,
            Err(error) if is_refusal(error.outcome) && error.outcome != Outcome::SkipAccount => {
                log::info!(
                    "account {}: TikTok refuses reports of TopView, which are left out: {error}",
                    self.account
                );
                false
            }
            Err(error) => return Err(error),
        };
        *known = Some(has);
        Ok(has)
    }

    /// Campaigns that ever had results, at most [`MOST`] of them.
    fn campaigns_with_results(
        &mut self,
        buying: Buying,
        ids: &[&str],
    ) -> Result<HashSet<Campaign>, ApiError> {
        let condition = |name: &str, values: String| json!({"field_name": name, "filter_type": "IN", "filter_value": values});
        // Without a filter TikTok leaves them out.
        let top_view = (buying == Buying::TopView).then(|| buying.report_filter());
        let mut filtering: Vec<_> = top_view
            .map(|(name, values)| condition(name, json!(values).to_string()))
            .into_iter()
            .collect();
        if self.context.config.include_deleted {
            filtering.push(condition("campaign_status", json!(["STATUS_ALL"]).to_string()));
        }
        if !ids.is_empty() {
            filtering.push(condition("campaign_ids", json!(ids).to_string()));
        }
        let mut params = vec![
            ("advertiser_id", self.account.to_owned()),
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
        let mut campaigns = Campaigns::default();
        self.first_page(params, MOST, &mut campaigns)?;
        Ok(campaigns.0)
    }
}

/// What a row of a report is about.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Campaign {
    id: Option<String>,
    /// All of its dimensions, as they came.
    dimensions: String,
}

#[derive(Debug, Default)]
struct Campaigns(HashSet<Campaign>);

impl<'t> Rows<'t> for Campaigns {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let mut first = true;
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            let is_dimensions = scan.name()? == "\"dimensions\"";
            let value = scan.value()?;
            if is_dimensions {
                let parsed: serde_json::Value = serde_json::from_str(value).unwrap_or_default();
                let id = parsed["campaign_id"].as_str().map(str::to_owned);
                self.0.insert(Campaign { id, dimensions: value.to_owned() });
            }
        }
        Ok(())
    }
}

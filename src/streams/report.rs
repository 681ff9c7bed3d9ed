//! A report: what its rows are about, and what follows from that.

use super::dictionary::{Grain, Grouping};

/// A report of one account.
#[derive(Clone, Debug)]
pub struct Report {
    /// `BASIC`, `AUDIENCE` and so on.
    pub report_type: &'static str,
    /// `AUCTION_AD` and so on: the entity that rows are about. Some report types know no levels.
    pub data_level: Option<&'static str>,
    /// The id of the level, the time, and the breakdowns: what tells a row from the others.
    pub dimensions: Vec<&'static str>,
    /// The time that a row stands for.
    pub grain: Grain,
}

/// The level of an account as a whole.
pub(super) const ACCOUNT_LEVEL: &str = "AUCTION_ADVERTISER";

impl Report {
    /// What decides which metrics it can have.
    pub fn grouping(&self) -> Grouping<'_> {
        Grouping {
            report_type: self.report_type,
            data_level: self.data_level,
            dimensions: &self.dimensions,
            grain: self.grain,
        }
    }

    /// The dimension that windows go by.
    pub fn time_dimension(&self) -> Option<&'static str> {
        self.dimensions.iter().copied().find(|d| d.starts_with("stat_time"))
    }

    /// Whether rows are about campaigns, ad groups or ads. TikTok leaves out Promote and `TopView`
    /// there unless asked for them, while the account holds both.
    pub fn is_below_account(&self) -> bool {
        self.data_level.is_some_and(|level| level != ACCOUNT_LEVEL)
    }

    /// The report of the account for the same days, without breakdowns.
    pub fn of_account(&self) -> Report {
        Report {
            report_type: self.report_type,
            data_level: Some(ACCOUNT_LEVEL),
            dimensions: vec!["advertiser_id", "stat_time_day"],
            grain: Grain::Day,
        }
    }

    /// Whether TikTok adds up the metrics of such a report (`enable_total_metrics`).
    pub fn has_totals(&self) -> bool {
        self.report_type == "BASIC"
    }

    /// The name of the filter that decides about deleted entities, which must fit the level. The
    /// account has none: its totals always hold them.
    pub fn status_filter(&self) -> Option<&'static str> {
        match self.data_level? {
            "AUCTION_CAMPAIGN" => Some("campaign_status"),
            "AUCTION_ADGROUP" => Some("adgroup_status"),
            "AUCTION_AD" => Some("ad_status"),
            _ => None,
        }
    }
}

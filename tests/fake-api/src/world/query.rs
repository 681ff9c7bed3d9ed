//! What a report is asked for. Owns the types of a query, not the rules of what may be asked
//! (the server's) nor the rows (see `plan`).

use super::Row;
use time::Date;

/// A kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReportType {
    /// By entity and time.
    #[default]
    Basic,
    /// By entity, time and who saw it.
    Audience,
}

impl ReportType {
    /// As the API spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "BASIC",
            Self::Audience => "AUDIENCE",
        }
    }
}

/// The entity that report rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// The account.
    Advertiser,
    /// Campaigns.
    Campaign,
    /// Ad groups.
    Adgroup,
    /// Ads.
    #[default]
    Ad,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Advertiser, Self::Campaign, Self::Adgroup, Self::Ad];

    /// As the parameter `data_level` spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Advertiser => "AUCTION_ADVERTISER",
            Self::Campaign => "AUCTION_CAMPAIGN",
            Self::Adgroup => "AUCTION_ADGROUP",
            Self::Ad => "AUCTION_AD",
        }
    }

    /// The dimension of its ids.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Advertiser => "advertiser_id",
            Self::Campaign => "campaign_id",
            Self::Adgroup => "adgroup_id",
            Self::Ad => "ad_id",
        }
    }
}

/// A report of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportQuery {
    /// The account.
    pub advertiser_id: String,
    /// BASIC or AUDIENCE.
    pub report_type: ReportType,
    /// What rows are about.
    pub level: Level,
    /// Names of dimensions, in any order.
    pub dimensions: Vec<String>,
    /// Names of metrics, in the order of the rows.
    pub metrics: Vec<String>,
    /// First day; none reaches back to the first delivery (lifetime).
    pub start: Option<Date>,
    /// Last day, inclusive; none reaches to the account's today (lifetime).
    pub end: Option<Date>,
    /// Also rows of deleted entities. Rows at advertiser level are the same either way.
    pub include_deleted: bool,
    /// Rows of `TopView` entities instead of all others.
    pub top_view: bool,
    /// Also rows of Promote entities.
    pub promote: bool,
    /// Only these campaigns; empty means all.
    pub campaign_ids: Vec<String>,
    /// Only these ad groups; empty means all.
    pub adgroup_ids: Vec<String>,
    /// Only these ads; empty means all.
    pub ad_ids: Vec<String>,
    /// Only so many of the newest ads, at ad level: the API's silent cut.
    pub newest_ads: Option<usize>,
}

/// A row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Identifies the row; sorted by name.
    pub dimensions: Row,
    /// Its values, all JSON strings or null.
    pub metrics: Row,
}

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
    /// Playable ads.
    Playable,
    /// Accounts and campaigns of TikTok Shop.
    TtShop,
    /// The money of a Business Center.
    Bc,
    /// A store's campaigns, products, creatives and live rooms.
    GmvMax,
    /// What Smart+ ads are put together from.
    SmartPlusMaterial,
    /// Videos, images and instant pages.
    Creative,
    /// Videos second by second.
    VideoPerformance,
    /// What cost caps gave back.
    BidProtection,
}

impl ReportType {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Basic,
        Self::Audience,
        Self::Playable,
        Self::TtShop,
        Self::Bc,
        Self::GmvMax,
        Self::SmartPlusMaterial,
        Self::Creative,
        Self::VideoPerformance,
        Self::BidProtection,
    ];

    /// As the API spells it, or the table of report kinds where the API has no word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "BASIC",
            Self::Audience => "AUDIENCE",
            Self::Playable => "PLAYABLE_MATERIAL",
            Self::TtShop => "TT_SHOP",
            Self::Bc => "BC",
            Self::GmvMax => "GMV_MAX",
            Self::SmartPlusMaterial => "SMART_PLUS_MATERIAL",
            Self::Creative => "CREATIVE",
            Self::VideoPerformance => "VIDEO_PERFORMANCE",
            Self::BidProtection => "BID_PROTECTION",
        }
    }

    /// The member of a row that has what identifies it, and the one that has its values; none
    /// where a row has both without such members.
    pub(crate) fn members(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::BidProtection => None,
            Self::Creative | Self::VideoPerformance => Some(("info", "metrics")),
            _ => Some(("dimensions", "metrics")),
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

/// A report of one account or Business Center.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportQuery {
    /// The account; empty for [`ReportType::Bc`].
    pub advertiser_id: String,
    /// The Business Center, for [`ReportType::Bc`] only.
    pub bc_id: String,
    /// The kind of report.
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
    /// Only what has one of these values: names such as `store_id`, `item_group_id`,
    /// `promotion_type` or `material_type`, and values. Of BASIC and AUDIENCE only `ad_id_v2`.
    pub ids: Vec<(String, Vec<String>)>,
    /// Only so many of the newest ads, at ad level: the API's silent cut.
    pub newest_ads: Option<usize>,
}

/// A row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Identifies the row; sorted by name.
    pub dimensions: Row,
    /// Its values: JSON strings or null, arrays where the report has them.
    pub metrics: Row,
}

impl ReportRow {
    /// The row as the API sends it in a report of this type.
    #[must_use]
    pub fn json(&self, report_type: ReportType) -> String {
        match report_type.members() {
            Some((first, second)) => {
                let (first_row, second_row) = (self.dimensions.json(), self.metrics.json());
                format!("{{\"{first}\":{first_row},\"{second}\":{second_row}}}")
            }
            None => Row([self.dimensions.0.as_slice(), &self.metrics.0].concat()).json(),
        }
    }
}

//! A report: its type, level, dimensions and grain, and what follows from them.

use super::call::{Buying, CALL, Call, PASS, Paging, Pass};
use super::dictionary::{Grain, Grouping, dictionary};
use super::{Fields, Group, Per, REPORT, Replication, ReportSettings, Stream};

/// Amounts need a currency, and days need a time zone. So every record of a report of an account
/// has both.
pub(super) const ACCOUNT_FIELDS: [&str; 2] = ["currency", "timezone"];
/// The hour of an hourly record in UTC.
pub const UTC_HOUR: &str = "stat_time_hour_utc";

/// A report of one account.
#[derive(Clone, Debug)]
pub struct Report {
    /// `BASIC`, `AUDIENCE` and so on.
    pub report_type: &'static str,
    /// `AUCTION_AD` and so on: the entity that rows are about. Some report types have no levels.
    pub data_level: Option<&'static str>,
    /// The id of the level, the time, and the breakdowns, which together identify a row.
    pub dimensions: Vec<&'static str>,
    /// The time that a row stands for.
    pub grain: Grain,
    /// The settings of the config for it.
    pub settings: ReportSettings,
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

    /// The field with the requested day, if rows do not have it.
    pub fn stamp(&self) -> Option<&'static str> {
        match self.grain {
            Grain::DayByRequest => Some("date"),
            Grain::Lifetime => Some("read_date"),
            Grain::Day | Grain::Hour => None,
        }
    }

    /// Whether rows may be about days on which nothing was delivered. SKAN postbacks come days
    /// after their ads.
    pub fn comes_after_delivery(&self) -> bool {
        self.dimensions.contains(&"skan_postback_sequence")
    }

    /// Whether requests can be limited to single campaigns, ad groups or ads, and can include what
    /// TikTok hides by default.
    pub fn is_narrowable(&self) -> bool {
        matches!(self.report_type, "BASIC" | "AUDIENCE")
    }

    /// Its replication: the field, and the most days that one request covers.
    pub(super) fn replication(&self) -> Replication {
        match self.grain {
            Grain::Day => Replication::Window { key: "stat_time_day", days: 30 },
            Grain::Hour => Replication::Window { key: "stat_time_hour", days: 1 },
            Grain::DayByRequest => Replication::Window { key: "date", days: 1 },
            Grain::Lifetime => Replication::Snapshot,
        }
    }

    /// Whether rows are about campaigns, ad groups or ads. TikTok leaves out Promote and `TopView`
    /// there by default, while the rows of accounts include both.
    pub fn is_below_account(&self) -> bool {
        self.data_level.is_some_and(|level| level != ACCOUNT_LEVEL)
    }

    /// Whether Promote and `TopView` are requested. They are not if the user filters by how
    /// campaigns were bought, because TikTok accepts only one condition on it.
    pub fn takes_all_buying(&self) -> bool {
        self.is_below_account()
            && self.is_narrowable()
            && ![Buying::Ordinary, Buying::TopView]
                .iter()
                .any(|buying| self.settings.filters_on(buying.report_filter().0))
    }

    /// Whether its metrics add up to those of the account: it has all ads, and no breakdowns.
    pub fn adds_up_to_account(&self) -> bool {
        let is_by_time = self.grain.dimension().is_some_and(|time| self.dimensions.contains(&time));
        self.data_level == Some("AUCTION_AD")
            && self.dimensions.len() == 2
            && is_by_time
            && self.settings.filters.is_empty()
    }

    /// The metrics that its stream declares.
    pub fn default_metrics(&self) -> Vec<&str> {
        let mut names: Vec<&str> = match &self.settings.metrics {
            Some(own) => own.iter().map(String::as_str).collect(),
            None => dictionary().defaults(&self.grouping()),
        };
        for name in &self.settings.more_metrics {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// The report of the account for the same days, without breakdowns.
    pub fn of_account(&self) -> Report {
        Report {
            report_type: self.report_type,
            data_level: Some(ACCOUNT_LEVEL),
            dimensions: vec!["advertiser_id", "stat_time_day"],
            grain: Grain::Day,
            settings: ReportSettings::default(),
        }
    }

    /// Whether its rows are flat, instead of `dimensions` and `metrics`.
    pub fn has_flat_rows(&self) -> bool {
        self.report_type == "BID_PROTECTION"
    }

    /// Whether a request names its dimensions.
    pub fn asks_dimensions(&self) -> bool {
        !matches!(self.report_type, "CREATIVE" | "VIDEO_PERFORMANCE" | "BID_PROTECTION")
    }

    /// The parameter that names metrics; empty if answers always have all of them.
    pub fn metrics_param(&self) -> &'static str {
        match self.report_type {
            "CREATIVE" | "VIDEO_PERFORMANCE" => "metrics_fields",
            "BID_PROTECTION" => "",
            _ => "metrics",
        }
    }

    /// A metric that every such report has, for requests that only need the ids of its rows.
    pub fn fewest_metrics(&self) -> Vec<String> {
        let defaults = dictionary().defaults(&self.grouping());
        defaults.into_iter().take(1).map(str::to_owned).collect()
    }

    /// The parameter that asks for the totals of all rows of a report.
    pub const TOTALS: &'static str = "enable_total_metrics";

    /// Whether TikTok adds up the metrics of such a report.
    pub fn has_totals(&self) -> bool {
        matches!(self.report_type, "BASIC" | "GMV_MAX")
    }

    /// The name of the filter that decides about deleted entities, which must fit the level. The
    /// account has none, because its totals always include them.
    pub fn status_filter(&self) -> Option<&'static str> {
        match self.data_level.filter(|_| self.is_narrowable())? {
            "AUCTION_CAMPAIGN" => Some("campaign_status"),
            "AUCTION_ADGROUP" => Some("adgroup_status"),
            "AUCTION_AD" => Some("ad_status"),
            _ => None,
        }
    }
}

const ORDINARY: Pass = Pass { buying: Some(Buying::Ordinary), ..PASS };
const TOP_VIEW: Pass = Pass { buying: Some(Buying::TopView), optional: Some("top_view"), ..PASS };

impl Report {
    /// The stream of a report of an account.
    pub(super) fn stream(self, name: &'static str, group: Group, about: String) -> Stream {
        let mut keys = vec!["advertiser_id"];
        keys.extend(self.dimensions.iter().filter(|name| **name != "advertiser_id"));
        keys.extend(self.stamp());
        Stream {
            name,
            group,
            about,
            per: Per::Account,
            call: Call {
                path: REPORT,
                paging: Paging::Pages(1000),
                passes: if self.takes_all_buying() { &[ORDINARY, TOP_VIEW] } else { &[ORDINARY] },
                ..CALL
            },
            replication: self.replication(),
            keys,
            made: &[],
            stamp: self.stamp(),
            withheld: &[],
            // The sandbox has no reports of accounts, and none of other types.
            in_sandbox: self.is_below_account() && matches!(self.report_type, "BASIC" | "AUDIENCE"),
            fields: Fields::Report(self),
            permission: "Consolidated Report",
        }
    }
}

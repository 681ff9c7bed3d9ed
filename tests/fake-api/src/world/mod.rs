//! The made-up data: accounts, their entities, and their report rows.
//! Owns the settings and the clock of the world. Rows of each kind are made in the files below;
//! which of them a request may see is decided by the server.

mod adgroup;
mod ads;
mod advertiser;
mod attributes;
mod campaign;
mod cells;
mod dictionary;
mod entity;
mod hours;
mod keys;
mod leaves;
mod listing;
mod metric_values;
mod oddities;
mod owners;
mod plan;
mod query;
mod report_kinds;
mod row;
mod samples;
mod selection;
mod shares;
mod shops;
mod smart_plus;
mod subjects;
mod template;
mod totals;
mod tree;
mod values;

use samples::Samples;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use time::macros::date;
use time::{Date, OffsetDateTime, UtcOffset};

pub use advertiser::Account;
pub(crate) use dictionary::{Dictionary, DimensionKind, Place};
pub use entity::{Entity, Kind};
pub(crate) use listing::{Item, Listing};
pub(crate) use plan::{Key, Plan};
pub use query::{Level, ReportQuery, ReportRow, ReportType};
pub(crate) use report_kinds::{Grouping, ReportKind, report_endpoints};
pub use row::Row;
pub(crate) use row::quote;
pub(crate) use totals::Sum;
pub use totals::additive_metrics;
pub(crate) use tree::{Node, TIME_FORMAT, Tree};

/// Settings of a [`World`]. Equal settings make equal worlds.
#[derive(Debug, Clone)]
pub struct WorldConfig {
    /// Changes every id, name and number.
    pub seed: u64,
    /// Ad accounts.
    pub accounts: usize,
    /// Business Centers, each of which administers all accounts.
    pub business_centers: usize,
    /// Ordinary campaigns of an account.
    pub campaigns: usize,
    /// Ad groups of an ordinary campaign.
    pub adgroups: usize,
    /// Ads of an ordinary ad group.
    pub ads: usize,
    /// Time zones, given to the accounts in turn.
    pub zones: Vec<String>,
    /// No delivery before this day.
    pub first_day: Date,
    /// Share of entity-days that have a report row.
    pub delivery: f64,
    /// Share of entities that are deleted; a deleted parent deletes its children.
    pub deleted: f64,
    /// Share of ads without `modify_time`: the key is missing, or its value is null.
    pub smart_plus: f64,
    /// `TopView` campaigns of an account, each with one ad group and one ad.
    pub top_view: usize,
    /// Promote campaigns of an account, each with one ad group and one ad.
    pub promote: usize,
    /// Adds values that break careless parsers.
    pub odd: bool,
    /// Some counts of conversions and results have decimals, like `20.000`.
    pub decimal_counts: bool,
    /// The hour that comes twice where clocks are put back has two rows of the same name in hourly
    /// reports instead of one for both.
    pub repeated_hours: bool,
    /// A new epoch changes the report values of this many last days.
    pub restate_days: u16,
    /// The world's clock; none means the real one.
    pub now: Option<OffsetDateTime>,
}

impl Default for WorldConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            accounts: 2,
            business_centers: 2,
            campaigns: 3,
            adgroups: 2,
            ads: 4,
            zones: vec!["America/New_York".into(), "Asia/Singapore".into()],
            first_day: date!(2020 - 01 - 01),
            delivery: 0.9,
            deleted: 0.15,
            smart_plus: 0.1,
            top_view: 1,
            promote: 1,
            odd: true,
            decimal_counts: true,
            repeated_hours: false,
            restate_days: 0,
            now: None,
        }
    }
}

/// True for a name that [`WorldConfig::zones`] accepts.
#[must_use]
pub fn zone_exists(name: &str) -> bool {
    tzdb::tz_by_name(name).is_some()
}

/// All data of the stand-in, made on demand from the settings.
#[derive(Debug)]
pub struct World {
    config: WorldConfig,
    accounts: Vec<Account>,
    trees: Vec<OnceLock<Arc<Tree>>>,
    samples: Mutex<HashMap<String, Arc<Samples>>>,
    epoch: AtomicU64,
}

impl World {
    /// Makes a world. Its rows are made when asked for.
    ///
    /// # Panics
    /// When there is no zone, or one that [`zone_exists`] does not know.
    #[must_use]
    pub fn new(config: WorldConfig) -> Self {
        assert!(!config.zones.is_empty(), "a world needs a time zone");
        for zone in &config.zones {
            assert!(zone_exists(zone), "unknown time zone {zone}");
        }
        let accounts: Vec<_> =
            (0..config.accounts).map(|index| Account::new(&config, index)).collect();
        Self {
            trees: accounts.iter().map(|_| OnceLock::new()).collect(),
            accounts,
            config,
            samples: Mutex::default(),
            epoch: AtomicU64::new(0),
        }
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// The ad accounts.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account of an id.
    #[must_use]
    pub fn account(&self, advertiser_id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.advertiser_id == advertiser_id)
    }

    /// The current day in the account's zone.
    ///
    /// # Panics
    /// When the account does not exist.
    #[must_use]
    pub fn today(&self, advertiser_id: &str) -> Date {
        self.local_now(self.known(advertiser_id)).date()
    }

    /// How often the last days were restated.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Restates the last [`WorldConfig::restate_days`] days: their report values change.
    pub fn bump_epoch(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// The row of `advertiser/info` of an account.
    ///
    /// # Panics
    /// When the account does not exist.
    #[must_use]
    pub fn advertiser(&self, advertiser_id: &str) -> Row {
        advertiser::row(&self.config, self.known(advertiser_id))
    }

    /// Every entity of a kind, also those hidden by default; highest id first, like the API.
    ///
    /// # Panics
    /// When the account does not exist.
    #[must_use]
    pub fn entities(&self, kind: Kind, advertiser_id: &str) -> Vec<Entity> {
        let account = self.known(advertiser_id);
        let tree = self.tree(account);
        let nodes = tree.nodes(kind);
        nodes
            .iter()
            .rev()
            .map(|node| entity::entity(&self.config, account, &tree, kind, node))
            .collect()
    }

    /// Every row of a report, unpaged.
    ///
    /// # Panics
    /// When the account, a dimension or a metric does not exist.
    #[must_use]
    pub fn report(&self, query: &ReportQuery) -> Vec<ReportRow> {
        let plan = Plan::new(self, query);
        plan.keys().iter().map(|key| plan.row(key)).collect()
    }

    /// The totals of a report: of each metric the sum of all rows if it is one of
    /// [`additive_metrics`], something plausible or `-` otherwise.
    ///
    /// # Panics
    /// When the account, a dimension or a metric does not exist.
    #[must_use]
    pub fn totals(&self, query: &ReportQuery) -> Row {
        let plan = Plan::new(self, query);
        plan.totals(&plan.keys())
    }

    /// The current day in UTC.
    pub(crate) fn today_utc(&self) -> Date {
        self.config.now.unwrap_or_else(OffsetDateTime::now_utc).to_offset(UtcOffset::UTC).date()
    }

    pub(crate) fn tree(&self, account: &Account) -> Arc<Tree> {
        let cell = &self.trees[account.index];
        Arc::clone(cell.get_or_init(|| Arc::new(Tree::new(&self.config, account))))
    }

    /// The row of one entity.
    pub(crate) fn row(&self, account: &Account, tree: &Tree, kind: Kind, node: &Node) -> Row {
        entity::row(&self.config, account, tree, kind, node)
    }

    /// Answers of the same moment are equal: names the hour and the epoch.
    pub(crate) fn moment(&self) -> String {
        let now = self.config.now.unwrap_or_else(OffsetDateTime::now_utc);
        // Some zones are a quarter of an hour off.
        format!("{}/{}", now.unix_timestamp().div_euclid(900), self.epoch())
    }

    /// The wall clock of an account.
    pub(crate) fn local_now(&self, account: &Account) -> OffsetDateTime {
        let now = self.config.now.unwrap_or_else(OffsetDateTime::now_utc);
        let zone = tzdb::tz_by_name(&account.zone).expect("checked when the world was made");
        let offset = match zone.find_local_time_type(now.unix_timestamp()) {
            Ok(kind) => kind.ut_offset(),
            Err(_) => 0,
        };
        now.to_offset(UtcOffset::from_whole_seconds(offset).unwrap_or(UtcOffset::UTC))
    }

    pub(crate) fn known(&self, advertiser_id: &str) -> &Account {
        self.account(advertiser_id)
            .unwrap_or_else(|| panic!("no account {advertiser_id} in this world"))
    }
}

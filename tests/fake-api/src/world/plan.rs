//! One report resolved against the world: which rows exist, and what they are about.
//! Owns the enumeration of row keys; the text of their cells is in `cells`. Truth and server
//! both use it, so they agree.

use super::dictionary::{Dictionary, DimensionKind, Metric};
use super::metric_values::{self, Shape};
use super::query::{Level, ReportQuery};
use super::tree::{Node, Tree};
use super::{Account, Kind, World, breakdowns};
use crate::random::{below, mix, text};
use std::collections::HashSet;
use std::sync::Arc;
use time::Date;

/// What identifies a row, small enough to keep by the million.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(super) entity: u32,
    /// Julian day; none without a time dimension.
    pub(super) day: Option<i32>,
    pub(super) hour: Option<u8>,
    /// Positions in the pools of the breakdowns.
    pub(super) values: [u8; 2],
}

/// A dimension of the query, and where its value comes from.
pub(super) enum Source {
    Id,
    Day,
    Hour,
    /// The breakdown of this position.
    Value(usize),
}

/// A query resolved against the world.
pub(crate) struct Plan<'a> {
    pub(super) world: &'a World,
    pub(super) account: &'a Account,
    pub(super) tree: Arc<Tree>,
    pub(super) level: Level,
    pub(super) nodes: Vec<u32>,
    /// Some ads were left out.
    pub(super) cut: bool,
    pub(super) start: i32,
    pub(super) end: i32,
    pub(super) today: i32,
    /// On the last day hours after this one have not come yet.
    pub(super) hour_now: u8,
    pub(super) epoch: u64,
    pub(super) dimensions: Vec<(String, Source)>,
    pub(super) pools: Vec<&'static [&'static str]>,
    /// Hashes of the breakdowns' names.
    pub(super) salts: Vec<u64>,
    pub(super) account_hash: u64,
    pub(super) metrics: Vec<(&'static Metric, Option<Shape>)>,
}

impl<'a> Plan<'a> {
    /// Resolves a query.
    ///
    /// # Panics
    /// When it names an account, a dimension or a metric that does not exist.
    pub(crate) fn new(world: &'a World, query: &ReportQuery) -> Self {
        let account = world.known(&query.advertiser_id);
        let tree = world.tree(account);
        let now = world.local_now(account);
        let today = now.date().to_julian_day();
        let first = world.config.first_day.to_julian_day();
        let dictionary = Dictionary::get();
        let mut names = query.dimensions.clone();
        names.sort_unstable(); // rows come with their dimensions in this order
        let mut pools = Vec::new();
        let mut salts = Vec::new();
        let dimensions = names.into_iter().map(|name| {
            let known =
                dictionary.dimensions.get(&name).unwrap_or_else(|| panic!("no dimension {name}"));
            let source = match (known.kind, name.as_str()) {
                (DimensionKind::Breakdown, _) => {
                    pools.push(breakdowns::values(&name));
                    salts.push(text(&name));
                    Source::Value(pools.len() - 1)
                }
                (DimensionKind::Time, "stat_time_hour") => Source::Hour,
                (DimensionKind::Time, _) => Source::Day,
                _ => Source::Id,
            };
            (name, source)
        });
        let dimensions = dimensions.collect();
        let metrics = query.metrics.iter().map(|name| {
            let metric = dictionary.metrics.get(name).unwrap_or_else(|| panic!("no metric {name}"));
            (metric, metric_values::shape(metric))
        });
        let (nodes, cut) = select(&tree, query);
        Self {
            nodes,
            cut,
            start: query.start.map_or(first, Date::to_julian_day).max(first),
            end: query.end.map_or(today, Date::to_julian_day).min(today),
            today,
            hour_now: now.hour(),
            epoch: world.epoch(),
            metrics: metrics.collect(),
            level: query.level,
            dimensions,
            pools,
            salts,
            account_hash: mix(world.config.seed, text(&account.advertiser_id)),
            world,
            account,
            tree,
        }
    }

    /// Whether the query saw only the newest ads.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The keys of all rows: entity by entity, newest first.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let hourly = self.dimensions.iter().any(|(_, source)| matches!(source, Source::Hour));
        let daily =
            hourly || self.dimensions.iter().any(|(_, source)| matches!(source, Source::Day));
        let combinations = self.combinations();
        let mut keys = Vec::new();
        for &entity in &self.nodes {
            if !daily {
                let without = combinations.iter().map(|&values| Key {
                    entity,
                    day: None,
                    hour: None,
                    values,
                });
                keys.extend(without.filter(|key| self.days(key).next().is_some()));
                continue;
            }
            for day in (self.start..=self.end).rev() {
                let last_hour = match (hourly, day == self.today) {
                    (false, _) => None,
                    (true, true) => Some(self.hour_now),
                    (true, false) => Some(23),
                };
                let hours = (0..=last_hour.unwrap_or(0)).rev();
                for hour in hours.map(|hour| hourly.then_some(hour)) {
                    let all = combinations.iter().map(|&values| Key {
                        entity,
                        day: Some(day),
                        hour,
                        values,
                    });
                    keys.extend(all.filter(|key| self.delivers(key, day)));
                }
            }
        }
        keys
    }

    /// Every combination of breakdown values; one empty one without breakdowns.
    fn combinations(&self) -> Vec<[u8; 2]> {
        let positions = |pool: usize| {
            let length = self.pools.get(pool).map_or(1, |values| values.len());
            0..u8::try_from(length).expect("pools are short")
        };
        positions(0).flat_map(|first| positions(1).map(move |second| [first, second])).collect()
    }

    /// Whether the key's entity delivered on a day (in its hour, to its breakdown values).
    fn delivers(&self, key: &Key, day: i32) -> bool {
        let entity_day = mix(mix(self.entity_hash(key), 10), u64::from(day.unsigned_abs()));
        let delivered = if self.sums_ads() {
            self.delivering(day).next().is_some()
        } else {
            below(entity_day, self.world.config.delivery)
        };
        if !delivered {
            return false;
        }
        let hour = key.hour.is_none_or(|hour| below(mix(entity_day, 100 + u64::from(hour)), 0.8));
        hour && (self.pools.is_empty() || below(mix(entity_day, self.values_hash(key)), 0.7))
    }

    /// Whether rows are sums of the account's ads, deleted ones included: those of the account
    /// without breakdowns.
    pub(super) fn sums_ads(&self) -> bool {
        self.level == Level::Advertiser && self.pools.is_empty()
    }

    /// Hashes of the ads that delivered on a day: deleted ones, `TopView` and Promote included, as
    /// the account's totals have them.
    pub(super) fn delivering(&self, day: i32) -> impl Iterator<Item = u64> {
        let ads = self.tree.ads.iter().map(|ad| ad.hash);
        ads.filter(move |hash| {
            below(mix(mix(*hash, 10), u64::from(day.unsigned_abs())), self.world.config.delivery)
        })
    }

    /// The days a key without a day sums up.
    pub(super) fn days(&self, key: &Key) -> impl Iterator<Item = i32> {
        (self.start..=self.end).filter(|&day| self.delivers(key, day))
    }

    pub(super) fn day_hash(&self, identity: u64, day: i32, hour: Option<u8>) -> u64 {
        let restated = self.today - day < i32::from(self.world.config.restate_days);
        let epoch = if restated { self.epoch } else { 0 };
        let day = mix(mix(identity, 11), u64::from(day.unsigned_abs()));
        mix(day, epoch * 100 + hour.map_or(0, |hour| u64::from(hour) + 1))
    }

    /// Which breakdown values a key has; 0 without breakdowns.
    pub(super) fn values_hash(&self, key: &Key) -> u64 {
        let salted = self.salts.iter().zip(key.values);
        salted.fold(0, |hash, (salt, value)| mix(hash, salt ^ u64::from(value)))
    }

    pub(super) fn node(&self, key: &Key) -> Option<&Node> {
        let position = usize::try_from(key.entity).expect("32 bits");
        match self.level {
            Level::Advertiser => None,
            Level::Campaign => self.tree.campaigns.get(position),
            Level::Adgroup => self.tree.adgroups.get(position),
            Level::Ad => self.tree.ads.get(position),
        }
    }

    pub(super) fn entity_id(&self, key: &Key) -> &str {
        self.node(key).map_or(&self.account.advertiser_id, |node| &node.id)
    }

    pub(super) fn entity_hash(&self, key: &Key) -> u64 {
        self.node(key).map_or(self.account_hash, |node| node.hash)
    }
}

/// The entities a query looks at, by their positions, oldest first, and whether some were cut.
fn select(tree: &Tree, query: &ReportQuery) -> (Vec<u32>, bool) {
    let kind = match query.level {
        Level::Advertiser => return (vec![0], false),
        Level::Campaign => Kind::Campaign,
        Level::Adgroup => Kind::Adgroup,
        Level::Ad => Kind::Ad,
    };
    let campaigns: HashSet<_> = query.campaign_ids.iter().collect();
    let adgroups: HashSet<_> = query.adgroup_ids.iter().collect();
    let ads: HashSet<_> = query.ad_ids.iter().collect();
    let wanted = |node: &&Node| {
        (query.include_deleted || !node.deleted)
            && node.top_view == query.top_view
            && (query.promote || !node.promote)
            && (campaigns.is_empty() || campaigns.contains(&tree.campaigns[node.campaign].id))
            && (adgroups.is_empty() || adgroups.contains(&tree.adgroups[node.adgroup].id))
            && (ads.is_empty() || ads.contains(&node.id))
    };
    let all: Vec<_> = tree.nodes(kind).iter().filter(wanted).map(|node| node.ordinal).collect();
    let newest = query.newest_ads.filter(|_| kind == Kind::Ad).unwrap_or(all.len());
    let skipped = all.len().saturating_sub(newest);
    let positions = all[skipped..]
        .iter()
        .map(|&ordinal| u32::try_from(ordinal).expect("fewer than 4 billion entities"));
    (positions.collect(), skipped > 0)
}

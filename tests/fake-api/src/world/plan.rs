//! One report resolved against the world: what its rows are about and when. Which rows there are
//! is in `keys`, the text of their cells in `cells`. Truth and server both use it, so they agree.

use super::dictionary::{Dictionary, DimensionKind, Metric};
use super::metric_values::{self, Shape};
use super::query::{Level, ReportQuery, ReportType};
use super::selection::select;
use super::subjects::{self, Subject};
use super::tree::{Node, Tree};
use super::{Account, World, hours, values};
use crate::random::{below, mix, text};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// What identifies a row, small enough to keep by the million.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(super) entity: u32,
    /// Julian day, the first one of a week or a month; none without a time dimension.
    pub(super) day: Option<i32>,
    /// See `hours`.
    pub(super) hour: Option<u8>,
    /// Positions in the pools of the breakdowns.
    pub(super) values: [u8; 2],
}

/// A dimension of the query, and where its value comes from.
pub(super) enum Source {
    Id,
    /// A named id of the subject.
    OfSubject,
    Time,
    /// A day without a time.
    Date,
    /// The breakdown of this position.
    Value(usize),
}

/// What one row is a row of, in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Window,
    Month,
    Week,
    Day,
    Hour,
}

/// A query resolved against the world.
pub(crate) struct Plan<'a> {
    pub(super) world: &'a World,
    pub(super) account: &'a Account,
    pub(super) tree: Arc<Tree>,
    pub(super) report: ReportType,
    pub(super) level: Level,
    pub(super) nodes: Vec<u32>,
    /// What rows are about instead of nodes.
    pub(super) subjects: Option<Vec<Subject>>,
    /// Some ads were left out.
    cut: bool,
    pub(super) start: i32,
    pub(super) end: i32,
    pub(super) today: i32,
    epoch: u64,
    pub(super) grain: Grain,
    /// The hours that have come, of every day of an hourly report.
    pub(super) hours: BTreeMap<i32, Vec<u8>>,
    pub(super) dimensions: Vec<(String, Source)>,
    pub(super) pools: Vec<&'static [String]>,
    /// Hashes of the breakdowns' names.
    pub(super) salts: Vec<u64>,
    /// Its breakdowns leave some of what was delivered out.
    pub(super) is_incomplete: bool,
    pub(super) account_hash: u64,
    pub(super) metrics: Vec<(&'static Metric, Option<Shape>)>,
}

impl<'a> Plan<'a> {
    /// Resolves a query.
    ///
    /// # Panics
    /// When it names an account, a dimension or a metric that does not exist.
    pub(crate) fn new(world: &'a World, query: &ReportQuery) -> Self {
        let account = match query.report_type {
            ReportType::Bc => world.accounts_of(&query.bc_id)[0],
            _ => world.known(&query.advertiser_id),
        };
        let tree = world.tree(account);
        let now = world.local_now(account);
        let today = now.date().to_julian_day();
        let first = world.config.first_day.to_julian_day();
        let mut plan = Self {
            start: query.start.map_or(first, time::Date::to_julian_day).max(first),
            end: query.end.map_or(today, time::Date::to_julian_day).min(today),
            account_hash: mix(world.config.seed, text(&account.advertiser_id)),
            report: query.report_type,
            level: query.level,
            epoch: world.epoch(),
            grain: Grain::Window,
            nodes: Vec::new(),
            subjects: None,
            cut: false,
            hours: BTreeMap::new(),
            dimensions: Vec::new(),
            pools: Vec::new(),
            salts: Vec::new(),
            is_incomplete: false,
            metrics: Vec::new(),
            world,
            account,
            tree,
            today,
        };
        (plan.nodes, plan.cut) = select(&plan.tree, query);
        if subjects::has_subjects(query) {
            let found = subjects::of(world, account, &plan.tree, query, &plan.nodes);
            plan.nodes = (0..u32::try_from(found.len()).expect("a few subjects")).collect();
            plan.subjects = Some(found);
        }
        plan.set_dimensions(query);
        if plan.grain == Grain::Hour {
            let twice = world.config.repeated_hours;
            let hours = |day: i32| {
                let come = |hour: &u8| day < today || hours::wall_clock(*hour) <= now.hour();
                let all = hours::of_day(&account.zone, day, twice).into_iter();
                (day, all.filter(come).collect())
            };
            plan.hours = (plan.start..=plan.end).map(hours).collect();
        }
        let metrics = query.metrics.iter().map(|name| {
            let metric = Dictionary::get().metric(query.report_type.name(), name);
            let metric = metric.unwrap_or_else(|| panic!("no metric {name}"));
            (metric, metric_values::shape(metric))
        });
        plan.metrics = metrics.collect();
        plan
    }

    fn set_dimensions(&mut self, query: &ReportQuery) {
        let mut names = query.dimensions.clone();
        names.sort_unstable(); // rows come with their dimensions in this order
        for name in names {
            let known = Dictionary::get().dimensions.get(&name).map(|known| known.kind);
            let source = match (known, name.as_str()) {
                (_, "record_date") => {
                    self.grain = Grain::Day;
                    Source::Date
                }
                (Some(DimensionKind::Time), name) => {
                    self.grain = match name {
                        "stat_time_hour" => Grain::Hour,
                        "stat_time_week" => Grain::Week,
                        "stat_time_month" => Grain::Month,
                        _ => Grain::Day,
                    };
                    Source::Time
                }
                (Some(DimensionKind::Breakdown), _) if !subjects::is_id(self.report, &name) => {
                    self.pools.push(values::breakdown(&name));
                    self.salts.push(text(&name));
                    self.is_incomplete |= values::is_incomplete(&name);
                    Source::Value(self.pools.len() - 1)
                }
                _ if self.subjects.is_some() => Source::OfSubject,
                (Some(_), _) => Source::Id,
                (None, _) => panic!("no dimension {name}"),
            };
            self.dimensions.push((name, source));
        }
    }

    /// Whether the query saw only the newest ads.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The days that a row sums up.
    pub(super) fn span(&self, key: &Key) -> RangeInclusive<i32> {
        match (key.day, self.grain) {
            (None, _) => self.start..=self.end,
            (Some(first), Grain::Week | Grain::Month) => {
                let last = (first..first + 31).take_while(|day| self.bucket(*day) == first).last();
                first.max(self.start)..=last.unwrap_or(first).min(self.end)
            }
            (Some(day), _) => day..=day,
        }
    }

    /// The day by which the row of a day goes: its own, or the first of its week or month.
    pub(super) fn bucket(&self, day: i32) -> i32 {
        let date = time::Date::from_julian_day(day).unwrap_or(time::Date::MIN);
        match self.grain {
            Grain::Week => day - i32::from(date.weekday().number_days_from_monday()),
            Grain::Month => day - i32::from(date.day()) + 1,
            _ => day,
        }
    }

    /// The amounts of what delivered on a day, added up: of the account all ads, deleted ones,
    /// `TopView` and Promote included; of a subject its leaves; of others itself.
    pub(super) fn sum(&self, key: &Key, day: i32, amount: impl Fn(u64) -> u128) -> u128 {
        let of = |part: u64| if self.part_delivers(part, day) { amount(part) } else { 0 };
        match (&self.subjects, self.level) {
            (Some(_), _) => self
                .subject(key)
                .map_or(0, |subject| subject.parts.iter().map(|part| of(*part)).sum()),
            (None, Level::Advertiser) => self.tree.ads.iter().map(|ad| of(ad.hash)).sum(),
            _ if self.account_delivers(day) => of(self.entity_hash(key)),
            _ => 0,
        }
    }

    /// Whether anything that the key's entity is made up of delivered on a day.
    pub(super) fn has_delivery(&self, key: &Key, day: i32) -> bool {
        let delivers = |part: &u64| self.part_delivers(*part, day);
        match (&self.subjects, self.level) {
            (Some(_), _) => {
                self.subject(key).is_some_and(|subject| subject.parts.iter().any(delivers))
            }
            (None, Level::Advertiser) => self.account_delivers(day),
            _ => delivers(&self.entity_hash(key)) && self.account_delivers(day),
        }
    }

    /// Whether any ad of the account delivered on a day. Without one, nothing else did.
    fn account_delivers(&self, day: i32) -> bool {
        self.tree.ads.iter().any(|ad| self.part_delivers(ad.hash, day))
    }

    fn part_delivers(&self, part: u64, day: i32) -> bool {
        below(entity_day(part, day), self.world.config.delivery)
    }

    pub(super) fn day_hash(&self, identity: u64, day: i32, hour: Option<u8>) -> u64 {
        let restated = self.today - day < i32::from(self.world.config.restate_days);
        let epoch = if restated { self.epoch } else { 0 };
        let day = mix(mix(identity, 11), u64::from(day.unsigned_abs()));
        mix(day, epoch * 100 + hour.map_or(0, |hour| u64::from(hour) + 1))
    }

    pub(super) fn node(&self, key: &Key) -> Option<&Node> {
        if self.subjects.is_some() {
            return self.subject(key)?.leaf.ad.map(|ad| &self.tree.ads[ad]);
        }
        let position = usize::try_from(key.entity).expect("32 bits");
        match self.level {
            Level::Advertiser => None,
            Level::Campaign => self.tree.campaigns.get(position),
            Level::Adgroup => self.tree.adgroups.get(position),
            Level::Ad => self.tree.ads.get(position),
        }
    }

    pub(super) fn subject(&self, key: &Key) -> Option<&Subject> {
        self.subjects.as_ref()?.get(usize::try_from(key.entity).expect("32 bits"))
    }

    pub(super) fn entity_id(&self, key: &Key) -> &str {
        self.node(key).map_or(&self.account.advertiser_id, |node| &node.id)
    }

    pub(super) fn entity_hash(&self, key: &Key) -> u64 {
        match self.subject(key) {
            Some(subject) => subject.hash,
            None => self.node(key).map_or(self.account_hash, |node| node.hash),
        }
    }
}

/// What an entity did on a day hangs on this.
pub(super) fn entity_day(entity: u64, day: i32) -> u64 {
    mix(mix(entity, 10), u64::from(day.unsigned_abs()))
}

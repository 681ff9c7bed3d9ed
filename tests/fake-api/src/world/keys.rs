//! Which rows a report has: for every entity and time, and every value of the breakdowns, those
//! that anything was delivered to.

use super::hours::NO_HOUR;
use super::plan::{Grain, Key, Plan, entity_day};
use super::query::ReportType;
use super::shares::{self, Share};
use crate::random::mix;
use std::collections::BTreeSet;

/// Shares of pieces that have delivery on a day on which there is any.
const OF_HOURS: f64 = 0.8;
const OF_VALUES: f64 = 0.7;

impl Plan<'_> {
    /// The keys of all rows: entity by entity, newest first.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let combinations = self.combinations();
        let mut keys = Vec::new();
        for &entity in &self.nodes {
            for (day, hour) in self.times(entity) {
                let all = combinations.iter().map(|&values| Key { entity, day, hour, values });
                keys.extend(all.filter(|key| self.is_row(key)));
            }
        }
        keys
    }

    /// The times that rows of an entity may have, newest first.
    fn times(&self, entity: u32) -> Vec<(Option<i32>, Option<u8>)> {
        let days = (self.start..=self.end).rev();
        match self.grain {
            Grain::Window => vec![(None, None)],
            Grain::Day => days.map(|day| (Some(day), None)).collect(),
            Grain::Week | Grain::Month => {
                let buckets: BTreeSet<_> = days.map(|day| self.bucket(day)).collect();
                buckets.into_iter().rev().map(|day| (Some(day), None)).collect()
            }
            Grain::Hour => {
                let hours = |day: i32| {
                    let rest = self.has_rest(entity, day).then_some(NO_HOUR);
                    let hours = self.hours[&day].iter().rev().copied().chain(rest);
                    hours.map(move |hour| (Some(day), Some(hour))).collect::<Vec<_>>()
                };
                days.flat_map(hours).collect()
            }
        }
    }

    fn is_row(&self, key: &Key) -> bool {
        let delivered = self.span(key).any(|day| self.delivers(key, day));
        delivered && (!self.needs_cost() || self.has_cost(key))
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
    pub(super) fn delivers(&self, key: &Key, day: i32) -> bool {
        self.has_delivery(key, day)
            && (key.hour.is_none() || !self.hour_share(key, day).is_nothing())
            && (self.pools.is_empty() || self.has_values(key, day))
    }

    /// Like asking the share, but without the weights of all pieces where one will do.
    fn has_values(&self, key: &Key, day: i32) -> bool {
        let entity_day = entity_day(self.entity_hash(key), day);
        shares::weight(entity_day, self.values_hash(key.values), OF_VALUES) > 0
            || (key.values == [0, 0] && !self.value_share(key, day).is_nothing())
    }

    /// The part of the entity's day that belongs to the key's hour.
    pub(super) fn hour_share(&self, key: &Key, day: i32) -> Share {
        let (Some(hour), Some(hours)) = (key.hour, self.hours.get(&day)) else {
            return Share::WHOLE;
        };
        let pieces = hours.iter().map(|hour| 100 + u64::from(*hour));
        let weights = shares::weights(entity_day(self.entity_hash(key), day), pieces, OF_HOURS);
        let rest = u64::from(self.has_rest(key.entity, day));
        let position = hours.iter().position(|other| *other == hour).unwrap_or(hours.len());
        Share::of(weights.chain([rest]), position)
    }

    /// Whether a day has a remainder that belongs to no hour.
    fn has_rest(&self, entity: u32, day: i32) -> bool {
        let key = Key { entity, day: Some(day), hour: None, values: [0, 0] };
        let hash = mix(entity_day(self.entity_hash(&key), day), 77);
        self.world.config.odd && hash.is_multiple_of(3)
    }

    /// The part of the entity's day that belongs to the key's breakdown values.
    pub(super) fn value_share(&self, key: &Key, day: i32) -> Share {
        if self.pools.is_empty() {
            return Share::WHOLE;
        }
        let entity_day = entity_day(self.entity_hash(key), day);
        let second = self.pools.get(1).map_or(1, |values| values.len());
        let all =
            (0..self.pools[0].len()).flat_map(move |one| (0..second).map(move |two| [one, two]));
        let pieces = all.map(|values| {
            let values = values.map(|value| u8::try_from(value).expect("pools are short"));
            self.values_hash(values)
        });
        let position = usize::from(key.values[0]) * second + usize::from(key.values[1]);
        let hidden = if self.is_incomplete { 1 + mix(entity_day, 13) % 9 } else { 0 };
        let weights = shares::weights(entity_day, pieces, OF_VALUES);
        Share::of(weights.chain([hidden]), position)
    }

    /// Which breakdown values a key has; 0 without breakdowns.
    pub(super) fn values_hash(&self, values: [u8; 2]) -> u64 {
        let salted = self.salts.iter().zip(values);
        salted.fold(0, |hash, (salt, value)| mix(hash, salt ^ u64::from(value)))
    }

    /// Creatives of GMV Max come by campaign only if they cost something.
    fn needs_cost(&self) -> bool {
        let has = |name: &str| self.dimensions.iter().any(|(dimension, _)| dimension == name);
        self.report == ReportType::GmvMax && has("campaign_id") && has("item_id")
    }
}

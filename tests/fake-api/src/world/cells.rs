//! The text of every cell of a report. Owns how dimensions, amounts and attributes are written,
//! not which rows exist (see `plan`).

use super::dictionary::Metric;
use super::metric_values::{self, Shape};
use super::plan::{Key, Plan, Source};
use super::query::ReportRow;
use super::row::{Row, quote, write_member};
use super::{ads, campaign};
use crate::random::{mix, pick, text};
use std::fmt::Write;
use time::Date;

/// What all cells of a row depend on.
#[derive(Clone, Copy)]
struct Facts<'a> {
    key: &'a Key,
    /// Of the entity and its breakdown values.
    identity: u64,
    /// Of the row: its identity in its day, hour or window.
    row: u64,
}

impl Plan<'_> {
    /// One row.
    pub(crate) fn row(&self, key: &Key) -> ReportRow {
        let mut row = ReportRow { dimensions: Row::default(), metrics: Row::default() };
        for (name, source) in &self.dimensions {
            let mut value = String::new();
            self.write_dimension(&mut value, key, source);
            row.dimensions.0.push((name.clone(), value));
        }
        let facts = self.facts(key);
        for (metric, shape) in &self.metrics {
            let mut value = String::new();
            self.write_metric(&mut value, facts, metric, *shape);
            row.metrics.0.push((metric.name.clone(), value));
        }
        row
    }

    /// Writes one row as the API sends it.
    pub(crate) fn write_row(&self, out: &mut String, key: &Key) {
        let mut open = "{\"dimensions\":{";
        for (name, source) in &self.dimensions {
            out.push_str(open);
            write_member(out, name, "");
            self.write_dimension(out, key, source);
            open = ",";
        }
        open = "},\"metrics\":{";
        let facts = self.facts(key);
        for (metric, shape) in &self.metrics {
            out.push_str(open);
            write_member(out, &metric.name, "");
            self.write_metric(out, facts, metric, *shape);
            open = ",";
        }
        out.push_str("}}");
    }

    /// Hands out the raw text of every additive metric of a row, with the position of the metric.
    pub(super) fn each_additive(&self, key: &Key, mut take: impl FnMut(usize, &str)) {
        let facts = self.facts(key);
        let mut value = String::new();
        for (index, (metric, shape)) in self.metrics.iter().enumerate() {
            if shape.is_some_and(|shape| shape.additive) {
                value.clear();
                self.write_metric(&mut value, facts, metric, *shape);
                take(index, &value);
            }
        }
    }

    /// The raw text of one named cell, metric or dimension; for sorting.
    pub(crate) fn cell(&self, key: &Key, name: &str) -> Option<String> {
        let mut out = String::new();
        if let Some((metric, shape)) = self.metrics.iter().find(|(metric, _)| metric.name == name) {
            self.write_metric(&mut out, self.facts(key), metric, *shape);
            return Some(out);
        }
        let (_, source) = self.dimensions.iter().find(|(dimension, _)| dimension == name)?;
        self.write_dimension(&mut out, key, source);
        Some(out)
    }

    fn write_dimension(&self, out: &mut String, key: &Key, source: &Source) {
        match source {
            Source::Id => {
                out.push('"');
                out.push_str(self.entity_id(key));
                out.push('"');
            }
            Source::Day | Source::Hour => {
                let day = Date::from_julian_day(key.day.unwrap_or_default()).unwrap_or(Date::MIN);
                let hour = key.hour.unwrap_or(0);
                write!(out, "\"{day} {hour:02}:00:00\"").expect("writing to a String cannot fail");
            }
            Source::Value(pool) => {
                let value = self.pools[*pool][usize::from(key.values[*pool])];
                out.push_str(&quote(value));
            }
        }
    }

    fn facts<'k>(&self, key: &'k Key) -> Facts<'k> {
        let identity = mix(self.entity_hash(key), self.values_hash(key));
        let row = match key.day {
            Some(day) => self.day_hash(identity, day, key.hour),
            None => mix(identity, metric_values::window_salt(self.start, self.end)),
        };
        Facts { key, identity, row }
    }

    fn write_metric(&self, out: &mut String, facts: Facts, metric: &Metric, shape: Option<Shape>) {
        let Facts { key, identity, row } = facts;
        let Some(shape) = shape else {
            let value = self.attribute(key, &metric.name);
            let value = if metric.is_list { as_list(&value, row) } else { value };
            return out.push_str(&value);
        };
        let odd = self.world.config.odd;
        if metric.name.contains("secondary_goal") && !mix(row, metric.hash).is_multiple_of(3) {
            return out.push_str("\"-\"");
        }
        if odd && metric.name == "impressions" && mix(row, 6).is_multiple_of(7) && self.searches() {
            return out.push_str("\"<5\"");
        }
        let own =
            |day| metric_values::amount(metric, shape, self.day_hash(identity, day, None), odd);
        let of_ads = |day| -> metric_values::Micros {
            let of = |ad| {
                metric_values::amount(
                    metric,
                    shape,
                    self.day_hash(mix(ad, self.values_hash(key)), day, None),
                    odd,
                )
            };
            self.delivering(day).map(of).sum()
        };
        let amount = match key.day {
            Some(day) if shape.additive && key.hour.is_none() && self.sums_ads() => of_ads(day),
            None if shape.additive && self.sums_ads() => self.days(key).map(of_ads).sum(),
            None if shape.additive => self.days(key).map(own).sum(),
            _ => metric_values::amount(metric, shape, row, odd),
        };
        metric_values::write(out, shape, amount, row, self.world.config.decimal_counts);
    }

    /// Small counts by search term are masked.
    fn searches(&self) -> bool {
        self.dimensions.iter().any(|(name, _)| name == "search_terms")
    }

    /// A value that is no number: a property of the entity.
    fn attribute(&self, key: &Key, name: &str) -> String {
        let node = self.node(key);
        let campaign = node.map(|node| &self.tree.campaigns[node.campaign]);
        let adgroup = node.and_then(|node| self.tree.adgroups.get(node.adgroup));
        let hash = mix(self.entity_hash(key), text(name));
        let value = match name {
            "advertiser_name" => Some(quote(&self.account.name)),
            "advertiser_id" => Some(quote(&self.account.advertiser_id)),
            "currency" => Some(quote(&self.account.currency)),
            "campaign_id" => campaign.map(|node| quote(&node.id)),
            "campaign_name" => campaign.map(|node| node.name.clone()),
            "objective_type" => campaign.map(|node| quote(campaign::objective(node).1)),
            "adgroup_id" => adgroup.map(|node| quote(&node.id)),
            "adgroup_name" => adgroup.map(|node| node.name.clone()),
            "ad_id" | "ad_id_v2" => node.map(|node| quote(&node.id)),
            "ad_name" => node.map(|node| node.name.clone()),
            "ad_text" => node.map(|node| ads::ad_text(&self.world.config, node).to_owned()),
            "call_to_action" => node.and_then(ads::call_to_action).map(str::to_owned),
            "placement_type" => Some(
                pick(
                    hash,
                    &["\"Automatic Placement\"", "\"TikTok,News Feed App Series,Helo,Pangle\""],
                )
                .to_owned(),
            ),
            "promotion_type" => Some("\"Website\"".to_owned()),
            "campaign_automation_type" => Some("\"MANUAL\"".to_owned()),
            "tt_app_id" | "tt_app_name" | "mobile_app_id" => Some("\"0\"".to_owned()),
            "dpa_target_audience_type" => Some(pick(hash, &["null", "\"-\""]).to_owned()),
            "is_aco" => Some(pick(hash, &["\"true\"", "\"false\""]).to_owned()),
            "is_smart_creative" => Some(pick(hash, &["\"0\"", "\"1\"", "\"false\""]).to_owned()),
            _ => None,
        };
        value.unwrap_or_else(|| "\"-\"".to_owned())
    }
}

/// An attribute as an array of none, one or two texts.
fn as_list(value: &str, row: u64) -> String {
    let count = usize::try_from(row % 3).expect("below 3");
    format!("[{}]", [value, value][..count].join(","))
}

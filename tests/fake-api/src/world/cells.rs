//! The text of every cell of a report: how dimensions and amounts are written. Attributes are in
//! `attributes`; which rows exist is in `keys`.

use super::dictionary::{Dictionary, Metric};
use super::hours::{self, NO_HOUR};
use super::leaves;
use super::metric_values::{self, Micros, Shape};
use super::plan::{Grain, Key, Plan, Source};
use super::query::{ReportRow, ReportType};
use super::row::{Row, quote, write_member};
use super::shares::Share;
use crate::random::mix;
use std::fmt::Write;
use time::Date;

/// What all cells of a row depend on.
struct Facts<'a> {
    key: &'a Key,
    /// Of the row: its entity and breakdown values in its day, hour or window.
    row: u64,
    days: Vec<DayFacts>,
}

/// A day that a row sums up, and the part of it that is the row's.
struct DayFacts {
    day: i32,
    hour: Share,
    values: Share,
}

impl Plan<'_> {
    /// One row.
    pub(crate) fn row(&self, key: &Key) -> ReportRow {
        let mut row = ReportRow { dimensions: Row::default(), metrics: Row::default() };
        for (name, source) in &self.dimensions {
            let mut value = String::new();
            if self.write_dimension(&mut value, key, name, source) {
                row.dimensions.0.push((name.clone(), value));
            }
        }
        let facts = self.facts(key);
        for (metric, shape) in &self.metrics {
            let mut value = String::new();
            self.write_metric(&mut value, &facts, metric, *shape);
            if value != "null" || !self.report.leaves_nulls_out() {
                row.metrics.0.push((metric.name.clone(), value));
            }
        }
        row
    }

    /// Writes one row as the API sends it.
    pub(crate) fn write_row(&self, out: &mut String, key: &Key) {
        if !matches!(self.report, ReportType::Basic | ReportType::Audience) {
            return out.push_str(&self.row(key).json(self.report));
        }
        let mut open = "{\"dimensions\":{";
        for (name, source) in &self.dimensions {
            out.push_str(open);
            write_member(out, name, "");
            self.write_dimension(out, key, name, source);
            open = ",";
        }
        open = "},\"metrics\":{";
        let facts = self.facts(key);
        for (metric, shape) in &self.metrics {
            out.push_str(open);
            write_member(out, &metric.name, "");
            self.write_metric(out, &facts, metric, *shape);
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
                self.write_metric(&mut value, &facts, metric, *shape);
                take(index, &value);
            }
        }
    }

    /// The raw text of one named cell, metric or dimension; for sorting.
    pub(crate) fn cell(&self, key: &Key, name: &str) -> Option<String> {
        let mut out = String::new();
        if let Some((metric, shape)) = self.metrics.iter().find(|(metric, _)| metric.name == name) {
            self.write_metric(&mut out, &self.facts(key), metric, *shape);
            return Some(out);
        }
        let (name, source) = self.dimensions.iter().find(|(dimension, _)| dimension == name)?;
        self.write_dimension(&mut out, key, name, source).then_some(out)
    }

    /// Where a row goes in another order of the rows.
    pub(crate) fn place(&self, key: &Key, order: u64) -> u64 {
        mix(self.facts(key).row, order)
    }

    /// Whether a row costs anything, whatever metrics the query has.
    pub(super) fn has_cost(&self, key: &Key) -> bool {
        let cost = Dictionary::get().metric(self.report.name(), "cost");
        let shape = cost.and_then(|metric| Some((metric, metric_values::shape(metric)?)));
        shape.is_some_and(|(metric, shape)| self.amount(&self.facts(key), metric, shape) > 0)
    }

    /// Writes a dimension; false where the row has none.
    fn write_dimension(&self, out: &mut String, key: &Key, name: &str, source: &Source) -> bool {
        let day = Date::from_julian_day(key.day.unwrap_or_default()).unwrap_or(Date::MIN);
        let written = match (source, key.hour) {
            (Source::Id, _) => write!(out, "\"{}\"", self.entity_id(key)),
            (Source::OfSubject, _) => {
                let Some(id) = self.subject(key).and_then(|subject| subject.leaf.id(name)) else {
                    return false;
                };
                write!(out, "{id}")
            }
            (Source::Time, Some(NO_HOUR)) => write!(out, "\"-\""),
            (Source::Time, hour) => {
                let hour = hours::wall_clock(hour.unwrap_or(0));
                write!(out, "\"{day} {hour:02}:00:00\"")
            }
            (Source::Date, _) => write!(out, "\"{day}\""),
            (Source::Value(pool), _) => {
                let value = &self.pools[*pool][usize::from(key.values[*pool])];
                write!(out, "{}", quote(value))
            }
        };
        written.expect("writing to a String cannot fail");
        true
    }

    fn facts<'k>(&self, key: &'k Key) -> Facts<'k> {
        let identity = mix(self.entity_hash(key), self.values_hash(key.values));
        let row = if let (Some(day), Grain::Day | Grain::Hour) = (key.day, self.grain) {
            self.day_hash(identity, day, key.hour)
        } else {
            let span = self.span(key);
            mix(identity, metric_values::window_salt(*span.start(), *span.end()))
        };
        let days = self.span(key).filter(|&day| self.delivers(key, day));
        let days = days.map(|day| DayFacts {
            day,
            hour: self.hour_share(key, day),
            values: self.value_share(key, day),
        });
        Facts { key, row, days: days.collect() }
    }

    fn write_metric(&self, out: &mut String, facts: &Facts, metric: &Metric, shape: Option<Shape>) {
        let Facts { key, row, .. } = *facts;
        let Some(shape) = shape else {
            return out.push_str(&self.attribute(key, metric, row));
        };
        if metric.is_list {
            return self.write_seconds(out, key, metric, shape, row);
        }
        if metric.name.contains("secondary_goal") && !mix(row, metric.hash).is_multiple_of(3) {
            return out.push_str("\"-\"");
        }
        let config = &self.world.config;
        let masked = config.odd && metric.name == "impressions" && mix(row, 6).is_multiple_of(7);
        if masked && self.searches() {
            return out.push_str("\"<5\"");
        }
        if config.odd && !shape.additive && mix(row, metric.hash).is_multiple_of(41) {
            match self.report {
                ReportType::Basic | ReportType::Audience => {}
                _ => return out.push_str(["\"-\"", "null"][usize::from(row.is_multiple_of(2))]),
            }
        }
        let amount = self.amount(facts, metric, shape);
        if amount == 0 && self.report == ReportType::GmvMax && metric.name.contains("order") {
            return out.push_str("\"-\"");
        }
        metric_values::write(out, shape, amount, row, config);
    }

    /// The amount of a metric in a row: of what adds up, the row's part of every day that it sums
    /// up.
    fn amount(&self, facts: &Facts, metric: &Metric, shape: Shape) -> Micros {
        let odd = self.world.config.odd;
        if !shape.additive {
            return metric_values::amount(metric, shape, facts.row, odd);
        }
        let unit = shape.unit();
        let of_day = |facts: &DayFacts, key| {
            let whole = self.sum(key, facts.day, |part| {
                metric_values::amount(
                    metric,
                    shape,
                    self.day_hash(mix(part, 0), facts.day, None),
                    odd,
                )
            });
            facts.values.part(facts.hour.part(whole, unit), unit)
        };
        facts.days.iter().map(|day| of_day(day, facts.key)).sum()
    }

    /// One value for every second of a video.
    fn write_seconds(&self, out: &mut String, key: &Key, metric: &Metric, shape: Shape, row: u64) {
        let length = self.node(key).map_or(0, |ad| leaves::seconds(ad.hash));
        let value = |second: u64| {
            let amount = metric_values::amount(metric, shape, mix(row, second), false);
            match shape.decimals {
                0 => (amount / 1_000_000).to_string(),
                _ => format!("{}.{:02}", amount / 1_000_000, amount / 10_000 % 100),
            }
        };
        let values: Vec<_> = (0..length).map(value).collect();
        write!(out, "[{}]", values.join(",")).expect("writing to a String cannot fail");
    }

    /// Small counts by search term are masked.
    fn searches(&self) -> bool {
        self.dimensions.iter().any(|(name, _)| name == "search_terms")
    }
}

//! The values of numeric metrics: how big, how many decimals, and whether days add up.
//! Owns amounts and their text; attributes of entities are texts of `plan`.

use super::WorldConfig;
use super::dictionary::Metric;
use crate::random::{mix, text};
use std::fmt::Write;

/// An amount in millionths, so that sums over days are exact.
pub(super) type Micros = u128;

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not the states of one")]
pub(super) struct Shape {
    /// Digits after the point; 0 for counts.
    pub(super) decimals: u32,
    /// Amounts are below this many units of the last digit.
    limit: u64,
    /// A window's value is the sum of its days.
    pub(super) additive: bool,
    /// Counts that sometimes come with decimals, like `20.000`.
    sometimes_decimal: bool,
    /// Money: a few amounts are longer than a binary float holds.
    long: bool,
    /// Money so big that some programs print it with an exponent, like `9.18E+09`.
    exponents: bool,
}

impl Shape {
    /// One of the last digit.
    pub(super) fn unit(self) -> Micros {
        Micros::from(10_u64.pow(6 - self.decimals))
    }
}

/// The shape of a metric; none when its values are texts.
pub(super) fn shape(metric: &Metric) -> Option<Shape> {
    let name = metric.name.as_str();
    let count = metric.kind == "integer" || metric.unit == "count";
    if !count && metric.kind != "decimal" && metric.kind != "percent" {
        return None;
    }
    let derived = [
        "cost_per",
        "cpc",
        "cpm",
        "ctr",
        "rate",
        "average",
        "frequency",
        "reach",
        "roas",
        "value_per",
        "budget",
        "bid",
    ];
    let additive =
        (count || metric.unit == "currency") && !derived.iter().any(|part| name.contains(part));
    let decimals = match (count, metric.unit.as_str()) {
        (true, _) => 0,
        (false, "currency") if name == "spend" => 3,
        (false, "currency") => 2 + u32::try_from(metric.hash % 3).expect("below 3"),
        (false, _) => 2,
    };
    let limits = if count { [12, 700, 90_000] } else { [9_000, 80_000, 7_000_000] };
    let exponents = metric.unit == "currency"
        && ["native_growth", "offline_event"].contains(&metric.group.as_str());
    let limit = match name {
        "impressions" => 90_000,
        "spend" => 700_000,
        _ if exponents => 7_000_000_000_000,
        _ => limits[usize::try_from(metric.hash / 3 % 3).expect("below 3")],
    };
    Some(Shape {
        decimals,
        limit,
        additive,
        sometimes_decimal: count
            && (!["core", "video", "social"].contains(&metric.group.as_str())
                || name.contains("conversion")
                || name.contains("result")),
        long: metric.unit == "currency" && !exponents,
        exponents,
    })
}

/// The amount of a metric in a row given by its hash.
pub(super) fn amount(metric: &Metric, shape: Shape, row: u64, odd: bool) -> Micros {
    if row.is_multiple_of(31) {
        return 0; // rows of nothing but zeros are common
    }
    let hash = mix(metric.hash, row);
    if odd && shape.long && hash % 1009 == 7 {
        return 12_345_678_000_000_000_000 + Micros::from(hash % 900_000_000_123_456_789);
    }
    Micros::from(hash % shape.limit) * Micros::from(10_u64.pow(6 - shape.decimals))
}

/// Writes an amount as a JSON string.
pub(super) fn write(
    out: &mut String,
    shape: Shape,
    micros: Micros,
    row: u64,
    config: &WorldConfig,
) {
    let decimals = match shape.decimals {
        0 if config.decimal_counts && shape.sometimes_decimal && mix(row, 5).is_multiple_of(8) => 3,
        // A long amount among the days of a sum has digits that the short form cannot show.
        _ if !micros.is_multiple_of(shape.unit()) => 6,
        decimals => decimals,
    };
    let (whole, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let written = if config.odd && shape.exponents && whole >= 10_000_000 {
        write!(out, "\"{}\"", with_exponent(micros))
    } else if decimals == 0 {
        write!(out, "\"{whole}\"")
    } else {
        let fraction = fraction / Micros::from(10_u64.pow(6 - decimals));
        let width = usize::try_from(decimals).expect("at most 6");
        write!(out, "\"{whole}.{fraction:0width$}\"")
    };
    written.expect("writing to a String cannot fail");
}

/// An amount as programs print it that hold every number as a float: all of its digits, and an
/// exponent.
fn with_exponent(micros: Micros) -> String {
    let digits = micros.to_string();
    let exponent = digits.len() - 7; // the last six digits are millionths
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{first}.{rest}E+{exponent:02}")
}

/// A salt for values that belong to a window instead of a day.
pub(super) fn window_salt(start: i32, end: i32) -> u64 {
    text(&format!("{start}..{end}"))
}

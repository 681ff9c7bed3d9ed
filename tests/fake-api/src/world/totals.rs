//! Totals of a report: the sums of its rows, digit for digit.
//! Owns the arithmetic on decimal texts, and which metrics add up.

use super::dictionary::Dictionary;
use super::metric_values;
use super::plan::{Key, Plan};
use super::row::{Row, quote};
use crate::random::mix;
use std::borrow::Cow;

/// Digits after the point that a sum keeps.
const DIGITS: usize = 6;

/// The metrics whose total is the sum of the rows, in alphabetical order. Totals of all others
/// (rates, averages, reach, attributes) are made up.
#[must_use]
pub fn additive_metrics() -> Vec<&'static str> {
    let metrics = Dictionary::get().metrics.values();
    let additive =
        metrics.filter(|metric| metric_values::shape(metric).is_some_and(|shape| shape.additive));
    let mut names: Vec<_> = additive.map(|metric| metric.name.as_str()).collect();
    names.sort_unstable();
    names
}

impl Plan<'_> {
    /// The totals of rows, in the order of the metrics.
    pub(crate) fn totals(&self, keys: &[Key]) -> Row {
        let mut sums = vec![Sum::default(); self.metrics.len()];
        for key in keys {
            self.each_additive(key, |index, raw| sums[index].add(raw.trim_matches('"')));
        }
        let totals = self.metrics.iter().zip(sums).map(|((metric, shape), sum)| {
            let total = match shape {
                Some(shape) if shape.additive => quote(&sum.text()),
                Some(shape) => {
                    let hash = mix(self.account_hash, metric.hash);
                    let mut text = String::new();
                    metric_values::write(
                        &mut text,
                        *shape,
                        metric_values::amount(metric, *shape, hash, false),
                        hash,
                        &self.world.config,
                    );
                    text
                }
                None => quote("-"),
            };
            (metric.name.clone(), total)
        });
        Row(totals.collect())
    }
}

/// An exact sum of decimal texts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    /// In millionths.
    micros: i128,
    /// The most digits after the point that were met.
    decimals: usize,
}

impl Sum {
    /// Adds a decimal text with at most six digits after the point. Anything else, such as `-`,
    /// counts as nothing.
    pub(crate) fn add(&mut self, text: &str) {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = without_exponent(digits);
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || fraction.len() > DIGITS
            || !are_digits(whole)
            || !are_digits(fraction)
        {
            return;
        }
        let Ok(micros) = format!("{whole}{fraction:0<DIGITS$}").parse::<i128>() else { return };
        self.micros += if digits == text { micros } else { -micros };
        self.decimals = self.decimals.max(fraction.len());
    }

    /// The sum, with as many digits after the point as the longest text had.
    pub(crate) fn text(self) -> String {
        let sign = if self.micros < 0 { "-" } else { "" };
        let micros = self.micros.unsigned_abs();
        let whole = format!("{sign}{}", micros / 1_000_000);
        let fraction = format!("{:0DIGITS$}", micros % 1_000_000);
        if self.decimals == 0 { whole } else { format!("{whole}.{}", &fraction[..self.decimals]) }
    }
}

/// A number such as `9.18E+09` without its exponent, other texts as they are.
fn without_exponent(text: &str) -> Cow<'_, str> {
    let parts = text.split_once("E+").and_then(|(digits, exponent)| {
        let (whole, fraction) = digits.split_once('.')?;
        Some((whole, fraction, exponent.parse::<usize>().ok()?))
    });
    let Some((whole, fraction, exponent)) = parts else { return text.into() };
    let fraction = format!("{fraction:0<exponent$}");
    let (more, rest) = fraction.split_at(exponent);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{whole}{more}{point}{rest}").into()
}

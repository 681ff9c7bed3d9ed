//! Exact sums of decimal numbers as text, without floats, and whether rounding can explain the
//! difference between two sums. `verify` compares them with TikTok's totals.

use crate::json::decimal::Decimal;
use std::fmt;

/// Digits after the decimal point that a sum keeps, more than any metric has.
const DIGITS: usize = 12;

/// A sum that knows whether it is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    /// The sum in units of the last digit that is kept.
    units: i128,
    /// The most digits after the decimal point of any value.
    digits: usize,
    /// How many values were added.
    terms: u64,
    /// The part of rows that were read and not delivered, in the same units. It is not in `units`.
    left_out: i128,
    /// Whether a value was too large, had too many digits, or was not a decimal number.
    broken: bool,
}

impl Sum {
    /// Adds a decimal number. Empty text, null, and `-`, which TikTok sends for a metric without a
    /// value, add nothing.
    pub(crate) fn add(&mut self, text: &str) {
        if matches!(text, "" | "-" | "null") {
            return;
        }
        self.terms += 1;
        match units(text) {
            Some((units, digits)) => match self.units.checked_add(units) {
                Some(sum) => (self.units, self.digits) = (sum, self.digits.max(digits)),
                None => self.broken = true,
            },
            None => self.broken = true,
        }
    }

    /// Adds another sum.
    pub(crate) fn add_all(&mut self, other: &Sum) {
        self.broken |= other.broken;
        self.digits = self.digits.max(other.digits);
        self.terms += other.terms;
        self.left_out = self.left_out.saturating_add(other.left_out);
        match self.units.checked_add(other.units) {
            Some(sum) => self.units = sum,
            None => self.broken = true,
        }
    }

    /// Adds the value of a row that is not delivered.
    pub(crate) fn leave_out(&mut self, value: &Sum) {
        self.add_all(&Sum { units: 0, left_out: value.units, ..*value });
    }

    /// Whether rows that are not delivered have a part in it.
    pub(crate) fn leaves_out(&self) -> bool {
        self.left_out != 0
    }

    /// The sum with the rows that are not delivered.
    pub(crate) fn of_all_rows(&self) -> Sum {
        Sum { units: self.units.saturating_add(self.left_out), left_out: 0, ..*self }
    }

    /// The difference to another sum; `None` if it is not exact.
    pub(crate) fn less(&self, other: &Sum) -> Option<Sum> {
        let units = self.units.checked_sub(other.units)?;
        let is_exact = self.is_exact() && other.is_exact();
        is_exact.then_some(Sum { units, ..*self })
    }

    /// Whether the sum is exact.
    pub(crate) fn is_exact(&self) -> bool {
        !self.broken
    }

    /// Whether both are the same number.
    pub(crate) fn equals(&self, other: &Sum) -> bool {
        self.units == other.units
    }

    /// Whether no value had digits after the decimal point. Such values are counts, which TikTok
    /// does not round.
    pub(crate) fn is_whole(&self) -> bool {
        self.digits == 0 && !self.broken
    }

    /// Whether both may be sums of the same values, given that TikTok rounds each value and the
    /// total to their last digits.
    pub(crate) fn is_rounded_from(&self, other: &Sum) -> bool {
        let most = self.rounding().saturating_add(other.rounding());
        most > 0 && self.units.abs_diff(other.units) <= most
    }

    /// The largest plausible rounding error, in units. For a single value this is half of its last
    /// digit. The errors of many values mostly cancel out: the standard deviation of n of them is
    /// √(n/12) last digits, and this allows nearly seven times that. Whole numbers have no error.
    fn rounding(&self) -> u128 {
        let kept = u32::try_from(DIGITS.saturating_sub(self.digits)).unwrap_or_default();
        let terms = u128::from(self.terms);
        let spread = terms.min(terms.saturating_mul(16).isqrt()).max(1);
        if self.digits == 0 { 0 } else { (10_u128.pow(kept) / 2).max(1).saturating_mul(spread) }
    }
}

/// A decimal number in units of the last digit that is kept, and its digits after the point.
fn units(text: &str) -> Option<(i128, usize)> {
    let decimal = Decimal::read(text)?;
    let units = decimal.units(i64::try_from(DIGITS).ok()?)?;
    Some((if decimal.negative { -units } else { units }, decimal.places.min(DIGITS)))
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let scale = 10_u128.pow(u32::try_from(DIGITS).unwrap_or_default());
        let sign = if self.units < 0 { "-" } else { "" };
        let fraction = format!("{:0DIGITS$}", self.units.unsigned_abs() % scale);
        write!(f, "{sign}{}", self.units.unsigned_abs() / scale)?;
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(texts: &[&str]) -> Sum {
        let mut sum = Sum::default();
        for text in texts {
            sum.add(text);
        }
        sum
    }

    #[test]
    fn sums_are_exact() {
        assert_eq!(sum(&["0.1", "0.2", "-", "", "null"]).to_string(), "0.3");
        assert_eq!(
            sum(&["12345678901234.123456", "0.000001", "-0.5"]).to_string(),
            "12345678901233.623457"
        );
        assert_eq!(sum(&["20.000", "22"]).to_string(), "42");
        assert_eq!(sum(&["-3", "1.25"]).to_string(), "-1.75");
        assert_eq!(sum(&["9.18E+09", "1e-3", "-1.5e1"]).to_string(), "9179999985.001");
        for odd in
            ["1e50", "1e-13", "<5", "0.0000000000001", "12x", ".", "170141183460469231731687303715"]
        {
            assert!(!sum(&["1", odd]).is_exact(), "{odd}");
        }
    }

    #[test]
    fn rounding_explains_half_a_digit_per_value() {
        // 0.334 + 0.334 + 0.334 = 1.002, each rounded to cents.
        assert!(sum(&["0.33", "0.33", "0.33"]).is_rounded_from(&sum(&["1.00"])));
        assert!(!sum(&["0.33", "0.33", "0.33"]).is_rounded_from(&sum(&["1.02"])));
        assert!(!sum(&["3", "4"]).is_rounded_from(&sum(&["8"])), "counts are not rounded");
        let thousand = sum(&["1.00"; 1000]);
        assert!(thousand.is_rounded_from(&sum(&["1000.30"])));
        assert!(!thousand.is_rounded_from(&sum(&["1004.99"])), "half a percent is no rounding");
    }

    proptest! {
        #[test]
        fn the_order_of_values_does_not_matter(
            values in prop::collection::vec("-?[0-9]{1,12}(\\.[0-9]{1,6})?", 0..20),
        ) {
            let forward = sum(&values.iter().map(String::as_str).collect::<Vec<_>>());
            let backward = sum(&values.iter().rev().map(String::as_str).collect::<Vec<_>>());
            prop_assert!(forward.equals(&backward) && forward.is_exact());
            let again = sum(&[&forward.to_string()]);
            prop_assert!(again.equals(&forward));
        }
    }
}

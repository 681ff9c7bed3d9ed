//! Decimal numbers as text: whether they are whole, and how large. All arithmetic is done on
//! digits, never with floats, so no digit is lost.

/// The most digits to which an exponent is expanded. No count and no id is longer.
const MAX_WHOLE_DIGITS: i64 = 40;
/// The most digits before the decimal point of a number in the range of a 64-bit float.
const MAX_FLOAT_DIGITS: i64 = 308;

/// The parts of a decimal number. `-1.50e3` is negative and has the digits `15` and the point
/// after the fourth digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// Whether it begins with a minus.
    pub negative: bool,
    /// Its digits without zeros at either end. Empty for zero.
    digits: String,
    /// The number of digits before the decimal point. If it is negative or larger than the number
    /// of digits, there are zeros between the digits and the point.
    point: i64,
    /// The number of digits after the decimal point as it was written, including zeros.
    pub places: usize,
}

impl Decimal {
    /// Reads digits with a sign, a fraction and an exponent. Leading zeros are allowed, unlike in
    /// JSON. `None` if the text is not a number.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) =
            unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
        let (whole, fraction) =
            mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || fraction.is_some_and(|f| !is_digits(f)) {
            return None;
        }
        let exponent = exponent.map_or(Some(0), power)?;
        let fraction = fraction.unwrap_or("");
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let zeros = i64::try_from(all.len() - digits.len()).ok()?;
        let digits = digits.trim_end_matches('0').to_owned();
        let behind = i64::try_from(fraction.len()).ok()?;
        let point = i64::try_from(whole.len()).ok()?.saturating_add(exponent).saturating_sub(zeros);
        let places = usize::try_from(behind.saturating_sub(exponent)).unwrap_or(0);
        Some(Decimal {
            negative: unsigned.len() < text.len(),
            point: if digits.is_empty() { 0 } else { point },
            digits,
            places,
        })
    }

    /// A whole number in full digits, without a sign for zero. `None` if the number is not whole,
    /// or longer than any integer of the API.
    pub(crate) fn whole(&self) -> Option<String> {
        let zeros = usize::try_from(self.point - i64::try_from(self.digits.len()).ok()?).ok()?;
        let sign = if self.negative { "-" } else { "" };
        match self.digits.as_str() {
            "" => Some("0".to_owned()),
            digits => {
                (self.point <= MAX_WHOLE_DIGITS).then(|| format!("{sign}{digits}{:0<zeros$}", ""))
            }
        }
    }

    /// The number without its sign, in units of the last of `places` digits after the decimal
    /// point. `None` if it has more digits there, or too many in all.
    pub(crate) fn units(&self, places: i64) -> Option<i128> {
        Decimal { negative: false, point: self.point.checked_add(places)?, ..self.clone() }
            .whole()?
            .parse()
            .ok()
    }

    /// Whether the number is in the range of a 64-bit float, as targets use it.
    pub(crate) fn is_finite(&self) -> bool {
        self.point <= MAX_FLOAT_DIGITS
    }
}

/// The exponent after an `e`. One with too many digits is cut to a large value.
fn power(text: &str) -> Option<i64> {
    const LARGE: i64 = 1 << 40;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(LARGE).min(LARGE);
    Some(if text.starts_with('-') { -size } else { size })
}

/// Reads a whole number, also from text and in any notation: `1`, `"1"`, `1.0`, `1e3`. `None` for
/// anything else, including null.
pub(crate) fn count<T: std::str::FromStr>(raw: &str) -> Option<T> {
    let inside = raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')).unwrap_or(raw);
    Decimal::read(inside.trim())?.whole()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &str) -> Option<String> {
        Decimal::read(text).and_then(|decimal| decimal.whole())
    }

    #[test]
    fn whole_numbers_are_read_in_any_notation() {
        for (text, want) in [
            ("9.18E+09", "9180000000"),
            ("1.2345678E7", "12345678"),
            ("1e3", "1000"),
            ("-1.50e1", "-15"),
            ("0e0", "0"),
            ("-0.0", "0"),
            ("0e999999999999999999999", "0"),
            ("1500e-2", "15"),
            ("7.3e18", "7300000000000000000"),
            ("1e39", "1000000000000000000000000000000000000000"),
            ("20.000", "20"),
        ] {
            assert_eq!(whole(text).as_deref(), Some(want), "{text}");
        }
        for odd in [
            "1e40",
            "1e-1",
            "1.5",
            "1.25e1",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "",
            "-",
            "e5",
            "1e",
            "1e+",
            ".5",
            "5.",
        ] {
            assert_eq!(whole(odd), None, "{odd}");
        }
    }

    #[test]
    fn counts_are_read_from_numbers_and_from_text() {
        for raw in ["12", "\"12\"", "12.0", "\"1.2e1\"", "\" 12 \""] {
            assert_eq!(count::<u64>(raw), Some(12), "{raw}");
        }
        for raw in ["null", "NaN", "\"\"", "\"one\"", "-1", "1.5", "[1]", "99999999999999999999999"]
        {
            assert_eq!(count::<u64>(raw), None, "{raw}");
        }
    }

    #[test]
    fn numbers_out_of_the_range_of_floats_are_recognized() {
        let is_finite = |text: &str| Decimal::read(text).is_some_and(|decimal| decimal.is_finite());
        assert!(
            is_finite("1e300")
                && is_finite("1e-4000")
                && is_finite("0e4000")
                && !is_finite("1e400")
        );
    }

    proptest! {
        #[test]
        fn a_shifted_number_is_the_same_number(
            number in 0_u64.., shift in 0_usize..12, minus in any::<bool>(),
        ) {
            let sign = if minus && number > 0 { "-" } else { "" };
            let want = format!("{sign}{number}");
            let digits = format!("{number:0>20}");
            let (before, after) = digits.split_at(digits.len() - shift);
            let point = if after.is_empty() { "" } else { "." };
            let shifted = format!("{sign}{before}{point}{after}e{shift}");
            prop_assert_eq!(whole(&shifted), Some(want.clone()));
            let zeros = "0".repeat(shift);
            prop_assert_eq!(whole(&format!("{sign}{number}{zeros}E-{shift}")), Some(want));
        }

        #[test]
        fn no_text_panics(text in "-?[0-9.eE+-]{0,30}|\\PC{0,12}") {
            let _ = whole(&text);
            let _ = Decimal::read(&text).map(|decimal| (decimal.units(12), decimal.is_finite()));
        }
    }
}

//! Comparisons with TikTok's own totals: what was delivered, and accounts against the sum of their
//! ads.

use super::windows::Window;
use crate::render::Sum;
use serde_json::Value;
use time::{Date, Duration};

/// TikTok corrects a day until noon of the next day, and most metrics arrive within half an hour.
/// Until then, totals and rows may differ.
const FIRM_AFTER: Duration = Duration::days(2);

/// The last day that does not change any more.
pub(crate) fn firm_day(today: Date) -> Date {
    today.saturating_sub(FIRM_AFTER)
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// Delivered rows against the total of the same report.
    Rows,
    /// The ads of an account, deleted ones included, against the account.
    Ads,
}

/// One metric of one slice.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    pub what: What,
    /// The metric's place among the plan's summed ones.
    pub metric: usize,
    pub ours: Sum,
    pub theirs: Sum,
    pub window: Window,
    pub verdict: Verdict,
}

/// The result of a comparison, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Equal,
    /// TikTok rounds rows and totals.
    Rounded,
    /// TikTok's total has rows that belong to no hour, which are not delivered.
    NoHour,
    /// The days are too recent to be final.
    Fresh,
    /// TikTok has no total, or one that is not a number.
    Unknown,
    Differs,
}

impl Verdict {
    /// Its name in the stream `verification`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Verdict::Equal => "equal",
            Verdict::Rounded => "rounded",
            Verdict::NoHour => "no hour",
            Verdict::Fresh => "too fresh",
            Verdict::Unknown => "unknown",
            Verdict::Differs => "different",
        }
    }
}

impl Check {
    /// Adds the comparison of another part of the same rows. The worse verdict counts.
    pub(crate) fn add(&mut self, other: &Check) {
        self.ours.add_all(&other.ours);
        self.theirs.add_all(&other.theirs);
        self.verdict = self.verdict.max(other.verdict);
    }

    /// Compares sums with TikTok's, in the order of `metrics`. `today` is that of the account.
    pub(crate) fn all(
        what: What,
        metrics: &[String],
        ours: &[Sum],
        theirs: &[Option<Sum>],
        window: Window,
        today: Date,
    ) -> Vec<Check> {
        let is_count = |ours: &Sum, theirs: &Sum| ours.is_whole() && theirs.is_whole();
        let pairs = || ours.iter().map(Sum::of_all_rows).zip(theirs);
        // If a count differs, rows may be missing, and a difference in money is not due to
        // rounding.
        let counts_differ = pairs().any(|(ours, theirs)| {
            theirs.is_some_and(|theirs| is_count(&ours, &theirs) && !ours.equals(&theirs))
        });
        let compare = |(metric, (all, theirs)): (usize, (Sum, &Option<Sum>))| {
            let ours = ours[metric];
            let explained = |verdict| if ours.leaves_out() { Verdict::NoHour } else { verdict };
            let verdict = match theirs {
                Some(theirs) if !all.is_exact() || !theirs.is_exact() => Verdict::Unknown,
                Some(theirs) if all.equals(theirs) => explained(Verdict::Equal),
                Some(theirs) if all.is_rounded_from(theirs) && !counts_differ => {
                    explained(Verdict::Rounded)
                }
                Some(_) if window.end > firm_day(today) => Verdict::Fresh,
                Some(_) => Verdict::Differs,
                None => Verdict::Unknown,
            };
            Check { what, metric, ours, theirs: theirs.unwrap_or_default(), window, verdict }
        };
        pairs().take(metrics.len()).enumerate().map(compare).collect()
    }
}

/// TikTok's totals as they came, an object of text or numbers, in the order of `metrics`.
pub(crate) fn totals(text: Option<&str>, metrics: &[String]) -> Vec<Option<Sum>> {
    let totals: Value = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    metrics.iter().map(|name| total(&totals[name])).collect()
}

/// A total as it came: text, or a number.
fn total(raw: &Value) -> Option<Sum> {
    let text =
        raw.as_str().map(str::to_owned).or_else(|| raw.as_number().map(ToString::to_string))?;
    let mut sum = Sum::default();
    sum.add(&text);
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn verdict(ours: &str, totals: &str) -> Verdict {
        let mut sum = Sum::default();
        sum.add(ours);
        let window = Window { start: date!(2026 - 01 - 01), end: date!(2026 - 01 - 30) };
        let metrics = ["spend".to_owned()];
        Check::all(
            What::Rows,
            &metrics,
            &[sum],
            &super::totals(Some(totals), &metrics),
            window,
            date!(2026 - 02 - 10),
        )[0]
        .verdict
    }

    #[test]
    fn a_difference_is_one_unless_something_explains_it() {
        assert_eq!(verdict("12.50", r#"{"spend":"12.5"}"#), Verdict::Equal);
        assert_eq!(verdict("12.50", r#"{"spend":12.5}"#), Verdict::Equal);
        assert_eq!(verdict("12.50", r#"{"spend":"12.51"}"#), Verdict::Rounded);
        assert_eq!(verdict("12.50", r#"{"spend":"12.60"}"#), Verdict::Differs);
        assert_eq!(verdict("-", r#"{"spend":"-"}"#), Verdict::Equal);
        assert_eq!(verdict("12.50", "{}"), Verdict::Unknown);
        let mut sum = Sum::default();
        sum.add("1");
        let fresh = Window { start: date!(2026 - 01 - 01), end: date!(2026 - 02 - 09) };
        let metrics = ["clicks".to_owned()];
        let theirs = super::totals(Some(r#"{"clicks":"2"}"#), &metrics);
        let check = Check::all(What::Rows, &metrics, &[sum], &theirs, fresh, date!(2026 - 02 - 10));
        assert_eq!(check[0].verdict, Verdict::Fresh);
    }

    #[test]
    fn money_is_rounded_only_where_counts_agree() {
        let window = Window { start: date!(2026 - 01 - 01), end: date!(2026 - 01 - 30) };
        let metrics = ["spend".to_owned(), "impressions".to_owned()];
        let verdicts = |impressions: &str| {
            let ours = ["12.50", "7"].map(|text| {
                let mut sum = Sum::default();
                sum.add(text);
                sum
            });
            let theirs = super::totals(
                Some(&format!(r#"{{"spend":"12.51","impressions":"{impressions}"}}"#)),
                &metrics,
            );
            let checks =
                Check::all(What::Rows, &metrics, &ours, &theirs, window, date!(2026 - 02 - 10));
            checks.into_iter().map(|check| check.verdict).collect::<Vec<_>>()
        };
        assert_eq!(verdicts("7"), [Verdict::Rounded, Verdict::Equal]);
        assert_eq!(verdicts("8"), [Verdict::Differs, Verdict::Differs]);
    }
}

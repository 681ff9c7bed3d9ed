//! The proof: what was delivered against TikTok's own totals, and accounts against the sum of their ads. It owns the comparison and its
//! table; the totals are asked for in `reports`.

use super::jobs::Job;
use super::render::Sum;
use super::slice::Context;
use super::windows::Window;
use serde_json::Value;
use std::collections::BTreeMap;
use time::{Date, Duration};

/// TikTok repairs a day until noon of the next one, and has most metrics after half an hour: until then totals and rows may be of
/// different moments.
const FIRM_AFTER: Duration = Duration::days(2);

/// The last day that is firm today.
pub(super) fn firm_day(today: Date) -> Date {
    today.saturating_sub(FIRM_AFTER)
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// Delivered rows against the total of the same report.
    Rows,
    /// The ads of an account, deleted ones included, against the account.
    Ads,
}

/// One metric of one slice.
#[derive(Clone, Debug)]
pub(super) struct Check {
    what: What,
    /// The metric's place among the plan's summed ones.
    metric: usize,
    ours: Sum,
    theirs: Sum,
    window: Window,
    verdict: Verdict,
}

/// What a comparison came to, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Equal,
    /// TikTok rounds rows and totals.
    Rounded,
    /// The days are too fresh to be firm.
    Fresh,
    /// TikTok has no total, or one that is no number.
    Unknown,
    Differs,
}

impl Check {
    /// Compares sums with totals as they came: an object of text. `today` is that of the account.
    pub(super) fn all(what: What, metrics: &[String], sums: &[Sum], totals: Option<&str>, window: Window, today: Date) -> Vec<Check> {
        let totals: Value = totals.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let compare = |(metric, (name, ours)): (usize, (&String, &Sum))| {
            let theirs = total(&totals[name]);
            let verdict = match theirs {
                Some(theirs) if !ours.is_exact() || !theirs.is_exact() => Verdict::Unknown,
                Some(theirs) if ours.equals(&theirs) => Verdict::Equal,
                Some(theirs) if ours.is_rounded_from(&theirs) => Verdict::Rounded,
                Some(_) if window.end > firm_day(today) => Verdict::Fresh,
                Some(_) => Verdict::Differs,
                None => Verdict::Unknown,
            };
            Check { what, metric, ours: *ours, theirs: theirs.unwrap_or_default(), window, verdict }
        };
        metrics.iter().zip(sums).enumerate().map(compare).collect()
    }
}

/// A total as it came: text, or a number.
pub(super) fn total(raw: &Value) -> Option<Sum> {
    let text = raw.as_str().map(str::to_owned).or_else(|| raw.as_number().map(ToString::to_string))?;
    let mut sum = Sum::default();
    sum.add(&text);
    Some(sum)
}

/// What all comparisons of a run came to.
#[derive(Debug, Default)]
pub(super) struct Proof(BTreeMap<(usize, What, usize), Line>);

/// One line of the table: a metric of a stream.
#[derive(Debug, Default)]
struct Line {
    ours: Sum,
    theirs: Sum,
    compared: [u64; 5],
}

impl Proof {
    /// Adds the comparisons of a slice. Returns what differs, in words.
    pub(super) fn add(&mut self, context: &Context, job: Job, checks: Vec<Check>) -> Vec<String> {
        let mut differences = Vec::new();
        for check in checks {
            let line = self.0.entry((job.plan, check.what, check.metric)).or_default();
            line.ours.add_all(&check.ours);
            line.theirs.add_all(&check.theirs);
            line.compared[check.verdict as usize] += 1;
            if check.verdict == Verdict::Differs {
                let plan = &context.plans[job.plan];
                let account = context.accounts.open.get(job.account).map_or("", |a| a.id.as_str());
                let (ours, theirs) = match check.what {
                    What::Rows => ("the rows add up to", "TikTok's total is"),
                    What::Ads => ("the ads, deleted ones included, add up to", "the account has"),
                };
                differences.push(format!(
                    "verify: {}, account {account}, {} to {}: `{}`: {ours} {}, {theirs} {}",
                    plan.name, check.window.start, check.window.end, plan.summed[check.metric], check.ours, check.theirs
                ));
            }
        }
        differences
    }

    /// The table, for people: a line a metric.
    pub(super) fn table(&self, context: &Context) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let head = "verify: stream | compared | metric | ours | TikTok's | equal | rounded | too fresh | unknown | different".to_owned();
        let line = |((plan, what, metric), line): (&(usize, What, usize), &Line)| {
            let plan = &context.plans[*plan];
            let what = match what {
                What::Rows => "rows to total",
                What::Ads => "ads to account",
            };
            let counts: Vec<String> = line.compared.iter().map(u64::to_string).collect();
            format!("verify: {} | {what} | {} | {} | {} | {}", plan.name, plan.summed[*metric], line.ours, line.theirs, counts.join(" | "))
        };
        std::iter::once(head).chain(self.0.iter().map(line)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn verdict(ours: &str, totals: &str) -> Verdict {
        let mut sum = Sum::default();
        sum.add(ours);
        let window = Window { start: date!(2026 - 01 - 01), end: date!(2026 - 01 - 30) };
        Check::all(What::Rows, &["spend".to_owned()], &[sum], Some(totals), window, date!(2026 - 02 - 10))[0].verdict
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
        let check = Check::all(What::Rows, &["clicks".to_owned()], &[sum], Some(r#"{"clicks":"2"}"#), fresh, date!(2026 - 02 - 10));
        assert_eq!(check[0].verdict, Verdict::Fresh);
    }
}

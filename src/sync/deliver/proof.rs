//! The results of all comparisons with TikTok's totals: a table with one line per stream and
//! metric, and descriptions of the differences.

use crate::render::Sum;
use crate::sync::check::{Check, Verdict, What};
use crate::sync::context::Context;
use crate::sync::jobs::Job;
use std::collections::BTreeMap;

/// What is said if no metric could be compared.
pub(crate) const NOTHING: &str = "verify: nothing could be compared with TikTok's totals; it takes \
     BASIC or GMV Max reports outside of the sandbox";

/// The results of all comparisons of a run.
#[derive(Debug, Default)]
pub(crate) struct Proof(BTreeMap<(usize, What, usize), Line>);

/// One line of the table: a metric of a stream.
#[derive(Debug, Default)]
struct Line {
    ours: Sum,
    theirs: Sum,
    compared: [u64; 6],
}

impl Proof {
    /// Adds the comparisons of a slice. Returns descriptions of the differences.
    pub(crate) fn add(&mut self, context: &Context, job: Job, checks: Vec<Check>) -> Vec<String> {
        let mut differences = Vec::new();
        for check in checks {
            let line = self.0.entry((job.plan, check.what, check.metric)).or_default();
            line.ours.add_all(&check.ours);
            line.theirs.add_all(&check.theirs);
            line.compared[check.verdict as usize] += 1;
            if check.verdict == Verdict::Differs {
                let plan = &context.plans[job.plan];
                let (ours, theirs) = match check.what {
                    What::Rows => ("the rows add up to", "TikTok's total is"),
                    What::Ads => ("the ads, deleted ones included, add up to", "the account has"),
                };
                differences.push(format!(
                    "verify: {}: `{}`: {ours} {}, {theirs} {}",
                    context.place(Job { window: Some(check.window), ..job }),
                    plan.summed[check.metric],
                    check.ours,
                    check.theirs
                ));
            }
        }
        differences
    }

    /// Whether no metric of any slice could be compared.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.values().all(|line| {
            line.compared
                .iter()
                .enumerate()
                .all(|(verdict, n)| verdict == Verdict::Unknown as usize || *n == 0)
        })
    }

    /// The lines of the table, one per metric.
    pub(crate) fn table(&self, context: &Context) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let head = "verify: stream | compared | metric | ours | TikTok's | equal | rounded | \
                    no hour | too fresh | unknown | different"
            .to_owned();
        let line = |((plan, what, metric), line): (&(usize, What, usize), &Line)| {
            let plan = &context.plans[*plan];
            let what = match what {
                What::Rows => "rows to total",
                What::Ads => "ads to account",
            };
            let counts: Vec<String> = line.compared.iter().map(u64::to_string).collect();
            format!(
                "verify: {} | {what} | {} | {} | {} | {}",
                plan.name,
                plan.summed[*metric],
                line.ours,
                line.theirs,
                counts.join(" | ")
            )
        };
        std::iter::once(head).chain(self.0.iter().map(line)).collect()
    }
}

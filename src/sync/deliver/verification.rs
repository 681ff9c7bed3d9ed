//! Writes the comparisons with TikTok's totals as records of the stream `verification`, right
//! behind the rows that were compared.

use super::counts::say_counts;
use crate::json::Rows;
use crate::json::scan::Scan;
use crate::logging::metrics;
use crate::render::{Renderer, Sum, Tally};
use crate::singer::bookmark::Bookmark;
use crate::singer::output::{Output, time_extracted};
use crate::sync::check::{Check, Verdict, What};
use crate::sync::context::Context;
use crate::sync::jobs::Job;
use crate::sync::plan::Plan;
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// The stream during a run.
#[derive(Debug)]
pub(crate) struct Verification<'a> {
    plan: &'a Plan,
    /// Whether its SCHEMA was written.
    is_begun: bool,
    /// RECORD lines written.
    records: u64,
    /// Counts of what did not fit the catalog.
    tally: Tally,
}

/// One row. Sums are decimal text, as in TikTok's own rows.
#[derive(Debug, Serialize)]
struct Row<'r> {
    advertiser_id: &'r str,
    stream: &'r str,
    window_start: String,
    window_end: String,
    compared: &'static str,
    metric: &'r str,
    read_date: String,
    our_total: Option<String>,
    tiktok_total: Option<String>,
    difference: Option<String>,
    verdict: &'static str,
}

impl<'a> Verification<'a> {
    /// A stream that nothing was written of yet.
    pub(crate) fn new(plan: &'a Plan) -> Self {
        Verification { plan, is_begun: false, records: 0, tally: Tally::default() }
    }

    /// Writes the comparisons of a slice. Returns how many records they are.
    pub(crate) fn write<W: Write>(
        &mut self,
        context: &Context,
        job: Job,
        checks: &[Check],
        out: &mut Output<W>,
    ) -> Result<u64> {
        if checks.is_empty() {
            return Ok(0);
        }
        self.begin(out)?;
        let mut rows = Vec::new();
        for check in united(checks) {
            rows.push(serde_json::to_string(&row(context, job, &check))?);
        }
        let mut lines = Vec::new();
        let mut renderer = Renderer::new(&self.plan.recipe, &[], None);
        let time = time_extracted();
        let mut page = renderer.page(&time, &mut lines);
        for row in &rows {
            page.row(&mut Scan::new(row))?;
        }
        self.tally.add(renderer.finish());
        out.records(&lines)?;
        let written = memchr::memchr_iter(b'\n', &lines).count() as u64;
        self.records += written;
        Ok(written)
    }

    /// Ends the stream, which targets know even if nothing could be compared.
    pub(crate) fn end<W: Write>(&mut self, out: &mut Output<W>) -> Result<()> {
        self.begin(out)?;
        say_counts(self.plan, &self.tally);
        metrics::record_count(&self.plan.name, self.records);
        Ok(())
    }

    fn begin<W: Write>(&mut self, out: &mut Output<W>) -> Result<()> {
        if !self.is_begun {
            self.is_begun = true;
            out.schema(&self.plan.name, &self.plan.schema, &self.plan.keys, None)?;
        }
        Ok(())
    }
}

/// One comparison for each window and metric. A window that was read in several requests, such as
/// one for `TopView`, has one for each of them.
fn united(checks: &[Check]) -> Vec<Check> {
    let mut all: BTreeMap<_, Check> = BTreeMap::new();
    for check in checks {
        let key = (check.window.start, check.window.end, check.what, check.metric);
        all.entry(key).and_modify(|sum| sum.add(check)).or_insert_with(|| check.clone());
    }
    all.into_values().collect()
}

fn row<'r>(context: &'r Context, job: Job, check: &Check) -> Row<'r> {
    let plan = &context.plans[job.plan];
    let started = context.started;
    let account = job.partition.account(&context.accounts);
    let today = account.map_or_else(|| started.date(), |account| account.today(started));
    let day = |day| Bookmark::of_day(day).to_string();
    let is_known = check.verdict != Verdict::Unknown;
    let number = |sum: &Sum| sum.is_exact().then(|| sum.to_string());
    Row {
        advertiser_id: job.partition.id(&context.accounts),
        stream: &plan.name,
        window_start: day(check.window.start),
        window_end: day(check.window.end),
        compared: match check.what {
            What::Rows => "rows to total",
            What::Ads => "ads to account",
        },
        metric: &plan.summed[check.metric],
        read_date: day(today),
        our_total: number(&check.ours),
        tiktok_total: number(&check.theirs).filter(|_| is_known),
        difference: check.ours.less(&check.theirs).filter(|_| is_known).as_ref().and_then(number),
        verdict: check.verdict.name(),
    }
}

//! The jobs of a run: every slice of every stream, in the order in which it is delivered.

use super::accounts::Accounts;
use super::partition::Partition;
use super::plan::Plan;
use super::sample;
use super::sizes::Sizes;
use super::starts::{Start, Starts};
use super::windows::{Window, growing_windows, windows};
use crate::streams::{Buying, Per};
use std::sync::Arc;
use time::Date;

/// One slice: a stream, an account, and for reports a window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    /// The stream, by its place among the plans.
    pub plan: usize,
    /// The partition.
    pub partition: Partition,
    /// The days, of a report.
    pub window: Option<Window>,
}

/// How reports are cut into windows.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    /// Most days of a window.
    pub report_window: u16,
    /// If the run ends after `max_runtime`: how long windows took so far.
    pub growing: Option<Arc<Sizes>>,
    /// Whether one window is enough, and no task is created.
    pub is_sample: bool,
}

/// All jobs of the run, created one after the other: by stream, partition, and window with the
/// oldest first. `first_account` is the place of the account at which the first stream starts.
pub(crate) fn jobs(
    plans: &[Plan],
    accounts: &Accounts,
    starts: &Arc<Starts>,
    cut: &Cut,
    first_account: usize,
) -> impl Iterator<Item = Job> + Send + use<> {
    let counts = (accounts.open.len(), accounts.answers.len(), accounts.business_centers.len());
    let columns: Vec<(Per, u16)> = plans
        .iter()
        .map(|p| (p.stream.per, p.stream.window_days().min(cut.report_window)))
        .collect();
    let is_left_out = |plan: &Plan| cut.is_sample && plan.stream.call.task.is_some();
    let left_out: Vec<bool> = plans.iter().map(is_left_out).collect();
    let (starts, cut) = (Arc::clone(starts), cut.clone());
    let columns = columns.into_iter().enumerate().filter(move |(plan, _)| !left_out[*plan]);
    columns.flat_map(move |(plan, (per, most))| {
        let (starts, cut) = (Arc::clone(&starts), cut.clone());
        let skipped = if plan == 0 { first_account.min(counts.0) } else { 0 };
        partitions(per, counts, skipped).flat_map(move |partition| {
            let job = Job { plan, partition, window: None };
            let start = starts.of(plan, partition);
            let whole = start.days.is_none().then_some(job);
            let windows = start.days.is_some().then(|| windows_of(&start, job, most, &cut));
            let windows = windows.into_iter().flatten();
            whole.into_iter().chain(windows.map(move |w| Job { window: Some(w), ..job }))
        })
    })
}

/// All partitions of a stream. `skipped` accounts come last.
fn partitions(
    per: Per,
    (open, batches, business_centers): (usize, usize, usize),
    skipped: usize,
) -> Box<dyn Iterator<Item = Partition> + Send> {
    match per {
        Per::AccountBatch => Box::new((0..batches).map(Partition::Batch)),
        Per::BusinessCenter => Box::new((0..business_centers).map(Partition::BusinessCenter)),
        Per::Once => Box::new(std::iter::once(Partition::Once)),
        Per::App => Box::new(std::iter::once(Partition::App)),
        Per::Run => Box::new(std::iter::empty()),
        Per::Account => Box::new((skipped..open).chain(0..skipped).map(Partition::Account)),
    }
}

/// The windows of one stream and account, of at most so many days.
fn windows_of(
    start: &Start,
    job: Job,
    most: u16,
    cut: &Cut,
) -> Box<dyn Iterator<Item = Window> + Send> {
    let Some((first, end)) = start.days else { return Box::new(std::iter::empty()) };
    let firm = start.firm.unwrap_or(end).min(end);
    if cut.is_sample {
        return Box::new(sample::window(first, end, firm, most).into_iter());
    }
    let after = |day: Date| day.next_day().unwrap_or(Date::MAX).max(first);
    let Some(sizes) = cut.growing.clone() else {
        let fresh = if firm < end { Some(windows(after(firm), end, most)) } else { None };
        return Box::new(windows(first, firm, most).chain(fresh.into_iter().flatten()));
    };
    // A run that ends after `max_runtime` reads new days first, in windows that stay small until it
    // is known how long they take. Otherwise, a run that is too short for the days that are read
    // again would never make progress.
    let new = start.bookmark_day().map_or(first, |day| day.max(first));
    let of = (job.plan, job.partition, Buying::Ordinary);
    let growing = move |from: Date, to: Date| {
        let sizes = Arc::clone(&sizes);
        growing_windows(from, to, most, move |days| sizes.fitting(of, days))
    };
    let again = new.previous_day().filter(|day| *day >= first).map(|day| growing(first, day));
    let fresh = if firm < end { Some(growing(after(firm).max(new), end)) } else { None };
    Box::new(
        growing(new, firm).chain(fresh.into_iter().flatten()).chain(again.into_iter().flatten()),
    )
}

//! The list of a run's jobs: every slice of every stream, in the order in which it is delivered. It
//! owns what a slice is, and where each begins.

use super::accounts::Accounts;
use super::check;
use super::pass::Buying;
use super::plan::Plan;
use super::sizes::Sizes;
use super::windows::{Window, first_day, growing_windows, windows};
use crate::config::Config;
use crate::singer::state::{State, held_key};
use crate::streams::{Pass, Source};
use anyhow::Result;
use std::sync::Arc;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// One slice: a stream, an account, and for reports a window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    /// The stream, by its place among the plans.
    pub plan: usize,
    /// The account, by its place among those that are open; for the accounts themselves, the answer
    /// behind those.
    pub account: usize,
    /// The days, of a report.
    pub window: Option<Window>,
}

/// Where the slices of one stream and account begin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    /// The bookmark of the last run: `YYYY-MM-DDTHH:MM:SSZ`.
    pub bookmark: Option<String>,
    /// Passes that the last run was refused, each with a bookmark of its own.
    pub held: Vec<(&'static str, Option<String>)>,
    /// First and last day of a report.
    pub days: Option<(Date, Date)>,
    /// A day that no window goes across: days after it may still change, and are compared with
    /// TikTok's totals by themselves.
    pub firm: Option<Date>,
}

impl Start {
    /// The bookmark that a pass of an entity goes on from.
    pub(crate) fn bookmark_of(&self, pass: &Pass) -> Option<&str> {
        let held = pass.optional.and_then(|name| self.held.iter().find(|(held, _)| *held == name));
        held.map_or(self.bookmark.as_deref(), |(_, bookmark)| bookmark.as_deref())
    }

    /// The day of the bookmark.
    fn bookmark_day(&self) -> Option<Date> {
        Date::parse(
            self.bookmark.as_deref()?.get(..10)?,
            format_description!("[year]-[month]-[day]"),
        )
        .ok()
    }
}

/// Where everything begins, by stream and account.
#[derive(Debug)]
pub(crate) struct Starts(Vec<Vec<Start>>);

impl Starts {
    /// Reads the bookmarks of all planned streams.
    pub(crate) fn new(
        plans: &[Plan],
        accounts: &Accounts,
        state: &State,
        config: &Config,
        now: OffsetDateTime,
    ) -> Result<Self> {
        let mut starts = Vec::with_capacity(plans.len());
        for plan in plans {
            let mut of_plan = Vec::with_capacity(accounts.open.len());
            for account in &accounts.open {
                let bookmark = if plan.full_table {
                    None
                } else {
                    state.bookmark(plan.stream.name, &account.id)?
                };
                let mut start = Start { bookmark, ..Start::default() };
                match &plan.stream.source {
                    Source::Report(_) => {
                        let today = account.today(now);
                        let first = first_day(
                            config.start_date,
                            start.bookmark_day(),
                            config.attribution_window,
                        );
                        // An account has no results from before it was created.
                        let first = account.first_day().map_or(first, |created| created.max(first));
                        start.days = Some((first, config.end_date.unwrap_or(today).min(today)));
                        start.firm = (!plan.summed.is_empty()).then(|| check::firm_day(today));
                    }
                    Source::Entity(entity) if !plan.full_table => {
                        for name in entity.passes.iter().filter_map(|pass| pass.optional) {
                            if state.is_held(plan.stream.name, &account.id, name) {
                                let bookmark = state
                                    .bookmark(plan.stream.name, &held_key(&account.id, name))?;
                                start.held.push((name, bookmark));
                            }
                        }
                    }
                    _ => {}
                }
                of_plan.push(start);
            }
            if !plan.full_table
                && state.mentions(plan.stream.name)
                && of_plan.iter().all(|start: &Start| start.bookmark.is_none())
            {
                log::warn!(
                    "state: /bookmarks/{} has no bookmark of an account of this run; the stream is read from its beginning",
                    plan.stream.name
                );
            }
            starts.push(of_plan);
        }
        Ok(Starts(starts))
    }

    /// Whether anything begins at a bookmark.
    pub(crate) fn go_on(&self) -> bool {
        self.0.iter().flatten().any(|start| start.bookmark.is_some())
    }

    /// Where a job's stream and account begin.
    pub(crate) fn of(&self, job: Job) -> Start {
        self.0
            .get(job.plan)
            .and_then(|accounts| accounts.get(job.account))
            .cloned()
            .unwrap_or_default()
    }
}

/// How reports are cut into windows.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    /// Most days of a window.
    pub report_window: u16,
    /// Where the run ends after a time: what is known of how long windows take.
    pub growing: Option<Arc<Sizes>>,
}

/// Every job of the run, made one after the other: by stream, account, and window with the oldest
/// first. `first_account` is the place of the account that the first stream begins with.
pub(crate) fn jobs(
    plans: &[Plan],
    accounts: &Accounts,
    starts: &Arc<Starts>,
    cut: &Cut,
    first_account: usize,
) -> impl Iterator<Item = Job> + Send + use<> {
    let answers = accounts.answers.len();
    let open = accounts.open.len();
    let of_accounts: Vec<bool> =
        plans.iter().map(|p| matches!(p.stream.source, Source::Account(_))).collect();
    let (starts, cut) = (Arc::clone(starts), cut.clone());
    of_accounts.into_iter().enumerate().flat_map(move |(plan, is_account)| {
        let (starts, cut) = (Arc::clone(&starts), cut.clone());
        let places = if is_account { open..open + answers } else { 0..open };
        let skipped = if plan == 0 && !is_account { first_account.min(open) } else { 0 };
        places.clone().skip(skipped).chain(places.take(skipped)).flat_map(move |account| {
            let job = Job { plan, account, window: None };
            let start = if is_account { Start::default() } else { starts.of(job) };
            let entity = start.days.is_none().then_some(job);
            let reports = start
                .days
                .is_some()
                .then(|| report_windows(&start, job, &cut))
                .into_iter()
                .flatten();
            entity.into_iter().chain(reports.map(move |window| Job { window: Some(window), ..job }))
        })
    })
}

/// The windows of one stream and account.
fn report_windows(start: &Start, job: Job, cut: &Cut) -> Box<dyn Iterator<Item = Window> + Send> {
    let Some((first, end)) = start.days else { return Box::new(std::iter::empty()) };
    let firm = start.firm.unwrap_or(end).min(end);
    let after = |day: Date| day.next_day().unwrap_or(Date::MAX).max(first);
    let most = cut.report_window;
    let Some(sizes) = cut.growing.clone() else {
        let fresh = if firm < end { Some(windows(after(firm), end, most)) } else { None };
        return Box::new(windows(first, firm, most).chain(fresh.into_iter().flatten()));
    };
    // A run that ends after a time reads what is new first, in windows that are small until it is
    // known how long they take: else one that never comes past the days that are read again would
    // never get any further.
    let new = start.bookmark_day().map_or(first, |day| day.max(first));
    let of = (job.plan, job.account, Buying::Ordinary);
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

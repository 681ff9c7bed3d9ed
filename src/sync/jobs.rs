//! The list of a run's jobs: every slice of every stream, in the order in which it is delivered. It owns what a slice is, and where
//! each begins.

use super::accounts::Accounts;
use super::plan::Plan;
use super::verify;
use super::windows::{Window, first_day, windows};
use crate::config::Config;
use crate::singer::state::State;
use crate::streams::Source;
use anyhow::Result;
use std::sync::Arc;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// One slice: a stream, an account, and for reports a window.
#[derive(Clone, Copy, Debug)]
pub struct Job {
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
pub struct Start {
    /// The bookmark of the last run: `YYYY-MM-DDTHH:MM:SSZ`.
    pub bookmark: Option<String>,
    /// First and last day of a report.
    pub days: Option<(Date, Date)>,
    /// A day that no window goes across: days after it may still change, and are compared with TikTok's totals by themselves.
    pub firm: Option<Date>,
}

/// Where everything begins, by stream and account.
#[derive(Debug)]
pub struct Starts(Vec<Vec<Start>>);

impl Starts {
    /// Reads the bookmarks of all planned streams.
    ///
    /// # Errors
    /// A bookmark is no time.
    pub fn new(plans: &[Plan], accounts: &Accounts, state: &State, config: &Config, now: OffsetDateTime) -> Result<Self> {
        let mut starts = Vec::with_capacity(plans.len());
        for plan in plans {
            let mut of_plan = Vec::with_capacity(accounts.open.len());
            for account in &accounts.open {
                let bookmark = if plan.full_table { None } else { state.bookmark(plan.stream.name, &account.id)? };
                let days = matches!(plan.stream.source, Source::Report(_)).then(|| {
                    let day = bookmark.as_deref().and_then(|b| Date::parse(b.get(..10)?, format_description!("[year]-[month]-[day]")).ok());
                    let today = account.today(now);
                    (first_day(config.start_date, day, config.attribution_window), config.end_date.unwrap_or(today).min(today))
                });
                let firm = (!plan.summed.is_empty()).then(|| verify::firm_day(account.today(now)));
                of_plan.push(Start { bookmark, days, firm });
            }
            if !plan.full_table && state.mentions(plan.stream.name) && of_plan.iter().all(|start: &Start| start.bookmark.is_none()) {
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
    #[must_use]
    pub fn go_on(&self) -> bool {
        self.0.iter().flatten().any(|start| start.bookmark.is_some())
    }

    /// Where a job's stream and account begin.
    #[must_use]
    pub fn of(&self, job: Job) -> Start {
        self.0.get(job.plan).and_then(|accounts| accounts.get(job.account)).cloned().unwrap_or_default()
    }
}

/// Every job of the run, made one after the other: by stream, account, and window with the oldest first.
pub(super) fn jobs(
    plans: &[Plan],
    accounts: &Accounts,
    starts: &Arc<Starts>,
    report_window: u16,
) -> impl Iterator<Item = Job> + Send + use<> {
    let answers = accounts.answers.len();
    let open = accounts.open.len();
    let of_accounts: Vec<bool> = plans.iter().map(|p| matches!(p.stream.source, Source::Account(_))).collect();
    let starts = Arc::clone(starts);
    of_accounts.into_iter().enumerate().flat_map(move |(plan, is_account)| {
        let starts = Arc::clone(&starts);
        let places = if is_account { open..open + answers } else { 0..open };
        places.flat_map(move |account| {
            let job = Job { plan, account, window: None };
            let Start { days, firm, .. } = if is_account { Start::default() } else { starts.of(job) };
            let reports = days.into_iter().flat_map(move |(start, end)| {
                let firm = firm.unwrap_or(end).min(end);
                let fresh = firm.next_day().map(|day| windows(day.max(start), end, report_window));
                windows(start, firm, report_window).chain(fresh.into_iter().flatten())
            });
            let entity = days.is_none().then_some(job);
            entity.into_iter().chain(reports.map(move |window| Job { window: Some(window), ..job }))
        })
    })
}

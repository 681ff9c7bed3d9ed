//! Where the slices of each stream and partition start: the bookmarks of the last run, and the days
//! that follow from them.

use super::accounts::Accounts;
use super::check;
use super::partition::Partition;
use super::plan::Plan;
use super::windows::first_day;
use crate::config::Config;
use crate::singer::bookmark::Bookmark;
use crate::singer::state::{State, held_key};
use crate::streams::{Pass, Per, Replication};
use anyhow::Result;
use std::collections::HashMap;
use time::{Date, Duration, OffsetDateTime};

/// A pass that was refused in an earlier run, with the bookmark from which it continues.
type HeldPass = (&'static str, Option<Bookmark>);

/// Where the slices of one stream and partition start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    /// The bookmark of the last run.
    pub bookmark: Option<Bookmark>,
    /// Passes that were refused in an earlier run.
    pub held: Vec<HeldPass>,
    /// First and last day, of a stream that is read in windows.
    pub days: Option<(Date, Date)>,
    /// A day at which a window must end. Days after it may still change, so they are compared with
    /// TikTok's totals separately.
    pub firm: Option<Date>,
}

impl Start {
    /// The bookmark from which a pass continues.
    pub(crate) fn bookmark_of(&self, pass: &Pass) -> Option<Bookmark> {
        let held = pass.optional.and_then(|name| self.held.iter().find(|(held, _)| *held == name));
        held.map_or(self.bookmark, |(_, bookmark)| *bookmark)
    }

    /// The day of the bookmark.
    pub(crate) fn bookmark_day(&self) -> Option<Date> {
        self.bookmark.map(Bookmark::day)
    }
}

/// How a stream is read in windows.
#[derive(Clone, Copy, Debug, Default)]
struct Windows {
    /// Whether it is.
    is_used: bool,
    /// Whether they are compared with TikTok's totals.
    is_summed: bool,
    /// Days that TikTok keeps, if it does not keep all.
    history: Option<u16>,
}

/// Where all streams and partitions start. With thousands of accounts and hundreds of streams this
/// is a large table, so it only has bookmarks. The rest is computed for each slice.
#[derive(Debug)]
pub(crate) struct Starts {
    /// By stream and account, in the order of the plans and of the open accounts.
    bookmarks: Vec<Vec<Option<Bookmark>>>,
    held: HashMap<(usize, Partition), Vec<HeldPass>>,
    /// Of each stream: how it is read in windows.
    windows: Vec<Windows>,
    /// Of each account: its first day with results, and its today.
    days: Vec<(Option<Date>, Date)>,
    /// Today in UTC, for what belongs to no account.
    today: Date,
    start_date: Date,
    end_date: Option<Date>,
    attribution_window: u16,
}

impl Starts {
    /// Reads the bookmarks of all planned streams. An error names one that is not a timestamp.
    pub(crate) fn new(
        plans: &[Plan],
        accounts: &Accounts,
        state: &State,
        config: &Config,
        now: OffsetDateTime,
    ) -> Result<Self> {
        let mut starts = Starts {
            bookmarks: Vec::with_capacity(plans.len()),
            held: HashMap::new(),
            windows: plans.iter().map(windows).collect(),
            days: accounts.open.iter().map(|a| (a.first_day(), a.today(now))).collect(),
            today: now.date(),
            start_date: config.start_date,
            end_date: config.end_date,
            attribution_window: config.attribution_window,
        };
        for (place, plan) in plans.iter().enumerate() {
            starts.read(place, plan, accounts, state)?;
        }
        Ok(starts)
    }

    fn read(
        &mut self,
        place: usize,
        plan: &Plan,
        accounts: &Accounts,
        state: &State,
    ) -> Result<()> {
        let name = plan.stream.name;
        if plan.full_table {
            self.bookmarks.push(Vec::new());
            return Ok(());
        }
        let ids: Vec<&str> = match plan.stream.per {
            Per::BusinessCenter => accounts.business_centers.iter().map(String::as_str).collect(),
            _ => accounts.open.iter().map(|account| account.id.as_str()).collect(),
        };
        let bookmarks: Vec<Option<Bookmark>> =
            ids.iter().map(|id| state.bookmark(name, id)).collect::<Result<_>>()?;
        if matches!(plan.stream.replication, Replication::Incremental { .. }) {
            let passes = || plan.stream.call.passes.iter().filter_map(|pass| pass.optional);
            for (account, open) in accounts.open.iter().enumerate() {
                for pass in passes().filter(|pass| state.is_held(name, &open.id, pass)) {
                    let bookmark = state.bookmark(name, &held_key(&open.id, pass))?;
                    let partition = Partition::Account(account);
                    self.held.entry((place, partition)).or_default().push((pass, bookmark));
                }
            }
        }
        if state.mentions(name) && bookmarks.iter().all(Option::is_none) {
            log::warn!(
                "state: /bookmarks/{name} has no bookmark of an account of this run; the stream \
                 is read from its beginning"
            );
        }
        self.bookmarks.push(bookmarks);
        Ok(())
    }

    /// Whether anything starts at a bookmark.
    pub(crate) fn go_on(&self) -> bool {
        self.bookmarks.iter().flatten().any(Option::is_some)
    }

    /// Where the slices of a stream and partition start.
    pub(crate) fn of(&self, plan: usize, partition: Partition) -> Start {
        let (place, days) = match partition {
            Partition::Account(place) => (place, self.days.get(place).copied()),
            Partition::BusinessCenter(place) => (place, Some((None, self.today))),
            Partition::Batch(_) | Partition::Once | Partition::App => return Start::default(),
        };
        let bookmark = self.bookmarks.get(plan).and_then(|all| all.get(place)).copied().flatten();
        let held = self.held.get(&(plan, partition)).cloned().unwrap_or_default();
        let mut start = Start { bookmark, held, ..Start::default() };
        let windows = self.windows.get(plan).copied().unwrap_or_default();
        if let Some((created, today)) = days.filter(|_| windows.is_used) {
            let first = first_day(self.start_date, start.bookmark_day(), self.attribution_window);
            // TikTok counts these days in UTC, which may be a day ahead of the account.
            let kept = windows
                .history
                .map(|days| today.max(self.today).saturating_sub(Duration::days(days.into())));
            // An account has no results from before it was created.
            let first = [created, kept].into_iter().flatten().fold(first, Date::max);
            start.days = Some((first, self.end_date.unwrap_or(today).min(today)));
            start.firm = windows.is_summed.then(|| check::firm_day(today));
        }
        start
    }
}

fn windows(plan: &Plan) -> Windows {
    Windows {
        is_used: plan.stream.has_windows(),
        is_summed: !plan.summed.is_empty(),
        history: plan.stream.call.days.and_then(|days| days.history),
    }
}

//! One slice, read from TikTok and rendered: what a worker does. It owns the reading of a list, twice if need be; which lists make up a
//! slice is the matter of `entities` and `reports`, when a request starts is pacing's, and where the rows go is the pool's.

use super::accounts::Accounts;
use super::audit::Audit;
use super::failures::Skips;
use super::jobs::{Job, Starts};
use super::list::{List, Rendered};
use super::plan::Plan;
use super::pool::{self, Work};
use super::render::Tally;
use super::scope::Scopes;
use super::verify::Check;
use crate::api::client::Client;
use crate::api::error::{ApiError, Outcome};
use crate::config::Config;
use crate::streams::Source;
use std::collections::HashSet;
use std::sync::Arc;

/// What TikTok's header for it means.
const CUT: &str = "TikTok looked at its 20,000 newest ads only";

/// Everything that workers share.
#[derive(Debug)]
pub struct Context {
    /// The way to TikTok.
    pub client: Arc<Client>,
    /// Settings of the run.
    pub config: Config,
    /// Streams of the run.
    pub plans: Vec<Plan>,
    /// Accounts of the run.
    pub accounts: Accounts,
    /// Where slices begin.
    pub starts: Arc<Starts>,
    /// Ids by which reports are narrowed.
    pub scopes: Scopes,
}

/// How a slice ended.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// What was counted.
    pub tally: Tally,
    /// How far it got, for the bookmark: `YYYY-MM-DDTHH:MM:SSZ`.
    pub reached: Option<String>,
    /// What was compared with TikTok's totals.
    pub checks: Vec<Check>,
    /// Whether it was not read at all, because another slice's failure had made it useless.
    pub skipped: bool,
    /// Why it got no further.
    pub failure: Option<ApiError>,
}

/// What workers do: slices, and pages for each other.
#[derive(Debug)]
pub(super) struct Reading {
    /// What all of them share.
    pub context: Arc<Context>,
    /// What need not be begun any more.
    pub skips: Arc<Skips>,
}

impl Work for Reading {
    type Job = Job;
    type End = Ending;
    type Whole = List;
    type Piece = Result<Rendered, ApiError>;
    type Gathered = (Audit, Tally);
    type Fault = ApiError;
    /// Bodies of answers are read into it.
    type Scratch = Vec<u8>;

    fn job(&self, job: Job, desk: &mut Desk) -> Ending {
        if self.skips.has(job.plan, job.account) {
            return Ending { skipped: true, ..Ending::default() };
        }
        let ending = read(&self.context, job, desk);
        self.skips.add(job.plan, job.account, ending.failure.as_ref());
        ending
    }

    fn piece(&self, list: &List, number: u64, lines: Vec<u8>, body: &mut Vec<u8>) -> Self::Piece {
        list.page(&self.context, number, lines, body)
    }

    fn gather(&self, list: &List, gathered: &mut (Audit, Tally), page: Self::Piece) -> Result<(Vec<u8>, u64), ApiError> {
        let mut page = page?;
        if page.is_cut {
            return Err(ApiError { outcome: Outcome::Cut, message: CUT.to_owned(), ..stopped(list.path) });
        }
        gathered.0.add(&mut page);
        gathered.1.add(page.tally);
        Ok((page.lines, page.last))
    }

    fn weight(piece: &Self::Piece) -> usize {
        piece.as_ref().map_or(0, |page| page.lines.len())
    }
}

type Desk<'a> = pool::Desk<'a, Reading>;

/// Reads a slice and sends its lines on.
fn read(context: &Context, job: Job, desk: &mut Desk) -> Ending {
    let plan = &context.plans[job.plan];
    let start = context.starts.of(job);
    let account = context.accounts.open.get(job.account).map_or("", |a| a.id.as_str());
    let mut slice = Slice { context, job, plan, account, desk, tally: Tally::default(), reached: None, checks: Vec::new() };
    let failure = match &plan.stream.source {
        Source::Account(_) => {
            slice.answered(context.accounts.answers.get(job.account - context.accounts.open.len()).map_or("", String::as_str))
        }
        Source::Entity(entity) => slice.entity(entity, start.bookmark.as_deref()),
        Source::Report(report) => job.window.map_or(Ok(()), |window| slice.report(report, window)),
    }
    .err();
    Ending { tally: slice.tally, reached: slice.reached, checks: slice.checks, skipped: false, failure }
}

/// A slice being read.
pub(super) struct Slice<'a, 'd> {
    pub context: &'a Context,
    pub job: Job,
    pub plan: &'a Plan,
    pub account: &'a str,
    pub desk: &'a mut Desk<'d>,
    pub tally: Tally,
    /// How far it got, for the bookmark.
    pub reached: Option<String>,
    /// What was compared with TikTok's totals.
    pub checks: Vec<Check>,
}

impl Slice<'_, '_> {
    /// Hands out an answer that was there before.
    fn answered(&mut self, text: &str) -> Result<(), ApiError> {
        let page = self.list("", "list", Vec::new(), 0).answered(self.context, text, self.desk.buffer())?;
        self.tally.add(page.tally);
        if self.desk.send(page.lines) { Ok(()) } else { Err(stopped(self.plan.stream.path())) }
    }

    /// A list of the slice's account, with at most `most` rows a page.
    pub(super) fn list(&self, path: &'static str, rows: &'static str, params: Vec<(&'static str, String)>, most: u64) -> List {
        let page_size = self.context.config.page_size.min(most);
        List {
            plan: self.job.plan,
            account: self.account.to_owned(),
            bookmark: None,
            written: HashSet::new(),
            in_turn: false,
            path,
            rows,
            params,
            page_size,
            shrinks: false,
        }
    }

    /// Reads a list and makes sure that it is whole; what does not add up is read once more.
    pub(super) fn read(&mut self, list: List) -> Result<Audit, ApiError> {
        let list = Arc::new(list);
        let mut first = self.pages(&list)?;
        if first.is_whole() {
            return Ok(first);
        }
        log::info!("{}, account {}: {}: {}; read once more", self.plan.name, self.account, list.path, first.words());
        // What was written of an entity need not come again: a row that changed since is after the bookmark, and comes with the next run.
        // What was written of a report may have been a row of another moment.
        let written = if list.shrinks { HashSet::new() } else { first.into_keys() };
        let list = Arc::new(List { written, in_turn: true, ..List::clone(&list) });
        let mut second = self.pages(&list)?;
        if second.is_whole() || second.is_whole_as_of_its_beginning() {
            return Ok(second);
        }
        let remedy = "run again later; if it stays so, report it to TikTok with the account and the window";
        let message = format!("{}, also when read once more", second.words());
        Err(ApiError { outcome: Outcome::Uneven, code: None, message, request_id: String::new(), path: list.path, remedy })
    }

    /// Reads all pages of a list: the first one tells how many there are.
    fn pages(&mut self, list: &Arc<List>) -> Result<Audit, ApiError> {
        let ahead = if list.in_turn { 1 } else { usize::MAX };
        let read = self.desk.share(Arc::clone(list), ahead, <(Audit, Tally)>::default());
        let Some(((audit, tally), ended)) = read else { return Err(stopped(list.path)) };
        self.tally.add(tally);
        ended.map(|()| audit)
    }
}

fn stopped(path: &'static str) -> ApiError {
    ApiError { outcome: Outcome::Halted, code: None, message: "stopped".to_owned(), request_id: String::new(), path, remedy: "" }
}

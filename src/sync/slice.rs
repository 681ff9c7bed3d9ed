//! One slice, read from TikTok and rendered: what a worker does. It owns the reading of a list, twice if need be; which lists make up a
//! slice is the matter of `entities` and `reports`, when a request starts is pacing's, and where the rows go is the pool's.

use super::accounts::Accounts;
use super::audit::{Audit, Verdict};
use super::entities::PassEnd;
use super::failures::Skips;
use super::jobs::{Job, Starts};
use super::list::{List, Rendered};
use super::paging::has_more;
use super::plan::Plan;
use super::refusals::Refusals;
use super::scope::Scopes;
use super::sizes::Sizes;
use super::top_view::TopViewAccounts;
use super::verify::Check;
use crate::api::client::{Client, Request};
use crate::api::codes::PARTIAL;
use crate::api::error::{ApiError, Outcome};
use crate::api::page::{self, Page};
use crate::config::Config;
use crate::json::Rows;
use crate::pool::{self, Work};
use crate::render::Tally;
use crate::streams::{REPORT, Source};
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
    /// How many days of a report can be asked for at once.
    pub sizes: Arc<Sizes>,
    /// Which accounts have results of `TopView`.
    pub top_view: TopViewAccounts,
    /// What TikTok refused of reports.
    pub refusals: Refusals,
}

impl Context {
    /// The id of the account of a job; none for the accounts themselves.
    pub(super) fn account_id(&self, job: Job) -> &str {
        self.accounts.open.get(job.account).map_or("", |account| account.id.as_str())
    }
}

/// How a slice ended.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// What was counted.
    pub tally: Tally,
    /// How far it got, for the bookmark: `YYYY-MM-DDTHH:MM:SSZ`.
    pub reached: Option<String>,
    /// What became of the pass that TikTok may refuse, if the stream has one.
    pub pass: Option<PassEnd>,
    /// What was compared with TikTok's totals.
    pub checks: Vec<Check>,
    /// What is wrong with what was delivered, in words. The bookmark moves on all the same.
    pub oddities: Vec<String>,
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
        gathered.0.add(&mut page);
        if page.is_cut && !list.takes_cut {
            return Err(ApiError { outcome: Outcome::Cut, message: CUT.to_owned(), ..stopped(list.path) });
        }
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
    let mut slice = Slice { context, job, plan, account: context.account_id(job), desk, ending: Ending::default(), cut: Vec::new() };
    let failure = match &plan.stream.source {
        Source::Account(_) => {
            slice.answered(context.accounts.answers.get(job.account - context.accounts.open.len()).map_or("", String::as_str))
        }
        Source::Entity(entity) => slice.entity(entity, &start),
        Source::Report(report) => job.window.map_or(Ok(()), |window| slice.report(report, window)),
    }
    .err();
    Ending { failure, ..slice.ending }
}

/// A slice being read.
pub(super) struct Slice<'a, 'd> {
    pub context: &'a Context,
    pub job: Job,
    pub plan: &'a Plan,
    pub account: &'a str,
    pub desk: &'a mut Desk<'d>,
    /// What it comes to so far.
    pub ending: Ending,
    /// Keys of the rows on the page on which TikTok said that it left rows out.
    pub cut: Vec<u64>,
}

impl Slice<'_, '_> {
    /// Hands out an answer that was there before.
    fn answered(&mut self, text: &str) -> Result<(), ApiError> {
        let page = self.list("", "list", Vec::new(), 0).answered(self.context, text, self.desk.buffer())?;
        self.ending.tally.add(page.tally);
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
            takes_cut: false,
        }
    }

    /// Reads a list and makes sure that it is whole; one that does not add up is read once more.
    pub(super) fn read(&mut self, list: List) -> Result<Audit, ApiError> {
        let list = Arc::new(list);
        let mut first = self.pages(&list)?;
        if first.is_whole() {
            return Ok(first);
        }
        log::info!("{}, account {}: {}: {}; it is read once more", self.plan.name, self.account, list.path, first.words());
        // What was written of an entity need not come again: a row that changed since is after the bookmark, and comes with the next run.
        // What was written of a report may have been a row of another moment.
        let written = if list.shrinks { HashSet::new() } else { first.keys().iter().copied().collect() };
        // Pages of another size: a page that came twice by mistake does not come twice in the same place.
        let page_size = list.page_size - (list.page_size / 3).max(1).min(list.page_size - 1);
        let again = Arc::new(List { written, in_turn: true, page_size, ..List::clone(&list) });
        let mut second = self.pages(&again)?;
        let outcome = match second.verdict(&mut first, page_size < list.page_size) {
            Verdict::Whole => return Ok(second),
            Verdict::Repeats(rows) => {
                self.ending.oddities.push(format!(
                    "{}: {}: {rows} rows have the key of another row, also when read once more; all are delivered, the last one counts",
                    self.place(),
                    list.path
                ));
                return Ok(second);
            }
            Verdict::Grew => Outcome::Moving,
            Verdict::Partial => Outcome::Partial,
            Verdict::Uneven => Outcome::Uneven,
        };
        let remedy = "run again later; if it stays so, report it to TikTok with the account and the window";
        let (code, message) = match (&second.partial, outcome) {
            (Some(words), Outcome::Partial) => (Some(PARTIAL), words.clone()),
            _ => (None, format!("{}, also when read once more", second.words())),
        };
        Err(ApiError { outcome, code, message, request_id: String::new(), path: list.path, remedy })
    }

    /// Reads all pages of a list: the first one tells how many there are.
    fn pages(&mut self, list: &Arc<List>) -> Result<Audit, ApiError> {
        let ahead = if list.in_turn { 1 } else { usize::MAX };
        let read = self.desk.share(Arc::clone(list), ahead, <(Audit, Tally)>::default());
        let Some(((audit, tally), ended)) = read else { return Err(stopped(list.path)) };
        self.ending.tally.add(tally);
        match ended {
            Ok(()) => Ok(audit),
            Err(error) => {
                if error.outcome == Outcome::Cut {
                    self.cut = audit.keys().to_vec();
                }
                Err(error)
            }
        }
    }

    /// Asks for the first page of a report, of `page_size` rows. Nothing is delivered of it; `rows` takes its rows.
    pub(super) fn first_page<R>(&mut self, mut params: Vec<(&'static str, String)>, page_size: u64, rows: &mut R) -> Result<Page, ApiError>
    where
        R: for<'t> Rows<'t> + Default,
    {
        params.extend([("page", "1".to_owned()), ("page_size", page_size.to_string())]);
        let request = Request { path: REPORT, params, shrinks: true };
        self.context.client.call(&request, self.desk.scratch, &mut |text| {
            *rows = R::default();
            let page = page::read(text, "list", rows).map_err(|e| e.to_string())?;
            has_more(&page, 1)?;
            Ok(page)
        })
    }

    /// Which stream, account and days this is about, for messages.
    pub(super) fn place(&self) -> String {
        let window = self.job.window.map_or(String::new(), |w| format!(", {} to {}", w.start, w.end));
        format!("{}, account {}{window}", self.plan.name, self.account)
    }
}

fn stopped(path: &'static str) -> ApiError {
    ApiError { outcome: Outcome::Halted, code: None, message: "stopped".to_owned(), request_id: String::new(), path, remedy: "" }
}

//! One slice being read. Its lists are read page by page, checked for being whole, and read a second
//! time if they are not. Which lists make up a slice is decided in `entities` and `reports`.

use super::audit::{Audit, Verdict};
use super::list::List;
use super::memory::Memory;
use crate::api::cause::Cause;
use crate::api::codes::PARTIAL;
use crate::api::error::ApiError;
use crate::api::page::Page;
use crate::api::request::{PageOf, Request};
use crate::json::{Last, Reader};
use crate::render::{Store, Tally};
use crate::streams::REPORT;
use crate::sync::accounts::Account;
use crate::sync::context::{Context, Ending};
use crate::sync::jobs::Job;
use crate::sync::plan::Plan;
use std::collections::HashSet;
use std::sync::Arc;

/// What was gathered of the pages of a list, also where an error ended it early.
pub(crate) type Pages = ((Audit, Tally), Result<(), ApiError>);

/// Where a worker reads a slice.
pub(crate) trait Desk {
    /// Reads the pages of a list, with the help of other workers: at most `ahead` at once. Their
    /// lines are sent on in order. `None`: the run is over.
    fn pages(&mut self, list: Arc<List>, ahead: usize) -> Option<Pages>;
    /// Sends lines on. `false`: the run is over.
    fn send(&mut self, lines: Vec<u8>) -> bool;
    /// Counts bytes that are kept until `release` as if they were lines that wait to be written.
    fn hold(&self, bytes: usize);
    /// Bytes that were held are no longer kept.
    fn release(&self, bytes: usize);
    /// An empty buffer for lines.
    fn buffer(&self) -> Vec<u8>;
    /// A buffer of any content for the body of an answer.
    fn body(&mut self) -> &mut Vec<u8>;
}

/// A slice being read.
pub(crate) struct Slice<'a> {
    pub context: &'a Context,
    pub memory: &'a Memory,
    pub job: Job,
    pub plan: &'a Plan,
    /// The id of the account.
    pub account: &'a str,
    pub desk: &'a mut dyn Desk,
    /// What it comes to so far.
    pub ending: Ending,
    /// Keys of the rows on the page on which TikTok said that it left rows out.
    pub cut: Vec<u64>,
    /// The most bytes of rows that are held until the answers to other requests are there.
    pub most_held: usize,
    /// How often that was in what was found too much to be held, rounded up.
    pub times_too_much: usize,
}

impl Slice<'_> {
    /// Sends on the rows of an answer that was read before.
    pub(crate) fn send_answer(&mut self, text: &str) -> Result<(), ApiError> {
        let call = self.plan.stream.call;
        let list = self.list(call.path, call.rows, Vec::new(), 0);
        let page = list.answered(self.context, text, self.desk.buffer())?;
        self.ending.tally.add(page.tally);
        if self.desk.send(page.lines) { Ok(()) } else { Err(ApiError::halted(call.path)) }
    }

    /// A list of the slice's account, with at most `most` rows a page.
    pub(crate) fn list(
        &self,
        path: &'static str,
        rows: &'static str,
        params: Vec<(&'static str, String)>,
        most: u64,
    ) -> List {
        List {
            plan: self.job.plan,
            account: self.account.to_owned(),
            bookmark: None,
            written: HashSet::new(),
            in_turn: false,
            path,
            rows,
            params,
            page_size: self.context.config.page_size.min(most),
            is_report: self.plan.stream.report().is_some(),
            takes_cut: false,
            side: None,
            most_held: usize::MAX,
        }
    }

    /// Reads a list and makes sure that it is whole. One that does not add up is read once more.
    pub(crate) fn read(&mut self, list: List) -> Result<Audit, ApiError> {
        let list = Arc::new(list);
        let mut first = self.pages(&list)?;
        if first.is_whole() {
            return Ok(first);
        }
        log::info!(
            "{}, account {}: {}: {}; it is read once more",
            self.plan.name,
            self.account,
            list.path,
            first.words()
        );
        // What was written of an entity need not come again: a row that changed since is after the
        // bookmark, and comes with the next run. What was written of a report may have been a row
        // of another moment.
        let written =
            if list.is_report { HashSet::new() } else { first.keys().iter().copied().collect() };
        // Pages of another size: a page that came twice by mistake does not come twice in the same
        // place.
        let less = (list.page_size / 3).max(1).min(list.page_size - 1);
        let page_size = list.page_size - less;
        let again = Arc::new(List { written, in_turn: true, page_size, ..List::clone(&list) });
        first.stored = Store::default();
        let mut second = self.pages(&again)?;
        let cause = match second.verdict(&mut first, page_size < list.page_size) {
            Verdict::Whole => return Ok(second),
            Verdict::Repeats(rows) => {
                self.ending.oddities.push(format!(
                    "{}: {}: {rows} rows have the key of another row, also when read once more; \
                     all are delivered, the last one counts",
                    self.place(),
                    list.path
                ));
                return Ok(second);
            }
            Verdict::Grew => Cause::Growing,
            Verdict::Partial => Cause::PartMissing,
            Verdict::Uneven => Cause::Incomplete,
        };
        let (code, message) = match (&second.partial, cause) {
            (Some(words), Cause::PartMissing) => (Some(PARTIAL), words.clone()),
            _ => (None, format!("{}, also when read once more", second.words())),
        };
        let remedy = "run again later; if it stays so, report it to TikTok with the account and \
                      the window";
        Err(ApiError { code, ..ApiError::new(cause, list.path, message, remedy) })
    }

    /// Reads all pages of a list: the first one tells how many there are.
    fn pages(&mut self, list: &Arc<List>) -> Result<Audit, ApiError> {
        let ahead = if list.in_turn { 1 } else { usize::MAX };
        let pages = self.desk.pages(Arc::clone(list), ahead);
        let Some(((audit, tally), ended)) = pages else {
            return Err(ApiError::halted(list.path));
        };
        self.ending.tally.add(tally);
        if ended.as_ref().is_err_and(|error| error.cause == Cause::Truncated) {
            self.cut = audit.keys().to_vec();
        }
        if ended.as_ref().is_err_and(|error| error.cause == Cause::TooMuchToHold) {
            self.times_too_much = audit.expected_bytes().div_ceil(list.most_held.max(1));
        }
        ended.map(|()| audit)
    }

    /// Asks for the first page of a report, of `page_size` rows. Nothing of it is delivered; `rows`
    /// takes its rows.
    pub(crate) fn first_page<R>(
        &mut self,
        params: Vec<(&'static str, String)>,
        page_size: u64,
        rows: &mut Last<R>,
    ) -> Result<Page, ApiError>
    where
        Last<R>: Reader,
    {
        let page = Some(PageOf { number: 1, size: page_size });
        let request = Request { path: REPORT, rows: "list", params, page, is_report: true };
        self.context.client.call(&request, self.desk.body(), rows)
    }

    /// The account of the slice, if it is one of an account.
    pub(crate) fn open_account(&self) -> Option<&Account> {
        self.job.partition.account(&self.context.accounts)
    }

    /// Where the slice is at work, for messages.
    pub(crate) fn place(&self) -> String {
        self.context.place(self.job)
    }
}

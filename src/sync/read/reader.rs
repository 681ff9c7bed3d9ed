//! One slice being read: its lists are read page by page and made sure of, twice if need be. Which
//! lists make up a slice is in `entities` and `reports`.

use super::audit::{Audit, Verdict};
use super::list::List;
use super::paging::has_more;
use super::{Desk, Memory};
use crate::api::client::Request;
use crate::api::codes::PARTIAL;
use crate::api::error::{ApiError, Outcome};
use crate::api::page::{self, Page};
use crate::json::Rows;
use crate::render::Tally;
use crate::streams::REPORT;
use crate::sync::context::{Context, Ending};
use crate::sync::jobs::Job;
use crate::sync::plan::Plan;
use std::collections::HashSet;
use std::sync::Arc;

/// A slice being read.
pub(crate) struct Slice<'a, 'd> {
    pub context: &'a Context,
    pub memory: &'a Memory,
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
    pub(crate) fn answered(&mut self, text: &str) -> Result<(), ApiError> {
        let page = self.list("", "list", Vec::new(), 0).answered(
            self.context,
            text,
            self.desk.buffer(),
        )?;
        self.ending.tally.add(page.tally);
        if self.desk.send(page.lines) { Ok(()) } else { Err(stopped(self.plan.stream.path())) }
    }

    /// A list of the slice's account, with at most `most` rows a page.
    pub(crate) fn list(
        &self,
        path: &'static str,
        rows: &'static str,
        params: Vec<(&'static str, String)>,
        most: u64,
    ) -> List {
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
            if list.shrinks { HashSet::new() } else { first.keys().iter().copied().collect() };
        // Pages of another size: a page that came twice by mistake does not come twice in the same
        // place.
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
        let remedy =
            "run again later; if it stays so, report it to TikTok with the account and the window";
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

    /// Asks for the first page of a report, of `page_size` rows. Nothing is delivered of it; `rows`
    /// takes its rows.
    pub(crate) fn first_page<R>(
        &mut self,
        mut params: Vec<(&'static str, String)>,
        page_size: u64,
        rows: &mut R,
    ) -> Result<Page, ApiError>
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
    pub(crate) fn place(&self) -> String {
        let window =
            self.job.window.map_or(String::new(), |w| format!(", {} to {}", w.start, w.end));
        format!("{}, account {}{window}", self.plan.name, self.account)
    }
}

pub(crate) fn stopped(path: &'static str) -> ApiError {
    ApiError {
        outcome: Outcome::Halted,
        code: None,
        message: "stopped".to_owned(),
        request_id: String::new(),
        path,
        remedy: "",
    }
}

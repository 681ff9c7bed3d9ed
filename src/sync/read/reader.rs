//! Reads the lists of one slice page by page, checks that they are complete, and reads them a
//! second time if they are not. `lists` and `reports` decide which lists a slice has.

use super::audit::Audit;
use super::constants::constants;
use super::detail::Details;
use super::list::List;
use super::list_totals::ListTotals;
use super::many::Many;
use super::memory::{Memory, Refusal};
use super::second_reading::{again, compare, written};
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::api::page::Page;
use crate::api::request::{PageOf, Request};
use crate::json::{Last, Reader, RowsAt};
use crate::render::{Constants, Store, Tally};
use crate::streams::{Paging, REPORT};
use crate::sync::account::Account;
use crate::sync::context::{Context, Ending};
use crate::sync::jobs::Job;
use crate::sync::plan::Plan;
use crate::sync::windows::Window;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What workers read together.
#[derive(Debug)]
pub(crate) enum Whole {
    /// The pages of one list.
    List(List),
    /// Many short lists.
    Many(Many),
    /// The details of the rows of a page.
    Details(Details),
}

impl Whole {
    /// The stream that it belongs to, by its place among the plans.
    pub(crate) fn plan(&self) -> usize {
        match self {
            Whole::List(list) => list.plan,
            Whole::Many(many) => many.template.plan,
            Whole::Details(details) => details.plan,
        }
    }
}

/// What was read of it, in order.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub audit: Audit,
    pub tally: Tally,
    /// How often each row without an id came so far.
    pub numbers: HashMap<u128, u32>,
    /// Of many lists: how many were answered.
    pub answered: usize,
    /// Descriptions of the batches that were refused, with the errors.
    pub refused: Vec<Refusal>,
    /// Lists that are too long to be held, with descriptions of their batches.
    pub long: Vec<(String, List)>,
    /// Descriptions of what is odd about the rows.
    pub oddities: Vec<String>,
    /// The sums of many lists, and TikTok's totals.
    pub totals: ListTotals,
    /// The details of rows.
    pub details: Vec<Result<String, ApiError>>,
}

/// Where a worker reads a slice.
pub(crate) trait Desk {
    /// Reads all pieces of `whole` with the help of other workers, at most `ahead` at once. Their
    /// lines are sent on in order. Returns what was read, even if an error ended it early, or
    /// `None` if the run ended.
    fn share(
        &mut self,
        whole: Arc<Whole>,
        ahead: usize,
        gathered: Gathered,
    ) -> Option<(Gathered, Result<(), ApiError>)>;
    /// Sends lines on. Returns `false` if the run ended.
    fn send(&mut self, lines: Vec<u8>) -> bool;
    /// Counts bytes that the slice keeps until `release` as if they waited to be written.
    fn hold(&self, bytes: usize);
    /// Bytes that were held are not kept any more.
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
    /// The id of the account or Business Center.
    pub account: &'a str,
    pub desk: &'a mut dyn Desk,
    /// Its result so far.
    pub ending: Ending,
    /// Keys of the rows up to the page on which TikTok said that it left out rows.
    pub cut: Vec<u64>,
    /// How often each row without an id came so far.
    pub numbers: HashMap<u128, u32>,
    /// The most bytes of rows to hold until the answers to other requests are there.
    pub most_held: usize,
    /// How many times the allowed bytes the last list had of which too much would have to be held,
    /// rounded up.
    pub times_too_much: usize,
}

impl Slice<'_> {
    /// Sends the rows of an answer that was read before.
    pub(crate) fn send_answer(&mut self, text: &str) -> Result<(), ApiError> {
        let call = self.plan.stream.call;
        let list = self.list(call.path, call.rows, Vec::new(), None, None);
        let page = list.answered(self.context, text, self.desk.buffer())?;
        self.ending.tally.add(page.tally);
        if self.desk.send(page.lines) { Ok(()) } else { Err(ApiError::halted(call.path)) }
    }

    /// A list of the slice's owner, with at most `most` rows a page.
    pub(crate) fn list(
        &self,
        path: &'static str,
        rows: RowsAt,
        params: Vec<(&'static str, String)>,
        most: Option<u64>,
        window: Option<Window>,
    ) -> List {
        let is_hourly = self.plan.recipe.has_hours();
        let account = self.open_account();
        let hours = window.zip(account).filter(|_| is_hourly);
        List {
            plan: self.job.plan,
            owner: self.job.partition.words(&self.context.accounts),
            constants: self.constants(window),
            hours: hours.map_or_else(Vec::new, |(window, account)| account.hours(window.start)),
            bookmark: None,
            written: HashSet::new(),
            path,
            rows,
            params,
            page_size: most.map(|most| self.context.config.page_size.min(most)),
            may_be_whole: matches!(self.plan.stream.call.paging, Paging::PagesOrWhole(_)),
            is_report: self.plan.stream.report().is_some(),
            days: window.map_or(0, Window::days),
            takes_cut: false,
            side: None,
            most_held: usize::MAX,
            cap: None,
            detail: None,
        }
    }

    /// Values that all rows of a window have in common.
    pub(crate) fn constants(&self, window: Option<Window>) -> Constants {
        let (stream, started) = (&self.plan.stream, self.context.started);
        constants(stream, self.account, self.open_account(), started, window)
    }

    /// Reads a list, and reads it once more if it is not complete.
    pub(crate) fn read(&mut self, list: List) -> Result<Audit, ApiError> {
        let numbers = self.numbers.clone();
        let whole = Arc::new(Whole::List(list));
        let mut first = self.pages(&whole, usize::MAX)?;
        let Whole::List(list) = &*whole else { return Ok(first) };
        if self.context.is_sample || first.is_whole() {
            return Ok(first);
        }
        let words = first.words();
        log::info!("{}: {}: {words}; it is read once more", self.place(), list.path);
        let again = List { written: written(list, &first), ..again(list) };
        self.numbers = numbers;
        (first.stored, first.withheld) = (Store::default(), Vec::new());
        let whole_again = Arc::new(Whole::List(again));
        // Pages are read one after the other. Then rows that are added meanwhile can only lead to
        // repeated rows, not to missing ones.
        let mut second = self.pages(&whole_again, 1)?;
        let Whole::List(again) = &*whole_again else { return Ok(second) };
        if let Some(words) = compare((list, &mut first), (again, &mut second))? {
            self.ending.oddities.push(format!("{}: {words}", self.place()));
        }
        let withheld = std::mem::take(&mut second.withheld);
        if withheld.is_empty() || self.desk.send(withheld) {
            Ok(second)
        } else {
            Err(ApiError::halted(list.path))
        }
    }

    /// Reads all pages of a list: the first one tells how many there are.
    fn pages(&mut self, whole: &Arc<Whole>, ahead: usize) -> Result<Audit, ApiError> {
        match &**whole {
            Whole::List(list @ List { detail: Some(detail), .. }) => {
                self.read_detailed(list, *detail)
            }
            _ => Ok(self.gather(whole, ahead)?.audit),
        }
    }

    /// Reads many lists. Returns descriptions of the refused batches with the errors, and the sums
    /// of the others.
    pub(crate) fn read_many(&mut self, many: Many) -> Result<(Vec<Refusal>, ListTotals), ApiError> {
        let whole = Arc::new(Whole::Many(many));
        let Gathered { mut refused, mut answered, long, oddities, mut totals, .. } =
            self.gather(&whole, usize::MAX)?;
        let place = self.place();
        self.ending.oddities.extend(oddities.iter().map(|odd| format!("{place}, {odd}")));
        for (batch, list) in long {
            match self.read(list) {
                Ok(read) => {
                    answered += 1;
                    let (sums, theirs) = (&read.sums, read.announced.as_deref());
                    totals.add(ListTotals::of(read.rows, sums, theirs, &self.plan.summed));
                }
                Err(error) if error.cause.costs_list() => refused.push((batch, error)),
                Err(error) => return Err(error),
            }
        }
        let is_of_all = |(_, error): &Refusal| error.cause == Cause::NotGranted;
        match refused.first() {
            Some((_, error)) if answered == 0 && refused.iter().all(is_of_all) => {
                Err(error.clone())
            }
            _ => Ok((refused, totals)),
        }
    }

    /// Reads all pieces of what workers read together.
    pub(super) fn gather(
        &mut self,
        whole: &Arc<Whole>,
        ahead: usize,
    ) -> Result<Gathered, ApiError> {
        let numbers = std::mem::take(&mut self.numbers);
        let gathered = Gathered { numbers, ..Gathered::default() };
        let read = self.desk.share(Arc::clone(whole), ahead, gathered);
        let path = self.plan.stream.call.path;
        let Some((mut gathered, ended)) = read else { return Err(ApiError::halted(path)) };
        self.ending.tally.add(std::mem::take(&mut gathered.tally));
        self.numbers = std::mem::take(&mut gathered.numbers);
        match ended {
            Ok(()) => Ok(gathered),
            Err(error) => {
                let audit = &gathered.audit;
                self.cut.clear();
                match (error.cause, &**whole) {
                    (Cause::Truncated, _) => self.cut = audit.keys().to_vec(),
                    (Cause::TooMuchToHold, Whole::List(list)) => {
                        let bytes = audit.expected_bytes();
                        self.times_too_much = bytes.div_ceil(list.most_held.max(1));
                    }
                    _ => {}
                }
                Err(error)
            }
        }
    }

    /// Requests the first page of a report, of `page_size` rows. `rows` reads its rows, and none of
    /// them is delivered.
    pub(crate) fn first_page<R>(
        &mut self,
        params: Vec<(&'static str, String)>,
        page_size: u64,
        rows: &mut Last<R>,
    ) -> Result<Page, ApiError>
    where
        Last<R>: Reader,
    {
        let page = Some(PageOf { number: 1, size: page_size, may_be_whole: false });
        let list = Request::list(REPORT, RowsAt::Member("list"), params);
        let request = Request { page, is_report: true, ..list };
        self.context.client.call(&request, self.desk.body(), rows)
    }

    /// The account of the slice, if it is one of an account.
    pub(crate) fn open_account(&self) -> Option<&Account> {
        self.job.partition.account(&self.context.accounts)
    }

    /// Stream and partition, for messages about more than the days of the slice.
    pub(crate) fn owner_place(&self) -> String {
        self.context.place(Job { window: None, ..self.job })
    }

    /// Stream, partition and days of the slice, for messages.
    pub(crate) fn place(&self) -> String {
        self.context.place(self.job)
    }
}

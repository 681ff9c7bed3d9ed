//! A list of rows that comes in pages: its request, and the reading and rendering of one page.

use super::page_cap::PageCap;
use super::rendered::Rendered;
use crate::api::cause::Cause;
use crate::api::codes::PARTIAL;
use crate::api::error::ApiError;
use crate::api::page::{self, Page};
use crate::api::request::{PageOf, Request};
use crate::json::{Reader, RowsAt};
use crate::render::{Constants, PageRows, Renderer, Tally};
use crate::singer::bookmark::Bookmark;
use crate::singer::output::time_extracted;
use crate::streams::Detail;
use crate::sync::context::Context;
use std::collections::HashSet;

/// A buffer for bodies that grew beyond this many bytes is freed after its page.
const KEPT: usize = 8 << 20;

/// A request without the number of the page.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// The stream, by its place among the plans.
    pub plan: usize,
    /// Its account or Business Center in words, for messages: `, account 7`.
    pub owner: String,
    /// Values that all of its rows have in common.
    pub constants: Constants,
    /// The hours of its rows, up to the hour, and the same in UTC.
    pub hours: Vec<(String, String)>,
    /// Rows with a time of change before it are left out.
    pub bookmark: Option<Bookmark>,
    /// Hashes of the keys of rows that are left out because they were written before.
    pub written: HashSet<u64>,
    /// Below `/open_api/v1.3/`.
    pub path: &'static str,
    /// Where answers hold the rows.
    pub rows: RowsAt,
    /// The parameters, without those for paging.
    pub params: Vec<(&'static str, String)>,
    /// Rows per page; `None` if it comes in one answer.
    pub page_size: Option<u64>,
    /// Whether an answer without `page_info` is the whole list.
    pub may_be_whole: bool,
    /// Whether it is a report.
    pub is_report: bool,
    /// The days of its window; 0 if it has none.
    pub days: u16,
    /// Whether it is read to its end even if TikTok leaves out rows of older ads.
    pub takes_cut: bool,
    /// Which of the `sides` of its plan it is. Its rows are stored then, not written.
    pub side: Option<usize>,
    /// The most bytes that may be stored of it.
    pub most_held: usize,
    /// The most rows that TikTok returns of it, if it does not return all.
    pub cap: Option<PageCap>,
    /// The call for further members of each row, if there is one.
    pub detail: Option<Detail>,
}

/// Renders the rows of an answer. If the answer is cut off, another one follows.
pub(super) struct Lines<'a> {
    list: &'a List,
    context: &'a Context,
    time: String,
    renderer: Renderer<'a>,
    buffer: Vec<u8>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(list: &'a List, context: &'a Context, lines: Vec<u8>) -> Self {
        let (time, renderer) = (time_extracted(), list.renderer(context));
        Lines { list, context, time, renderer, buffer: lines }
    }
}

impl<'a> Reader for Lines<'a> {
    type Rows<'t>
        = PageRows<'t, 'a, 't>
    where
        Self: 't;

    fn begin<'t>(&'t mut self) -> PageRows<'t, 'a, 't> {
        self.buffer.clear();
        self.renderer = self.list.renderer(self.context);
        self.renderer.page(&self.time, &mut self.buffer)
    }
}

impl List {
    /// Whether it can be asked for in windows of fewer days.
    pub(crate) fn is_divisible(&self) -> bool {
        self.days > 1
    }

    /// Reads the page of that number, from 1. `lines` and `body` are buffers of any content.
    pub(crate) fn page(
        &self,
        context: &Context,
        number: u64,
        lines: Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Result<Rendered, ApiError> {
        let mut reader = Lines::new(self, context, lines);
        let page = match (self.call(context, number, body, &mut reader), self.cap) {
            (Err(error), Some(cap)) if PageCap::is_passed(number, &error) => {
                return self.end(cap, number);
            }
            (page, _) => page?,
        };
        let rendered = self.rendered(context, page, reader)?;
        match self.cap {
            Some(cap) => self.limit(cap, rendered),
            None => Ok(rendered),
        }
    }

    /// Requests a page, whose rows `reader` reads.
    pub(super) fn call<R: Reader>(
        &self,
        context: &Context,
        number: u64,
        body: &mut Vec<u8>,
        reader: &mut R,
    ) -> Result<Page, ApiError> {
        let request = Request {
            page: self.page_size.map(|size| PageOf {
                number,
                size,
                may_be_whole: self.may_be_whole,
            }),
            // What timed out is asked for in smaller windows, and not repeated.
            is_report: self.is_report || self.is_divisible(),
            ..Request::list(self.path, self.rows, self.params.clone())
        };
        let answer = context.client.call(&request, body, reader);
        if body.capacity() > KEPT {
            *body = Vec::new();
        }
        // An error may come with rows, which are dropped here.
        answer
    }

    /// Renders an answer that was read before, or rows of a file.
    pub(crate) fn answered(
        &self,
        context: &Context,
        text: &str,
        lines: Vec<u8>,
    ) -> Result<Rendered, ApiError> {
        let mut reader = Lines::new(self, context, lines);
        let page = page::read(text, self.rows, &mut reader.begin()).map_err(|why| {
            let message = format!("the rows cannot be read: {why}");
            let remedy = "TikTok's answers have changed: report it";
            ApiError::new(Cause::UnknownForm, self.path, message, remedy)
        })?;
        self.rendered(context, page, reader)
    }

    fn renderer<'a>(&'a self, context: &'a Context) -> Renderer<'a> {
        let bookmark = self.bookmark.map(Bookmark::cursor);
        let plan = &context.plans[self.plan];
        let recipe = self.side.map_or(&plan.recipe, |side| &plan.sides[side].recipe);
        Renderer::new(recipe, &self.constants, bookmark.as_deref())
            .with_hours(&self.hours)
            .without(&self.written)
    }

    pub(super) fn rendered(
        &self,
        context: &Context,
        page: Page,
        reader: Lines,
    ) -> Result<Rendered, ApiError> {
        let Lines { mut renderer, buffer: lines, .. } = reader;
        let mut rendered = Rendered {
            lines,
            rows: page.rows,
            keys: renderer.take_keys(),
            sums: renderer.take_sums(),
            row_ids: renderer.take_row_ids(),
            has_hashes: renderer.has_hashes(),
            total: page.page_info.map(|info| info.total_number),
            tally: renderer.finish(),
            last: page.last,
            is_cut: page.is_cut,
            ..Rendered::default()
        };
        rendered.tally.not_rows += page.not_rows;
        if rendered.tally.not_rows > 0 {
            rendered.tally.first_not_row = Some(self.place(&page));
        }
        // A row that is null may be missing from TikTok's count as well.
        if page.not_rows > 0 && rendered.total == Some(page.rows - page.not_rows) {
            rendered.rows -= page.not_rows;
        }
        rendered.tally.mended += page.mended;
        self.check_form(context, &page, &rendered.tally)?;
        rendered.totals = page.totals;
        rendered.partial = (page.code == PARTIAL).then_some(page.message);
        Ok(rendered)
    }

    /// Identifies a page, for users who ask TikTok about it.
    fn place(&self, page: &Page) -> String {
        let day = |name: &str| {
            self.params.iter().find(|(param, _)| *param == name).map_or("", |(_, day)| day)
        };
        let (start, end) = (day("start_date"), day("end_date"));
        let days = if start.is_empty() { String::new() } else { format!(", {start} to {end}") };
        let owner = match self.owner.strip_prefix(", ") {
            Some(owner) => format!("{owner}{days}, "),
            None => String::new(),
        };
        format!("{owner}request {}", page.request_id)
    }

    /// One row that cannot be used is left out by itself. When no row of an answer can be used, the
    /// form of the answers has changed, and a bookmark must not pass them.
    fn check_form(&self, context: &Context, page: &Page, tally: &Tally) -> Result<(), ApiError> {
        if page.rows == 0 || tally.null_keys + tally.not_rows < page.rows {
            return Ok(());
        }
        let plan = &context.plans[self.plan];
        let members = if plan.recipe.is_report() { " with `dimensions`" } else { "" };
        let message = format!(
            "no row of an answer with {} can be used: {} have no value for a key property ({}), {} \
             are no objects{members}",
            page.rows,
            tally.null_keys,
            plan.keys.join(", "),
            tally.not_rows
        );
        let remedy = "check the key properties in the catalog; if they are right, TikTok's \
                      answers have changed: report it";
        let path = plan.stream.call.path;
        let error = ApiError::new(Cause::UnknownForm, path, message, remedy);
        Err(ApiError { request_id: page.request_id.clone(), ..error })
    }
}

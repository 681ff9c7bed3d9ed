//! One list of rows that TikTok hands out in pages: what is asked for, and how a page of it becomes
//! lines. It owns one request at a time; in which order pages are read, and by whom, is decided
//! above.

use super::paging::has_more;
use crate::api::client::Request;
use crate::api::codes::PARTIAL;
use crate::api::error::{ApiError, Outcome};
use crate::api::page::{self, Page};
use crate::render::{Renderer, Sum, Tally};
use crate::sync::context::Context;
use std::collections::HashSet;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A body buffer that grew beyond this many bytes is given back after its page.
const KEPT: usize = 8 << 20;

/// An endpoint with everything that is asked of it but the number of the page.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// The stream, by its place among the plans.
    pub plan: usize,
    /// The account's id.
    pub account: String,
    /// Rows with a cursor before it are left out.
    pub bookmark: Option<String>,
    /// Rows with these hashes of their keys are left out: they were written before.
    pub written: HashSet<u64>,
    /// Whether no page is read before the one in front of it: rows that are added meanwhile can
    /// only repeat others then.
    pub in_turn: bool,
    /// Below `/open_api/v1.3/`.
    pub path: &'static str,
    /// The member of `data` that holds the rows.
    pub rows: &'static str,
    /// Names and values, without those of paging.
    pub params: Vec<(&'static str, String)>,
    /// Rows a page.
    pub page_size: u64,
    /// Whether a time-out means that it asks for too much.
    pub shrinks: bool,
    /// Whether it is read on although TikTok leaves rows of older ads out.
    pub takes_cut: bool,
}

/// One page of a list, rendered.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// RECORD lines.
    pub lines: Vec<u8>,
    /// What was counted.
    pub tally: Tally,
    /// Rows of the page, before any filter.
    pub rows: u64,
    /// Hashes of their keys.
    pub keys: Vec<u64>,
    /// What its metrics add up to, and what TikTok says that those of all pages do.
    pub sums: Vec<Sum>,
    pub totals: Option<String>,
    /// TikTok's count of the rows of all pages.
    pub total: Option<u64>,
    /// The number of the last page, as far as this one knows.
    pub last: u64,
    /// Whether TikTok left rows of older ads out.
    pub is_cut: bool,
    /// TikTok's words, if it said that a part is missing.
    pub partial: Option<String>,
}

impl Rendered {
    /// Rows that could not be told from the others, and were left out.
    fn dropped(&self) -> u64 {
        self.tally.null_keys + self.tally.not_rows
    }
}

impl List {
    /// Reads the page of that number, from 1. `lines` is an empty buffer, `body` one of any
    /// content.
    pub(crate) fn page(
        &self,
        context: &Context,
        number: u64,
        mut lines: Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Result<Rendered, ApiError> {
        let mut params = self.params.clone();
        params.extend([("page", number.to_string()), ("page_size", self.page_size.to_string())]);
        let time = now();
        let mut rendered = Rendered::default();
        let mut take = |text: &str| -> Result<Page, String> {
            // An answer that broke off was begun to be rendered.
            lines.clear();
            let page = self.render(context, text, &time, &mut lines, &mut rendered)?;
            rendered.last = if has_more(&page, number)? {
                page.page_info.map_or(number, |info| info.total_page)
            } else {
                number
            };
            Ok(page)
        };
        let answer = context.client.call(
            &Request { path: self.path, params, shrinks: self.shrinks },
            body,
            &mut take,
        );
        if body.capacity() > KEPT {
            *body = Vec::new();
        }
        // An error may come with rows; nobody is to have them.
        let page = answer?;
        rendered.tally.mended += page.mended;
        self.check_shape(context, &page, &rendered)?;
        let partial = (page.code == PARTIAL).then_some(page.message);
        Ok(Rendered { lines, is_cut: page.is_cut, partial, ..rendered })
    }

    /// Renders an answer that was there before.
    pub(crate) fn answered(
        &self,
        context: &Context,
        text: &str,
        mut lines: Vec<u8>,
    ) -> Result<Rendered, ApiError> {
        let mut rendered = Rendered::default();
        let read = self.render(context, text, &now(), &mut lines, &mut rendered);
        debug_assert!(read.is_ok(), "the answer was read before");
        self.check_shape(context, &read.unwrap_or_default(), &rendered)?;
        Ok(Rendered { lines, ..rendered })
    }

    /// Where a page is to be found, for people who ask TikTok about it.
    fn place(&self, page: &Page) -> String {
        let day = |name: &str| {
            self.params.iter().find(|(param, _)| *param == name).map_or("", |(_, day)| day)
        };
        let days = if day("start_date").is_empty() {
            String::new()
        } else {
            format!(", {} to {}", day("start_date"), day("end_date"))
        };
        let account = if self.account.is_empty() {
            String::new()
        } else {
            format!("account {}{days}, ", self.account)
        };
        format!("{account}request {}", page.request_id)
    }

    /// One odd row costs itself. When there is no other, rows look otherwise than they should, and
    /// a bookmark must not pass them.
    fn check_shape(
        &self,
        context: &Context,
        page: &Page,
        rendered: &Rendered,
    ) -> Result<(), ApiError> {
        if page.rows == 0 || rendered.dropped() < page.rows {
            return Ok(());
        }
        let plan = &context.plans[self.plan];
        let members = if plan.recipe.is_report() { " with `dimensions`" } else { "" };
        let message = format!(
            "no row of an answer with {} can be used: {} have no value for a key property ({}), {} are no objects{members}",
            page.rows,
            rendered.tally.null_keys,
            plan.keys.join(", "),
            rendered.tally.not_rows
        );
        let remedy = "check the key properties in the catalog; if they are right, TikTok's answers have changed: report it";
        Err(ApiError {
            outcome: Outcome::Shape,
            code: None,
            message,
            request_id: page.request_id.clone(),
            path: context.plans[self.plan].stream.path(),
            remedy,
        })
    }

    fn render(
        &self,
        context: &Context,
        text: &str,
        time: &str,
        lines: &mut Vec<u8>,
        into: &mut Rendered,
    ) -> Result<Page, String> {
        let recipe = &context.plans[self.plan].recipe;
        let mut renderer =
            Renderer::new(recipe, &self.account, self.bookmark.as_deref()).without(&self.written);
        let page = page::read(text, self.rows, &mut renderer.page(time, lines))
            .map_err(|e| e.to_string())?;
        (into.rows, into.total) = (page.rows, page.page_info.map(|info| info.total_number));
        into.keys = renderer.take_keys();
        (into.sums, into.totals) = (renderer.take_sums(), page.totals.clone());
        into.tally = renderer.finish();
        into.tally.not_rows += page.not_rows;
        if into.tally.not_rows > 0 {
            into.tally.first_not_row = Some(self.place(&page));
        }
        // A row that is null may be missing from TikTok's count as well.
        if page.not_rows > 0 && into.total == Some(page.rows - page.not_rows) {
            into.rows -= page.not_rows;
        }
        Ok(page)
    }
}

/// When rows were extracted: RFC 3339, UTC, to the millisecond.
fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let whole = now.replace_nanosecond(now.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(now);
    whole.format(&Rfc3339).unwrap_or_default()
}

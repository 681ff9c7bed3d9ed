//! One slice, read from TikTok page by page and rendered: what a worker does. It owns the requests of a slice; when they start is
//! pacing's matter, where their rows go is the pool's.

use super::accounts::Accounts;
use super::jobs::{Job, Starts};
use super::paging::has_more;
use super::plan::Plan;
use super::pool::Sink;
use super::render::{Renderer, Tally};
use super::windows::Window;
use crate::api::client::{Client, Request};
use crate::api::error::{ApiError, Outcome};
use crate::api::page::{self, Page};
use crate::config::Config;
use crate::streams::{Entity, Pass, REPORT, Report, Source};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime};

/// Everything that workers share.
#[derive(Debug)]
pub struct Context {
    /// The way to TikTok.
    pub client: Client,
    /// Settings of the run.
    pub config: Config,
    /// Streams of the run.
    pub plans: Vec<Plan>,
    /// Accounts of the run.
    pub accounts: Accounts,
    /// Where slices begin.
    pub starts: Arc<Starts>,
}

/// How a slice ended.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// What was counted.
    pub tally: Tally,
    /// How far it got, for the bookmark: `YYYY-MM-DDTHH:MM:SSZ`.
    pub reached: Option<String>,
    /// Whether it was not read at all, because another slice's failure had made it useless.
    pub skipped: bool,
    /// Why it got no further.
    pub failure: Option<ApiError>,
}

type Way<'a> = Sink<'a, Job, Ending>;

/// Reads a slice and sends its lines on.
#[must_use]
pub(super) fn read(context: &Context, job: Job, sink: &Way) -> Ending {
    let plan = &context.plans[job.plan];
    let start = context.starts.of(job);
    let account = context.accounts.open.get(job.account).map_or("", |a| a.id.as_str());
    let is_entity = matches!(plan.stream.source, Source::Entity(_));
    let renderer = Renderer::new(&plan.recipe, account, start.bookmark.as_deref().filter(|_| is_entity));
    let mut slice = Slice { context, plan, account, sink, renderer, body: Vec::new(), reached: None };
    let failure = match &plan.stream.source {
        Source::Account(_) => {
            slice.answered(context.accounts.answers.get(job.account - context.accounts.open.len()).map_or("", String::as_str))
        }
        Source::Entity(entity) => slice.entity(entity, start.bookmark.as_deref()),
        Source::Report(report) => job.window.map_or(Ok(()), |window| slice.report(report, window)),
    }
    .err();
    let reached = slice.reached;
    Ending { tally: slice.renderer.finish(), reached, skipped: false, failure }
}

struct Slice<'a> {
    context: &'a Context,
    plan: &'a Plan,
    account: &'a str,
    sink: &'a Way<'a>,
    renderer: Renderer<'a>,
    body: Vec<u8>,
    reached: Option<String>,
}

impl Slice<'_> {
    /// Renders an answer that was there before.
    fn answered(&mut self, text: &str) -> Result<(), ApiError> {
        let mut lines = self.sink.buffer();
        let read = page::read(text, "list", &mut self.renderer.page(&now(), &mut lines));
        debug_assert!(read.is_ok(), "the answer was read before");
        self.send(lines)
    }

    fn entity(&mut self, entity: &Entity, bookmark: Option<&str>) -> Result<(), ApiError> {
        for pass in entity.passes {
            match self.pass(entity, pass, bookmark) {
                Err(error) if pass.optional && matches!(error.outcome, Outcome::Refused | Outcome::SkipStream | Outcome::SkipAccount) => {
                    if !self.plan.told.swap(true, Ordering::Relaxed) {
                        log::info!(
                            "{}, account {}: an extra call for what TikTok leaves out by default was refused: {error}",
                            self.plan.name,
                            self.account
                        );
                    }
                }
                other => other?,
            }
        }
        self.reached = self.renderer.tally().greatest.as_ref().map(|g| format!("{g}Z"));
        Ok(())
    }

    fn pass(&mut self, entity: &Entity, pass: &Pass, bookmark: Option<&str>) -> Result<(), ApiError> {
        let mut filtering: Map<String, Value> = pass.filters.iter().map(|(name, values)| ((*name).to_owned(), json!(values))).collect();
        if self.context.config.include_deleted && entity.deletable {
            filtering.insert("primary_status".to_owned(), json!("STATUS_ALL"));
        }
        if let Some(after) = bookmark.filter(|_| entity.modified_after).and_then(second_before) {
            filtering.insert("modified_after".to_owned(), Value::from(after));
        }
        let mut params = vec![("advertiser_id", self.account.to_owned())];
        if !filtering.is_empty() {
            params.push(("filtering", Value::Object(filtering).to_string()));
        }
        self.pages(entity.path, entity.list, &params, pass.page_size, false)
    }

    /// Reads a window, and a smaller one when TikTok finds it too large. What is done of it is kept for the bookmark.
    fn report(&mut self, report: &Report, window: Window) -> Result<(), ApiError> {
        match self.window(report, window) {
            Err(error) if error.outcome == Outcome::TooLarge => match window.halves() {
                Some((older, newer)) => {
                    log::info!(
                        "{}, account {}, {} to {}: too large, asked for in halves",
                        self.plan.name,
                        self.account,
                        window.start,
                        window.end
                    );
                    self.report(report, older)?;
                    self.report(report, newer)
                }
                None => Err(error),
            },
            Err(error) => Err(error),
            Ok(()) => {
                self.reached = Some(format!("{}T00:00:00Z", iso(window.end)));
                Ok(())
            }
        }
    }

    /// Reads a window as it is, without the metrics that TikTok refuses.
    fn window(&mut self, report: &Report, window: Window) -> Result<(), ApiError> {
        loop {
            let asked = self.plan.metrics();
            let mut params = vec![
                ("advertiser_id", self.account.to_owned()),
                ("service_type", "AUCTION".to_owned()),
                ("report_type", report.report_type.to_owned()),
                ("data_level", report.data_level.to_owned()),
                ("dimensions", json!(report.dimensions).to_string()),
                ("start_date", iso(window.start)),
                ("end_date", iso(window.end)),
            ];
            if !asked.is_empty() {
                params.push(("metrics", json!(asked).to_string()));
            }
            if let Some(status) = report.status_filter().filter(|_| self.context.config.include_deleted) {
                // TikTok wants the value as JSON inside a text.
                let filter = json!([{"field_name": status, "filter_type": "IN", "filter_value": "[\"STATUS_ALL\"]"}]);
                params.push(("filtering", filter.to_string()));
            }
            match self.pages(REPORT, "list", &params, 1000, true) {
                Err(error) if error.code == Some(40002) && self.plan.drop_refused(&error.message, &asked) => {}
                other => return other,
            }
        }
    }

    fn pages(
        &mut self,
        path: &'static str,
        list: &str,
        params: &[(&'static str, String)],
        most: u64,
        shrinks: bool,
    ) -> Result<(), ApiError> {
        let size = self.context.config.page_size.min(most);
        let mut number = 1;
        loop {
            let mut params = params.to_vec();
            params.extend([("page", number.to_string()), ("page_size", size.to_string())]);
            let mut lines = self.sink.buffer();
            let before = self.renderer.tally().clone();
            let mut more = false;
            let (renderer, time) = (&mut self.renderer, now());
            let mut take = |text: &str| -> Result<Page, String> {
                lines.clear();
                renderer.restore(before.clone());
                let page = page::read(text, list, &mut renderer.page(&time, &mut lines)).map_err(|e| e.to_string())?;
                more = has_more(&page, number)?;
                Ok(page)
            };
            let answer = self.context.client.call(&Request { path, params, shrinks }, &mut self.body, &mut take);
            if let Err(error) = answer {
                // An error may come with rows; nobody is to have them.
                self.renderer.restore(before);
                return Err(error);
            }
            self.send(lines)?;
            if !more {
                return Ok(());
            }
            number += 1;
        }
    }

    fn send(&self, lines: Vec<u8>) -> Result<(), ApiError> {
        if lines.is_empty() || self.sink.send(lines) {
            return Ok(());
        }
        let path = self.plan.stream.path();
        Err(ApiError { outcome: Outcome::Halted, code: None, message: "stopped".to_owned(), request_id: String::new(), path, remedy: "" })
    }
}

/// When rows were extracted: RFC 3339, UTC, to the millisecond.
fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let whole = now.replace_nanosecond(now.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(now);
    whole.format(&Rfc3339).unwrap_or_default()
}

fn iso(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

/// `modified_after` leaves out what is equal to it, and rows of the bookmark's own second may have come later.
fn second_before(bookmark: &str) -> Option<String> {
    let time = PrimitiveDateTime::parse(bookmark, format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).ok()?;
    time.checked_sub(Duration::SECOND)?.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]")).ok()
}

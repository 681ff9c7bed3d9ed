//! One slice, read from TikTok and rendered: what a worker does. It owns which lists make up a slice; when a request starts is pacing's
//! matter, where the rows go is the pool's.

use super::accounts::Accounts;
use super::failures::Skips;
use super::jobs::{Job, Starts};
use super::list::{List, Rendered};
use super::plan::Plan;
use super::pool::{self, Work};
use super::render::Tally;
use super::windows::Window;
use crate::api::client::Client;
use crate::api::error::{ApiError, Outcome};
use crate::config::Config;
use crate::streams::{Entity, Pass, REPORT, Report, Source};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use time::macros::format_description;
use time::{Date, Duration, PrimitiveDateTime};

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
    let mut slice = Slice { context, job, plan, account, desk, tally: Tally::default(), reached: None };
    let failure = match &plan.stream.source {
        Source::Account(_) => {
            slice.answered(context.accounts.answers.get(job.account - context.accounts.open.len()).map_or("", String::as_str))
        }
        Source::Entity(entity) => slice.entity(entity, start.bookmark.as_deref()),
        Source::Report(report) => job.window.map_or(Ok(()), |window| slice.report(report, window)),
    }
    .err();
    Ending { tally: slice.tally, reached: slice.reached, skipped: false, failure }
}

struct Slice<'a, 'd> {
    context: &'a Context,
    job: Job,
    plan: &'a Plan,
    account: &'a str,
    desk: &'a mut Desk<'d>,
    tally: Tally,
    reached: Option<String>,
}

impl Slice<'_, '_> {
    /// Hands out an answer that was there before.
    fn answered(&mut self, text: &str) -> Result<(), ApiError> {
        let page = self.list("", "list", Vec::new(), 0).answered(self.context, text, self.desk.buffer());
        deliver(self.desk, self.plan, &mut self.tally, page).map(drop)
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
        self.reached = self.tally.greatest.as_ref().map(|g| format!("{g}Z"));
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
        let list = self.list(entity.path, entity.list, params, pass.page_size);
        self.pages(List { bookmark: bookmark.map(str::to_owned), ..list })
    }

    /// Reads a window, and a smaller one when TikTok finds it too large. What is done of it is kept for the bookmark.
    fn report(&mut self, report: &Report, window: Window) -> Result<(), ApiError> {
        match self.window(report, window) {
            Err(error) if matches!(error.outcome, Outcome::TooLarge | Outcome::TimedOut) => match window.halves() {
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
            let list = self.list(REPORT, "list", params, 1000);
            match self.pages(List { shrinks: true, ..list }) {
                Err(error) if error.code == Some(40002) && self.plan.drop_refused(&error.message, &asked) => {}
                other => return other,
            }
        }
    }

    fn list(&self, path: &'static str, rows: &'static str, params: Vec<(&'static str, String)>, most: u64) -> List {
        let page_size = self.context.config.page_size.min(most);
        List { plan: self.job.plan, account: self.account.to_owned(), bookmark: None, path, rows, params, page_size, shrinks: false }
    }

    /// Reads all pages of a list: the first one tells how many there are, the others are shared with idle workers.
    fn pages(&mut self, list: List) -> Result<(), ApiError> {
        let (plan, tally) = (self.plan, &mut self.tally);
        let first = list.page(self.context, 1, self.desk.buffer(), self.desk.scratch)?;
        let end = deliver(self.desk, plan, tally, first)?;
        if end == 1 {
            return Ok(());
        }
        let shared = self.desk.share(&Arc::new(list), 2..=end, |desk, page| deliver(desk, plan, tally, page?));
        shared.unwrap_or_else(|| Err(stopped(plan)))
    }
}

/// Sends a page on. Returns the number of the last page of its list.
fn deliver(desk: &Desk, plan: &Plan, tally: &mut Tally, page: Rendered) -> Result<u64, ApiError> {
    tally.add(page.tally);
    if page.lines.is_empty() || desk.send(page.lines) { Ok(page.last) } else { Err(stopped(plan)) }
}

fn stopped(plan: &Plan) -> ApiError {
    let path = plan.stream.path();
    ApiError { outcome: Outcome::Halted, code: None, message: "stopped".to_owned(), request_id: String::new(), path, remedy: "" }
}

fn iso(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

/// `modified_after` leaves out what is equal to it, and rows of the bookmark's own second may have come later.
fn second_before(bookmark: &str) -> Option<String> {
    let time = PrimitiveDateTime::parse(bookmark, format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).ok()?;
    time.checked_sub(Duration::SECOND)?.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]")).ok()
}

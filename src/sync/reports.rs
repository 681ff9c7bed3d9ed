//! Slices of reports: a window of days, and smaller parts of it where TikTok finds that too much. It owns what is asked for, and how it
//! shrinks; reading is the slice's matter.

use super::list::List;
use super::render::Sum;
use super::scope::Scope;
use super::slice::Slice;
use super::verify::{self, Check, What};
use super::windows::Window;
use crate::api::client::Request;
use crate::api::error::{ApiError, Outcome};
use crate::api::page::{self, NoRows};
use crate::streams::{REPORT, Report};
use crate::words::foreign;
use serde_json::{Value, json};
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// Rows a page that TikTok gives at most.
const MOST: u64 = 1000;

impl Slice<'_, '_> {
    /// Reads a window; where it is too much, its older and its newer half; where a day is too much, parts of the account. What is done
    /// of it is kept for the bookmark.
    pub(super) fn report(&mut self, report: &Report, window: Window) -> Result<(), ApiError> {
        let sums = match self.window(report, window, &Scope::All, self.context.config.page_size) {
            // A cut is by ads, so fewer days do not help.
            Err(error) if is_too_much(&error) => {
                if let Some((older, newer)) = window.halves().filter(|_| error.outcome != Outcome::Cut) {
                    log::info!("{}; asked for in halves", self.trouble(window, &error));
                    self.report(report, older)?;
                    self.report(report, newer)?;
                } else {
                    self.parts(report, window, &Scope::All, error)?;
                }
                None
            }
            other => Some(other?),
        };
        // All rows are there, whatever comes of the comparison.
        self.reached = Some(format!("{}T00:00:00Z", iso(window.end)));
        sums.map_or(Ok(()), |sums| self.compare_with_account(report, window, &sums))
    }

    /// Reads the parts of a scope that is too much as a whole, each as it is or in its own parts.
    fn parts(&mut self, report: &Report, window: Window, scope: &Scope, error: ApiError) -> Result<(), ApiError> {
        let context = self.context;
        let parts = context.scopes.parts(&context.client, report, self.account, scope, self.desk.scratch)?;
        let size = self.context.config.page_size;
        let Some(parts) = parts else {
            // There is nothing smaller to ask for, and it may have been the network. It is another request all the same: one that timed
            // out is not repeated.
            return if error.outcome == Outcome::TimedOut && size > 1 {
                self.window(report, window, scope, size.div_ceil(2)).map(drop)
            } else {
                Err(error)
            };
        };
        log::info!("{}; asked for in {} parts by {}", self.trouble(window, &error), parts.len(), parts.first().map_or("", Scope::name));
        for part in parts {
            match self.window(report, window, &part, size) {
                Err(error) if is_too_much(&error) => self.parts(report, window, &part, error)?,
                other => drop(other?),
            }
        }
        Ok(())
    }

    /// Reads a window as it is, without the metrics that TikTok refuses. Returns what its metrics add up to.
    fn window(&mut self, report: &Report, window: Window, scope: &Scope, page_size: u64) -> Result<Vec<Sum>, ApiError> {
        loop {
            let asked = self.plan.metrics();
            let status = report.status_filter().filter(|_| self.context.config.include_deleted);
            let mut params = params(self.account, report, window, &asked, status, scope);
            if !self.plan.summed.is_empty() {
                params.push(("enable_total_metrics", "true".to_owned()));
            }
            let list = self.list(REPORT, "list", params, page_size.min(MOST));
            match self.read(List { shrinks: true, ..list }) {
                Err(error) if error.code == Some(40002) && self.plan.drop_refused(&error.message, &asked) => {}
                Err(error) => return Err(error),
                Ok(read) => {
                    self.compare(What::Rows, &read.sums, read.announced.as_deref(), window);
                    return Ok(read.sums);
                }
            }
        }
    }

    /// Compares the ads of a window with their account. Totals of ads need deleted ones: what was delivered without them is asked for
    /// once more, as a total only.
    fn compare_with_account(&mut self, report: &Report, window: Window, sums: &[Sum]) -> Result<(), ApiError> {
        if self.plan.summed.is_empty() || report.data_level != "AUCTION_AD" {
            return Ok(());
        }
        let account =
            Report { report_type: report.report_type, data_level: "AUCTION_ADVERTISER", dimensions: &["advertiser_id", "stat_time_day"] };
        let Some(theirs) = self.totals(&account, window)? else { return Ok(()) };
        let ads = if self.context.config.include_deleted {
            sums.to_vec()
        } else {
            let Some(all) = self.totals(report, window)? else { return Ok(()) };
            let all: Value = serde_json::from_str(&all).unwrap_or_default();
            self.plan.summed.iter().map(|name| verify::total(&all[name]).unwrap_or_default()).collect()
        };
        self.compare(What::Ads, &ads, Some(&theirs), window);
        Ok(())
    }

    /// TikTok's totals of a report with deleted entities, as they came. `None`: TikTok refuses them, which is told.
    fn totals(&mut self, report: &Report, window: Window) -> Result<Option<String>, ApiError> {
        let metrics: Vec<&str> = self.plan.metrics().into_iter().filter(|name| self.plan.summed.iter().any(|s| s == name)).collect();
        let mut params = params(self.account, report, window, &metrics, report.status_filter(), &Scope::All);
        params.extend([("enable_total_metrics", "true".to_owned()), ("page", "1".to_owned()), ("page_size", "1".to_owned())]);
        let request = Request { path: REPORT, params, shrinks: true };
        let read = |text: &str| page::read(text, "list", &mut NoRows).map_err(|e| e.to_string());
        match self.context.client.call(&request, self.desk.scratch, &mut { read }) {
            Ok(page) => Ok(page.totals.filter(|_| !page.is_cut)),
            Err(error) if matches!(error.outcome, Outcome::StopRun | Outcome::EndRun | Outcome::Halted) => Err(error),
            Err(error) => {
                log::warn!("{}; not compared with its account", self.trouble(window, &error));
                Ok(None)
            }
        }
    }

    fn compare(&mut self, what: What, sums: &[Sum], totals: Option<&str>, window: Window) {
        let today = self.context.accounts.open.get(self.job.account).map_or(window.end, |a| a.today(OffsetDateTime::now_utc()));
        self.checks.extend(Check::all(what, &self.plan.summed, sums, totals, window, today));
    }

    fn trouble(&self, window: Window, error: &ApiError) -> String {
        format!("{}, account {}, {} to {}: {}", self.plan.name, self.account, window.start, window.end, foreign(&error.message))
    }
}

/// What a report is asked for, but for its pages.
fn params(
    account: &str,
    report: &Report,
    window: Window,
    metrics: &[&str],
    status: Option<&str>,
    scope: &Scope,
) -> Vec<(&'static str, String)> {
    let mut params = vec![
        ("advertiser_id", account.to_owned()),
        ("service_type", "AUCTION".to_owned()),
        ("report_type", report.report_type.to_owned()),
        ("data_level", report.data_level.to_owned()),
        ("dimensions", json!(report.dimensions).to_string()),
        ("start_date", iso(window.start)),
        ("end_date", iso(window.end)),
    ];
    if !metrics.is_empty() {
        params.push(("metrics", json!(metrics).to_string()));
    }
    let all = ["STATUS_ALL".to_owned()];
    // TikTok wants the value as JSON inside a text.
    let filter =
        |(name, values): (&str, &[String])| json!({"field_name": name, "filter_type": "IN", "filter_value": json!(values).to_string()});
    let filters: Vec<_> = status.map(|name| (name, &all[..])).into_iter().chain(scope.filter()).map(filter).collect();
    if !filters.is_empty() {
        params.push(("filtering", json!(filters).to_string()));
    }
    params
}

fn is_too_much(error: &ApiError) -> bool {
    matches!(error.outcome, Outcome::TooLarge | Outcome::TimedOut | Outcome::Cut)
}

fn iso(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

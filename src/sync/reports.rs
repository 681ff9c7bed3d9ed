//! Slices of reports: a window of days, and smaller parts of it where TikTok finds that too much. It owns what is asked for, and how it
//! shrinks; reading is the slice's matter.

use super::list::List;
use super::scope::Scope;
use super::slice::Slice;
use super::windows::Window;
use crate::api::error::{ApiError, Outcome};
use crate::streams::{REPORT, Report};
use serde_json::json;
use time::Date;
use time::macros::format_description;

/// Rows a page that TikTok gives at most.
const MOST: u64 = 1000;

impl Slice<'_, '_> {
    /// Reads a window; where it is too much, its older and its newer half; where a day is too much, parts of the account. What is done
    /// of it is kept for the bookmark.
    pub(super) fn report(&mut self, report: &Report, window: Window) -> Result<(), ApiError> {
        match self.window(report, window, &Scope::All) {
            // A cut is by ads, so fewer days do not help.
            Err(error) if is_too_much(&error) => match window.halves().filter(|_| error.outcome != Outcome::Cut) {
                Some((older, newer)) => {
                    log::info!("{}; asked for in halves", self.trouble(window, &error));
                    self.report(report, older)?;
                    self.report(report, newer)?;
                }
                None => self.parts(report, window, &Scope::All, error)?,
            },
            other => other?,
        }
        self.reached = Some(format!("{}T00:00:00Z", iso(window.end)));
        Ok(())
    }

    /// Reads the parts of a scope that is too much as a whole, each as it is or in its own parts.
    fn parts(&mut self, report: &Report, window: Window, scope: &Scope, error: ApiError) -> Result<(), ApiError> {
        let context = self.context;
        let parts = context.scopes.parts(&context.client, report, self.account, scope, self.desk.scratch)?;
        let Some(parts) = parts else { return Err(error) };
        log::info!("{}; asked for in {} parts by {}", self.trouble(window, &error), parts.len(), parts.first().map_or("", Scope::name));
        for part in parts {
            match self.window(report, window, &part) {
                Err(error) if is_too_much(&error) => self.parts(report, window, &part, error)?,
                other => other?,
            }
        }
        Ok(())
    }

    /// Reads a window as it is, without the metrics that TikTok refuses.
    fn window(&mut self, report: &Report, window: Window, scope: &Scope) -> Result<(), ApiError> {
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
            let status = report.status_filter().filter(|_| self.context.config.include_deleted);
            // TikTok wants the value as JSON inside a text.
            let filter = |(name, values): (&str, &[String])| json!({"field_name": name, "filter_type": "IN", "filter_value": json!(values).to_string()});
            let all = ["STATUS_ALL".to_owned()];
            let filters: Vec<_> = status.map(|name| (name, &all[..])).into_iter().chain(scope.filter()).map(filter).collect();
            if !filters.is_empty() {
                params.push(("filtering", json!(filters).to_string()));
            }
            let list = self.list(REPORT, "list", params, MOST);
            match self.read(List { shrinks: true, ..list }) {
                Err(error) if error.code == Some(40002) && self.plan.drop_refused(&error.message, &asked) => {}
                other => return other,
            }
        }
    }

    fn trouble(&self, window: Window, error: &ApiError) -> String {
        format!("{}, account {}, {} to {}: {}", self.plan.name, self.account, window.start, window.end, error.message)
    }
}

fn is_too_much(error: &ApiError) -> bool {
    matches!(error.outcome, Outcome::TooLarge | Outcome::TimedOut | Outcome::Cut)
}

fn iso(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

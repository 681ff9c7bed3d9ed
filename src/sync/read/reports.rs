//! Slices of reports: a window of days, read in two passes, and in smaller parts where TikTok finds
//! that too much. What is asked for, how it shrinks, and what is done with what does not add up.

use super::audit::Audit;
use super::entities::is_refusal;
use super::list::List;
use super::part::{Part, iso};
use super::reader::Slice;
use super::refusals::is_wrong_request;
use super::scope::Scope;
use super::totals::{Read, add, both, ends_slice};
use crate::api::error::{ApiError, Outcome};
use crate::api::page::NoRows;
use crate::streams::{REPORT, Report};
use crate::sync::check::{self, What};
use crate::sync::pass::Buying;
use crate::sync::windows::Window;
use crate::words::foreign;
use std::time::Instant;
use time::{Date, Duration, OffsetDateTime};

/// Rows a page that TikTok gives at most.
const MOST: u64 = 1000;

impl Slice<'_, '_> {
    /// Reads a window. How far it got is kept for the bookmark.
    pub(crate) fn report(&mut self, report: &Report, window: Window) -> Result<(), ApiError> {
        let mut read = Read { with_deleted: Some(Vec::new()), ..Read::default() };
        if report.is_below_account() && !self.refuses_top_view() && self.has_top_view()? {
            match self.days(report, window, Buying::TopView, &mut read) {
                Err(error)
                    if is_refusal(error.outcome) && error.outcome != Outcome::SkipAccount =>
                {
                    self.refuse_top_view(&error)
                }
                other => other?,
            }
        }
        // These come last, because the bookmark moves with them.
        self.days(report, window, Buying::Ordinary, &mut read)?;
        self.compare_with_account(report, window, &read)
    }

    /// Reads a window in pieces of as many days as TikTok takes, the oldest first.
    fn days(
        &mut self,
        report: &Report,
        window: Window,
        buying: Buying,
        read: &mut Read,
    ) -> Result<(), ApiError> {
        let of = (self.job.plan, self.job.account, buying);
        let mut left = Some(window);
        while let Some(window) = left {
            let piece = window.first(self.context.sizes.days(of));
            let part = Part { window: piece, buying, scope: Scope::All };
            let began = Instant::now();
            match self.list_of(report, &part, self.context.config.page_size, read) {
                Ok(_) => self.context.sizes.worked(of, piece.days(), began.elapsed()),
                // TikTok leaves out ads, so fewer days do not help.
                Err(error)
                    if is_too_much(&error) && error.outcome != Outcome::Cut && piece.days() > 1 =>
                {
                    log::info!("{}; asked for in smaller windows", self.trouble(piece, &error));
                    self.context.sizes.failed(of, piece.days());
                    continue;
                }
                Err(error) if is_too_much(&error) => self.all_parts(report, &part, error, read)?,
                Err(error) if error.outcome == Outcome::Moving => {
                    self.moving(report, &part, error, read)?
                }
                Err(error) => return Err(error),
            }
            if buying == Buying::Ordinary {
                self.reached(piece.end);
            }
            left = window.after(piece.end);
        }
        Ok(())
    }

    /// Everything up to a day was delivered. A day that may not have begun is no bookmark.
    fn reached(&mut self, day: Date) {
        let begun = self
            .context
            .accounts
            .open
            .get(self.job.account)
            .map_or(day, |a| a.begun_day(OffsetDateTime::now_utc()));
        self.ending.reached = Some(format!("{}T00:00:00Z", iso(day.min(begun))));
    }

    /// A window whose rows grew in number while they were read, twice. Days that the next run reads
    /// again may pass; older ones are read by themselves, and must stand still.
    fn moving(
        &mut self,
        report: &Report,
        part: &Part,
        error: ApiError,
        read: &mut Read,
    ) -> Result<(), ApiError> {
        let today = self
            .context
            .accounts
            .open
            .get(self.job.account)
            .map(|a| a.begun_day(OffsetDateTime::now_utc()));
        let again = Duration::days(i64::from(self.context.config.attribution_window));
        let fresh = today.and_then(|today| today.checked_sub(again)).and_then(Date::next_day);
        let Some(fresh) = fresh.filter(|fresh| *fresh <= part.window.end && !again.is_zero())
        else {
            return Err(error);
        };
        log::info!(
            "{}; the next run reads the days from {fresh} on again",
            self.trouble(part.window, &error)
        );
        if part.window.start < fresh {
            let end = fresh.previous_day().unwrap_or(fresh);
            self.days(report, Window { end, ..part.window }, part.buying, read)?;
        }
        // Their sums are of no one moment.
        read.with_deleted = None;
        Ok(())
    }

    /// Reads the parts of a day that is too much as a whole, and holds them against the whole.
    fn all_parts(
        &mut self,
        report: &Report,
        whole: &Part,
        error: ApiError,
        read: &mut Read,
    ) -> Result<(), ApiError> {
        let cut = std::mem::take(&mut self.cut);
        let is_cut = error.outcome == Outcome::Cut;
        let mut parts = Read { with_deleted: Some(Vec::new()), ..Read::default() };
        let was_read_as_it_is = self.parts(report, whole, error, &mut parts)?;
        if !was_read_as_it_is {
            let counted = self.count(report, whole)?;
            let missing = counted.is_some_and(|counted| parts.rows < counted)
                || cut.iter().any(|key| !parts.keys.contains(key));
            if missing {
                self.left_over(report, whole, is_cut, counted, &mut parts)?;
            }
        }
        add(&mut read.sums, &parts.sums);
        read.with_deleted = both(read.with_deleted.take(), parts.with_deleted);
        Ok(())
    }

    /// Reads the parts of a scope that is too much as a whole, each as it is or in its own parts.
    /// `true`: it has no parts, and was read in other words.
    fn parts(
        &mut self,
        report: &Report,
        whole: &Part,
        error: ApiError,
        read: &mut Read,
    ) -> Result<bool, ApiError> {
        let context = self.context;
        let parts = self.memory.scopes.parts(
            &context.client,
            report,
            self.account,
            whole,
            self.desk.scratch,
        )?;
        let size = context.config.page_size;
        let Some(parts) = parts else {
            // There is nothing smaller to ask for, and it may have been the network. It is another
            // request all the same: one that timed out is not repeated.
            return if error.outcome == Outcome::TimedOut && size > 1 {
                self.list_of(report, whole, size.div_ceil(2), read).map(|_| true)
            } else {
                Err(error)
            };
        };
        let by = parts.first().map_or("", Scope::name);
        log::info!(
            "{}; asked for in {} parts by {by}",
            self.trouble(whole.window, &error),
            parts.len()
        );
        for scope in parts {
            let part = Part { scope, ..whole.clone() };
            match self.list_of(report, &part, size, read) {
                Ok(audit) => {
                    read.rows += audit.rows;
                    read.keys.extend(audit.into_keys());
                }
                Err(error) if is_too_much(&error) => drop(self.parts(report, &part, error, read)?),
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// TikTok's own count of the rows of a part, asked for one row. `None`: it does not count them.
    fn count(&mut self, report: &Report, part: &Part) -> Result<Option<u64>, ApiError> {
        let of = (self.job.plan, self.job.account, part.buying);
        if !self.context.sizes.counts(of) {
            return Ok(None);
        }
        let metrics: Vec<String> = self.metrics().into_iter().take(1).collect();
        match self.first_page(
            self.params(report, part, &metrics, self.takes_origins()),
            1,
            &mut NoRows,
        ) {
            Ok(page) => Ok(page.page_info.map(|info| info.total_number)),
            Err(error) if ends_slice(&error) => Err(error),
            Err(error) => {
                log::info!(
                    "{}; its parts are not held against the whole",
                    self.trouble(part.window, &error)
                );
                self.context.sizes.cannot_count(of);
                Ok(None)
            }
        }
    }

    /// The whole has rows that no part has: campaigns that no list shows. Where TikTok answers the
    /// whole, but for older ads, these are read from it; elsewhere they cannot be had.
    fn left_over(
        &mut self,
        report: &Report,
        whole: &Part,
        is_cut: bool,
        counted: Option<u64>,
        parts: &mut Read,
    ) -> Result<(), ApiError> {
        let counted = counted.map_or("more".to_owned(), |counted| counted.to_string());
        let message = format!(
            "TikTok counts {counted} rows, and the parts by campaign have {}: some campaigns are in no list",
            parts.rows
        );
        if !is_cut {
            let remedy =
                "run again later; if it stays so, report it to TikTok with the account and the day";
            return Err(ApiError {
                outcome: Outcome::Uneven,
                code: None,
                message,
                request_id: String::new(),
                path: REPORT,
                remedy,
            });
        }
        let list = self.report_list(report, whole, &self.metrics(), self.context.config.page_size);
        let written = std::mem::take(&mut parts.keys);
        let rest = self.read(List { takes_cut: true, written, ..list })?;
        add(&mut parts.sums, &rest.sums);
        let deleted = self.context.config.include_deleted.then(|| rest.sums.clone());
        parts.with_deleted = both(parts.with_deleted.take(), deleted);
        self.ending.oddities.push(format!(
            "{}: {message}; their rows are delivered as far as TikTok shows them, which is not for ads beyond its newest 20,000",
            self.place()
        ));
        Ok(())
    }

    /// Reads a part as it is, without what TikTok refuses of it, and adds what its metrics come to.
    fn list_of(
        &mut self,
        report: &Report,
        part: &Part,
        page_size: u64,
        read: &mut Read,
    ) -> Result<Audit, ApiError> {
        loop {
            let (asked, origins) = (self.metrics(), self.takes_origins());
            match self.read(self.report_list(report, part, &asked, page_size)) {
                // Another window of the account may have learnt something meanwhile.
                Err(error)
                    if is_wrong_request(&error)
                        && (self.metrics(), self.takes_origins()) != (asked.clone(), origins) => {}
                Err(error) if self.learn(report, part, &asked, &error)? => {}
                Err(error) => return Err(error),
                Ok(audit) => {
                    let theirs = check::totals(audit.announced.as_deref(), &self.plan.summed);
                    self.compare(What::Rows, &audit.sums, &theirs, part.window);
                    add(&mut read.sums, &audit.sums);
                    self.add_with_deleted(report, part, &audit.sums, read)?;
                    return Ok(audit);
                }
            }
        }
    }

    fn report_list(
        &self,
        report: &Report,
        part: &Part,
        metrics: &[String],
        page_size: u64,
    ) -> List {
        let mut params = self.params(report, part, metrics, self.takes_origins());
        if !self.plan.summed.is_empty() {
            params.push(("enable_total_metrics", "true".to_owned()));
        }
        List { shrinks: true, ..self.list(REPORT, "list", params, page_size.min(MOST)) }
    }

    /// What is wrong with the report of a window, for messages.
    pub(crate) fn trouble(&self, window: Window, error: &ApiError) -> String {
        format!(
            "{}, account {}, {} to {}: {}",
            self.plan.name,
            self.account,
            window.start,
            window.end,
            foreign(&error.message)
        )
    }
}

fn is_too_much(error: &ApiError) -> bool {
    matches!(error.outcome, Outcome::TooLarge | Outcome::TimedOut | Outcome::Cut)
}

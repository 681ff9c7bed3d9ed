//! What workers and the main thread share: the parts of a run, and how a slice ended.

use super::accounts::Accounts;
use super::check::Check;
use super::jobs::Job;
use super::plan::Plan;
use super::sizes::Sizes;
use super::starts::Starts;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::config::Config;
use crate::render::Tally;
use crate::run_report::content::Skipped;
use crate::singer::bookmark::Bookmark;
use std::sync::Arc;
use time::OffsetDateTime;

/// The parts of a run.
#[derive(Debug)]
pub(crate) struct Context {
    /// The client for TikTok's API.
    pub client: Arc<Client>,
    /// Settings of the run.
    pub config: Config,
    /// Streams of the run.
    pub plans: Vec<Plan>,
    /// The stream of comparisons with TikTok's totals, if it is selected. Nothing is read for it.
    pub verification: Option<Plan>,
    /// Selected streams that are not read.
    pub skipped: Vec<Skipped>,
    /// Accounts of the run.
    pub accounts: Accounts,
    /// When the run began.
    pub started: OffsetDateTime,
    /// Where slices begin.
    pub starts: Arc<Starts>,
    /// How many days of a report can be asked for at once.
    pub sizes: Arc<Sizes>,
    /// Whether one record per stream and account is enough, because of `--test`.
    pub is_sample: bool,
}

impl Context {
    /// Whether a stream delivers deleted entities, or rows about them. A report's own setting wins
    /// over that of the config.
    pub(crate) fn includes_deleted(&self, plan: &Plan) -> bool {
        let own = plan.stream.report().and_then(|report| report.settings.include_deleted);
        own.unwrap_or(self.config.include_deleted)
    }

    /// Stream, partition and days of a job, for messages: `ads, account 7, 2026-01-01 to
    /// 2026-01-30`.
    pub(crate) fn place(&self, job: Job) -> String {
        let window = job.window.map_or(String::new(), |w| format!(", {} to {}", w.start, w.end));
        format!("{}{}{window}", self.plans[job.plan].name, job.partition.words(&self.accounts))
    }
}

/// How a slice ended.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    /// Counts of its rows.
    pub tally: Tally,
    /// The bookmark that it reached.
    pub reached: Option<Bookmark>,
    /// The result of the optional pass, if the stream has one.
    pub pass: Option<PassEnd>,
    /// What was compared with TikTok's totals.
    pub checks: Vec<Check>,
    /// Descriptions of rows that are wrong or missing. Each is a failure of the run, but only
    /// `is_incomplete` keeps the bookmark from moving.
    pub oddities: Vec<String>,
    /// Whether rows are missing, so that the bookmark must not move. The other rows are delivered.
    pub is_incomplete: bool,
    /// Whether it was skipped because of the failure of another slice.
    pub skipped: bool,
    /// Why it was not read to its end.
    pub failure: Option<ApiError>,
}

/// The result of an optional pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PassEnd {
    /// It was read, as far as the stream's own bookmark says.
    Read(&'static str),
    /// It was refused. Once TikTok answers it, it is read from this bookmark on; from the beginning
    /// if there is none.
    Held(&'static str, Option<Bookmark>),
}

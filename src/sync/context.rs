//! What the reading of slices and their delivery have in common: what a run is made of, and how a
//! slice ended.

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
use crate::singer::bookmark::Bookmark;
use std::sync::Arc;
use time::OffsetDateTime;

/// What a run is made of.
#[derive(Debug)]
pub(crate) struct Context {
    /// The way to TikTok.
    pub client: Arc<Client>,
    /// Settings of the run.
    pub config: Config,
    /// Streams of the run.
    pub plans: Vec<Plan>,
    /// Accounts of the run.
    pub accounts: Accounts,
    /// When the run began.
    pub started: OffsetDateTime,
    /// Where slices begin.
    pub starts: Arc<Starts>,
    /// How many days of a report can be asked for at once.
    pub sizes: Arc<Sizes>,
}

impl Context {
    /// Whether a stream delivers deleted entities, or rows about them. A report's own setting wins
    /// over that of the config.
    pub(crate) fn includes_deleted(&self, plan: &Plan) -> bool {
        let own = plan.stream.report().and_then(|report| report.settings.include_deleted);
        own.unwrap_or(self.config.include_deleted)
    }

    /// Where a job is at work, for messages: `ads, account 7, 2026-01-01 to 2026-01-30`.
    pub(crate) fn place(&self, job: Job) -> String {
        let window = job.window.map_or(String::new(), |w| format!(", {} to {}", w.start, w.end));
        format!("{}{}{window}", self.plans[job.plan].name, job.partition.words(&self.accounts))
    }
}

/// How a slice ended.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    /// What was counted.
    pub tally: Tally,
    /// How far it got.
    pub reached: Option<Bookmark>,
    /// What became of the pass that TikTok may refuse, if the stream has one.
    pub pass: Option<PassEnd>,
    /// What was compared with TikTok's totals.
    pub checks: Vec<Check>,
    /// What is wrong with what was delivered, in words. The bookmark moves on all the same.
    pub oddities: Vec<String>,
    /// Whether rows are missing, so that the bookmark has to stay. What came is delivered.
    pub is_incomplete: bool,
    /// Whether it was not read at all, because another slice's failure had made it useless.
    pub skipped: bool,
    /// Why it got no further.
    pub failure: Option<ApiError>,
}

/// What became of the pass of a stream that TikTok may refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PassEnd {
    /// It was read, as far as the stream's own bookmark says.
    Read(&'static str),
    /// It was refused. Once TikTok answers it, it is read from this bookmark on; from the beginning
    /// if there is none.
    Held(&'static str, Option<Bookmark>),
}

//! What a run report says, as it is written: docs/run-report.schema.json describes it.

use crate::error::Exit;
use crate::singer::bookmark::Bookmark;
use serde::{Serialize, Serializer};
use std::fmt::Display;
use std::sync::Arc;
use time::Date;

/// What was delivered and what failed.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Content {
    pub totals: Totals,
    /// The streams of the run, in their order.
    pub streams: Vec<Stream>,
    /// Selected streams that are not read at all.
    pub skipped: Vec<Skipped>,
    /// Failures that belong to no stream, such as a refused account.
    pub failures: Vec<Failure>,
}

/// Counts of the whole run.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Totals {
    pub records: u64,
    pub requests: u64,
    /// Requests of these that repeat a failed one.
    pub retries: u64,
    /// Seconds in which at least one request waited before it was made again.
    pub seconds_paused: f64,
}

/// One stream.
#[derive(Debug, Serialize)]
pub(crate) struct Stream {
    #[serde(rename = "stream")]
    pub name: String,
    pub status: Status,
    pub records: u64,
    pub seconds: Option<f64>,
    pub warnings: Vec<Warning>,
    /// Failures that belong to no single owner, such as a difference in a whole stream.
    pub failures: Vec<Failure>,
    pub owners: Vec<Owner>,
}

/// What became of a stream, or of its part that belongs to one owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// It was not reached.
    #[default]
    NotStarted,
    /// It was being delivered when the run ended.
    Interrupted,
    /// Everything was delivered.
    Delivered,
    /// It failed. What came before the failure was delivered.
    Failed,
    /// It was left out because of a failure elsewhere.
    LeftOut,
}

/// The part of a stream that belongs to one account, one Business Center, or to none of them.
#[derive(Debug, Serialize)]
pub(crate) struct Owner {
    #[serde(rename = "owner")]
    pub kind: OwnerKind,
    /// The id of the account or Business Center.
    #[serde(serialize_with = "as_text")]
    pub id: Option<Arc<str>>,
    pub status: Status,
    pub records: u64,
    /// Windows of days that were delivered; 0 for a stream that is not read in windows.
    pub windows: u64,
    /// The earliest and the latest of their days.
    #[serde(serialize_with = "as_text")]
    pub first_day: Option<Date>,
    #[serde(serialize_with = "as_text")]
    pub last_day: Option<Date>,
    #[serde(serialize_with = "as_text")]
    pub bookmark_before: Option<Bookmark>,
    #[serde(serialize_with = "as_text")]
    pub bookmark_after: Option<Bookmark>,
    pub failures: Vec<Failure>,
}

/// Whose rows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OwnerKind {
    /// One account.
    Account,
    /// All accounts of the run together.
    Accounts,
    /// One Business Center.
    BusinessCenter,
    /// The developer app, or nobody.
    None,
}

/// Something that was not delivered.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Failure {
    /// The account or Business Center, where the entry does not stand below it.
    pub account: Option<String>,
    #[serde(serialize_with = "as_text")]
    pub first_day: Option<Date>,
    #[serde(serialize_with = "as_text")]
    pub last_day: Option<Date>,
    pub endpoint: Option<&'static str>,
    /// TikTok's return code, if there was an answer.
    pub code: Option<i64>,
    pub message: String,
    pub request_id: Option<String>,
    /// What can be done about it.
    pub remedy: Option<&'static str>,
    /// The exit code that it would have alone.
    #[serde(serialize_with = "as_number")]
    pub exit_code: Exit,
    pub left_out: LeftOut,
}

/// What is left out because of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LeftOut {
    /// Nothing: what was delivered is not as TikTok describes it.
    Nothing,
    /// The rest of this stream and owner.
    Rest,
    /// The owner, in all streams that follow.
    Owner,
    /// The stream, for every owner.
    Stream,
    /// Everything that follows.
    Run,
}

/// Values or rows that were not delivered as TikTok sent them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Warning {
    /// The field, if it is about one.
    pub field: Option<String>,
    pub kind: WarningKind,
    /// The number of values or rows.
    pub count: u64,
}

/// What is unusual about values or rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WarningKind {
    /// Values that do not fit the type in the catalog became null.
    Misfit,
    /// Rows have a field that the catalog does not declare; it is left out.
    Undeclared,
    /// Rows of an hourly report that belong to no hour are left out.
    Hourless,
    /// Rows without a value in their key are left out.
    NullKey,
    /// Records have null for a part of their metrics.
    PartlyAnswered,
    /// Bytes that are not UTF-8 became U+FFFD.
    Mended,
    /// Elements of lists that are no rows are left out.
    NotARow,
}

/// A selected stream that is not read.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Skipped {
    pub stream: String,
    pub reason: &'static str,
}

impl Stream {
    /// A stream that was not reached.
    pub(crate) fn new(name: String, owners: Vec<Owner>) -> Self {
        Stream {
            name,
            status: Status::NotStarted,
            records: 0,
            seconds: None,
            warnings: Vec::new(),
            failures: Vec::new(),
            owners,
        }
    }
}

impl WarningKind {
    /// Whether it comes from values that TikTok should not send, so that somebody should look.
    pub(crate) fn is_unusual(self) -> bool {
        !matches!(self, WarningKind::Undeclared | WarningKind::Hourless)
    }

    /// What happened to so many values or rows.
    pub(crate) fn words(self) -> &'static str {
        match self {
            WarningKind::Misfit => "values became null",
            WarningKind::Undeclared => "values left out",
            WarningKind::Hourless | WarningKind::NullKey | WarningKind::NotARow => "rows left out",
            WarningKind::PartlyAnswered => "records with nulls",
            WarningKind::Mended => "bytes replaced",
        }
    }
}

impl Owner {
    /// An owner of which nothing was delivered yet.
    pub(crate) fn new(kind: OwnerKind, id: Option<Arc<str>>) -> Self {
        Owner {
            kind,
            id,
            status: Status::NotStarted,
            records: 0,
            windows: 0,
            first_day: None,
            last_day: None,
            bookmark_before: None,
            bookmark_after: None,
            failures: Vec::new(),
        }
    }
}

#[allow(clippy::ref_option, reason = "serde passes a reference")]
fn as_text<T: Display, S: Serializer>(value: &Option<T>, out: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => out.collect_str(value),
        None => out.serialize_none(),
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn as_number<S: Serializer>(exit: &Exit, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u8(*exit as u8)
}

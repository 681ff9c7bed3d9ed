//! The run report: a file of JSON that says what a run delivered and what failed, for whoever
//! started it. It is there from the start of the run and replaced in one step each time, so that it
//! is whole even if the process is killed.

pub(crate) mod content;
mod file;

use crate::error::Exit;
use crate::logging::redact;
use crate::words::{escape, seconds};
use anyhow::Result;
use content::{Content, Status};
use file::ReportFile;
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;

/// The version of the format. A reader can rely on all members of a version; new ones may come.
const VERSION: u32 = 1;

const TIME: &[FormatItem] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// Most of the time that a run may spend on its report: one part in so many.
const SHARE: u32 = 50;

/// The report of a run; it does nothing if the setting `run_report` is not set.
#[derive(Debug)]
pub(crate) struct RunReport {
    file: Option<ReportFile>,
    content: Content,
    begun: Instant,
    started_at: String,
    /// Why the run ended early without a failure.
    stopped: Option<&'static str>,
    /// When the file is written again.
    due: Instant,
}

/// The whole of the file.
#[derive(Serialize)]
struct Document<'a> {
    report_version: u32,
    tap: &'static str,
    tap_version: &'static str,
    status: RunStatus,
    exit_code: Option<u8>,
    /// The last line on stderr.
    message: Option<&'a str>,
    stopped: Option<&'static str>,
    started_at: &'a str,
    ended_at: Option<String>,
    seconds: f64,
    #[serde(flatten)]
    content: &'a Content,
}

/// What became of the run.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum RunStatus {
    Running,
    Succeeded,
    Stopped,
    PartlyFailed,
    Failed,
}

impl RunReport {
    /// Writes a first report to `path`. An error means that this is not possible.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        let now = Instant::now();
        let mut report = RunReport {
            file: path.map(ReportFile::new).transpose()?,
            content: Content::default(),
            begun: now,
            started_at: text_of(OffsetDateTime::now_utc()),
            stopped: None,
            due: now,
        };
        if let Some(file) = &report.file {
            let document = report.document(RunStatus::Running, None, None);
            file.write(&document).map_err(|error| file.refused(&error))?;
        }
        report.due = Instant::now();
        Ok(report)
    }

    /// Its content, to be changed, unless there is no report.
    pub(crate) fn content(&mut self) -> Option<&mut Content> {
        self.file.is_some().then_some(&mut self.content)
    }

    /// Notes why the run ends early.
    pub(crate) fn stops(&mut self, reason: &'static str) {
        self.stopped = Some(reason);
    }

    /// Whether the file should be written again, and if so that its content is current.
    pub(crate) fn is_due(&self) -> bool {
        self.file.is_some() && Instant::now() >= self.due
    }

    /// Writes the file during the run, and not again before `interval` is over.
    pub(crate) fn update(&mut self, interval: Duration) {
        let begun = Instant::now();
        if let Some(file) = &self.file {
            // What is wrong is said at the end, if it still is.
            let _ = file.write(&self.document(RunStatus::Running, None, None));
        }
        self.due = Instant::now() + interval.max(begun.elapsed() * SHARE);
    }

    /// Writes the file at the end of the run. `message` is the last line on stderr.
    pub(crate) fn end(&self, exit: Exit, message: Option<&str>) {
        let Some(file) = &self.file else { return };
        let status = match exit {
            Exit::Done if self.stopped.is_some() => RunStatus::Stopped,
            Exit::Done => RunStatus::Succeeded,
            Exit::Refused | Exit::Transient if self.has_delivered() => RunStatus::PartlyFailed,
            _ => RunStatus::Failed,
        };
        // As the last line shows it.
        let message = message.map(|message| escape(&redact(message).replace('\n', " ")));
        if let Err(error) = file.write(&self.document(status, Some(exit), message.as_deref())) {
            log::warn!("{error}; nothing else is affected", error = file.refused(&error));
        }
    }

    fn has_delivered(&self) -> bool {
        let owners = self.content.streams.iter().flat_map(|stream| &stream.owners);
        owners.into_iter().any(|owner| owner.status == Status::Delivered || owner.records > 0)
    }

    fn document<'a>(
        &'a self,
        status: RunStatus,
        exit: Option<Exit>,
        message: Option<&'a str>,
    ) -> Document<'a> {
        Document {
            report_version: VERSION,
            tap: env!("CARGO_PKG_NAME"),
            tap_version: env!("CARGO_PKG_VERSION"),
            status,
            exit_code: exit.map(|exit| exit as u8),
            message,
            stopped: self.stopped,
            started_at: &self.started_at,
            ended_at: exit.map(|_| text_of(OffsetDateTime::now_utc())),
            seconds: seconds(self.begun.elapsed()),
            content: &self.content,
        }
    }
}

fn text_of(time: OffsetDateTime) -> String {
    // A time of today has a text in this format.
    time.format(TIME).unwrap_or_default()
}

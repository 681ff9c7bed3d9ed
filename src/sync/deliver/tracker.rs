//! Tells others what is delivered: the progress, the metrics in the log, and the run report.

use super::ledger;
use super::note::Note;
use super::work::Work;
use crate::logging::{metrics, stream};
use crate::progress::{Progress, Requests};
use crate::run_report::RunReport;
use crate::run_report::content::{Status, Totals, Warning};
use crate::singer::bookmark::Bookmark;
use crate::sync::context::Context;
use crate::sync::jobs::Job;
use crate::words::seconds;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The time between two lines of progress, and between two counts of a stream's records.
const MINUTE: Duration = Duration::from_secs(60);
/// The time between two versions of the run report.
const REPORTED: Duration = Duration::from_secs(10);
/// Neither is shorter, even where all intervals are.
const SHORTEST: Duration = Duration::from_millis(250);

/// What is delivered, for others.
pub(crate) struct Tracker<'a> {
    context: &'a Context,
    report: &'a mut RunReport,
    progress: Progress,
    work: Work,
    /// RECORD lines written.
    records: u64,
    stream: Option<Current>,
    /// All warnings, with the streams that they are about.
    warnings: Vec<(usize, Warning)>,
    ends_early: bool,
}

/// The stream being delivered.
struct Current {
    since: Instant,
    records: u64,
    /// Records that no metric has counted.
    uncounted: u64,
    counted: Instant,
    has_failed: bool,
    _working: stream::Working,
}

impl<'a> Tracker<'a> {
    /// For a run that begins.
    pub(crate) fn new(context: &'a Context, report: &'a mut RunReport) -> Self {
        let client = Arc::clone(&context.client);
        let requests = move || Requests {
            sent: client.traffic.requests(),
            per_second: client.per_second(),
            pause: client.traffic.pause().map(|pause| (pause.reason, pause.left)),
        };
        let progress = Progress::start(interval(context, MINUTE), requests);
        progress.update(|status| status.streams = context.plans.len());
        if let Some(content) = report.content() {
            ledger::open(context, content);
        }
        let work = Work::new(context);
        Tracker {
            context,
            report,
            progress,
            work,
            records: 0,
            stream: None,
            warnings: Vec::new(),
            ends_early: false,
        }
    }

    /// A stream begins.
    pub(crate) fn enter(&mut self, plan: usize) {
        let (name, now) = (&self.context.plans[plan].name, Instant::now());
        self.progress.update(|status| status.place.clone_from(name));
        self.stream = Some(Current {
            since: now,
            records: 0,
            uncounted: 0,
            counted: now,
            has_failed: false,
            _working: stream::work_for(name),
        });
        if let Some(content) = self.report.content() {
            content.streams[plan].status = Status::Interrupted;
        }
    }

    /// A slice of it is being delivered.
    pub(crate) fn reach(&mut self, job: Job) {
        let over = self.work.reach(self.context, job);
        if let Some(content) = self.report.content() {
            let over = over.and_then(|(plan, partition)| ledger::owner(content, plan, partition));
            over.map(ledger::finish);
            let owner = ledger::owner(content, job.plan, job.partition);
            if let Some(owner) = owner.filter(|owner| owner.status == Status::NotStarted) {
                owner.status = Status::Interrupted;
            }
        }
        let (place, done) = (self.context.place(job), self.work.done());
        self.progress.update(|status| (status.place, status.done) = (place, done));
        self.update_report();
    }

    /// RECORD lines of a slice were written.
    pub(crate) fn records(&mut self, job: Job, records: u64) {
        self.records += records;
        let all = self.records;
        self.progress.update(|status| status.records = all);
        if let Some(current) = &mut self.stream {
            current.records += records;
            current.uncounted += records;
            if current.counted.elapsed() >= interval(self.context, MINUTE) {
                let counted = std::mem::take(&mut current.uncounted);
                metrics::record_count(&self.context.plans[job.plan].name, counted);
                current.counted = Instant::now();
            }
        }
        if let Some(content) = self.report.content() {
            content.streams[job.plan].records += records;
            if let Some(owner) = ledger::owner(content, job.plan, job.partition) {
                owner.records += records;
            }
        }
    }

    /// RECORD lines were written that were not read from TikTok.
    pub(crate) fn records_of_run(&mut self, records: u64) {
        self.records += records;
        let all = self.records;
        self.progress.update(|status| status.records = all);
    }

    /// A slice was delivered; `bookmark` is the one to which it moved the state.
    pub(crate) fn end(&mut self, job: Job, bookmark: Option<Bookmark>) {
        self.work.end(job);
        if let Some(content) = self.report.content()
            && let Some(owner) = ledger::owner(content, job.plan, job.partition)
        {
            ledger::end(owner, job, bookmark);
        }
    }

    /// A slice was left out because of another failure.
    pub(crate) fn leave_out(&mut self, job: Job) {
        if let Some(content) = self.report.content()
            && let Some(owner) = ledger::owner(content, job.plan, job.partition)
                .filter(|owner| owner.status != Status::Failed)
        {
            owner.status = Status::LeftOut;
        }
    }

    /// Failures happened.
    pub(crate) fn note(&mut self, notes: Vec<Note>) {
        for note in notes {
            if let Some(current) = self.stream.as_mut().filter(|_| note.plan.is_some()) {
                current.has_failed = true;
            }
            if let Some(content) = self.report.content() {
                ledger::note(content, note);
            }
        }
    }

    /// The run ends before everything is delivered; `reason` says why if that is no failure.
    pub(crate) fn stop(&mut self, reason: Option<&'static str>) {
        self.ends_early = true;
        if let Some(reason) = reason {
            self.report.stops(reason);
        }
    }

    /// A stream ends, with these warnings.
    pub(crate) fn leave(&mut self, plan: usize, warnings: Vec<Warning>) {
        let name = &self.context.plans[plan].name;
        let Some(current) = self.stream.take() else { return };
        let took = current.since.elapsed();
        metrics::record_count(name, current.uncounted);
        for (endpoint, requests) in self.context.client.traffic.take(name) {
            metrics::http_request_count(name, endpoint, requests);
        }
        let is_whole = !self.ends_early;
        metrics::sync_duration(name, took, is_whole && !current.has_failed);
        self.work.leave(plan);
        let (done, streams) = (plan + usize::from(is_whole), self.context.plans.len());
        self.progress.update(|status| status.streams_done = done);
        log::info!(
            "{name}: {} rows in {:.1} s; {done} of {streams} streams done",
            current.records,
            took.as_secs_f64()
        );
        if let Some(content) = self.report.content() {
            let stream = &mut content.streams[plan];
            stream.seconds = Some(seconds(took));
            stream.warnings.clone_from(&warnings);
            ledger::leave(stream, is_whole);
        }
        self.warnings.extend(warnings.into_iter().map(|warning| (plan, warning)));
    }

    /// The run ends. Logs the summary, of which the counts are the last line.
    pub(crate) fn finish(&mut self, took: Duration) {
        let warnings: Vec<_> =
            self.warnings.iter().filter(|(_, warning)| warning.kind.is_unusual()).collect();
        if !warnings.is_empty() {
            let words = |(plan, warning): &(usize, Warning)| {
                let name = &self.context.plans[*plan].name;
                let field =
                    warning.field.as_ref().map_or(String::new(), |field| format!(".{field}"));
                format!("{name}{field} ({} {})", warning.count, warning.kind.words())
            };
            let words: Vec<String> = warnings.into_iter().map(words).collect();
            log::info!("warnings: {}", words.join(", "));
        }
        for streams in self.context.skipped.chunk_by(|a, b| a.reason == b.reason) {
            let names: Vec<&str> = streams.iter().map(|skipped| skipped.stream.as_str()).collect();
            log::info!("skipped: {}, {}", names.join(", "), streams[0].reason);
        }
        let Totals { records, requests, retries, seconds_paused } = self.totals();
        log::info!(
            "{records} records, {requests} requests, {retries} of them repeated, \
             {seconds_paused:.1} s paused, {:.1} s in all",
            took.as_secs_f64()
        );
        self.report_totals();
    }

    fn totals(&self) -> Totals {
        let traffic = &self.context.client.traffic;
        Totals {
            records: self.records,
            requests: traffic.requests(),
            retries: traffic.retries(),
            seconds_paused: seconds(traffic.paused()),
        }
    }

    fn report_totals(&mut self) {
        let totals = self.totals();
        if let Some(content) = self.report.content() {
            content.totals = totals;
        }
    }

    /// Writes the report again, if it is old.
    fn update_report(&mut self) {
        if self.report.is_due() {
            self.report_totals();
            self.report.update(interval(self.context, REPORTED));
        }
    }
}

impl Drop for Tracker<'_> {
    /// The report has the counts, however the run ends.
    fn drop(&mut self) {
        self.report_totals();
    }
}

/// An interval in this process.
fn interval(context: &Context, usual: Duration) -> Duration {
    context.client.scaled(usual).max(SHORTEST)
}

//! The failures of a run: logs them when they happen, decides what is left out from then on, and
//! determines the exit code. All retries were made before a failure comes here.

use super::note::Note;
use crate::api::cause::{Cause, Loss};
use crate::api::error::ApiError;
use crate::error::Exit;
use crate::run_report::content::LeftOut;
use crate::streams::{ADVERTISER_INFO, Per};
use crate::sync::accounts::Accounts;
use crate::sync::context::Context;
use crate::sync::jobs::Job;
use crate::sync::partition::Partition;
use crate::sync::permission;
use crate::sync::plan::Plan;
use crate::sync::skips::Skips;
use std::collections::HashSet;
use std::sync::Arc;

/// The failures of a run, in the order of its jobs.
#[derive(Debug, Default)]
pub struct Failures {
    worst: Worst,
    /// Their number.
    count: usize,
    partitions: HashSet<Partition>,
    parts: HashSet<(usize, Partition)>,
    /// Streams that the developer app may not read, for any account.
    closed: HashSet<usize>,
    /// Streams and accounts left out for a failure that comes later in the order.
    skipped: HashSet<(usize, Partition)>,
    /// Streams and partitions whose bookmarks stay, because rows of a slice are missing.
    held: HashSet<(usize, Partition)>,
    ends_run: bool,
    /// Accounts that can still be read.
    open: usize,
    /// Whether streams are read that need no account.
    reads_others: bool,
    skips: Arc<Skips>,
    /// All failures since they were last taken, for the run report.
    notes: Vec<Note>,
}

/// The worst failure so far, which becomes the last line of the run. The others are logged
/// immediately, so each appears once on stderr.
#[derive(Debug, Default)]
struct Worst(Option<(Exit, String)>);

impl Drop for Worst {
    /// Logs the failure, because another error is the last line.
    fn drop(&mut self) {
        if let Some((_, words)) = &self.0 {
            log::error!("{words}");
        }
    }
}

impl Failures {
    /// The run could not start.
    pub(crate) fn of_run(error: &ApiError) -> Self {
        let mut failures = Failures { ends_run: true, ..Failures::default() };
        failures.note(error.cause.exit(), error.to_string(), Note::of(error));
        failures
    }

    /// What was refused when the accounts were looked up.
    pub(crate) fn of_accounts(accounts: &Accounts, plans: &[Plan]) -> Self {
        let reads_others = plans.iter().any(|plan| match plan.stream.per {
            Per::BusinessCenter => !accounts.business_centers.is_empty(),
            Per::App => true,
            Per::Account | Per::AccountBatch | Per::Once | Per::Run => false,
        });
        let open = accounts.open.len();
        let mut failures = Failures { open, reads_others, ..Failures::default() };
        for (id, error) in &accounts.refused {
            let note = Note::of(error).about_account(id, LeftOut::Owner);
            let words = format!("account {id}, left out of the run: {error}");
            failures.note(Exit::Refused, words, note);
        }
        for id in &accounts.missing {
            let words = "is not in TikTok's answer; its reports are read, with days in UTC";
            let words = format!("account {id}: {ADVERTISER_INFO}: it {words}; check the account");
            let note = Note::of_words(&words).about_account(id, LeftOut::Nothing);
            failures.note(Exit::Refused, words, note);
        }
        if let Some(error) = &accounts.no_centers {
            let words = format!("streams of Business Centers: {error}");
            failures.note(error.cause.exit(), words, Note::of(error));
        }
        let of_accounts = plans.iter().position(|p| p.stream.per == Per::AccountBatch);
        if let Some(error) = &accounts.undescribed {
            let exit = error.cause.exit();
            // If the stream of accounts is not selected, a missing endpoint is only a warning: some
            // apps and the sandbox never have it.
            if let Some(plan) = of_accounts {
                let words = format!("{}: {error}", plans[plan].name);
                failures.note(exit, words, Note::of(error).about_stream(plan));
            } else if exit == Exit::Transient {
                failures.note(exit, error.to_string(), Note::of(error));
            }
        }
        failures
    }

    /// The skips for the workers.
    pub(crate) fn skips(&self) -> Arc<Skips> {
        Arc::clone(&self.skips)
    }

    /// Whether slices of that stream and partition are left out because an earlier one failed: a
    /// bookmark never moves past missing rows.
    pub(crate) fn covers(&self, plan: usize, partition: Partition) -> bool {
        self.partitions.contains(&partition)
            || self.closed.contains(&plan)
            || self.parts.contains(&(plan, partition))
            || self.skipped.contains(&(plan, partition))
    }

    /// Whether the failure of a slice that is left out has no further effect. A failure that ends
    /// the run, or leaves out the account or the stream everywhere, counts even if an earlier slice
    /// of the same stream and partition failed.
    pub(crate) fn knows(&self, job: Job, error: &ApiError) -> bool {
        match error.cause.loss() {
            Loss::Run => false,
            Loss::Account => self.partitions.contains(&job.partition),
            Loss::Stream => self.closed.contains(&job.plan),
            Loss::Slice => {
                self.partitions.contains(&job.partition)
                    || self.closed.contains(&job.plan)
                    || self.parts.contains(&(job.plan, job.partition))
            }
        }
    }

    /// Whether the run cannot continue.
    pub(crate) fn ends_run(&self) -> bool {
        self.ends_run
    }

    /// Notes that a slice was skipped because of a failure that comes later in the order. The
    /// slices after it must not move the bookmark past it.
    pub(crate) fn leave_out(&mut self, job: Job) {
        self.skipped.insert((job.plan, job.partition));
    }

    /// Notes that rows of a slice are missing, so that the next run requests them again.
    pub(crate) fn hold_bookmark(&mut self, job: Job) {
        self.held.insert((job.plan, job.partition));
    }

    /// Whether the bookmark of a slice must not move.
    pub(crate) fn holds_bookmark(&self, job: Job) -> bool {
        self.held.contains(&(job.plan, job.partition))
    }

    /// Notes a failed slice.
    pub(crate) fn add(&mut self, context: &Context, job: Job, error: &ApiError) {
        if error.cause == Cause::Halted {
            return;
        }
        let place = context.place(job);
        let what = match error.cause.loss() {
            Loss::Account => {
                let is_account = matches!(job.partition, Partition::Account(_));
                let is_new = self.partitions.insert(job.partition);
                self.open -= usize::from(is_new && is_account);
                match job.partition {
                    Partition::BusinessCenter(_) => {
                        "; the Business Center is left out from here on"
                    }
                    _ => "; the account is left out of the rest of the run",
                }
            }
            Loss::Run => {
                self.ends_run = true;
                ""
            }
            Loss::Stream => {
                self.closed.insert(job.plan);
                "; the stream is left out for every account"
            }
            Loss::Slice => match job.partition {
                Partition::Account(_) => "; the rest of this stream and account is left out",
                Partition::BusinessCenter(_) => {
                    "; the rest of this stream and Business Center is left out"
                }
                _ => "; the rest of this stream is left out",
            },
        };
        self.parts.insert((job.plan, job.partition));
        let permission = permission::words(&context.plans[job.plan].stream, error);
        let words = format!("{place}: {error}{permission}{what}");
        let is_kept = self.note(error.cause.exit(), words, Note::of(error).about(job));
        if is_kept && !self.ends_run {
            let stream = &context.plans[job.plan].name;
            let account = job.partition.words(&context.accounts);
            log::info!("{stream}{account}: failed; the last line of the run says why");
        }
    }

    /// Notes that delivered rows differ from TikTok's count or totals.
    pub(crate) fn differs(&mut self, words: String) {
        let note = Note::of_words(&words);
        self.note(Exit::Refused, words, note);
    }

    /// The same about a slice.
    pub(crate) fn differs_in(&mut self, job: Job, words: String) {
        let note = Note::of_words(&words).about(job);
        self.note(Exit::Refused, words, note);
    }

    /// The same about a stream.
    pub(crate) fn differs_in_stream(&mut self, plan: usize, words: String) {
        let note = Note::of_words(&words).about_stream(plan);
        self.note(Exit::Refused, words, note);
    }

    /// The failures since this was last asked for.
    pub(crate) fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    /// Logs a failure, or keeps it for the last line and returns `true`.
    fn note(&mut self, exit: Exit, words: String, note: Note) -> bool {
        self.count += 1;
        self.notes.push(note);
        let is_worst = self.worst.0.as_ref().is_none_or(|(worst, _)| rank(exit) < rank(*worst));
        let told = if is_worst {
            self.worst.0.replace((exit, words)).map(|(_, before)| before)
        } else {
            Some(words)
        };
        if let Some(words) = told {
            log::error!("{words}");
        }
        is_worst
    }

    /// The exit code of the run, and the description of the cause if something failed. Temporary
    /// failures come before refusals, because running again may help.
    pub fn verdict(mut self) -> (Exit, Option<String>) {
        let verdict = self.outcome();
        self.worst.0 = None;
        verdict
    }

    /// The same, before the end.
    pub(crate) fn outcome(&self) -> (Exit, Option<String>) {
        let Some((worst, words)) = &self.worst.0 else { return (Exit::Done, None) };
        let others = self.count - 1;
        let more = if others == 0 { String::new() } else { format!(" ({others} more above)") };
        if self.open == 0 && !self.reads_others && !self.ends_run {
            return (Exit::Denied, Some(format!("every account was refused: {words}{more}")));
        }
        (*worst, Some(format!("{words}{more}")))
    }
}

/// The rank of an exit code: the lowest of all failures is that of the run.
fn rank(exit: Exit) -> usize {
    [Exit::Denied, Exit::Transient, Exit::Refused]
        .iter()
        .position(|e| *e == exit)
        .unwrap_or(usize::MAX)
}

//! The main thread of a sync: takes what workers read, in its order, writes it, and moves the
//! bookmarks.

mod counts;
mod failures;
mod proof;

pub use failures::Failures;

use super::context::{Context, Ending, PassEnd};
use super::jobs::Job;
use super::sample::Delivered;
use super::stop::{LOOK, Stop};
use crate::logging;
use crate::pool::{Event, Pool, Work};
use crate::render::Tally;
use crate::singer::output::Output;
use crate::singer::state::State;
use anyhow::Result;
use counts::say_counts;
use proof::Proof;
use serde_json::Value;
use std::io::Write;
use std::time::Instant;

/// Writes the results of the workers.
pub(crate) struct Delivery<'a, W, R: Work> {
    context: &'a Context,
    out: Output<W>,
    state: State,
    failures: Failures,
    pool: &'a Pool<R>,
    stop: &'a Stop<'a>,
    current: Option<Current>,
    /// RECORD lines written.
    records: u64,
    /// Whether any bookmark moved.
    moved: bool,
    proof: Proof,
    /// What was delivered of a sample.
    delivered: Delivered,
}

/// The stream being delivered.
struct Current {
    plan: usize,
    since: Instant,
    /// RECORD lines written.
    records: u64,
    /// Counts of its slices that ended.
    tally: Tally,
}

impl<'a, W: Write, R: Work<Job = Job, End = Ending>> Delivery<'a, W, R> {
    /// A delivery of what `pool` reads to `out`.
    pub(crate) fn new(
        context: &'a Context,
        out: Output<W>,
        state: State,
        failures: Failures,
        pool: &'a Pool<R>,
        stop: &'a Stop<'a>,
    ) -> Self {
        let (current, records, moved) = (None, 0, false);
        let (proof, delivered) = (Proof::default(), Delivered::default());
        Delivery {
            context,
            out,
            state,
            failures,
            pool,
            stop,
            current,
            records,
            moved,
            proof,
            delivered,
        }
    }

    /// Writes everything in order, and a STATE at the end, however the run ends. Returns the
    /// failures.
    pub(crate) fn run(mut self) -> Result<Failures> {
        // Targets create tables while the first request is in flight.
        self.enter(0)?;
        let mut last = None;
        loop {
            if let Some(reason) = self.stop.reason() {
                self.stopped(reason, last);
                break;
            }
            match self.pool.next(LOOK) {
                Event::Bytes(job, lines) => {
                    last = Some(job);
                    self.enter(job.plan)?;
                    self.records(job, &lines)?;
                    self.pool.recycle(lines);
                }
                Event::End(job, ending) => {
                    last = Some(job);
                    self.enter(job.plan)?;
                    self.end(job, ending)?;
                    if self.failures.ends_run() {
                        break;
                    }
                }
                Event::Done => {
                    self.enter(self.context.plans.len())?;
                    self.state.set_current(None);
                    break;
                }
                Event::Waiting => {}
            }
        }
        if let Some(current) = self.current.take() {
            self.leave(&current)?;
        }
        self.out.state(&self.state.to_value())?;
        self.prove();
        log::info!(
            "{} records, {} requests, {:.1} s",
            self.records,
            self.context.client.requests(),
            self.stop.elapsed().as_secs_f64()
        );
        Ok(self.failures)
    }

    /// Ends the run early. `last` is the slice that was being delivered.
    fn stopped(&mut self, reason: &str, last: Option<Job>) {
        log::info!("{reason}: the state of what was delivered is written");
        // The accounts are read before everything else, so they never end a run early.
        let accounts = &self.context.accounts;
        let Some((job, account)) =
            last.and_then(|job| Some((job, job.partition.account(accounts)?)))
        else {
            return;
        };
        let plan = &self.context.plans[job.plan];
        if self.context.config.max_runtime.is_some() {
            self.state.set_current_account(&account.id);
        }
        if !self.moved {
            let what = if plan.stream.has_windows() {
                "no window was read to its end"
            } else {
                "the list was not read to its end"
            };
            log::warn!(
                "{}, account {}: {what}, so no bookmark moved and the next run begins here again; \
                 give runs more time (`max_runtime`)",
                plan.name,
                account.id
            );
        }
    }

    /// Writes lines of a slice, unless an earlier slice failed.
    fn records(&mut self, job: Job, lines: &[u8]) -> Result<()> {
        if self.failures.covers(job.plan, job.partition) {
            return Ok(());
        }
        let lines = if self.context.is_sample { self.delivered.first(job, lines) } else { lines };
        self.out.records(lines)?;
        let written = memchr::memchr_iter(b'\n', lines).count() as u64;
        self.records += written;
        if let Some(current) = &mut self.current {
            current.records += written;
        }
        Ok(())
    }

    /// Logs the results of the comparisons with TikTok's totals.
    fn prove(&mut self) {
        self.proof.table(self.context).iter().for_each(|line| log::info!("{line}"));
        let is_due =
            self.context.config.verify && self.stop.reason().is_none() && !self.failures.ends_run();
        if is_due && self.proof.is_empty() {
            self.failures.differs(
                "verify: nothing could be compared with TikTok's totals; it takes BASIC reports \
                 outside of the sandbox"
                    .to_owned(),
            );
        }
    }

    /// Ends the streams before `plan` and starts it. A stream without slices is started and ended
    /// too, because targets create tables from schemas.
    fn enter(&mut self, plan: usize) -> Result<()> {
        let mut next = self.current.as_ref().map_or(0, |c| c.plan);
        while self.current.as_ref().is_none_or(|c| c.plan < plan) {
            if let Some(done) = self.current.take() {
                next = done.plan + 1;
                self.leave(&done)?;
            }
            let Some(begun) = self.context.plans.get(next) else { return Ok(()) };
            self.state.set_current(Some(begun.stream.name));
            self.out.schema(
                &begun.name,
                &begun.schema,
                &begun.keys,
                begun.stream.replication_key(),
            )?;
            self.current = Some(Current {
                plan: next,
                since: Instant::now(),
                records: 0,
                tally: Tally::default(),
            });
        }
        Ok(())
    }

    fn leave(&mut self, done: &Current) -> Result<()> {
        let plan = &self.context.plans[done.plan];
        self.out.state(&self.state.to_value())?;
        say_counts(plan, &done.tally, &mut self.failures);
        logging::metric("counter", "record_count", &done.records.into(), &plan.name);
        logging::metric(
            "timer",
            "sync_duration",
            &Value::from(done.since.elapsed().as_secs_f64()),
            &plan.name,
        );
        Ok(())
    }

    fn end(&mut self, job: Job, mut ending: Ending) -> Result<()> {
        let covered = self.failures.covers(job.plan, job.partition);
        if let Some(current) = self.current.as_mut().filter(|_| !covered) {
            current.tally.add(std::mem::take(&mut ending.tally));
        }
        let plan = &self.context.plans[job.plan];
        if covered {
            // An earlier slice may have been skipped because of this failure, or have failed for
            // another reason.
            if let Some(error) = ending.failure.filter(|error| !self.failures.knows(job, error)) {
                self.failures.add(self.context, job, &error);
            }
            return Ok(());
        }
        if ending.skipped {
            self.failures.leave_out(job);
        }
        if ending.is_incomplete {
            self.failures.hold_bookmark(job);
        }
        if !plan.full_table && !self.failures.holds_bookmark(job) {
            self.move_bookmark(job, &ending);
        }
        let differences = self.proof.add(self.context, job, ending.checks);
        for words in ending.oddities.into_iter().chain(differences) {
            self.failures.differs(words);
        }
        if let Some(error) = ending.failure {
            self.failures.add(self.context, job, &error);
        }
        if self.out.is_state_due() {
            self.out.state(&self.state.to_value())?;
        }
        Ok(())
    }

    /// Moves the bookmark to what the slice reached.
    fn move_bookmark(&mut self, job: Job, ending: &Ending) {
        let context = self.context;
        let id = job.partition.id(&context.accounts);
        if id.is_empty() {
            return;
        }
        let stream = &context.plans[job.plan].stream;
        let (name, accounts) = (stream.name, &context.config.accounts);
        if let Some(reached) = ending.reached {
            // A list that was read to its end is progress, even if it has no new rows.
            let is_list = !stream.has_windows();
            self.moved |= self.state.advance(name, id, reached, accounts) || is_list;
        }
        match &ending.pass {
            Some(PassEnd::Held(pass, bookmark)) => {
                self.state.hold(name, id, pass, *bookmark, accounts);
            }
            Some(PassEnd::Read(pass)) if ending.failure.is_none() => {
                self.state.release(name, id, pass);
            }
            _ => {}
        }
    }
}

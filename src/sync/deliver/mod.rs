//! The main thread of a sync: takes what workers read, in its order, writes it, and moves the
//! bookmarks.

mod counts;
mod failures;
mod ledger;
mod note;
mod proof;
mod tracker;
mod verification;
mod work;

pub use failures::Failures;
pub(crate) use note::Note;
pub(crate) use tracker::Tracker;

use super::context::{Context, Ending, PassEnd};
use super::jobs::Job;
use super::sample::Delivered;
use super::stop::{LOOK, Stop};
use crate::pool::{Event, Pool, Work};
use crate::render::Tally;
use crate::singer::bookmark::Bookmark;
use crate::singer::output::Output;
use crate::singer::state::State;
use anyhow::Result;
use counts::{not_rows, say_counts};
use proof::Proof;
use std::io::Write;
use verification::Verification;

/// Writes the results of the workers.
pub(crate) struct Delivery<'a, W, R: Work> {
    context: &'a Context,
    out: Output<W>,
    state: State,
    failures: Failures,
    pool: &'a Pool<R>,
    stop: &'a Stop<'a>,
    current: Option<Current>,
    tracker: Tracker<'a>,
    /// Whether any bookmark moved.
    moved: bool,
    proof: Proof,
    verification: Option<Verification<'a>>,
    /// What was delivered of a sample.
    delivered: Delivered,
}

/// The stream being delivered.
struct Current {
    plan: usize,
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
        tracker: Tracker<'a>,
    ) -> Self {
        Delivery {
            context,
            out,
            state,
            failures,
            pool,
            stop,
            current: None,
            tracker,
            moved: false,
            proof: Proof::default(),
            verification: context.verification.as_ref().map(Verification::new),
            delivered: Delivered::default(),
        }
    }

    /// Writes everything in order, and a STATE at the end, however the run ends. Returns the
    /// failures.
    pub(crate) fn run(mut self) -> Result<Failures> {
        // Targets create tables while the first request is in flight.
        self.tracker.note(self.failures.take_notes());
        self.enter(0)?;
        let mut last = None;
        loop {
            if let Some(reason) = self.stop.reason() {
                self.tracker.stop(Some(reason));
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
                        self.tracker.stop(None);
                        break;
                    }
                }
                Event::Done => {
                    self.enter(self.context.plans.len())?;
                    self.state.set_current(None);
                    break;
                }
                Event::Waiting => {
                    // What the run waits for is what it is doing.
                    if let Some(job) = self.pool.reading() {
                        last = Some(job);
                        self.enter(job.plan)?;
                        self.tracker.reach(job);
                    }
                }
            }
        }
        if let Some(current) = self.current.take() {
            self.leave(&current)?;
        }
        if let Some(verification) = &mut self.verification {
            verification.end(&mut self.out)?;
        }
        self.out.state(&self.state.to_value())?;
        self.prove();
        self.tracker.note(self.failures.take_notes());
        self.tracker.finish(self.stop.elapsed());
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
        self.tracker.reach(job);
        self.out.records(lines)?;
        self.tracker.records(job, memchr::memchr_iter(b'\n', lines).count() as u64);
        Ok(())
    }

    /// Logs the results of the comparisons with TikTok's totals.
    fn prove(&mut self) {
        self.proof.table(self.context).iter().for_each(|line| log::info!("{line}"));
        let is_due =
            self.context.config.verify && self.stop.reason().is_none() && !self.failures.ends_run();
        if is_due && self.proof.is_empty() {
            self.failures.differs(proof::NOTHING.to_owned());
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
            self.current = Some(Current { plan: next, tally: Tally::default() });
            self.tracker.enter(next);
        }
        Ok(())
    }

    fn leave(&mut self, done: &Current) -> Result<()> {
        let plan = &self.context.plans[done.plan];
        self.out.state(&self.state.to_value())?;
        let warnings = say_counts(plan, &done.tally);
        if let Some(words) = not_rows(plan, &done.tally) {
            self.failures.differs_in_stream(done.plan, words);
        }
        self.tracker.note(self.failures.take_notes());
        self.tracker.leave(done.plan, warnings);
        Ok(())
    }

    fn end(&mut self, job: Job, mut ending: Ending) -> Result<()> {
        self.tracker.reach(job);
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
            self.tracker.leave_out(job);
            self.tracker.note(self.failures.take_notes());
            return Ok(());
        }
        if ending.skipped {
            self.failures.leave_out(job);
            self.tracker.leave_out(job);
        }
        if ending.is_incomplete {
            self.failures.hold_bookmark(job);
        }
        if let Some(verification) = &mut self.verification {
            let records = verification.write(self.context, job, &ending.checks, &mut self.out)?;
            self.tracker.records_of_run(records);
        }
        let may_move = !plan.full_table && !self.failures.holds_bookmark(job);
        let moved = if may_move { self.move_bookmark(job, &ending) } else { None };
        let differences = self.proof.add(self.context, job, ending.checks);
        for words in ending.oddities.into_iter().chain(differences) {
            self.failures.differs_in(job, words);
        }
        match ending.failure {
            Some(error) => self.failures.add(self.context, job, &error),
            None if ending.skipped => {}
            None => self.tracker.end(job, moved),
        }
        self.tracker.note(self.failures.take_notes());
        if self.out.is_state_due() {
            self.out.state(&self.state.to_value())?;
        }
        Ok(())
    }

    /// Moves the bookmark to what the slice reached. Returns it if it moved.
    fn move_bookmark(&mut self, job: Job, ending: &Ending) -> Option<Bookmark> {
        let context = self.context;
        let id = job.partition.id(&context.accounts);
        if id.is_empty() {
            return None;
        }
        let stream = &context.plans[job.plan].stream;
        let (name, accounts) = (stream.name, &context.config.accounts);
        let mut moved = None;
        if let Some(reached) = ending.reached {
            // A list that was read to its end is progress, even if it has no new rows.
            let is_list = !stream.has_windows();
            moved = self.state.advance(name, id, reached, accounts).then_some(reached);
            self.moved |= moved.is_some() || is_list;
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
        moved
    }
}

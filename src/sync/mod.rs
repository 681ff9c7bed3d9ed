//! Between the two sides: slices are read by workers and delivered here, in order, with their bookmarks. It owns the loop of a run.

pub mod accounts;
mod audit;
mod entities;
mod failures;
mod jobs;
mod list;
mod paging;
pub mod plan;
mod pool;
pub mod render;
mod reports;
mod scope;
mod slice;
mod stop;
mod verify;
mod windows;

pub use failures::Failures;

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::pacing::Halt;
use crate::config::Config;
use crate::logging;
use crate::signals::Signals;
use crate::singer::catalog::CatalogStream;
use crate::singer::output::Output;
use crate::singer::state::State;
use crate::streams::Source;
use accounts::Accounts;
use anyhow::Result;
use jobs::{Job, Starts};
use plan::Plan;
use pool::{Budget, Event, Pool};
use scope::Scopes;
use serde_json::Value;
use slice::{Context, Ending, Reading};
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;
use stop::{LOOK, Stop};
use time::OffsetDateTime;
use verify::Proof;

/// Bytes of rendered lines of one page: a page of a wide report and a little more.
const PAGE: usize = 5 << 19;

/// Bytes of rendered lines that may wait for the target: a page for each worker of what lies ahead, and as many of the slice being
/// delivered, less one, since the last page may go beyond the limit.
fn budget(workers: usize) -> Budget {
    let later = PAGE * workers.max(4);
    Budget { all: later + PAGE * workers.saturating_sub(1), later }
}

/// Replicates the selected streams and tells what did not work. The last STATE written holds everything that was delivered.
///
/// # Errors
/// Nothing could be begun, or the reader of `out` is gone.
pub fn run(config: Config, catalog: &[CatalogStream], state: State, signals: &Signals, out: impl Write) -> Result<Failures> {
    let halt = Arc::new(Halt::default());
    let stop = Stop::new(signals, config.max_runtime);
    let plans = plan::plan(catalog, &config)?;
    let client = Arc::new(Client::new(&config, Arc::clone(&halt))?);
    let accounts = match open_accounts(&client, &config, &plans, &stop) {
        Some(Ok(accounts)) => accounts,
        early => {
            halt.halt();
            Output::new(out).state(&state.to_value())?;
            let error = early.and_then(Result::err);
            log::info!("{}", stop.reason().unwrap_or("nothing could be begun"));
            return Ok(error.map_or_else(Failures::default, |error| Failures::of_run(&error)));
        }
    };
    let starts = Arc::new(Starts::new(&plans, &accounts, &state, &config, OffsetDateTime::now_utc())?);
    if starts.go_on() {
        log::info!(
            "the run goes on at its bookmarks: an earlier `start_date`, a later `include_deleted` or a new metric reaches back no further; \
             remove a bookmark to read everything again"
        );
    }
    let jobs = jobs::jobs(&plans, &accounts, &starts, config.report_window);
    let workers = config.concurrency;
    let failures = Failures::of_accounts(&accounts, &plans);
    let context = Arc::new(Context { client, config, plans, accounts, starts, scopes: Scopes::default() });
    let reading = Reading { context: Arc::clone(&context), skips: failures.skips() };
    let pool = Pool::start(jobs, workers, budget(workers), reading);
    let delivery = Delivery {
        context: &context,
        out: Output::new(out),
        state,
        failures,
        pool: &pool,
        stop: &stop,
        current: None,
        records: 0,
        proof: Proof::default(),
    };
    let result = delivery.run();
    halt.halt();
    result
}

/// Asks about the accounts if anything in the run depends on it. `None`: the run should end.
fn open_accounts(client: &Arc<Client>, config: &Config, plans: &[Plan], stop: &Stop) -> Option<Result<Accounts, ApiError>> {
    let asks = plans.iter().any(|p| !matches!(p.stream.source, Source::Entity(_)));
    let ids = config.accounts.clone();
    if !asks {
        return Some(Ok(accounts::unasked(&ids)));
    }
    let client = Arc::clone(client);
    let mut accounts = stop.wait_for(move || accounts::look_up(&client, &ids))?;
    if let Ok(accounts) = &mut accounts
        && !plans.iter().any(|p| matches!(p.stream.source, Source::Account(_)))
    {
        accounts.answers.clear();
    }
    Some(accounts)
}

/// The main thread: takes what workers hand out and writes it.
struct Delivery<'a, W> {
    context: &'a Context,
    out: Output<W>,
    state: State,
    failures: Failures,
    pool: &'a Pool<Reading>,
    stop: &'a Stop<'a>,
    current: Option<Current>,
    records: u64,
    proof: Proof,
}

/// The stream being delivered.
struct Current {
    plan: usize,
    since: Instant,
    tally: render::Tally,
}

impl<W: Write> Delivery<'_, W> {
    fn run(mut self) -> Result<Failures> {
        loop {
            if let Some(reason) = self.stop.reason() {
                log::info!("{reason}: the state of what was delivered is written");
                break;
            }
            match self.pool.next(LOOK) {
                Event::Bytes(job, lines) => {
                    self.enter(job.plan)?;
                    if !self.failures.covers(job.plan, job.account) {
                        self.out.records(&lines)?;
                    }
                    self.pool.recycle(lines);
                }
                Event::End(job, ending) => {
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
        self.out.state(&self.state.to_value())?;
        self.proof.table(self.context).iter().for_each(|line| log::info!("{line}"));
        log::info!("{} records, {} requests, {:.1} s", self.records, self.context.client.requests(), self.stop.elapsed().as_secs_f64());
        Ok(self.failures)
    }

    /// Ends the streams before `plan` and begins it. A stream without slices is begun and ended too: targets make tables of schemas.
    fn enter(&mut self, plan: usize) -> Result<()> {
        let mut next = self.current.as_ref().map_or(0, |c| c.plan);
        while self.current.as_ref().is_none_or(|c| c.plan < plan) {
            if let Some(done) = self.current.take() {
                next = done.plan + 1;
                self.leave(&done)?;
            }
            let Some(begun) = self.context.plans.get(next) else { return Ok(()) };
            self.state.set_current(Some(begun.stream.name));
            self.out.schema(&begun.name, &begun.schema, &begun.keys, begun.stream.replication_key())?;
            self.current = Some(Current { plan: next, since: Instant::now(), tally: render::Tally::default() });
        }
        Ok(())
    }

    fn leave(&mut self, done: &Current) -> Result<()> {
        let plan = &self.context.plans[done.plan];
        self.out.state(&self.state.to_value())?;
        say_counts(plan, &done.tally);
        logging::metric("counter", "record_count", &done.tally.records.into(), &plan.name);
        logging::metric("timer", "sync_duration", &Value::from(done.since.elapsed().as_secs_f64()), &plan.name);
        Ok(())
    }

    fn end(&mut self, job: Job, ending: Ending) -> Result<()> {
        let covered = self.failures.covers(job.plan, job.account);
        if let Some(current) = self.current.as_mut().filter(|_| !covered) {
            self.records += ending.tally.records;
            current.tally.add(ending.tally);
        }
        let plan = &self.context.plans[job.plan];
        if covered {
            // A slice before it was skipped for this very failure, which nobody was told of yet.
            if let Some(error) = ending.failure.filter(|_| !self.failures.knows(job)) {
                self.failures.add(self.context, job, &error);
            }
            return Ok(());
        }
        if ending.skipped {
            self.failures.leave_out(job);
        }
        if let (Some(reached), Some(account), false) = (&ending.reached, self.context.accounts.open.get(job.account), plan.full_table) {
            self.state.advance(plan.stream.name, &account.id, reached, &self.context.config.accounts);
        }
        for difference in self.proof.add(self.context, job, ending.checks) {
            self.failures.differs(difference);
        }
        if let Some(error) = ending.failure {
            self.failures.add(self.context, job, &error);
        }
        if self.out.is_state_due() {
            self.out.state(&self.state.to_value())?;
        }
        Ok(())
    }
}

/// Says once a stream what was not delivered as it came.
fn say_counts(plan: &Plan, tally: &render::Tally) {
    let name = &plan.name;
    if !tally.undeclared.is_empty() {
        let mut fields: Vec<_> = tally.undeclared.iter().map(|(field, rows)| format!("{field} ({rows})")).collect();
        fields.sort();
        log::info!("{name}: fields that the catalog does not declare, left out, with their rows: {}", fields.join(", "));
    }
    for (index, values) in tally.misfits.iter().enumerate().filter(|(_, values)| **values > 0) {
        log::warn!("{name}.{}: {values} values do not fit the type in the catalog and became null", plan.recipe.field_name(index));
    }
    if tally.null_keys > 0 {
        log::warn!("{name}: {} rows left out because a key property ({}) was null", tally.null_keys, plan.keys.join(", "));
    }
}

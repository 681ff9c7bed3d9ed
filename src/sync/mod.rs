//! Between the two sides: slices are read by workers and delivered here, in order, with their bookmarks. It owns the loop of a run.

pub mod accounts;
mod audit;
mod bookmarks;
mod entities;
mod failures;
mod jobs;
mod list;
mod paging;
mod pass;
pub mod plan;
mod refusals;
mod reports;
mod scope;
mod sizes;
mod slice;
mod stop;
mod top_view;
mod verify;
mod windows;

pub use failures::Failures;

use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::pacing::Halt;
use crate::config::Config;
use crate::logging;
use crate::pool::{Budget, Event, Pool};
use crate::render::Tally;
use crate::signals::Signals;
use crate::singer::catalog::CatalogStream;
use crate::singer::output::Output;
use crate::singer::state::State;
use crate::streams::Source;
use accounts::Accounts;
use anyhow::Result;
use entities::PassEnd;
use jobs::{Cut, Job, Starts};
use plan::Plan;
use refusals::Refusals;
use scope::Scopes;
use serde_json::Value;
use sizes::Sizes;
use slice::{Context, Ending, Reading};
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;
use stop::{LOOK, Stop};
use time::OffsetDateTime;
use top_view::TopViewAccounts;
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
/// The run cannot start, or the reader of `out` is gone.
pub fn run(config: Config, catalog: &[CatalogStream], mut state: State, signals: &Signals, out: impl Write) -> Result<Failures> {
    let halt = Arc::new(Halt::default());
    let stop = Stop::new(signals, config.max_runtime);
    let mut plans = plan::plan(catalog, &config)?;
    if config.max_runtime.is_some() {
        go_on_where_the_last_run_ended(&mut plans, &state);
    }
    let client = Arc::new(Client::new(&config, Arc::clone(&halt))?);
    let accounts = match open_accounts(&client, &config, &plans, &stop) {
        Some(Ok(accounts)) => accounts,
        early => {
            halt.halt();
            Output::new(out).state(&state.to_value())?;
            let error = early.and_then(Result::err);
            log::info!("{}", stop.reason().unwrap_or("the run cannot start"));
            return Ok(error.map_or_else(Failures::default, |error| Failures::of_run(&error)));
        }
    };
    let now = OffsetDateTime::now_utc();
    bookmarks::check(&mut state, &plans, &accounts, &config, now)?;
    let starts = Arc::new(Starts::new(&plans, &accounts, &state, &config, now)?);
    if starts.go_on() {
        log::info!(
            "the run goes on at its bookmarks: an earlier `start_date`, a later `include_deleted` or a new metric reaches back no further; \
             remove a bookmark to read everything again"
        );
    }
    let sizes = Arc::new(Sizes::new(config.max_runtime));
    let growing = config.max_runtime.is_some().then(|| Arc::clone(&sizes));
    let cut = Cut { report_window: config.report_window, growing };
    let resumed = state.current().1.filter(|_| config.max_runtime.is_some());
    let first_account = resumed.and_then(|id| accounts.open.iter().position(|account| account.id == id));
    let jobs = jobs::jobs(&plans, &accounts, &starts, &cut, first_account.unwrap_or(0));
    let workers = config.concurrency;
    let failures = Failures::of_accounts(&accounts, &plans);
    let context = Arc::new(Context {
        client,
        config,
        plans,
        accounts,
        starts,
        scopes: Scopes::default(),
        sizes,
        top_view: TopViewAccounts::default(),
        refusals: Refusals::default(),
    });
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
        moved: false,
        proof: Proof::default(),
    };
    let result = delivery.run();
    halt.halt();
    result
}

/// Puts the stream at which the last run ended early first, and those before it last: else a run that always ends early would never come
/// past the first ones.
fn go_on_where_the_last_run_ended(plans: &mut [Plan], state: &State) {
    let current = state.current().0;
    let place = current.and_then(|name| plans.iter().position(|plan| plan.stream.name == name));
    if let Some(place) = place.filter(|place| *place > 0) {
        log::info!("the run goes on with {}, where the last one ended", plans[place].name);
        plans.rotate_left(place);
    }
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
    /// RECORD lines written.
    records: u64,
    /// Whether any bookmark moved.
    moved: bool,
    proof: Proof,
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

impl<W: Write> Delivery<'_, W> {
    fn run(mut self) -> Result<Failures> {
        // Targets make tables while the first answer is on its way.
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
        log::info!("{} records, {} requests, {:.1} s", self.records, self.context.client.requests(), self.stop.elapsed().as_secs_f64());
        Ok(self.failures)
    }

    /// The run ends before its work is done. `last` is the slice that was being delivered.
    fn stopped(&mut self, reason: &str, last: Option<Job>) {
        log::info!("{reason}: the state of what was delivered is written");
        // The accounts themselves are read before anything else, so they never end a run early.
        let Some((job, account)) = last.map(|job| (job, self.context.account_id(job))).filter(|(_, account)| !account.is_empty()) else {
            return;
        };
        let plan = &self.context.plans[job.plan];
        if self.context.config.max_runtime.is_some() {
            self.state.set_current_account(account);
        }
        if !self.moved {
            let what = if matches!(plan.stream.source, Source::Entity(_)) {
                "the list was not read to its end"
            } else {
                "no window was read to its end"
            };
            log::warn!(
                "{}, account {account}: {what}, so no bookmark moved and the next run begins here again; give runs more time (`max_runtime`)",
                plan.name
            );
        }
    }

    /// Writes lines of a slice, unless what comes before them failed.
    fn records(&mut self, job: Job, lines: &[u8]) -> Result<()> {
        if self.failures.covers(job.plan, job.account) {
            return Ok(());
        }
        self.out.records(lines)?;
        let written = memchr::memchr_iter(b'\n', lines).count() as u64;
        self.records += written;
        if let Some(current) = &mut self.current {
            current.records += written;
        }
        Ok(())
    }

    /// Says what the comparisons with TikTok's totals came to.
    fn prove(&mut self) {
        self.proof.table(self.context).iter().for_each(|line| log::info!("{line}"));
        let is_due = self.context.config.verify && self.stop.reason().is_none() && !self.failures.ends_run();
        if is_due && self.proof.is_empty() {
            self.failures.differs(
                "verify: nothing could be compared with TikTok's totals; it takes BASIC reports outside of the sandbox".to_owned(),
            );
        }
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
            self.current = Some(Current { plan: next, since: Instant::now(), records: 0, tally: Tally::default() });
        }
        Ok(())
    }

    fn leave(&mut self, done: &Current) -> Result<()> {
        let plan = &self.context.plans[done.plan];
        self.out.state(&self.state.to_value())?;
        say_counts(plan, &done.tally, &mut self.failures);
        logging::metric("counter", "record_count", &done.records.into(), &plan.name);
        logging::metric("timer", "sync_duration", &Value::from(done.since.elapsed().as_secs_f64()), &plan.name);
        Ok(())
    }

    fn end(&mut self, job: Job, ending: Ending) -> Result<()> {
        let covered = self.failures.covers(job.plan, job.account);
        if let Some(current) = self.current.as_mut().filter(|_| !covered) {
            current.tally.add(ending.tally);
        }
        let plan = &self.context.plans[job.plan];
        if covered {
            // A slice before it may have been skipped for this very failure, or have failed for another reason.
            if let Some(error) = ending.failure.filter(|error| !self.failures.knows(job, error)) {
                self.failures.add(self.context, job, &error);
            }
            return Ok(());
        }
        if ending.skipped {
            self.failures.leave_out(job);
        }
        if let (Some(account), false) = (self.context.accounts.open.get(job.account), plan.full_table) {
            let (stream, accounts) = (plan.stream.name, &self.context.config.accounts);
            if let Some(reached) = &ending.reached {
                let is_list = matches!(plan.stream.source, Source::Entity(_));
                // A list that was read to its end is progress, also if nothing in it is new.
                self.moved |= self.state.advance(stream, &account.id, reached, accounts) || is_list;
            }
            match ending.pass {
                Some(PassEnd::Held(pass, bookmark)) => self.state.hold(stream, &account.id, pass, bookmark.as_deref(), accounts),
                Some(PassEnd::Read(pass)) if ending.failure.is_none() => self.state.release(stream, &account.id, pass),
                _ => {}
            }
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
}

/// Says once a stream what was not delivered as it came. A row that is none is a failure: somebody has to ask TikTok about it.
fn say_counts(plan: &Plan, tally: &Tally, failures: &mut Failures) {
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
    if tally.mended > 0 {
        log::warn!("{name}: {} sequences of bytes in TikTok's answers are no UTF-8 and became U+FFFD", tally.mended);
    }
    if tally.not_rows > 0 {
        let members = if plan.recipe.is_report() { " with `dimensions`" } else { "" };
        failures.differs(format!(
            "{name}: {} rows left out because they are no objects{members}, but null or something else; the first was in {}; all others \
             were delivered; if it stays so, report it to TikTok",
            tally.not_rows,
            tally.first_not_row.as_deref().unwrap_or("an answer")
        ));
    }
}

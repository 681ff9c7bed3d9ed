//! A sync: slices of streams are read by workers (`read`) and written by the main thread, in their
//! order and with their bookmarks (`deliver`).

mod account;
pub mod accounts;
mod bookmarks;
mod business_centers;
mod check;
mod context;
mod deliver;
mod fields;
mod id_list;
mod jobs;
mod named_accounts;
mod partition;
mod permission;
pub mod plan;
mod read;
mod sample;
mod sides;
mod sizes;
mod skips;
mod starts;
mod stop;
mod windows;

pub use deliver::Failures;
pub(crate) use sample::write_schemas;

use crate::api::cause::Loss;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::pacing::Halt;
use crate::config::Config;
use crate::pool::{Budget, Pool};
use crate::run_report::RunReport;
use crate::signals::Signals;
use crate::singer::catalog::CatalogStream;
use crate::singer::output::Output;
use crate::singer::state::State;
use crate::streams::{Per, Replication};
use accounts::Accounts;
use anyhow::Result;
use context::Context;
use deliver::{Delivery, Note, Tracker};
use jobs::Cut;
use named_accounts::Unnamed;
use plan::Plan;
use read::{MOST_HELD, Reading};
use sizes::Sizes;
use starts::Starts;
use std::io::Write;
use std::sync::Arc;
use stop::Stop;
use time::OffsetDateTime;

/// The usual size in bytes of the rendered lines of a page: a page of a wide report and a little
/// more.
const PAGE: usize = 5 << 19;

/// The bytes of rendered lines that may wait for the target: a page per worker for later slices,
/// and as many for the slice being delivered, less one because the last page may exceed the limit.
///
/// A worker that joins the answers of several requests holds rows of one of them, and renders them
/// to about as many bytes, so fewer bytes may wait meanwhile.
fn budget(workers: usize, plans: &[Plan]) -> Budget {
    let joins = plans.iter().any(|plan| plan.sides.len() > 1);
    let held = if joins { workers * MOST_HELD } else { 0 };
    let later = PAGE * workers.max(4) - held;
    Budget { all: later + PAGE * workers.saturating_sub(1) - held, later }
}

/// Replicates the selected streams and returns the failures. The last STATE covers everything that
/// was delivered.
pub(crate) fn run(
    config: Config,
    catalog: &[CatalogStream],
    state: State,
    signals: &Signals,
    out: impl Write,
    report: &mut RunReport,
) -> Result<Failures> {
    replicate(config, catalog, state, signals, Output::new(out), false, report)
}

/// Delivers one record per stream and account, without a STATE, and returns the failures.
pub(crate) fn test(
    mut config: Config,
    catalog: &[CatalogStream],
    signals: &Signals,
    out: impl Write,
    report: &mut RunReport,
) -> Result<Failures> {
    sample::shrink_config(&mut config);
    replicate(config, catalog, State::default(), signals, Output::without_states(out), true, report)
}

fn replicate(
    mut config: Config,
    catalog: &[CatalogStream],
    mut state: State,
    signals: &Signals,
    mut out: Output<impl Write>,
    is_sample: bool,
    report: &mut RunReport,
) -> Result<Failures> {
    let halt = Arc::new(Halt::default());
    let stop = Stop::new(signals, config.max_runtime);
    let mut plans = plan::plan(catalog, &config)?;
    let verification = plans.iter().position(|plan| plan.stream.per == Per::Run);
    let verification = verification.map(|place| plans.remove(place));
    let skipped = plan::skipped(catalog, &config);
    if let Some(content) = report.content() {
        content.skipped.clone_from(&skipped);
    }
    if is_sample {
        sample::shrink_plans(&mut plans);
    }
    if config.max_runtime.is_some() {
        go_on_where_the_last_run_ended(&mut plans, &state);
    }
    let client = Arc::new(Client::new(&config, Arc::clone(&halt))?);
    match named_accounts::ids(&client, &config, &stop) {
        Some(Ok(ids)) => config.accounts = ids,
        Some(Err(Unnamed::Wrong(error))) => {
            out.state(&state.to_value())?;
            return Err(error);
        }
        Some(Err(Unnamed::Refused(error))) => {
            return end_early(out, &state, &stop, Some(&error), report);
        }
        None => return end_early(out, &state, &stop, None, report),
    }
    let mut accounts = match open_accounts(&client, &config, &plans, &stop) {
        Some(Ok(accounts)) => accounts,
        early => {
            halt.halt();
            let error = early.and_then(Result::err);
            return end_early(out, &state, &stop, error.as_ref(), report);
        }
    };
    let failures = Failures::of_accounts(&accounts, &plans);
    if is_sample {
        sample::shrink_accounts(&mut accounts, &plans);
    }
    let now = OffsetDateTime::now_utc();
    bookmarks::check(&mut state, &plans, &accounts, &config, now)?;
    let starts = Arc::new(Starts::new(&plans, &accounts, &state, &config, now)?);
    if starts.go_on() {
        log::info!(
            "the run goes on at its bookmarks: an earlier `start_date`, a later `include_deleted` \
             or a new metric reaches back no further; remove a bookmark to read everything again"
        );
    }
    let sizes = Arc::new(Sizes::new(config.max_runtime));
    let growing = config.max_runtime.is_some().then(|| Arc::clone(&sizes));
    let cut = Cut { report_window: config.report_window, growing, is_sample };
    let resumed = state.current().1.filter(|_| config.max_runtime.is_some());
    let first_account =
        resumed.and_then(|id| accounts.open.iter().position(|account| account.id == id));
    let jobs = jobs::jobs(&plans, &accounts, &starts, &cut, first_account.unwrap_or(0));
    let workers = config.concurrency;
    let budget = budget(workers, &plans);
    let context = Arc::new(Context {
        client,
        config,
        plans,
        verification,
        skipped,
        accounts,
        started: now,
        starts,
        sizes,
        is_sample,
    });
    let reading = Reading::new(Arc::clone(&context), failures.skips());
    let pool = Pool::start(jobs, workers, budget, reading);
    let tracker = Tracker::new(&context, report);
    let result = Delivery::new(&context, out, state, failures, &pool, &stop, tracker).run();
    halt.halt();
    result
}

/// Ends a run before its first stream. Whoever reads the output keeps the state.
fn end_early(
    mut out: Output<impl Write>,
    state: &State,
    stop: &Stop,
    error: Option<&ApiError>,
    report: &mut RunReport,
) -> Result<Failures> {
    out.state(&state.to_value())?;
    log::info!("{}", stop.reason().unwrap_or("the run cannot start"));
    let Some(error) = error else {
        report.stops(stop.reason().unwrap_or("the run cannot start"));
        return Ok(Failures::default());
    };
    if let Some(content) = report.content() {
        content.failures.push(Note::of(error).failure);
    }
    Ok(Failures::of_run(error))
}

/// Puts the stream at which the last run ended early first, and those before it last. Otherwise,
/// runs that always end early would never get past the first streams.
fn go_on_where_the_last_run_ended(plans: &mut [Plan], state: &State) {
    let current = state.current().0;
    let place = current.and_then(|name| plans.iter().position(|plan| plan.stream.name == name));
    if let Some(place) = place.filter(|place| *place > 0) {
        log::info!("the run continues with {}, where the last one ended", plans[place].name);
        plans.rotate_left(place);
    }
}

/// Looks up the accounts and the Business Centers if a stream of the run needs them. Returns `None`
/// if the run should end.
fn open_accounts(
    client: &Arc<Client>,
    config: &Config,
    plans: &[Plan],
    stop: &Stop,
) -> Option<Result<Accounts, ApiError>> {
    // Days are those of the account's own time zone.
    let is_asked = plans.iter().any(|plan| {
        plan.stream.report().is_some()
            || plan.stream.replication == Replication::Snapshot
            || plan.stream.has_windows()
            || plan.stream.per == Per::AccountBatch
    });
    let (ids, client) = (config.accounts.clone(), Arc::clone(client));
    let business_centers = config.business_centers.clone();
    let asks_centers = business_centers.is_empty()
        && plans.iter().any(|plan| plan.stream.per == Per::BusinessCenter);
    let keeps_answers = plans.iter().any(|plan| plan.stream.per == Per::AccountBatch);
    stop.wait_for(move || {
        let mut accounts =
            if is_asked { accounts::look_up(&client, &ids)? } else { accounts::unasked(&ids) };
        if !keeps_answers {
            accounts.answers.clear();
        }
        accounts.business_centers = business_centers;
        if asks_centers {
            match business_centers::look_up(&client) {
                Ok(found) => accounts.business_centers = found,
                Err(error) if error.cause.loss() == Loss::Run => return Err(error),
                Err(error) => accounts.no_centers = Some(error),
            }
        }
        Ok(accounts)
    })
}

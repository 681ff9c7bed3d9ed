//! A Singer tap for TikTok Ads. The story of a run is [`run`]; the loop of a sync is in `sync`.
//!
//! `streams` says what can be replicated, `api` is the TikTok side, `singer` the Singer side,
//! `render` makes records of rows, and `pool` runs work in parallel and keeps its order. They do
//! not know each other, but that `api` and `render` read with `json`; `requests` makes requests of
//! streams, and `sync` stands between them and knows them all.

pub mod about;
pub mod api;
mod auth;
pub mod cli;
pub mod config;
pub mod discovery;
pub mod error;
pub mod files;
pub mod json;
pub mod logging;
mod pool;
mod progress;
pub mod render;
mod requests;
mod run_report;
pub mod signals;
pub mod singer;
pub mod stdout;
pub mod streams;
pub mod sync;
pub mod words;

use anyhow::Result;
use cli::{Args, Command, Test};
use config::Config;
use run_report::RunReport;
use signals::Signals;
use singer::output::Output;
use singer::state::State;
use singer::{catalog, selection, state_file};
use std::io::Write;
use streams::Available;
use sync::Failures;

/// Does what the arguments ask for and writes the outcome to `out`. Returns what failed along the
/// way; the rest was delivered.
pub fn run(args: &Args, signals: &Signals, mut out: impl Write) -> Result<Failures> {
    if let Some(Command::Auth(options)) = &args.command {
        auth::run(options, &args.config, signals, out)?;
        return Ok(Failures::default());
    }
    if args.about {
        out.write_all(about::about(args.format).as_bytes())?;
        return Ok(Failures::default());
    }
    if args.discover {
        // In one piece: stdout would take it line by line, thousands of them.
        let available = Config::available(&args.config)?;
        out.write_all(&discovery::text_of(&available)?)?;
        return Ok(Failures::default());
    }
    let config = Config::load(&args.config)?;
    let mut report = RunReport::open(config.run_report.as_deref())?;
    let ended = replicate(args, config, signals, out, &mut report);
    let (exit, message) = match &ended {
        Ok(failures) => failures.outcome(),
        Err(error) => (error::exit_of(error), Some(error::message(error))),
    };
    report.end(exit, message.as_deref());
    ended
}

/// Syncs what catalog and state ask for.
fn replicate(
    args: &Args,
    config: Config,
    signals: &Signals,
    out: impl Write,
    report: &mut RunReport,
) -> Result<Failures> {
    let catalog = match args.catalog.as_deref() {
        Some(path) => catalog::load(path)?,
        None => discovery::default_catalog(&config.streams)?,
    };
    let state = state_file::load(args.state.as_deref())?;
    if let Some(test) = args.test {
        selection::check(&catalog)?;
        return match test {
            Test::All => sync::test(config, &catalog, signals, out, report),
            Test::Schema => sync::write_schemas(&config, &catalog, out),
        };
    }
    if let Err(error) = selection::check(&catalog) {
        // Whoever reads this keeps the bookmarks that are in question.
        Output::new(out).state(&state.to_value())?;
        return Err(error);
    }
    warn_of_another_tap(&state, &config.streams);
    sync::run(config, &catalog, state, signals, out, report)
}

/// A state that knows none of our streams would have everything read anew without a word.
fn warn_of_another_tap(state: &State, streams: &Available) {
    let known: Vec<&str> = state.streams().collect();
    if !known.is_empty() && known.iter().all(|name| streams.find(name).is_none()) {
        log::warn!(
            "state: it has bookmarks of {}, and of no stream of this tap; is it the state of \
             another one? Everything is read from its beginning",
            known.iter().take(5).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        );
    }
}

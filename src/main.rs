//! The program: parses the arguments, runs the tap, and turns the outcome into an exit code and a
//! last line on stderr.

use clap::Parser;
use std::process::ExitCode;
use tap_tiktok_ads::cli::Args;
use tap_tiktok_ads::error::{Exit, exit_of, message};
use tap_tiktok_ads::signals::Signals;
use tap_tiktok_ads::{logging, run, stdout};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    logging::start(i16::from(args.verbose) - i16::from(args.quiet));
    let ended = Signals::handle().and_then(|signals| run(&args, &signals, stdout::open()?));
    let (exit, cause) = match ended {
        Ok(failures) => failures.verdict(),
        Err(error) => (exit_of(&error), Some(message(&error))),
    };
    if let Some(cause) = cause {
        logging::fatal(&cause);
    }
    ExitCode::from(exit as u8)
}

/// Prints help and version to stdout. The error of a wrong command line is logged like any other
/// cause, as the last line.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return if error.print().is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(Exit::ReaderGone as u8)
        };
    }
    logging::start(0);
    let text = error.to_string();
    let cause: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    logging::fatal(&format!("{}; see --help", cause.join(" ").trim_start_matches("error: ")));
    ExitCode::from(Exit::Input as u8)
}

//! Arguments in, exit code out.

use clap::Parser;
use std::process::ExitCode;
use tap_tiktok_ads::cli::Args;
use tap_tiktok_ads::error::{Exit, exit_of};
use tap_tiktok_ads::signals::Signals;
use tap_tiktok_ads::{logging, run, stdout};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    logging::start(i16::from(args.verbose) - i16::from(args.quiet));
    let ended = Signals::take().and_then(|signals| run(&args, &signals, stdout::open()?));
    let (exit, cause) = match ended {
        Ok(failures) => failures.verdict(),
        Err(error) => (exit_of(&error), Some(message(&error))),
    };
    if let Some(cause) = cause {
        logging::fatal(&cause);
    }
    ExitCode::from(exit as u8)
}

/// Help and version go to stdout; a wrong command line is a cause like others, on the last line.
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

/// The chain of causes in one line, each thing said once.
fn message(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !said.contains(&cause) {
            said = if said.is_empty() { cause } else { format!("{said}: {cause}") };
        }
    }
    said
}

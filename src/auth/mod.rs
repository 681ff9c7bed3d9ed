//! The command `auth`: gets an access token by the consent of an advertiser and makes a config of
//! it, checks a config, or gives the token back.

mod accounts;
mod arrival;
mod check;
mod config_file;
mod consent;
mod exchange;
mod failure;
mod listener;
mod page;
mod permissions;
mod probe;
mod prompt;
mod redirect;
mod report;
mod revoke;
mod stdin;
mod watch;

use crate::cli::Auth;
use crate::signals::Signals;
use anyhow::Result;
use std::io::Write;

/// Does what the options say. An error has its exit code.
pub(crate) fn run(
    options: &Auth,
    sources: &[String],
    signals: &Signals,
    out: impl Write,
) -> Result<()> {
    if options.check {
        check::run(options.format, sources, signals, out)
    } else if options.revoke {
        revoke::run(options, sources, signals)
    } else {
        consent::run(options, sources, signals, out)
    }
}

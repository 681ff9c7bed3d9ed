//! The benchmarks: rendering, the real binary against the fake API, memory, the rate limit, and the
//! start. Prints one table to stdout; the exit code is 1 if a limit is exceeded.
//!
//! `cargo bench -- rendering memory` runs only these sections, `-- --quick` runs smaller ones.
//! Seconds depend on the machine, so limits are on ratios and on memory wherever possible.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its table")]
#![allow(clippy::unwrap_used, reason = "a benchmark may panic, as a test does")]
#![allow(clippy::cast_precision_loss, reason = "printed figures need no more digits")]

mod joined;
mod memory;
mod process;
mod rate_limit;
mod rendering;
mod start;
mod table;
mod tap;
mod world;

use std::process::ExitCode;
use table::Table;
use world::Scale;

type Section = (&'static str, fn(&mut Table, Scale));

const SECTIONS: [Section; 5] = [
    ("rendering", rendering::run),
    ("process", process::run),
    ("memory", memory::run),
    ("rate_limit", rate_limit::run),
    ("start", start::run),
];

fn main() -> ExitCode {
    let mut scale = Scale::Full;
    let mut named = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--bench" => {} // added by cargo
            "--quick" => scale = Scale::Quick,
            name if SECTIONS.iter().any(|(section, _)| *section == name) => named.push(argument),
            other => {
                eprintln!(
                    "there is no section `{other}`; choose from {}, and --quick",
                    SECTIONS.map(|(name, _)| name).join(", ")
                );
                return ExitCode::from(2);
            }
        }
    }
    let mut table = Table::new();
    for (name, run) in SECTIONS {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            table.section(name);
            run(&mut table, scale);
        }
    }
    table.end()
}

//! Tests of the stand-in as its users see it: through the library, and over HTTP.
//! Each file below owns one side of it.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod client;
mod delivery;
mod endpoints;
mod entities;
mod faults;
mod grid;
mod kind_options;
mod kind_rules;
mod kind_values;
mod kinds;
mod limits;
mod list_options;
mod lists;
mod program;
mod refused_reports;
mod reports;
mod requests;
mod strictness;
mod tampered;
mod tasks;
mod totals;
mod unreachable;
mod worlds;

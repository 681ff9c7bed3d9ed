//! Tests of the stand-in as its users see it: through the library, and over HTTP.
//! Each file below owns one side of it.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod client;
mod delivery;
mod entities;
mod faults;
mod grid;
mod kind_rules;
mod kinds;
mod limits;
mod program;
mod reports;
mod strictness;
mod tampered;
mod totals;
mod unreachable;
mod worlds;

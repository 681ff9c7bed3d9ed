//! The tap as its users meet it: the real binary against the strict fake API over loopback HTTP.
//!
//! Tests loop over the stream tables, so that a new stream is tested by being there. Each file
//! below owns one promise; `harness` runs the tap, `truth` knows what it must deliver.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod architecture;
mod catalogs;
mod codes;
mod conformance;
mod dictionary;
mod discovery;
mod docs;
mod failures;
mod faults;
mod first_minutes;
mod foreign;
mod grammar;
mod harness;
mod input;
mod joined;
mod joined_limits;
mod json;
mod kill;
mod midnight;
mod order;
mod pipes;
mod process;
mod promises;
mod proxies;
mod reports;
mod retries;
mod schemas;
mod selection;
mod state;
mod state_files;
mod strike;
mod tls;
mod truth;
mod values;
mod verify;

//! Integration tests: the real binary against the strict fake API over HTTP on loopback.
//!
//! Most tests loop over the stream tables, so that a new stream is tested without further code.
//! `harness` runs the tap, and `truth` knows what it must deliver.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod account_names;
mod architecture;
mod auth;
mod catalogs;
mod changelog;
mod codes;
mod conformance;
mod coverage;
mod custom_reports;
mod dictionary;
mod discovery;
mod docs;
mod endpoints;
mod failures;
mod faults;
mod first_minutes;
mod foreign;
mod grammar;
mod grid;
mod groups;
mod harness;
mod input;
mod joined;
mod joined_limits;
mod joined_reports;
mod json;
mod kill;
mod leads;
mod listed;
mod midnight;
mod odd_rows;
mod order;
mod other_reports;
mod output;
mod oversized;
mod pipes;
mod process;
mod promises;
mod proxies;
mod python_catalog;
mod refusals;
mod reports;
mod resources;
mod retries;
mod sample;
mod schemas;
mod secrets;
mod selection;
mod state;
mod state_files;
mod state_lines;
mod strike;
mod tls;
mod truth;
mod values;
mod verify;
mod workflows;

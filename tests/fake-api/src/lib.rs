//! A strict local stand-in for the TikTok Ads API (Marketing API v1.3), with made-up data.
//!
//! [`World`] owns the data: a pure function of its settings, so that a test can compute
//! the truth without asking the server. [`Server`] owns the wire: it serves a world over
//! HTTP, refuses what TikTok refuses, and misbehaves on request ([`Fault`]).
//! Nothing here knows the tap.

mod facts;
mod random;
mod server;
mod world;

pub use server::{
    APP_ID, Fault, FaultKind, Options, Request, SECRET, Server, Shape, TOKEN, listed_paths,
};
pub use world::{
    Account, Entity, Kind, Level, ReportQuery, ReportRow, ReportType, Row, World, WorldConfig,
    additive_metrics, zone_exists,
};

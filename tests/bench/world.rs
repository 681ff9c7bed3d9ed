//! The worlds that are measured, and their sizes. Owns the data behind the fake API; how the tap is
//! run is `tap`'s.

use fake_tiktok::{Options, Server, World, WorldConfig};
use std::time::Duration;
use time::macros::{date, datetime};

/// First day of reports. Days, not the clock, decide how much there is: a bench of next year
/// measures the same.
pub(crate) const START: time::Date = date!(2022 - 01 - 01);

/// How much is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Full,
    /// About five times less, with the same ratios.
    Quick,
}

impl Scale {
    pub(crate) fn pick<T>(self, full: T, quick: T) -> T {
        if self == Scale::Full { full } else { quick }
    }
}

/// Ten accounts with `rows` report rows at ad level in ten days: one page for a window of as many
/// days.
pub(crate) fn even(rows: usize) -> Server {
    serve(WorldConfig { accounts: 10, campaigns: rows / 100, adgroups: 2, ads: 5, ..plain() })
}

/// One account with so many ads, each of which delivers every day.
pub(crate) fn one_account(ads: usize) -> Server {
    serve(WorldConfig { accounts: 1, campaigns: ads / 20, adgroups: 4, ads: 5, ..plain() })
}

/// Accounts in which nothing ever happens.
pub(crate) fn empty(accounts: usize) -> Server {
    serve(WorldConfig { accounts, campaigns: 0, first_day: date!(2025 - 12 - 31), ..plain() })
}

/// A world in which every ad delivers every day and nothing is odd.
pub(crate) fn plain() -> WorldConfig {
    WorldConfig {
        delivery: 1.0,
        deleted: 0.0,
        top_view: 0,
        promote: 0,
        odd: false,
        now: Some(datetime!(2026-01-01 12:00 UTC)),
        ..WorldConfig::default()
    }
}

pub(crate) fn serve(config: WorldConfig) -> Server {
    Server::start(World::new(config), Options::default()).unwrap()
}

/// From now on every answer takes so long.
pub(crate) fn set_latency(server: &Server, latency: Duration) {
    server.set_options(|options| options.latency = latency);
}

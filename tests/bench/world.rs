//! The data of the fake API for each benchmark, and its size.

use fake_tiktok::{Options, Server, World, WorldConfig};
use std::time::Duration;
use time::macros::{date, datetime};

/// First day of reports. It is fixed, so that results do not depend on the current date.
pub(crate) const START: time::Date = date!(2022 - 01 - 01);

/// The size of a benchmark.
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

/// Ten accounts with `rows` report rows per account at ad level in ten days, which is one window.
pub(crate) fn even(rows: usize) -> Server {
    serve(WorldConfig { accounts: 10, campaigns: rows / 100, adgroups: 2, ads: 5, ..plain() })
}

/// One account with this many ads, each of which has results on every day.
pub(crate) fn one_account(ads: usize) -> Server {
    serve(WorldConfig { accounts: 1, campaigns: ads / 20, adgroups: 4, ads: 5, ..plain() })
}

/// Accounts without any rows.
pub(crate) fn empty(accounts: usize) -> Server {
    serve(WorldConfig { accounts, campaigns: 0, first_day: date!(2025 - 12 - 31), ..plain() })
}

/// Data in which every ad has results on every day, and which has no odd values.
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

/// Makes every answer take this long from now on.
pub(crate) fn set_latency(server: &Server, latency: Duration) {
    server.set_options(|options| options.latency = latency);
}

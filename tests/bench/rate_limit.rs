//! Measures a run at a rate limit: it must use the rate fully, and no request may be refused.
//!
//! The fake API answers faster requests with 40100. The time that the process takes to start is
//! measured separately and subtracted.

use super::table::Table;
use super::tap::Tap;
use super::world::{Scale, even};
use std::time::Duration;

/// Requests per second.
const RATE: u32 = 20;
/// Wall time, at most, relative to requests ÷ rate.
const LIMIT: f64 = 1.05;

pub(crate) fn run(table: &mut Table, scale: Scale) {
    let server = even(100);
    let days = scale.pick(100, 40);
    let tap = |accounts, days| {
        let tap = Tap::on(&server, accounts, days, &["ad_insights"]).set("rate_limit", RATE);
        tap.set("concurrency", 8)
    };
    // One request, for the account, and no report: its window ends before it begins.
    let start = tap(1, 0).best(5).wall;
    server.set_options(|options| {
        options.rate_limit = Some(RATE);
        options.latency_jitter = Duration::from_millis(100);
    });
    server.clear_log();
    let run = tap(10, days).run().delivered(u64::from(days) * 100);
    let requests = server.requests();
    let refused = requests.iter().filter(|request| request.code != Some(0)).count();
    let least = requests.len() as f64 / f64::from(RATE);
    let more = format!(
        "{} requests, {RATE} per second, wall time {:.3} s",
        requests.len(),
        run.wall.as_secs_f64()
    );
    table.note(
        "start and one request without a limit",
        &format!("{:.1} ms", start.as_secs_f64() * 1e3),
    );
    table.at_most(
        "wall time without start / (requests / rate)",
        run.wall.saturating_sub(start).as_secs_f64() / least,
        "",
        LIMIT,
        &more,
    );
    table.at_most("answers with 40100 or another error", refused as f64, "", 0.0, "");
}

//! A run at the rate that TikTok allows: no slower than the rate, and never refused. Owns the case;
//! the fake refuses with 40100 whoever asks faster. The start of the process is measured beside it
//! and allowed on top.

use super::table::Table;
use super::tap::Tap;
use super::world::{Scale, even};
use std::time::Duration;

/// Requests a second.
const RATE: u32 = 20;
/// Time, at most, in units of what the rate alone takes.
const BAR: f64 = 1.05;

pub(crate) fn run(table: &mut Table, scale: Scale) {
    let server = even(100);
    let days = scale.pick(100, 40);
    let tap = |accounts, days| {
        let tap = Tap::on(&server, accounts, days, &["ad_insights"]).set("rate_limit", RATE);
        tap.set("concurrency", 8)
    };
    // One request, for the account, and no slice: its window ends before it begins.
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
        "{} requests, {RATE} a second, wall {:.3} s",
        requests.len(),
        run.wall.as_secs_f64()
    );
    table.note(
        "start and one request without a limit",
        &format!("{:.1} ms", start.as_secs_f64() * 1e3),
    );
    table.at_most(
        "wall less start / requests by the rate",
        run.wall.saturating_sub(start).as_secs_f64() / least,
        "",
        BAR,
        &more,
    );
    table.at_most("answers with 40100 or another error", refused as f64, "", 0.0, "");
}

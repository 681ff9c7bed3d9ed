//! Measures whole runs of the binary, with gzip, at two latencies and several concurrencies.
//!
//! Without latency, the fake API and the tap share the processor, so only the CPU time describes
//! the tap. At 200 ms, waiting dominates, so the wall time must shrink with the concurrency. The
//! difficult cases are one stream of one account, with one window of many pages or several.

use super::memory;
use super::table::Table;
use super::tap::{Run, Tap};
use super::world::{Scale, even, one_account, set_latency};
use std::time::Duration;

const CONCURRENCIES: [usize; 4] = [1, 4, 8, 16];
/// Wall time at concurrency 1, at least, relative to that at 8.
const SPEED_UP: f64 = 7.0;
/// Wall time with several large windows, at most, relative to requests × latency ÷ concurrency.
const OVER_IDEAL: f64 = 1.25;

pub(crate) fn run(table: &mut Table, scale: Scale) {
    let page = scale.pick(1000, 200);
    let latency = Duration::from_millis(scale.pick(200, 40));
    even_slices(table, page, latency);
    one_window(table, page, latency);
    several_windows(table, page, latency);
}

/// Eight accounts with sixteen windows of one page each.
fn even_slices(table: &mut Table, page: usize, latency: Duration) {
    let server = even(page);
    let rows = 8 * 16 * page as u64;
    let mut tap = Tap::on(&server, 8, 160, &["ad_insights"]);
    table.note(
        "128 slices of one page",
        &format!(
            "{rows} rows, {} MB of lines, {page} rows per page",
            tap.run().delivered(rows).bytes / 1_000_000
        ),
    );
    let name =
        |latency: Duration, workers| format!("{} ms, concurrency {workers}", latency.as_millis());
    for workers in CONCURRENCIES {
        let run = tap.concurrency(workers).best(3).delivered(rows);
        table.note(&name(Duration::ZERO, workers), &told(&run, rows));
    }
    set_latency(&server, latency);
    tap.concurrency(16).run(); // fills the cache of the fake API
    let mut walls = Vec::new();
    for workers in CONCURRENCIES {
        let run = tap.concurrency(workers).best(if workers == 1 { 1 } else { 2 }).delivered(rows);
        table.note(&name(latency, workers), &told(&run, rows));
        walls.push(run.wall);
    }
    speed_up(
        table,
        &format!("wall time at concurrency 1 / at 8, {} ms", latency.as_millis()),
        walls[0],
        walls[2],
    );
}

/// One account whose only window has 241 pages. The request for the account and the one for the
/// first page, which says how many pages there are, cannot be parallel. So 8 workers can be at most
/// 7.56 times as fast.
fn one_window(table: &mut Table, page: usize, latency: Duration) {
    let server = one_account(241 * page / 10);
    let rows = 241 * page as u64;
    set_latency(&server, latency);
    let mut tap = Tap::on(&server, 1, 10, &["ad_insights"]).set("page_size", page);
    tap.concurrency(16).run();
    let alone = tap.concurrency(1).run().delivered(rows);
    let many = tap.concurrency(8).best(2).delivered(rows);
    table.note("one window of 241 pages, concurrency 1", &told(&alone, rows));
    table.note("one window of 241 pages, concurrency 8", &told(&many, rows));
    speed_up(table, "one window: wall time at concurrency 1 / at 8", alone.wall, many.wall);
}

/// One account whose four windows have 65 pages each. Each answer takes up to a quarter longer than
/// the latency, so that pages arrive out of order.
fn several_windows(table: &mut Table, page: usize, latency: Duration) {
    let server = one_account(65 * page / 10);
    let (requests, rows) = (1 + 4 * 65, 4 * 65 * page as u64);
    let mut tap = Tap::on(&server, 1, 40, &["ad_insights"]).set("page_size", page);
    server
        .set_options(|options| (options.latency, options.latency_jitter) = (latency, latency / 4));
    tap.concurrency(16).run(); // fills the cache of the fake API
    for workers in [4, 8] {
        let run = tap.concurrency(workers).best(2).delivered(rows);
        let ideal = (latency + latency / 8).as_secs_f64() * f64::from(requests) / workers as f64;
        let what = format!("4 windows of 65 pages, concurrency {workers}");
        table.at_most(
            &format!("{what}: wall time / ideal"),
            run.wall.as_secs_f64() / ideal,
            "",
            OVER_IDEAL,
            &told(&run, rows),
        );
        if workers == 4 {
            table.at_most(&format!("{what}: peak"), run.peak_mib(), " MiB", memory::LIMIT, "");
        }
    }
}

fn speed_up(table: &mut Table, what: &str, alone: Duration, many: Duration) {
    table.at_least(what, alone.as_secs_f64() / many.as_secs_f64(), "", SPEED_UP, "");
}

fn told(run: &Run, rows: u64) -> String {
    format!("{}; fake API {:.2} s", run.told(rows), run.fake.as_secs_f64())
}

//! Whole runs of the binary, gzip on, at two latencies and several concurrencies. Owns the cases;
//! what a run costs is `tap`'s matter. At no latency the fake and the tap share the processor, so
//! only the CPU column tells of the tap; at 200 ms waiting is all there is, and the wall must
//! shrink with the concurrency. Beside equal slices there are the hard cases: one account and one
//! stream, with one window of many pages, and with several of them.

use super::memory;
use super::table::Table;
use super::tap::{Run, Tap};
use super::world::{Scale, even, one_account, set_latency};
use std::time::Duration;

const CONCURRENCIES: [usize; 4] = [1, 4, 8, 16];
/// Wall at concurrency 1, at least, in units of that at 8.
const BAR: f64 = 7.0;
/// Wall with several big windows, at most, in units of requests × latency ÷ concurrency.
const IDLE: f64 = 1.25;

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
            "{rows} rows, {} MB of lines, {page} rows a page",
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
    tap.concurrency(16).run(); // the pages are made anew
    let mut walls = Vec::new();
    for workers in CONCURRENCIES {
        let run = tap.concurrency(workers).best(if workers == 1 { 1 } else { 2 }).delivered(rows);
        table.note(&name(latency, workers), &told(&run, rows));
        walls.push(run.wall);
    }
    speed_up(
        table,
        &format!("wall at concurrency 1 / at 8, {} ms", latency.as_millis()),
        walls[0],
        walls[2],
    );
}

/// One account whose only window has 241 pages. One request for the account and one for the first
/// page, which says how many there are, come one after the other, so that 8 workers can be 7.56
/// times as fast at most.
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
    speed_up(table, "one window: wall at concurrency 1 / at 8", alone.wall, many.wall);
}

/// One account whose four windows have 65 pages each. Answers take up to a quarter longer than the
/// latency, each differently, so that pages arrive out of order.
fn several_windows(table: &mut Table, page: usize, latency: Duration) {
    let server = one_account(65 * page / 10);
    let (requests, rows) = (1 + 4 * 65, 4 * 65 * page as u64);
    let mut tap = Tap::on(&server, 1, 40, &["ad_insights"]).set("page_size", page);
    server
        .set_options(|options| (options.latency, options.latency_jitter) = (latency, latency / 4));
    tap.concurrency(16).run(); // the pages are made anew
    for workers in [4, 8] {
        let run = tap.concurrency(workers).best(2).delivered(rows);
        let ideal = (latency + latency / 8).as_secs_f64() * f64::from(requests) / workers as f64;
        let what = format!("4 windows of 65 pages, concurrency {workers}");
        table.at_most(
            &format!("{what}: wall / ideal"),
            run.wall.as_secs_f64() / ideal,
            "",
            IDLE,
            &told(&run, rows),
        );
        if workers == 4 {
            table.at_most(&format!("{what}: peak"), run.peak_mib(), " MiB", memory::BAR, "");
        }
    }
}

fn speed_up(table: &mut Table, what: &str, alone: Duration, many: Duration) {
    table.at_least(what, alone.as_secs_f64() / many.as_secs_f64(), "", BAR, "");
}

fn told(run: &Run, rows: u64) -> String {
    format!("{}; fake {:.2} s", run.told(rows), run.fake.as_secs_f64())
}

//! Measures how long the tap takes when there is nothing to do: for the version, for discovery, and
//! for a sync without rows, which makes two requests. Measures the wall time of the whole process.

use super::table::Table;
use super::tap::{Tap, binary, measure};
use super::world::{Scale, empty};
use std::time::Duration;

const RUNS: usize = 20;
/// Median wall time of discovery in milliseconds, at most.
const LIMIT: f64 = 20.0;

pub(crate) fn run(table: &mut Table, _: Scale) {
    let (least, median) = times(|| measure(binary().arg("--version"), Duration::ZERO).wall);
    table.note("--version, median", &format!("{median:.2} ms (minimum {least:.2} ms)"));
    let (least, median) = times(|| measure(binary().arg("--discover"), Duration::ZERO).wall);
    table.at_most("--discover, median", median, " ms", LIMIT, &format!("minimum {least:.2} ms"));
    let server = empty(1);
    let tap = Tap::on(&server, 1, 10, &["ad_insights"]);
    let (least, median) = times(|| tap.run().wall);
    table.note("a sync without rows, median", &format!("{median:.2} ms (minimum {least:.2} ms)"));
}

/// Minimum and median in milliseconds.
fn times(run: impl Fn() -> Duration) -> (f64, f64) {
    let mut times: Vec<f64> = (0..RUNS).map(|_| run().as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    (times[0], times[RUNS / 2])
}

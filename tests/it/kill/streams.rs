//! Streams of every kind, each killed at several moments and started again from the last STATE that
//! the target has: what it received of both runs is every row, and no bookmark moves back.

use super::lines;
use super::target::Target;
use crate::catalogs::of;
use crate::changelog;
use crate::grid::each;
use crate::harness::{Run, Tap, serve, world};
use crate::truth::{self, Scope};
use crate::{leads, listed};
use fake_tiktok::{Server, WorldConfig};
use std::collections::HashSet;
use std::process::Stdio;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use tap_tiktok_ads::streams::{self, Group, Stream};
use time::macros::datetime;

/// An entity, a report, streams with parents, with windows, with both, and with tasks.
const STREAMS: [&str; 9] = [
    "campaigns",
    "ad_insights",
    "catalog_products",
    "custom_conversions",
    "advertiser_transactions",
    "comments",
    "gmv_max_product_insights",
    "leads",
    "changelog",
];
/// Days that include all rows of resources, of which the fake has none older than eighty days.
const DAYS: (&str, &str) = ("2026-02-01", "2026-05-10");
/// Reports have rows of every day, so few of them are enough.
const REPORT_DAYS: (&str, &str) = ("2026-05-01", "2026-05-09");
/// The parts of a run after which it is killed, in quarters.
const QUARTERS: [usize; 3] = [1, 2, 3];

/// When a run is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// The server has received so many requests.
    Requests(usize),
    /// The target has received so many lines.
    Lines(usize),
}

fn days(stream: &Stream) -> (&'static str, &'static str) {
    if stream.report().is_some() { REPORT_DAYS } else { DAYS }
}

fn tap(server: &Server, stream: &Stream) -> Tap {
    let (start, end) = days(stream);
    let tap = Tap::on(server).set("start_date", start).set("end_date", end);
    let tap = tap.set("report_window", if stream.report().is_some() { 2 } else { 30 });
    tap.set("include_deleted", true)
        .set("attribution_window", 0)
        .set("page_size", 5)
        .catalog(&of([stream]))
}

/// Checks that a run that nobody killed has all rows of the fake.
fn check(server: &Server, run: &Run, stream: &Stream) {
    let (start, end) = days(stream);
    let scope = Scope { include_deleted: true, ..Scope::of(server.world()).days(start, end) };
    match stream.name {
        "leads" => leads::check(server, run),
        "changelog" => changelog::check(server, run, [start, end]),
        name if stream.report().is_some() || stream.group == Group::Core => {
            truth::check(server.world(), run, name, &scope);
        }
        _ => listed::check(server, run, stream),
    }
}

/// Runs the tap and kills it at a moment. Returns the whole lines that it wrote, and whether it
/// ended by itself before that.
fn kill(server: &Server, tap: &Tap, moment: Moment) -> (Vec<String>, bool) {
    server.clear_log();
    let mut command = tap.command();
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary starts");
    let receiver = lines(&mut child);
    let mut taken = Vec::new();
    let ends = loop {
        let is_over = match moment {
            Moment::Requests(most) => server.request_count() >= most,
            Moment::Lines(most) => taken.len() >= most,
        };
        if is_over {
            break false;
        }
        match receiver.recv_timeout(Duration::from_millis(1)) {
            Ok(line) => taken.push(line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break true,
        }
    };
    if !ends {
        child.kill().expect("the child is ours");
        taken.extend(&receiver);
    }
    let code = child.wait().expect("it was started").code();
    assert!(code.is_none() || code == Some(0), "{moment:?}: exit {code:?}");
    (taken, ends)
}

/// Kills a run of the stream at a moment and runs it again. Returns whether the kill left a part of
/// the rows.
fn resume(server: &Server, stream: &Stream, moment: Moment, all: &HashSet<String>) -> bool {
    let (taken, ended) = kill(server, &tap(server, stream), moment);
    let mut target = Target { state: serde_json::json!({}), ..Target::default() };
    let is_even = matches!(moment, Moment::Requests(at) | Moment::Lines(at) if at % 2 == 0);
    target.take(&taken, is_even && !ended);
    let has_part = !target.records.is_empty() && target.records.len() < all.len();
    let again = tap(server, stream).state(&target.state).run().ended(0);
    let rest: Vec<String> = again.stdout.split_inclusive('\n').map(str::to_owned).collect();
    target.take(&rest, false);
    let lost = all.difference(&target.records).next();
    let more = target.records.difference(all).next();
    assert!(
        lost.is_none() && more.is_none(),
        "{moment:?}: {} of {} rows, lost: {lost:?}, not in the fake: {more:?}",
        target.records.len(),
        all.len()
    );
    has_part
}

#[test]
fn streams_of_every_kind_lose_no_row_if_they_are_killed() {
    let server = serve(WorldConfig {
        accounts: 3,
        business_centers: 1,
        campaigns: 6,
        adgroups: 1,
        now: Some(datetime!(2026-05-10 12:00 UTC)),
        ..world()
    });
    server.set_options(|options| options.latency_jitter = Duration::from_millis(3));
    let streams = STREAMS.map(|name| streams::find(name).expect("a stream"));
    each(&streams, |stream| {
        // With large pages, no row comes twice.
        let whole = tap(&server, stream).set("page_size", 1000).run().ended(0);
        check(&server, &whole, stream);
        let mut all = Target::default();
        all.take(&whole.stdout.lines().map(str::to_owned).collect::<Vec<_>>(), false);
        server.clear_log();
        let lines = tap(&server, stream).run().ended(0).stdout.lines().count();
        let requests = server.request_count();
        let at = |count: usize, quarters: usize| (count * quarters / 4).max(1);
        let moments = QUARTERS
            .iter()
            .map(|quarters| Moment::Requests(at(requests, *quarters)))
            .chain(QUARTERS.iter().map(|quarters| Moment::Lines(at(lines, *quarters))));
        let parts = moments.filter(|moment| resume(&server, stream, *moment, &all.records)).count();
        assert!(parts > 1, "only {parts} kills left a part of the rows, so this shows little");
    });
    assert_eq!(server.violations(), [""; 0]);
}

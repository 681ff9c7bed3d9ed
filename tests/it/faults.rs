//! The table of faults: what the fake API does wrong on one page, and what follows if the fault
//! goes away and if it stays.
//!
//! A new fault is a line in `table`. Each is tried on an entity and on a report, on the first page,
//! one in the middle and the last. `strike` runs them and checks the rows of this run and the next.
//! `streams` tries them on lists under parents, lists of days, and tasks.

mod streams;
mod table;

use crate::harness::{Run, Tap, ids, serve};
use crate::strike::{DAYS, Follows, STREAMS, Strike, Tally, catalog, field};
use crate::truth::{self, Scope};
use fake_tiktok::Server;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use table::{FaultCase, PAGES, REPORT, table};

/// The strikes of a fault: one for each stream and place, each on a separate account.
fn strikes(fault: &FaultCase, passes: bool) -> Vec<Strike> {
    let mut strikes = Vec::new();
    for (stream, pages) in PAGES {
        for (place, page) in pages.into_iter().enumerate() {
            let follows =
                if passes { Follows::Nothing } else { (fault.stays)(stream == REPORT, place) };
            let times = if passes { fault.spared } else { usize::MAX };
            let name = format!(
                "{}, page {page} of {stream}, {}",
                fault.name,
                if passes { "passing" } else { "for ever" }
            );
            let ends_run = fault.alone && !passes;
            strikes.push(Strike {
                name,
                stream,
                page,
                kind: (fault.kind)(page),
                times,
                follows,
                ends_run,
                repeats: fault.repeats,
            });
        }
    }
    strikes
}

fn try_all(part: usize) {
    let mut tally = Tally::default();
    for (index, fault) in table().iter().enumerate().filter(|(index, _)| index % 2 == part) {
        let concurrency = [1, 4, 16][index / 2 % 3];
        if fault.spared > 0 {
            tally.strike(&strikes(fault, true), concurrency);
        }
        let lasting = strikes(fault, false);
        for together in lasting.chunks(if fault.alone { 1 } else { lasting.len() }) {
            tally.strike(together, concurrency);
        }
    }
    tally.end("faults");
}

#[test]
fn faults_of_the_first_half_of_the_table() {
    try_all(0);
}

#[test]
fn faults_of_the_second_half_of_the_table() {
    try_all(1);
}

fn tap(server: &Server) -> Tap {
    let tap = Tap::on(server)
        .set("start_date", DAYS.0)
        .set("end_date", DAYS.1)
        .set("report_window", 2)
        .set("page_size", 5);
    tap.set("attribution_window", 0).set("concurrency", 2).catalog(&catalog())
}

/// Runs the tap while the server closes its port for a time, after a number of requests.
fn cut_off(server: &Server, tap: &Tap, after: usize, time: Duration) -> Run {
    server.set_options(|options| options.latency = Duration::from_millis(5));
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while server.requests().len() < after && !is_over.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(1));
            }
            server.refuse_connections(time);
        });
        let run = tap.run();
        is_over.store(true, Ordering::Relaxed);
        run
    })
}

#[test]
fn a_port_that_is_closed_for_a_while_loses_nothing() {
    for after in [1, 3, 6, 12, 18, 25] {
        let server = serve(field());
        // The retries take longer than the port is closed.
        let run = cut_off(
            &server,
            &tap(&server).env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.1"),
            after,
            Duration::from_millis(300),
        )
        .ended(0);
        assert!(run.said("INFO", "next try") > 0, "there was no retry, so nothing was tested");
        for stream in STREAMS {
            truth::check(
                server.world(),
                &run,
                stream,
                &Scope::of(server.world()).days(DAYS.0, DAYS.1),
            );
        }
        assert_eq!(server.violations(), [""; 0]);
    }
}

#[test]
fn a_port_that_stays_closed_ends_the_run_and_the_next_one_completes_it() {
    for after in [2, 7, 15, 25] {
        let server = serve(field());
        let first = cut_off(&server, &tap(&server), after, Duration::from_secs(3600)).ended(5);
        for part in ["network", "account "] {
            assert!(first.cause().contains(part), "{}", first.cause());
        }
        let named = ids(&server).iter().any(|id| first.cause().contains(id))
            && STREAMS.iter().any(|name| first.cause().contains(name));
        assert!(named, "{}", first.cause());
        let again = serve(field());
        let second = tap(&again).state(first.state()).run().ended(0);
        for stream in STREAMS {
            let records: Vec<_> =
                first.records(stream).into_iter().chain(second.records(stream)).collect();
            let scope = Scope::of(again.world()).days(DAYS.0, DAYS.1);
            truth::compare(again.world(), stream, second.schema(stream), &records, &scope, true);
        }
    }
}

#[test]
fn an_unknown_host_is_a_temporary_failure() {
    let server = serve(field());
    let state = serde_json::json!({"bookmarks": {"ad_insights": {"1": "2026-01-01T00:00:00Z"}}});
    let run = tap(&server).set("base_url", "https://tiktok.invalid").state(&state).run().ended(5);
    assert!(
        run.cause().contains("advertiser/info/") && run.cause().contains("network"),
        "{}",
        run.cause()
    );
    assert_eq!(run.state()["bookmarks"], state["bookmarks"]);
}

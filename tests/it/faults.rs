//! The fault table: what a stand-in does wrong, on which page of which stream, and what follows
//! when it passes and when it stays.
//!
//! A new fault is a line in `table`. Each is tried on an entity and on a report, on the first page,
//! one in the middle and the last; `strike` runs them and holds what arrived, and the run after it,
//! against the truth.

use crate::failures::code;
use crate::harness::{Run, Tap, ids, serve};
use crate::strike::{DAYS, Follows, STREAMS, Strike, Tally, catalog, field};
use crate::truth::{self, Scope};
use fake_tiktok::{FaultKind, Server, Shape};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// A line of the table.
struct Fault {
    name: &'static str,
    /// What happens, by the number of the page.
    kind: fn(u32) -> FaultKind,
    /// How often it may happen at no cost.
    spared: usize,
    /// What follows when it stays, by the stream and the place: 0 for the first page, 1 for a
    /// middle one, 2 for the last.
    stays: fn(bool, usize) -> Follows,
    /// Whether rows may come twice, because something was read again.
    repeats: bool,
    /// Whether everybody is held up, so that it is tried alone.
    alone: bool,
}

const ENTITY: &str = "campaigns";
const REPORT: &str = "ad_insights";
/// The pages that are struck.
const PAGES: [(&str, [u32; 3]); 2] = [(ENTITY, [1, 2, 3]), (REPORT, [1, 3, 6])];

const fn fault(
    name: &'static str,
    kind: fn(u32) -> FaultKind,
    spared: usize,
    stays: fn(bool, usize) -> Follows,
) -> Fault {
    Fault { name, kind, spared, stays, repeats: false, alone: false }
}

/// A list that does not add up is read once more, so one fault is spared.
const fn uneven(
    name: &'static str,
    kind: fn(u32) -> FaultKind,
    stays: fn(bool, usize) -> Follows,
) -> Fault {
    Fault { repeats: true, ..fault(name, kind, 1, stays) }
}

fn http(status: u16, content_type: &str, body: &str) -> FaultKind {
    FaultKind::Http { status, content_type: content_type.into(), body: body.into() }
}

fn page_info(page: u32, size: u32, total: u32, pages: u32) -> FaultKind {
    FaultKind::PageInfo(format!(
        "{{\"page\":{page},\"page_size\":{size},\"total_number\":{total},\"total_page\":{pages}}}"
    ))
}

fn hang(report: bool, place: usize) -> Follows {
    // A report asks for less then, down to lists that have no such page.
    if report && place > 0 { Follows::Nothing } else { Follows::Ends(5, "timeout") }
}

fn counts(_: bool, _: usize) -> Follows {
    Follows::Ends(4, "TikTok counts")
}

/// The first page repeats nothing.
fn counts_later(_: bool, place: usize) -> Follows {
    if place == 0 { Follows::Nothing } else { Follows::Ends(4, "TikTok counts") }
}

macro_rules! ends {
    ($exit:literal, $says:literal) => {
        |_, _| Follows::Ends($exit, $says)
    };
}

#[rustfmt::skip]
fn table() -> Vec<Fault> {
    vec![
        fault("reset", |_| FaultKind::Reset, 2, ends!(5, "no answer")),
        fault("closed without an answer", |_| FaultKind::CloseEarly, 2, ends!(5, "no answer")),
        fault("cut in the body", |_| FaultKind::CutBody, 2, ends!(5, "broke off")),
        fault("cut in the compressed data", |_| FaultKind::CutGzip, 2, ends!(5, "broke off")),
        Fault { repeats: true, ..fault("no answer", |_| FaultKind::Hang(Duration::from_secs(60)), 1, hang) },
        Fault { repeats: true, ..fault("a body that trickles", |_| FaultKind::SlowBody(Duration::from_secs(60)), 1, hang) },
        fault("HTTP 400", |_| http(400, "text/plain", "400 bad request"), 0, ends!(4, "HTTP status 400")),
        fault("HTTP 403", |_| http(403, "text/plain", "403 forbidden"), 0, ends!(4, "HTTP status 403")),
        fault("HTTP 404", |_| http(404, "text/plain", "404 page not found"), 0, ends!(4, "HTTP status 404")),
        Fault { alone: true, ..fault("HTTP 429", |_| http(429, "text/html", "<html>slow down</html>"), 2, ends!(5, "HTTP status 429")) },
        fault("HTTP 500", |_| http(500, "text/html", "<html>oops</html>"), 2, ends!(5, "HTTP status 500")),
        fault("HTTP 502", |_| http(502, "text/html", "<html>Bad gateway</html>"), 2, ends!(5, "HTTP status 502")),
        fault("HTTP 503", |_| http(503, "text/html", ""), 2, ends!(5, "HTTP status 503")),
        fault("HTML", |_| http(200, "text/html", "<html>Just a moment</html>"), 2, ends!(5, "HTML")),
        fault("nothing at all", |_| FaultKind::Body(String::new()), 2, ends!(5, "cannot be trusted")),
        fault("invalid JSON", |_| FaultKind::InvalidJson, 2, ends!(5, "cannot be trusted")),
        fault("data is an array", |_| FaultKind::WrongShape(Shape::DataIsArray), 2, ends!(5, "cannot be trusted")),
        fault("list is an object", |_| FaultKind::WrongShape(Shape::ListIsObject), 2, ends!(5, "cannot be trusted")),
        fault("list of numbers", |_| FaultKind::WrongShape(Shape::ListOfNumbers), 0, ends!(4, "no row of an answer")),
        fault("code as text", |_| FaultKind::WrongShape(Shape::CodeIsText), 2, |_, _| Follows::Nothing),
        fault("code is a word", |_| FaultKind::WrongShape(Shape::CodeIsWord), 2, ends!(5, "a code")),
        fault("no code", |_| FaultKind::WrongShape(Shape::CodeIsMissing), 2, ends!(5, "a code")),
        fault("null", |_| FaultKind::WrongShape(Shape::BodyIsNull), 2, ends!(5, "cannot be trusted")),
        fault("success without data", |_| FaultKind::Body("{\"code\":0,\"message\":\"OK\"}".into()), 2, ends!(5, "cannot be trusted")),
        fault("code after data", |_| FaultKind::CodeLast, 2, |_, _| Follows::Nothing),
        fault("no page_info", |_| FaultKind::MissingPageInfo, 2, ends!(5, "page_info is missing")),
        fault("page_info of another page", |_| page_info(9, 5, 45, 9), 2, ends!(5, "page_info is of page 9")),
        fault("page_info that cannot be", |page| page_info(page, 5, 5000, 1), 2, ends!(5, "cannot fill")),
        fault("page_info of smaller pages", |page| page_info(page, 2, 20, 10), 2, ends!(5, "on a page of 2")),
        fault("page_info of words", |_| FaultKind::PageInfo("{\"page\":\"one\"}".into()), 2, ends!(5, "page_info is missing")),
        fault("an empty page", |_| FaultKind::EmptyPage, 2, ends!(5, "0 rows on page")),
        fault("50000", |_| code(50000, "System error."), 2, ends!(5, "50000")),
        uneven("20001 with all rows", |_| FaultKind::PartialRows("Partially successful.".into()), ends!(4, "TikTok answered 20001")),
        fault("20001 and nothing", |_| FaultKind::Body("{\"code\":20001,\"data\":{}}".into()), 2, ends!(5, "page_info is missing")),
        uneven("a page twice", |_| FaultKind::RepeatPage, counts_later),
        uneven("two rows came before the list", |_| FaultKind::Shift(2), counts_later),
        uneven("two rows went before the page", |_| FaultKind::Shift(-2), counts),
        // A count that only grew, with every row there: nothing is missing. Where it fell, a row
        // may have slipped. With two rows more the entity has another page, which tells the old
        // count.
        uneven("a count grows", |_| FaultKind::Grow(2), |report, place| {
            if report && place == 2 { Follows::Nothing } else { counts(report, place) }
        }),
        // On the first page it grows from there on. Which rows a list has at its beginning is not
        // known then, so its bookmark stays.
        uneven("a count shrinks", |_| FaultKind::Shrink(1), |report, place| {
            if place == 0 && !report { Follows::Holds("its bookmark stays") } else { counts(report, place) }
        }),
        // Where it ends before the page that is struck, the rest is never asked for.
        uneven("a count shrinks by a page", |_| FaultKind::Shrink(5), |report, place| match (report, place) {
            (false, 0) => Follows::Holds("its bookmark stays"),
            (true, 1) => Follows::Nothing,
            (true, 0) | (false, 1) => counts(report, place),
            _ => Follows::Ends(5, "rows on page"),
        }),
    ]
}

/// The strikes of a fault: each stream and place on an account of its own.
fn strikes(fault: &Fault, passes: bool) -> Vec<Strike> {
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

/// A run during which the port is closed for a time, after so many requests.
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
fn a_port_that_is_closed_for_a_while_costs_nothing() {
    for after in [1, 3, 6, 12, 18, 25] {
        let server = serve(field());
        // Tries last longer than the port is closed.
        let run = cut_off(
            &server,
            &tap(&server).env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.1"),
            after,
            Duration::from_millis(300),
        )
        .ended(0);
        assert!(run.said("INFO", "next try") > 0, "nothing happened, so this shows nothing");
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
fn a_name_that_nobody_knows_is_passing_trouble() {
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

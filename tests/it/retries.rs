//! Temporary failures, in a table: if they stop after two tries nothing is lost; if they do not,
//! only the affected part is, and the last line names it. A new kind of failure is a line in
//! `cases`.

use crate::catalogs::only;
use crate::failures::code;
use crate::harness::{END, START, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind};

const ENTITIES: &str = "campaign/get/";
const REPORT: &str = "report/integrated/get/";

/// A failure, the words of the last line if it stays, the exit code, and whether the run ends.
struct Case(FaultKind, &'static str, i32, bool);

fn http(status: u16, content_type: &str, body: &str) -> FaultKind {
    FaultKind::Http { status, content_type: content_type.into(), body: body.into() }
}

fn cases() -> Vec<Case> {
    let page_info = |page: u32, total: u32, pages: u32| {
        FaultKind::PageInfo(format!(
            "{{\"page\":{page},\"page_size\":1000,\"total_number\":{total},\"total_page\":{pages}}}"
        ))
    };
    vec![
        Case(code(50000, "System error."), "50000 \"System error.\"", 5, false),
        Case(code(50002, "Service error."), "50002", 5, false),
        Case(code(51010, "Busy."), "51010", 5, false),
        Case(code(40200, "Task error."), "40200", 5, false),
        Case(code(40700, "Internal service timed out."), "40700", 5, false),
        Case(code(40100, "Too many requests. Please retry in some time."), "40100", 5, true),
        Case(code(40016, "Too many requests."), "40016", 5, true),
        Case(code(40133, "Too many requests of this advertiser."), "40133", 5, false),
        Case(code(51021, "Too many requests."), "51021", 5, true),
        Case(code(60001, "Under maintenance."), "60001", 5, true),
        Case(http(500, "application/json", "{\"code\":1}"), "500", 5, false),
        Case(http(502, "text/html", "<html><body>Bad gateway</body></html>"), "502", 5, false),
        Case(http(503, "text/html", ""), "503", 5, false),
        Case(http(429, "text/html", "<html>slow down</html>"), "429", 5, true),
        Case(http(200, "text/html", "<html><body>Just a moment</body></html>"), "HTML", 5, false),
        Case(FaultKind::Body(String::new()), "cannot be trusted", 5, false),
        Case(
            FaultKind::Body("{\"message\":\"OK\",\"data\":{\"list\":[]}}".into()),
            "a code",
            5,
            false,
        ),
        Case(
            FaultKind::Body("{\"code\":0,\"data\":{\"list\":[{\"x\":".into()),
            "cannot be trusted",
            5,
            false,
        ),
        Case(FaultKind::CutBody, "broke off", 5, false),
        Case(FaultKind::CutGzip, "broke off", 5, false),
        Case(FaultKind::Reset, "no answer", 5, false),
        Case(FaultKind::MissingPageInfo, "page_info", 5, false),
        Case(page_info(2, 10, 1), "page_info", 5, false),
        Case(page_info(1, 5000, 1), "cannot fill", 5, false),
        Case(page_info(1, 0, 0), "rows on page 1 of 0", 5, false),
        Case(FaultKind::EmptyPage, "0 rows on page 1", 5, false),
        Case(FaultKind::PageInfo("{\"page\":\"one\"}".into()), "page_info", 5, false),
        Case(http(404, "text/plain", "404 page not found"), "404", 4, false),
        Case(http(403, "text/html", "<html>Forbidden</html>"), "403", 4, false),
        Case(http(301, "text/html", "moved"), "redirects", 4, false),
        Case(code(40002, "Something is wrong with this."), "40002", 4, false),
        Case(code(99999, "Never heard of."), "99999", 4, false),
    ]
}

#[test]
fn a_failure_that_happens_twice_loses_nothing() {
    for Case(kind, ..) in cases().into_iter().filter(|case| case.2 == 5) {
        let server = serve(world());
        for path in [ENTITIES, REPORT] {
            // The request that finds out whether there is TopView has no days.
            let start_date = (path == REPORT).then(|| START.to_owned());
            server.add_fault(Fault {
                path: Some(path.into()),
                start_date,
                after: 1,
                times: 2,
                kind: kind.clone(),
                ..Fault::default()
            });
        }
        let tap = Tap::on(&server)
            .set("concurrency", 1)
            .catalog(&only(&["campaigns", "campaign_insights"]));
        let run = tap.run();
        assert_eq!(run.code, Some(0), "{kind:?}\n{}", run.stderr.join("\n"));
        for stream in ["campaigns", "campaign_insights"] {
            truth::check(server.world(), &run, stream, &Scope::of(server.world()));
        }
        assert!(run.said("INFO", "next try") >= 4, "{kind:?}: trouble without a word");
        assert_eq!(server.violations(), [""; 0], "{kind:?}");
    }
}

#[test]
fn a_failure_that_stays_ends_only_the_affected_part() {
    for Case(kind, words, exit, ends_run) in cases() {
        for path in [ENTITIES, REPORT] {
            let server = serve(world());
            let (bad, good) = (ids(&server)[0].clone(), ids(&server)[1].clone());
            let times = usize::MAX;
            server.add_fault(Fault {
                path: Some(path.into()),
                advertiser_id: Some(bad.clone()),
                times,
                kind: kind.clone(),
                ..Fault::default()
            });
            let tap = Tap::on(&server).set("concurrency", 1).catalog(&only(&[
                "campaigns",
                "campaign_insights",
                "ads",
            ]));
            let run = tap.env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.0001").run();
            let told = format!("{kind:?} on {path}\n{}", run.stderr.join("\n"));
            assert_eq!(run.code, Some(exit), "{told}");
            let (stream, others) = match path {
                ENTITIES => ("campaigns", ["ads", "campaign_insights"]),
                _ => ("campaign_insights", ["campaigns", "ads"]),
            };
            for part in ["CRITICAL ", words, stream, &bad, path] {
                assert!(run.cause().contains(part), "`{part}` is not in the last line: {told}");
            }
            let state = run.state();
            assert!(
                state["bookmarks"][stream][&bad].is_null(),
                "a bookmark of what was not delivered: {state}"
            );
            if ends_run {
                continue;
            }
            let all = Scope::of(server.world());
            truth::check(server.world(), &run, stream, &all.clone().only(&good));
            for other in others {
                truth::check(server.world(), &run, other, &all);
            }
            assert!(state["bookmarks"][stream][&good].is_string(), "{state}");
        }
    }
}

#[test]
fn the_members_of_an_answer_may_come_in_any_order() {
    let server = serve(world());
    server.add_fault(Fault { times: usize::MAX, kind: FaultKind::CodeLast, ..Fault::default() });
    let run = Tap::on(&server).set("end_date", START).run().ended(0);
    let scope = Scope::of(server.world()).days(START, START);
    for stream in crate::harness::CORE.iter() {
        truth::check(server.world(), &run, stream.name, &scope);
    }
    assert_eq!(run.said("INFO", "next try"), 0);
}

#[test]
fn the_rate_limit_of_the_server_makes_the_tap_pause() {
    let server = serve(world());
    server.set_options(|options| {
        options.rate_limit = Some(20);
        options.suspension = std::time::Duration::from_millis(50);
    });
    // Requests are faster than the server allows, and pauses as long as it suspends the app.
    let tap =
        Tap::on(&server).set("rate_limit", 30).catalog(&only(&["campaigns", "adgroups", "ads"]));
    let run = tap.run();
    assert_eq!(run.code, Some(0), "{}", run.stderr.join("\n"));
    for stream in ["campaigns", "adgroups", "ads"] {
        truth::check(server.world(), &run, stream, &Scope::of(server.world()));
    }
}

#[test]
fn no_row_is_lost_if_a_page_in_the_middle_fails() {
    let server = serve(world());
    let bad = ids(&server)[0].clone();
    let fault = Fault {
        path: Some(REPORT.into()),
        advertiser_id: Some(bad.clone()),
        page: Some(2),
        times: usize::MAX,
        ..Fault::default()
    };
    server.add_fault(Fault { start_date: Some("2026-05-04".into()), ..fault });
    let tap = |state: Option<&serde_json::Value>| {
        let tap = Tap::on(&server)
            .set("page_size", 5)
            .set("attribution_window", 0)
            .catalog(&only(&["ad_insights"]));
        state.map_or(
            Tap::on(&server).set("page_size", 5).catalog(&only(&["ad_insights"])),
            |state| tap.state(state),
        )
    };
    let first = tap(None).run().ended(5);
    assert!(first.cause().contains("2026-05-04 to 2026-05-05"), "{}", first.cause());
    assert_eq!(first.state()["bookmarks"]["ad_insights"][&bad], "2026-05-03T00:00:00Z");
    server.clear_faults();
    let second = tap(Some(first.state())).run().ended(0);
    let records: Vec<_> =
        first.records("ad_insights").into_iter().chain(second.records("ad_insights")).collect();
    truth::compare(
        server.world(),
        "ad_insights",
        first.schema("ad_insights"),
        &records,
        &Scope::of(server.world()),
        true,
    );
    assert_eq!(second.state()["bookmarks"]["ad_insights"][&bad], format!("{END}T00:00:00Z"));
}

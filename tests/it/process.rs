//! The tap as a process: readers that go away, signals, and `max_runtime`.
//!
//! The tests wait for what the child does, never for a fixed time.

use crate::catalogs::only;
use crate::harness::{END, Run, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{Fault, FaultKind, Server, WorldConfig};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

fn start(tap: &Tap) -> Child {
    tap.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

pub(crate) fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

fn stderr(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Reads the child to its end.
fn finish(mut child: Child) -> Run {
    let mut text = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut text).unwrap();
    let told = stderr(&mut child);
    Run::of(Output { status: child.wait().unwrap(), stdout: text, stderr: told.into_bytes() })
}

/// Waits until the server has received no request for a while.
fn settle(server: &Server, child: &mut Child) {
    let mut before = 0;
    loop {
        std::thread::sleep(Duration::from_millis(700));
        assert_eq!(child.try_wait().unwrap(), None, "the run ended by itself");
        let now = server.requests().len();
        if now == before && now > 0 {
            return;
        }
        before = now;
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_run_and_is_reported() {
    let server = serve(world());
    for lines in [0, 1, 50] {
        let tap = Tap::on(&server);
        let mut child = start(&tap);
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..lines {
            reader.read_line(&mut String::new()).unwrap();
        }
        drop(reader);
        let told = stderr(&mut child);
        assert_eq!(child.wait().unwrap().code(), Some(141), "{told}");
        let last = told.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("CRITICAL the reader of stdout went away")
                && !told.contains("panicked"),
            "{told}"
        );
        assert_eq!(told.matches("CRITICAL").count(), 1, "{told}");
    }
}

#[test]
fn a_signal_ends_the_run_with_its_state_and_no_row_is_lost() {
    for signal in ["-TERM", "-INT"] {
        let server = serve(WorldConfig { campaigns: 3, ..world() });
        server.set_options(|options| options.latency = Duration::from_millis(20));
        let tap = || {
            Tap::on(&server)
                .set("page_size", 20)
                .set("concurrency", 2)
                .set("attribution_window", 0)
                .catalog(&only(&["ads", "ad_insights"]))
        };
        let first = tap();
        let mut child = start(&first);
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while text.matches("\"type\":\"RECORD\",\"stream\":\"ad_insights\"").count() < 30 {
            assert_ne!(
                reader.read_line(&mut text).unwrap(),
                0,
                "the run ended by itself: {}",
                stderr(&mut child)
            );
        }
        send(signal, &child);
        reader.read_to_string(&mut text).unwrap();
        let told = stderr(&mut child);
        let first = Run::of(Output {
            status: child.wait().unwrap(),
            stdout: text.into_bytes(),
            stderr: told.into_bytes(),
        })
        .ended(0);
        let state = first.state().clone();
        let written = first.records("ads").len() + first.records("ad_insights").len();
        assert_eq!(
            first.said("INFO", &format!("{written} records, ")),
            1,
            "{}",
            first.stderr.join("\n")
        );
        let asked = server.requests().len();
        let second = tap().state(&state).run().ended(0);
        assert!(
            server.requests().len() > asked,
            "the first run did everything, so this shows nothing"
        );
        for name in ["ads", "ad_insights"] {
            let records: Vec<_> =
                first.records(name).into_iter().chain(second.records(name)).collect();
            truth::compare(
                server.world(),
                name,
                first.schema(name),
                &records,
                &Scope::of(server.world()),
                true,
            );
        }
        let bookmark = state["bookmarks"]["ad_insights"][&ids(&server)[1]].as_str();
        assert_ne!(
            bookmark,
            Some("2026-05-05T00:00:00Z"),
            "{signal} came too late, so this shows nothing"
        );
    }
}

#[test]
fn a_signal_ends_a_long_pause() {
    for kind in
        [FaultKind::Hang(Duration::from_secs(3600)), crate::failures::code(60001, "Maintenance.")]
    {
        let server = serve(world());
        server.add_fault(Fault {
            path: Some("adgroup/get/".into()),
            times: usize::MAX,
            kind,
            ..Fault::default()
        });
        let tap = Tap::on(&server)
            .env("TAP_TIKTOK_ADS_PAUSE_SCALE", "1")
            .catalog(&only(&["campaigns", "adgroups"]));
        let mut child = start(&tap);
        settle(&server, &mut child);
        send("-TERM", &child);
        let run = finish(child).ended(0);
        assert!(
            run.state()["bookmarks"]["campaigns"][&ids(&server)[0]].is_string(),
            "{}",
            run.state()
        );
        truth::check(server.world(), &run, "campaigns", &Scope::of(server.world()));
    }
}

#[test]
fn a_signal_ends_the_request_for_the_accounts() {
    let server = serve(world());
    let hang = FaultKind::Hang(Duration::from_secs(3600));
    server.add_fault(Fault {
        path: Some("advertiser/info/".into()),
        times: usize::MAX,
        kind: hang,
        ..Fault::default()
    });
    let state = serde_json::json!({"bookmarks": {"ads": {"1": "2026-01-01T00:00:00Z"}}});
    let tap = Tap::on(&server).state(&state);
    let mut child = start(&tap);
    settle(&server, &mut child);
    send("-INT", &child);
    let run = finish(child).ended(0);
    assert_eq!(run.state()["bookmarks"], state["bookmarks"]);
}

#[test]
fn after_max_runtime_the_run_ends_and_the_next_one_continues() {
    let server = serve(WorldConfig { campaigns: 3, ..world() });
    server.set_options(|options| options.latency = Duration::from_millis(100));
    let (mut state, mut runs) = (serde_json::json!({}), Vec::new());
    let tap = || {
        Tap::on(&server)
            .set("page_size", 20)
            .set("concurrency", 2)
            .set("report_window", 1)
            .set("attribution_window", 0)
    };
    // Each run continues where the last one ended, so together they read everything.
    for _ in 0..40 {
        let run = tap()
            .set("max_runtime", 0.8)
            .catalog(&only(&["ads", "ad_insights"]))
            .state(&state)
            .run()
            .ended(0);
        let is_over = run.said("INFO", "`max_runtime` is over") == 1;
        assert_ne!(
            run.state()["currently_syncing"].is_null(),
            is_over,
            "{}",
            run.stderr.join("\n")
        );
        state = run.state().clone();
        runs.push(run);
        let bookmarks = &state["bookmarks"];
        let is_done = |id: &String| {
            bookmarks["ads"][id].is_string()
                && bookmarks["ad_insights"][id] == format!("{END}T00:00:00Z")
        };
        if ids(&server).iter().all(is_done) {
            break;
        }
    }
    assert!((2..40).contains(&runs.len()), "{} runs, so this shows nothing", runs.len());
    // The first window is one day, because it is not known yet how long one takes.
    let longest = server
        .requests()
        .into_iter()
        .filter_map(|r| Some((r.param("start_date")?.to_owned(), r.param("end_date")?.to_owned())));
    assert!(longest.into_iter().any(|(start, end)| start == end), "no window of one day");
    for name in ["ads", "ad_insights"] {
        let records: Vec<_> = runs.iter().flat_map(|run| run.records(name)).collect();
        truth::compare(
            server.world(),
            name,
            runs[0].schema(name),
            &records,
            &Scope::of(server.world()),
            true,
        );
    }
}

#[test]
fn the_second_signal_ends_the_run_at_once() {
    for (signal, code) in [("-TERM", 143), ("-INT", 130)] {
        let server = serve(WorldConfig { campaigns: 6, ..world() });
        // Nobody reads, and the output does not fit into a pipe.
        let tap = Tap::on(&server).catalog(&only(&["ad_insights"]));
        let mut child = start(&tap);
        settle(&server, &mut child);
        send(signal, &child);
        std::thread::sleep(Duration::from_millis(300));
        send(signal, &child);
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
}

#[test]
fn requests_to_this_machine_use_no_proxy() {
    let server = serve(world());
    // Nothing listens on this port.
    let proxy = "http://127.0.0.1:9";
    let tap = Tap::on(&server)
        .env("HTTP_PROXY", proxy)
        .env("ALL_PROXY", proxy)
        .env("http_proxy", proxy)
        .env("all_proxy", proxy);
    let run = tap.catalog(&only(&["campaigns"])).run().ended(0);
    truth::check(server.world(), &run, "campaigns", &Scope::of(server.world()));
}

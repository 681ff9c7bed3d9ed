//! What a run is doing: a display on a terminal, and lines in a pipe. The terminal is a real
//! pseudo terminal, and another program's view of it is what the assertions look at.

use crate::catalogs::only;
use crate::failures::code;
use crate::harness::{CORE, Run, Tap, serve, world};
use fake_tiktok::{Fault, Server};
use nix::pty::{Winsize, openpty};
use std::fs::File;
use std::io::Read;
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;

const ROWS: u16 = 40;
const COLUMNS: u16 = 100;

/// What a terminal showed.
struct Screen {
    /// The lines that were on the screen after each read of the output.
    views: Vec<Vec<String>>,
    bytes: String,
    run: Run,
}

/// Runs the tap with stderr on a terminal, and stdout in a pipe or on the terminal too.
fn on_terminal(tap: &Tap, stdout_too: bool) -> Screen {
    let size = Winsize { ws_row: ROWS, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 };
    let pty = openpty(&size, None).unwrap();
    let mut command = tap.command();
    if stdout_too {
        command.stdout(Stdio::from(pty.slave.try_clone().unwrap()));
    } else {
        command.stdout(Stdio::piped());
    }
    let mut child = command.env("TERM", "xterm").stderr(Stdio::from(pty.slave)).spawn().unwrap();
    // The end of the terminal that belongs to the child stays open in the command otherwise.
    drop(command);
    let stdout = child.stdout.take().map(|mut out| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            out.read_to_end(&mut bytes).unwrap();
            bytes
        })
    });
    let (mut terminal, mut bytes) = (vt100::Parser::new(ROWS, COLUMNS, 10_000), Vec::new());
    let (mut master, mut views) = (File::from(pty.master), Vec::new());
    let mut buffer = vec![0; 1 << 16];
    // Linux reports an error at the end, when nobody has the other side open.
    while let Ok(read @ 1..) = master.read(&mut buffer) {
        terminal.process(&buffer[..read]);
        bytes.extend(&buffer[..read]);
        let lines = terminal.screen().rows(0, COLUMNS).map(|line| line.trim_end().to_owned());
        views.push(lines.collect());
    }
    let stdout = stdout.map_or(Vec::new(), |thread| thread.join().unwrap());
    let stderr = terminal.screen().contents().into_bytes();
    let run = Run::of(Output { status: child.wait().unwrap(), stdout, stderr });
    Screen { views, bytes: String::from_utf8_lossy(&bytes).into_owned(), run }
}

/// A world that is slow enough for a display to be seen.
fn slow() -> Server {
    let server = serve(world());
    server.set_options(|options| options.latency = Duration::from_millis(60));
    server
}

#[test]
fn a_terminal_shows_the_progress_below_whole_log_lines() {
    let server = slow();
    let tap = Tap::on(&server).set("concurrency", 1).set("page_size", 50);
    let screen = on_terminal(&tap, false);
    let run = screen.run.ended(0);
    let of = |text: &str| -> Vec<&Vec<String>> {
        screen.views.iter().filter(|view| view.iter().any(|line| line.contains(text))).collect()
    };
    let streams = format!(" of {} streams done, ", CORE.len());
    let shown = of(&streams);
    assert!(shown.len() > 3, "{}", screen.bytes);
    for view in &shown {
        // While lines are redrawn, the screen may lack a part of the display.
        let display = |line: &&String| line.starts_with('[') && line.contains(&streams);
        assert!(view.iter().filter(display).count() <= 1, "twice on a screen: {view:#?}");
    }
    assert!(!of("ad_insights, account ").is_empty(), "{}", screen.bytes);
    assert!(!of(" requests, ").is_empty() && !of(" a second of 10000").is_empty());
    // At the end only the log is left, each line whole, and without metrics.
    let whole = |line: &&String| line.starts_with("INFO ") || line.starts_with("WARNING ");
    let left: Vec<_> = run.stderr.iter().filter(|line| !line.is_empty()).collect();
    assert!(!run.stderr.concat().contains("METRIC") && !run.stderr.concat().contains("[="));
    assert!(left.iter().filter(|line| whole(line)).count() >= CORE.len(), "{left:#?}");
    for stream in CORE.iter() {
        let rows = run.records(stream.name).len();
        let line = format!("INFO {}: {rows} rows in ", stream.name);
        let found = left.iter().filter(|left| left.starts_with(&line)).count();
        assert_eq!(found, 1, "{line}: {left:#?}");
    }
    assert!(run.cause().contains(" records, ") || left.last().unwrap().contains(" s in all"));
}

#[test]
fn there_is_no_display_where_it_would_disturb() {
    let server = slow();
    let tap = || Tap::on(&server).catalog(&only(&["campaigns", "ads"]));
    let is_drawn = |screen: &Screen| screen.bytes.contains('\u{1b}');
    assert!(is_drawn(&on_terminal(&tap(), false)), "this shows nothing");
    assert!(!is_drawn(&on_terminal(&tap().arg("-q"), false)));
    let both = on_terminal(&tap(), true);
    assert!(!is_drawn(&both) && both.bytes.contains("{\"type\":\"RECORD\""), "{}", both.bytes);
    let meltano = r#"{"formatters": {"singer_formatter": {"()": "x.StructuredFormatter"}}}"#;
    let path = tap().file("unused.json", meltano);
    assert!(!std::path::Path::new(&path).exists(), "the file ends with its tap");
    let tap = tap();
    let path = tap.file("logging.json", meltano);
    let json = on_terminal(&tap.env("SINGER_SDK_LOG_CONFIG", &path), false);
    assert!(!is_drawn(&json) && json.bytes.contains("\"stream_name\""), "{}", json.bytes);
}

#[test]
fn a_failure_is_the_last_line_on_a_terminal_too() {
    let server = slow();
    server.add_fault(Fault {
        path: Some("ad/get/".into()),
        times: usize::MAX,
        kind: code(40105, "Access token is incorrect."),
        ..Fault::default()
    });
    let screen = on_terminal(&Tap::on(&server).catalog(&only(&["campaigns", "ads"])), false);
    assert_eq!(screen.run.code, Some(3));
    let lines: Vec<_> = screen.run.stderr.iter().filter(|line| !line.is_empty()).collect();
    let start = lines.iter().rposition(|line| line.starts_with("CRITICAL ")).unwrap();
    let cause: String = lines[start..].iter().map(|line| line.as_str()).collect();
    assert!(cause.contains("40105") && !cause.contains("streams done"), "{lines:#?}");
}

#[test]
fn a_pipe_gets_a_line_now_and_then_with_what_the_run_waits_for() {
    let server = serve(world());
    server.add_fault(Fault {
        path: Some("adgroup/get/".into()),
        times: 4,
        kind: code(40100, "Too many requests."),
        ..Fault::default()
    });
    // A hundredth of all intervals: lines every 600 ms; pauses of 10, 50, 300 and 3,000 ms.
    let tap = Tap::on(&server)
        .set("concurrency", 1)
        .env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.01")
        .catalog(&only(&["campaigns", "adgroups"]));
    let run = tap.run().ended(0);
    let lines: Vec<_> =
        run.stderr.iter().filter_map(|line| line.strip_prefix("INFO progress: ")).collect();
    // In 3.4 seconds and a little more, one every 0.6 seconds.
    assert!((4..=8).contains(&lines.len()), "{lines:#?}");
    let rows = run.records("campaigns").len();
    for line in &lines[1..5] {
        let parts = ["1 of 2 streams done", &format!("{rows} rows"), " a second of 10000"];
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
        assert!(line.contains(" s more: adgroup/get/: TikTok answered 40100"), "{line}");
    }
    assert!(!run.stderr.concat().contains('\u{1b}'));
    assert_eq!(run.said("INFO", "4 of them repeated, 3."), 1, "{}", run.stderr.join("\n"));
    // A quiet run and one that is short say nothing.
    let quiet = Tap::on(&server).arg("-q").catalog(&only(&["campaigns"])).run().ended(0);
    assert!(quiet.stderr.is_empty(), "{:?}", quiet.stderr);
}

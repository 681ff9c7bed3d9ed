//! Shows the tap without an account: starts the fake API, discovers, and syncs two accounts in
//! different time zones twice. The second run continues from the state of the first.
//!
//! `cargo run --example demo` writes Singer messages to stdout and a table of streams to stderr. A
//! terminal gets the first lines of each stream only, a pipe gets all lines.
#![allow(clippy::print_stderr, reason = "the demo talks to the person who runs it")]

use anyhow::{Context, Result};
use clap::Parser;
use fake_tiktok::{Options, Server, TOKEN, World, WorldConfig};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;
use tap_tiktok_ads::cli::Args;
use tap_tiktok_ads::signals::Signals;
use tap_tiktok_ads::{logging, run, streams};
use time::{Duration, OffsetDateTime};

fn main() -> Result<()> {
    logging::start(-1);
    let server = Server::start(
        World::new(WorldConfig::default()),
        Options { gzip: true, ..Options::default() },
    )?;
    let folder = std::env::temp_dir().join(format!("tap-tiktok-ads-demo-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let shown = show(&server, &folder);
    fs::remove_dir_all(&folder)?;
    shown
}

fn show(server: &Server, folder: &Path) -> Result<()> {
    let file = |name: &str| folder.join(name).display().to_string();
    let accounts: Vec<&str> =
        server.world().accounts().iter().map(|a| a.advertiser_id.as_str()).collect();
    let start = (OffsetDateTime::now_utc() - Duration::days(45)).date().to_string();
    let config = json!({
        "access_token": TOKEN,
        "accounts": accounts,
        "start_date": start,
        "base_url": server.url(),
        "rate_limit": 200,
    });
    fs::write(file("config.json"), config.to_string())?;
    fs::set_permissions(file("config.json"), fs::Permissions::from_mode(0o600))?;
    let zones: Vec<&str> = server.world().accounts().iter().map(|a| a.zone.as_str()).collect();
    eprintln!(
        "The fake API listens at {}, with accounts in {}.\n",
        server.url(),
        zones.join(" and ")
    );

    fs::write(file("catalog.json"), tap(&["--discover"])?)?;
    for title in ["First run", "Second run, with the state of the first"] {
        let mut args = vec![
            "--config".to_owned(),
            file("config.json"),
            "--catalog".to_owned(),
            file("catalog.json"),
        ];
        if Path::new(&file("state.json")).exists() {
            args.extend(["--state".to_owned(), file("state.json")]);
        }
        server.clear_log();
        let begun = Instant::now();
        let lines = tap(&args.iter().map(String::as_str).collect::<Vec<_>>())?;
        let seconds = begun.elapsed().as_secs_f64();
        if io::stdout().is_terminal() {
            io::stdout().write_all(sample(&lines).as_bytes())?;
        } else {
            io::stdout().write_all(&lines)?;
        }
        let (rows, state) = read(&lines)?;
        fs::write(file("state.json"), state.context("a run ends with a STATE")?.to_string())?;
        table(title, server, &rows, seconds);
    }
    if io::stdout().is_terminal() {
        eprintln!(
            "Only the first lines of each stream are shown. A pipe gets all of them:\n  \
             cargo run --example demo | target-jsonl"
        );
    } else {
        eprintln!("All messages were written to stdout, in the form that any Singer target reads.");
    }
    Ok(())
}

/// Runs the tap as its binary does, and returns what it wrote to stdout.
fn tap(args: &[&str]) -> Result<Vec<u8>> {
    let args = Args::try_parse_from(std::iter::once(&"tap-tiktok-ads").chain(args))?;
    let mut out = Vec::new();
    let (exit, cause) = run(&args, &Signals::default(), &mut out)?.verdict();
    anyhow::ensure!(cause.is_none(), "exit code {}: {}", exit as u8, cause.unwrap_or_default());
    Ok(out)
}

/// How many lines of each stream a terminal gets.
const MOST_LINES: usize = 3;
/// How many characters of a line a terminal gets.
const MOST_CHARACTERS: usize = 99;

/// The first lines of each stream and the last STATE. Long lines are cut, and further lines are
/// counted.
fn sample(lines: &[u8]) -> String {
    let text = String::from_utf8_lossy(lines);
    let of_streams: Vec<&str> =
        text.lines().filter(|line| line.contains("\"stream\":\"")).collect();
    let mut shown = Vec::new();
    for stream in of_streams.chunk_by(|a, b| stream_of(a) == stream_of(b)) {
        shown.extend(stream.iter().take(MOST_LINES).map(|line| cut(line)));
        if stream.len() > MOST_LINES {
            shown.push(format!("… {} more lines of this stream", stream.len() - MOST_LINES));
        }
    }
    shown.extend(text.lines().last().map(cut));
    shown.join("\n") + "\n"
}

fn stream_of(line: &str) -> Option<&str> {
    line.split("\"stream\":\"").nth(1)?.split('"').next()
}

fn cut(line: &str) -> String {
    let end = line.char_indices().nth(MOST_CHARACTERS);
    end.map_or_else(|| line.to_owned(), |(end, _)| format!("{}…", &line[..end]))
}

/// The number of records by stream, and the last state.
fn read(lines: &[u8]) -> Result<(BTreeMap<String, u64>, Option<Value>)> {
    let (mut rows, mut state) = (BTreeMap::new(), None);
    for line in lines.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        let mut message: Value = serde_json::from_slice(line)?;
        let stream = message["stream"].as_str().unwrap_or_default().to_owned();
        match message["type"].as_str() {
            Some("RECORD") => *rows.entry(stream).or_default() += 1,
            Some("STATE") => state = Some(message["value"].take()),
            _ => {}
        }
    }
    Ok((rows, state))
}

fn table(title: &str, server: &Server, rows: &BTreeMap<String, u64>, seconds: f64) {
    eprintln!("{title}");
    eprintln!("  {:<32}{:>8}{:>10}{:>10}", "stream", "rows", "requests", "seconds");
    let requests = server.requests();
    let is_core = |stream: &&streams::Stream| stream.group == streams::Group::Core;
    for stream in streams::all().iter().filter(is_core) {
        let report = stream.report().map(|report| {
            (report.report_type, report.data_level, json!(report.dimensions).to_string())
        });
        let is_ours = |r: &&fake_tiktok::Request| {
            r.path == stream.call.path
                && report.as_ref().is_none_or(|(kind, level, dimensions)| {
                    (r.param("report_type"), r.param("data_level"), r.param("dimensions"))
                        == (Some(*kind), *level, Some(dimensions.as_str()))
                })
        };
        let times: Vec<_> = requests.iter().filter(is_ours).map(|r| r.at).collect();
        // From the first to the last request. Streams overlap, because workers read ahead.
        let span = times
            .iter()
            .max()
            .zip(times.iter().min())
            .map_or(0.0, |(last, first)| last.saturating_sub(*first).as_secs_f64());
        eprintln!(
            "  {:<32}{:>8}{:>10}{span:>10.2}",
            stream.name,
            rows.get(stream.name).copied().unwrap_or_default(),
            times.len()
        );
    }
    eprintln!(
        "  {:<32}{:>8}{:>10}{seconds:>10.2}\n",
        "total",
        rows.values().sum::<u64>(),
        requests.len()
    );
}

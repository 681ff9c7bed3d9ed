//! Runs that are killed at any moment, one after the other, until one ends by itself: no row may be
//! lost, and no value changed. `streams` does so with streams of every kind by themselves.
//!
//! `TAP_TIKTOK_ADS_KILLS` sets the number of kills. `TAP_TIKTOK_ADS_SEED` sets the seed, to repeat
//! a failure.

mod random;
mod streams;
mod target;

use crate::failures::code;
use crate::harness::{CORE, Fields, Tap, serve};
use crate::truth::{self, Scope, Wanted};
use fake_tiktok::{Fault, FaultKind, Server, WorldConfig};
use random::Random;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};
use target::Target;

const DAYS: (&str, &str) = ("2026-05-01", "2026-05-04");
/// The most lines after which a run is killed: less than half of the lines of the first run of a
/// round, and more than the last one has.
const LINES: u64 = 300;
/// The most milliseconds after which a run is killed.
const MILLISECONDS: u64 = 250;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// SIGKILL.
    Kill,
    Signal(&'static str),
    /// The target closes the pipe.
    Close,
    /// The target stops reading and closes the pipe later.
    Stall,
}

/// Adds some temporary faults, or none, and returns the request timeout that they need.
fn trouble(server: &Server, random: &mut Random) -> f64 {
    server.clear_faults();
    let mut timeout = 60.0;
    for _ in 0..random.pick(&[0, 0, 1, 3]) {
        let kind = match random.below(16) {
            0..4 => code(50000, "System error."),
            4..8 => FaultKind::Reset,
            8..12 => FaultKind::CutBody,
            12..15 => code(40100, "Too many requests."),
            _ => {
                timeout = 1.0;
                FaultKind::Hang(Duration::from_secs(60))
            }
        };
        let path = random.pick(&[
            "campaign/get/",
            "ad/get/",
            "report/integrated/get/",
            "report/integrated/get/",
        ]);
        let after = usize::try_from(random.below(25)).expect("small");
        server.add_fault(Fault { path: Some(path.into()), after, kind, ..Fault::default() });
    }
    timeout
}

/// Passes whole lines on until the receiver is gone.
fn lines(child: &mut Child) -> Receiver<String> {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
            if sender.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    receiver
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Killed,
    /// A report of a single day that timed out is not repeated, so it needs another run.
    Unfinished,
    Finished,
}

/// Does one run and ends it.
fn run(tap: &Tap, random: &mut Random, target: &mut Target) -> Outcome {
    let end = random.pick(&[
        End::Kill,
        End::Kill,
        End::Signal("-TERM"),
        End::Signal("-INT"),
        End::Close,
        End::Stall,
    ]);
    let (most, time) = if random.one_in(2) {
        (random.below(LINES), 60_000)
    } else {
        (u64::MAX, random.below(MILLISECONDS))
    };
    let mut child = tap
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let until = Instant::now() + Duration::from_millis(time);
    let receiver = lines(&mut child);
    let mut taken = Vec::new();
    let mut by_itself = false;
    while (taken.len() as u64) < most {
        match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => taken.push(line),
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => {
                by_itself = true;
                break;
            }
        }
    }
    if !by_itself {
        match end {
            End::Kill => {
                child.kill().expect("the child is ours");
                // The target may or may not read the rest of the pipe.
                if random.one_in(2) {
                    taken.extend(&receiver);
                }
            }
            End::Signal(signal) => {
                assert!(
                    Command::new("kill")
                        .args([signal, &child.id().to_string()])
                        .status()
                        .expect("kill")
                        .success()
                );
                taken.extend(&receiver);
            }
            End::Close => {}
            End::Stall => thread::sleep(Duration::from_millis(50 + random.below(100))),
        }
    }
    drop(receiver);
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    let ended = child.wait().unwrap().code();
    let is_late = ended == Some(5) && told.contains("timeout");
    let fine = match end {
        _ if is_late => true,
        _ if by_itself => ended == Some(0),
        // A signal may arrive before it is handled, and then ends the process.
        End::Kill | End::Signal(_) => ended.is_none() || ended == Some(0),
        End::Close | End::Stall => ended == Some(141) || ended == Some(0),
    };
    assert!(
        fine && !told.contains("panicked"),
        "{end:?}, by itself: {by_itself}: {ended:?}\n{told}"
    );
    target.take(&taken, !by_itself && random.one_in(2));
    if !by_itself {
        return Outcome::Killed;
    }
    if is_late { Outcome::Unfinished } else { Outcome::Finished }
}

/// The rows of all streams, once for all rounds.
fn wanted(server: &Server, target: &Target) -> BTreeMap<String, Vec<Wanted>> {
    let scope = Scope::of(server.world()).days(DAYS.0, DAYS.1);
    let rows =
        |name: &str| truth::rows(server.world(), name, &target.schemas[name]["schema"], &scope);
    CORE.iter().map(|stream| (stream.name.to_owned(), rows(stream.name))).collect()
}

/// Compares the records of a round. Returns how many rows were lost and how many values changed,
/// and describes the first of each.
fn compare(target: &Target, wanted: &BTreeMap<String, Vec<Wanted>>) -> (usize, usize, Vec<String>) {
    let mut records: BTreeMap<String, Vec<Fields>> = BTreeMap::new();
    for line in &target.records {
        let message = Fields::of(line);
        let stream = serde_json::from_str(message.raw("stream")).expect("a name");
        records.entry(stream).or_default().push(Fields::of(message.raw("record")));
    }
    let (mut lost, mut changed, mut words) = (0, 0, Vec::new());
    for (stream, rows) in wanted {
        let keys: Vec<String> =
            serde_json::from_value(target.schemas[stream]["key_properties"].clone())
                .expect("names");
        let found = truth::difference(
            stream,
            &keys,
            &records.get(stream).into_iter().flatten().collect::<Vec<_>>(),
            rows.clone(),
        );
        lost += found.lost.len();
        changed += found.changed.len();
        words.extend(found.lost.first().map(|key| format!("{stream}: {key} is lost")));
        words.extend(found.changed.into_iter().next());
    }
    (lost, changed, words)
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

#[test]
#[expect(clippy::print_stdout, reason = "the counts show how much was tested")]
fn no_row_is_lost_if_runs_are_killed_at_any_moment() {
    let (kills, seed) = (number("TAP_TIKTOK_ADS_KILLS", 300), number("TAP_TIKTOK_ADS_SEED", 1));
    let mut random = Random(seed);
    let zones =
        ["Pacific/Pago_Pago", "Pacific/Kiritimati", "America/New_York"].map(str::to_owned).to_vec();
    let server = serve(WorldConfig {
        accounts: 3,
        campaigns: 2,
        adgroups: 1,
        ads: 1,
        promote: 0,
        zones,
        ..WorldConfig::default()
    });
    let mut truth = BTreeMap::new();
    let (mut killed, mut rounds, mut lost, mut changed, mut words) = (0, 0, 0, 0, Vec::new());
    let shown = Guard(seed);
    while killed < kills {
        server
            .set_options(|options| options.latency_jitter = Duration::from_millis(random.below(6)));
        let mut target = Target { state: serde_json::json!({}), ..Target::default() };
        loop {
            let timeout = trouble(&server, &mut random);
            let tap = Tap::on(&server)
                .set("start_date", DAYS.0)
                .set("end_date", DAYS.1)
                .set("attribution_window", random.pick(&[0, 0, 1]));
            let tap = tap
                .set("concurrency", 1 + random.below(16))
                .set("page_size", random.pick(&[2, 5, 40]));
            let tap = tap
                .set("report_window", 1 + random.below(3))
                .set("request_timeout", timeout)
                .state(&target.state);
            match run(&tap, &mut random, &mut target) {
                Outcome::Killed => killed += 1,
                Outcome::Unfinished => {}
                Outcome::Finished => break,
            }
        }
        rounds += 1;
        if truth.is_empty() {
            truth = wanted(&server, &target);
        }
        let found = compare(&target, &truth);
        lost += found.0;
        changed += found.1;
        words.extend(found.2);
    }
    println!("runs killed: {killed}, rounds: {rounds}, rows lost {lost}, values changed {changed}");
    assert!(words.is_empty(), "{}", words.join("\n"));
    assert_eq!(server.violations(), [""; 0]);
    drop(shown);
}

/// Names the seed when the test fails.
struct Guard(u64);

impl Drop for Guard {
    #[expect(clippy::print_stdout, reason = "the seed is needed to repeat a failure")]
    fn drop(&mut self) {
        if thread::panicking() {
            println!("to repeat it: TAP_TIKTOK_ADS_SEED={}", self.0);
        }
    }
}

//! Runs that are killed at any moment, one after the other, until one ends by itself: nothing may
//! be lost, and nothing changed.
//!
//! The reader is a target: whole lines only, and the last STATE line is all that it remembers.
//! `TAP_TIKTOK_ADS_KILLS` says how many kills are wanted, `TAP_TIKTOK_ADS_SEED` repeats what a seed
//! did.

use crate::failures::code;
use crate::harness::CORE;
use crate::harness::{Fields, Tap, serve};
use crate::truth::{self, Scope, Wanted};
use fake_tiktok::{Fault, FaultKind, Server, WorldConfig};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

const DAYS: (&str, &str) = ("2026-05-01", "2026-05-04");
/// A run may be killed after so many lines: less than half of the first one of a round, more than
/// the last one has left.
const LINES: u64 = 300;
/// Or after so many milliseconds.
const MILLISECONDS: u64 = 250;

/// Numbers that a seed decides.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).expect("small")]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing more is heard of it.
    Kill,
    Signal(&'static str),
    /// The target goes away.
    Close,
    /// The target takes nothing more, and goes away then.
    Stall,
}

/// What a target has of a round.
#[derive(Default)]
struct Target {
    state: Value,
    /// Records without the time at which they were extracted.
    records: HashSet<String>,
    schemas: BTreeMap<String, Value>,
    bookmarks: BTreeMap<(String, String), String>,
}

impl Target {
    /// Takes the lines of a run. One that `forgets` has lost what came after the last STATE line.
    fn take(&mut self, lines: &[String], forgets: bool) {
        let last = lines.iter().rposition(|line| line.starts_with("{\"type\":\"STATE\""));
        let kept = if forgets { last.map_or(0, |last| last + 1) } else { lines.len() };
        for line in &lines[..kept] {
            if line.starts_with("{\"type\":\"RECORD\"") {
                let (record, _) = line.split_once(",\"time_extracted\":\"").expect("a time");
                self.records.insert(format!("{record}}}"));
                continue;
            }
            let message: Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if message["type"] == "SCHEMA" {
                self.schemas
                    .insert(message["stream"].as_str().expect("a name").to_owned(), message);
            } else {
                self.remember(&message["value"]);
            }
        }
    }

    /// Takes a STATE; its bookmarks may not go back, nor go away.
    fn remember(&mut self, state: &Value) {
        for ((stream, account), before) in &self.bookmarks {
            let now = state["bookmarks"][stream][account].as_str();
            assert!(
                now.is_some_and(|now| now >= before.as_str()),
                "{stream} {account} went from {before} back to {now:?}"
            );
        }
        for (stream, accounts) in state["bookmarks"].as_object().into_iter().flatten() {
            for (account, bookmark) in accounts.as_object().into_iter().flatten() {
                let bookmark = bookmark.as_str().expect("a text").to_owned();
                self.bookmarks.insert((stream.clone(), account.clone()), bookmark);
            }
        }
        self.state = state.clone();
    }
}

/// Some passing trouble, or none.
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

/// Sends whole lines on, as long as somebody takes them.
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

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Killed,
    /// A report of one day that took too long is never repeated, so another run has to bring it.
    Unfinished,
    Finished,
}

/// One run and its end.
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
                // What is in the pipe may still be read, or may not.
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
        // Also by a signal that it was not yet there to hear.
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

/// Compares what a round brought; returns how many rows were lost and values changed, and says the
/// first of each.
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
#[expect(clippy::print_stdout, reason = "a count that nobody sees proves nothing")]
fn killed_at_any_moment_nothing_is_lost() {
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
    #[expect(clippy::print_stdout, reason = "nothing else repeats a failure")]
    fn drop(&mut self) {
        if thread::panicking() {
            println!("to repeat it: TAP_TIKTOK_ADS_SEED={}", self.0);
        }
    }
}

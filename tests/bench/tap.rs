//! Runs the real binary as a child process, reads its stdout, and measures what it costs.
//!
//! CPU time comes from `getrusage`. Peak memory comes from `/proc`, because `ru_maxrss` of a child
//! includes the memory that its parent had when the child started.

use fake_tiktok::{Server, TOKEN};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::Read;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tap_tiktok_ads::discovery::discover;
use tempfile::TempDir;

/// Time between two readings of the memory of the child.
const LOOK: Duration = Duration::from_millis(3);

/// A configured tap.
pub(crate) struct Tap {
    dir: TempDir,
    config: Value,
}

/// What a run costs.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub wall: Duration,
    /// User and system time of the child.
    pub cpu: Duration,
    /// User and system time of this process: the fake API, and reading stdout.
    pub fake: Duration,
    /// Peak memory in bytes; 0 on systems without `/proc`.
    pub peak: u64,
    pub lines: u64,
    pub bytes: u64,
}

impl Tap {
    /// Reads some streams of the first accounts of a server, in windows of ten days.
    pub(crate) fn on(server: &Server, accounts: usize, days: u16, streams: &[&str]) -> Self {
        let ids: Vec<_> = server
            .world()
            .accounts()
            .iter()
            .take(accounts)
            .map(|account| account.advertiser_id.clone())
            .collect();
        let end = super::world::START + time::Duration::days(i64::from(days) - 1);
        let config = json!({
            "access_token": TOKEN,
            "accounts": ids,
            "start_date": super::world::START.to_string(),
            "end_date": end.to_string(),
            "base_url": server.url(),
            "rate_limit": 10000,
            "report_window": 10,
        });
        let dir = TempDir::new().unwrap();
        let mut catalog = discover();
        catalog["streams"]
            .as_array_mut()
            .unwrap()
            .retain(|entry| streams.iter().any(|name| entry["tap_stream_id"] == *name));
        fs::write(dir.path().join("catalog.json"), catalog.to_string()).unwrap();
        Tap { dir, config }
    }

    pub(crate) fn with_catalog(self, catalog: &Value) -> Self {
        fs::write(self.dir.path().join("catalog.json"), catalog.to_string()).unwrap();
        self
    }

    pub(crate) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.config[name] = value.into();
        self
    }

    pub(crate) fn concurrency(&mut self, workers: usize) -> &Self {
        self.config["concurrency"] = workers.into();
        self
    }

    /// A run with a reader that never waits.
    pub(crate) fn run(&self) -> Run {
        self.read_by(Duration::ZERO)
    }

    /// A run with a reader that sleeps before each read of at most 64 KiB.
    pub(crate) fn read_by(&self, sleep: Duration) -> Run {
        let config = self.dir.path().join("config.json");
        fs::write(&config, self.config.to_string()).unwrap();
        let mut command = binary();
        command
            .arg("--config")
            .arg(config)
            .arg("--catalog")
            .arg(self.dir.path().join("catalog.json"));
        measure(&mut command, sleep)
    }

    /// Several runs: the shortest times, and the highest memory.
    pub(crate) fn best(&self, rounds: usize) -> Run {
        let runs = (0..rounds).map(|_| self.run());
        let best = runs.reduce(|a, b| Run {
            wall: a.wall.min(b.wall),
            cpu: a.cpu.min(b.cpu),
            fake: a.fake.min(b.fake),
            peak: a.peak.max(b.peak),
            ..a
        });
        best.unwrap()
    }
}

/// The binary with an empty environment.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tap-tiktok-ads"));
    command.env_clear();
    command
}

/// Runs a command to its end. The reader of its stdout sleeps before each read.
pub(crate) fn measure(command: &mut Command, sleep: Duration) -> Run {
    let errors = tempfile::NamedTempFile::new().unwrap();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(errors.path()).unwrap());
    let (children, own) = (cpu(UsageWho::RUSAGE_CHILDREN), cpu(UsageWho::RUSAGE_SELF));
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    let (id, stdout) = (child.id(), child.stdout.take().unwrap());
    let (peak, ended) = (AtomicU64::new(0), AtomicBool::new(false));
    let (bytes, lines, status, wall) = thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                peak.fetch_max(high_water(id), Ordering::Relaxed);
                thread::sleep(LOOK);
            }
        });
        let (bytes, lines) = drain(stdout, sleep);
        peak.fetch_max(high_water(id), Ordering::Relaxed);
        let status = child.wait().unwrap();
        let wall = begun.elapsed(); // without waiting for the other thread
        ended.store(true, Ordering::Relaxed);
        (bytes, lines, status, wall)
    });
    assert!(
        status.success(),
        "the tap exited with {status}: {}",
        fs::read_to_string(errors.path()).unwrap()
    );
    Run {
        wall,
        cpu: cpu(UsageWho::RUSAGE_CHILDREN).saturating_sub(children),
        fake: cpu(UsageWho::RUSAGE_SELF).saturating_sub(own),
        peak: peak.into_inner(),
        lines,
        bytes,
    }
}

/// Reads to the end, and counts bytes and lines.
fn drain(mut stdout: ChildStdout, sleep: Duration) -> (u64, u64) {
    let mut buffer = vec![0; 64 << 10];
    let (mut bytes, mut lines) = (0, 0);
    loop {
        if !sleep.is_zero() {
            thread::sleep(sleep);
        }
        let read = stdout.read(&mut buffer).unwrap();
        if read == 0 {
            return (bytes, lines);
        }
        bytes += read as u64;
        lines += memchr::memchr_iter(b'\n', &buffer[..read]).count() as u64;
    }
}

fn cpu(who: UsageWho) -> Duration {
    let usage: Usage = getrusage(who).unwrap();
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(u64::try_from(micros).unwrap())
}

/// `VmHWM` of a running process, in bytes.
fn high_water(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .map_or(0, |kib| kib * 1024)
}

impl Run {
    pub(crate) fn peak_mib(&self) -> f64 {
        self.peak as f64 / f64::from(1 << 20)
    }

    /// Panics unless there is a line for each row, and only a few more for states and schemas.
    #[track_caller]
    pub(crate) fn delivered(self, rows: u64) -> Self {
        assert!(
            self.lines > rows && self.lines < rows + rows / 50 + 50,
            "{} lines for {rows} rows",
            self.lines
        );
        self
    }

    /// CPU time per row in microseconds.
    pub(crate) fn cpu_per_row(&self, rows: u64) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / rows as f64
    }

    /// All figures as text, for a line of the table.
    pub(crate) fn told(&self, rows: u64) -> String {
        format!(
            "cpu {:.2} s ({:.1} us/row), wall time {:.2} s, {:.1} MiB, {:.0} rows/s",
            self.cpu.as_secs_f64(),
            self.cpu_per_row(rows),
            self.wall.as_secs_f64(),
            self.peak_mib(),
            rows as f64 / self.wall.as_secs_f64(),
        )
    }
}

//! Runs the real binary as a child process, as an orchestrator does, with its config, catalog,
//! state and environment. `output` reads what it prints, and `truth` knows what that should be.

pub(crate) use crate::output::{Fields, Message, Run};

use fake_tiktok::{Options, Server, TOKEN, World, WorldConfig};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use tap_tiktok_ads::streams::{self, Stream};
use tempfile::TempDir;

/// The streams that a run without a catalog reads.
pub(crate) static CORE: LazyLock<Vec<&'static Stream>> = LazyLock::new(|| {
    streams::all().iter().filter(|stream| stream.group == streams::Group::Core).collect()
});

/// First day of reports, unless a test sets another.
pub(crate) const START: &str = "2026-05-01";
/// Last day of reports, unless a test sets another: with windows of three days there are two of
/// them.
pub(crate) const END: &str = "2026-05-05";

/// A second secret in every config. No output of any test may show it or the token.
pub(crate) const APP_SECRET: &str = "planted-app-secret-63f0";

/// A small world with two accounts on different days of the calendar, and every odd value.
pub(crate) fn world() -> WorldConfig {
    let zones = vec!["Pacific/Pago_Pago".into(), "Pacific/Kiritimati".into()];
    WorldConfig {
        campaigns: 2,
        adgroups: 2,
        ads: 4,
        smart_plus: 0.2,
        zones,
        ..WorldConfig::default()
    }
}

/// Starts a server with a world.
pub(crate) fn serve(config: WorldConfig) -> Server {
    Server::start(World::new(config), Options::default()).expect("a free port")
}

/// The ids of a server's accounts.
pub(crate) fn ids(server: &Server) -> Vec<String> {
    server.world().accounts().iter().map(|account| account.advertiser_id.clone()).collect()
}

/// The binary with a fresh environment.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tap-tiktok-ads"));
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        if upper.starts_with("TAP_")
            || upper.ends_with("_PROXY")
            || upper == "LOGLEVEL"
            || upper == "SINGER_SDK_LOG_CONFIG"
        {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the binary with nothing but arguments.
pub(crate) fn bare(args: &[&str]) -> Run {
    Run::of(binary().args(args).output().expect("the binary starts"))
}

/// The settings, files and arguments of a run.
pub(crate) struct Tap {
    dir: TempDir,
    /// Settings; `null` removes one.
    pub config: Value,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl Tap {
    /// All accounts of a server, a few days, no pauses, windows of three days.
    pub(crate) fn on(server: &Server) -> Self {
        let config = json!({
            "access_token": TOKEN, "accounts": ids(server), "start_date": START, "end_date": END,
            "base_url": server.url(), "app_id": "7000000000000000001", "secret": APP_SECRET,
            "rate_limit": 10000, "report_window": 3,
        });
        Tap { dir: TempDir::new().expect("a directory"), config, args: Vec::new(), env: Vec::new() }
    }

    pub(crate) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.config[name] = value.into();
        self
    }

    pub(crate) fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn catalog(self, catalog: &Value) -> Self {
        let path = self.file("catalog.json", &catalog.to_string());
        self.arg("--catalog").arg(&path)
    }

    pub(crate) fn state(self, state: &Value) -> Self {
        let path = self.file("state.json", &state.to_string());
        self.arg("--state").arg(&path)
    }

    /// Writes a file that lives as long as the tap; returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.dir.path().join(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("the file is ours");
        path.to_string_lossy().into_owned()
    }

    /// The command, ready to start.
    pub(crate) fn command(&self) -> Command {
        let config = self.file("config.json", &self.config.to_string());
        let mut command = binary();
        command
            .env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.001")
            .args(["--config", &config])
            .args(&self.args);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn run(&self) -> Run {
        Run::of(self.command().output().expect("the binary starts"))
    }
}

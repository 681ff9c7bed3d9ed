//! Runs the real binary as a child process, the way an orchestrator does, and takes apart what it
//! writes.
//!
//! Owns the files and the environment of the child, and the reading of its lines. Values of records
//! stay text: no digit is lost on the way to a comparison. What the values should be is `truth`'s.

use fake_tiktok::{Options, Server, TOKEN, World, WorldConfig};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
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

/// Planted beside the token in every config; no output of any test may show either.
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

/// A server of that world.
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

/// A run of the tap to be.
pub(crate) struct Tap {
    dir: TempDir,
    /// Settings; `null` takes one out.
    pub config: Value,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl Tap {
    /// All accounts of a server, a few days, no pauses, windows of three days.
    pub(crate) fn on(server: &Server) -> Self {
        let config = json!({"access_token": TOKEN, "accounts": ids(server), "start_date": START, "end_date": END, "base_url": server.url(),
            "app_id": "7000000000000000001", "secret": APP_SECRET, "rate_limit": 10000, "report_window": 3});
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

    /// The command, ready to be started.
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

/// What a run left behind.
pub(crate) struct Run {
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: Vec<String>,
    pub messages: Vec<Message>,
}

/// One line of stdout.
#[derive(Debug)]
pub(crate) enum Message {
    Schema { stream: String, schema: Value, keys: Vec<String>, bookmarks: Option<Value> },
    Record { stream: String, fields: Fields },
    State(Value),
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        for secret in [TOKEN, APP_SECRET] {
            let shows = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(secret);
            assert!(!shows(&output.stdout) && !shows(&output.stderr), "a secret is shown");
        }
        let stdout = String::from_utf8(output.stdout).expect("stdout is UTF-8");
        let stderr = String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned).collect();
        let is_singer = stdout.starts_with("{\"type\"");
        assert!(!is_singer || stdout.ends_with('\n'), "the last line is cut off");
        let messages = if is_singer {
            stdout.split_terminator('\n').map(Message::of).collect()
        } else {
            Vec::new()
        };
        Run { code: output.status.code(), stdout, stderr, messages }
    }

    /// Fails unless the run ended so.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stderr:\n{}", self.stderr.join("\n"));
        assert!(
            code == 0 || self.cause().starts_with("CRITICAL "),
            "the last line is no cause: {}",
            self.cause()
        );
        assert!(
            code != 0 || !self.stderr.iter().any(|line| line.starts_with("CRITICAL")),
            "{}",
            self.stderr.join("\n")
        );
        self
    }

    /// The last line of stderr.
    pub(crate) fn cause(&self) -> &str {
        self.stderr.last().map_or("", String::as_str)
    }

    /// Lines of stderr with a level, such as `WARNING`, that hold a text.
    pub(crate) fn said(&self, level: &str, text: &str) -> usize {
        self.stderr.iter().filter(|line| line.starts_with(level) && line.contains(text)).count()
    }

    /// Schema and keys of a stream's SCHEMA line.
    #[track_caller]
    pub(crate) fn schema(&self, name: &str) -> (&Value, &[String]) {
        let found = self.messages.iter().find_map(|message| match message {
            Message::Schema { stream, schema, keys, .. } if stream == name => {
                Some((schema, keys.as_slice()))
            }
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no SCHEMA of {name}"))
    }

    /// Streams with a SCHEMA line, in order.
    pub(crate) fn streams(&self) -> Vec<&str> {
        let named = self.messages.iter().filter_map(|message| {
            if let Message::Schema { stream, .. } = message { Some(stream) } else { None }
        });
        named.map(String::as_str).collect()
    }

    pub(crate) fn records(&self, name: &str) -> Vec<&Fields> {
        let of = self.messages.iter().filter_map(|message| match message {
            Message::Record { stream, fields } if stream == name => Some(fields),
            _ => None,
        });
        of.collect()
    }

    /// Every STATE, in order.
    pub(crate) fn states(&self) -> Vec<&Value> {
        self.messages
            .iter()
            .filter_map(
                |message| if let Message::State(value) = message { Some(value) } else { None },
            )
            .collect()
    }

    /// The STATE in the last line.
    #[track_caller]
    pub(crate) fn state(&self) -> &Value {
        let Some(Message::State(state)) = self.messages.last() else {
            panic!("the last line is no STATE; stderr:\n{}", self.stderr.join("\n"))
        };
        state
    }
}

impl Message {
    fn of(line: &str) -> Self {
        let parts = Fields::of(line);
        let text = |name: &str| -> String {
            serde_json::from_str(parts.0.get(name).unwrap_or_else(|| panic!("no {name}: {line}")))
                .expect("text")
        };
        let value = |name: &str| -> Value { serde_json::from_str(&parts.0[name]).expect("JSON") };
        match text("type").as_str() {
            "SCHEMA" => Message::Schema {
                stream: text("stream"),
                schema: value("schema"),
                keys: serde_json::from_value(value("key_properties")).expect("names"),
                bookmarks: parts
                    .0
                    .contains_key("bookmark_properties")
                    .then(|| value("bookmark_properties")),
            },
            "RECORD" => {
                let time = text("time_extracted");
                assert!(
                    time.ends_with('Z') && time.as_bytes()[10] == b'T',
                    "time_extracted {time}"
                );
                Message::Record { stream: text("stream"), fields: Fields::of(&parts.0["record"]) }
            }
            "STATE" => Message::State(value("value")),
            other => panic!("a message of type {other}"),
        }
    }
}

/// An object with its values as raw JSON text; no name may come twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fields(pub BTreeMap<String, String>);

impl Fields {
    #[track_caller]
    pub(crate) fn of(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The raw text of a field; `null` if there is none.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.get(name).map_or("null", String::as_str)
    }
}

impl<'de> serde::Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    assert!(
                        fields.insert(name.clone(), value.get().to_owned()).is_none(),
                        "{name} comes twice in a line"
                    );
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Once)
    }
}

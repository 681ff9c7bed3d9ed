//! The output of a run: exit code, log lines, and the messages on stdout. The values of records
//! stay text, so that no digit is lost before a comparison.

use crate::harness::APP_SECRET;
use fake_tiktok::TOKEN;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use std::process::Output;

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

    /// Fails unless the run ended with this exit code.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stderr:\n{}", self.stderr.join("\n"));
        assert!(
            code == 0 || self.cause().starts_with("CRITICAL "),
            "the last line is not the cause: {}",
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

    /// The number of lines of stderr with a level, such as `WARNING`, that contain a text.
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
            panic!("the last line is not a STATE; stderr:\n{}", self.stderr.join("\n"))
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
                    time.len() == "2026-05-04T03:02:01.000Z".len()
                        && time.ends_with('Z')
                        && time.as_bytes()[10] == b'T',
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

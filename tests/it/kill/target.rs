//! A target that reads the output of runs that are killed: it keeps the records, checks that
//! bookmarks never move back, and remembers nothing but the last STATE.

use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// What a target received in a round.
#[derive(Default)]
pub(super) struct Target {
    pub(super) state: Value,
    /// Records without the time at which they were extracted.
    pub(super) records: HashSet<String>,
    pub(super) schemas: BTreeMap<String, Value>,
    pub(super) bookmarks: BTreeMap<(String, String), String>,
}

impl Target {
    /// Receives the lines of a run. If the target `forgets`, it loses all after the last STATE.
    pub(super) fn take(&mut self, lines: &[String], forgets: bool) {
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

    /// Receives a STATE, in which no bookmark may be earlier than before or missing.
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

//! Bookmarks: moved forward only, and written back with everything that is not ours untouched, to
//! the digit. What files hold a state is `state_file`'s matter, and what a bookmark means to a
//! stream is `sync`'s.

use super::bookmark::Bookmark;
use super::members::{Members, compact, object};
use crate::error::{InputError, input};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::HashMap;

const CURRENT: &str = "currently_syncing";
/// A member of our own: with a thousand accounts, a stream that never ends within a run would begin
/// with the same ones each time.
const CURRENT_ACCOUNT: &str = "currently_syncing_account";

/// Wrappings in one another that are taken off.
const DEPTH: u8 = 8;

/// The state of a run: `{"currently_syncing": …, "bookmarks": {stream: {advertiser_id:
/// "YYYY-MM-DDTHH:MM:SSZ"}}}`.
#[derive(Debug, Default)]
pub struct State {
    members: Members,
    /// The streams under `bookmarks`, in order.
    streams: Vec<(String, Entry)>,
}

/// What `bookmarks` holds about one stream.
#[derive(Debug)]
enum Entry {
    /// Bookmarks by account.
    Accounts(Members),
    /// The Meltano SDK's list, as it came and by account.
    Partitions(Box<RawValue>, HashMap<String, Box<RawValue>>),
    /// One text for all accounts, or what is no bookmark.
    Other(Box<RawValue>),
}

impl State {
    /// Takes a state in any known form: bare, in Meltano's `singer_state`, or a whole STATE
    /// message; bookmarks as maps by account, as one text for all accounts, or as the Meltano SDK's
    /// list of partitions. Meltano's record of a job has two states: what a run that did not end
    /// had `partial`ly delivered goes over what was `completed` before.
    pub fn parse(text: &str) -> Result<Self> {
        let text = compact(text);
        let raw = serde_json::from_str(&text)
            .with_context(|| InputError("state: it is not valid JSON".to_owned()))?;
        Self::unwrap(raw, DEPTH)
    }

    fn unwrap(raw: &RawValue, depth: u8) -> Result<Self> {
        let Some(members) = Members::of(raw) else {
            return Err(input("state: it is not a JSON object"));
        };
        let own = members.get("bookmarks");
        if depth == 0 || own.is_some_and(|bookmarks| !is_nothing(bookmarks)) {
            return Self::bare(members);
        }
        // Beside bookmarks that are there but empty, only others count.
        let counts = |value: &&RawValue| {
            is_object(value)
                && (own.is_none()
                    || Members::of(value).is_some_and(|inside| inside.get("bookmarks").is_some()))
        };
        let inside = |names: [&str; 2]| {
            names
                .into_iter()
                .filter_map(|name| members.get(name))
                .filter(counts)
                .collect::<Vec<_>>()
        };
        if let [wrapped, ..] = inside(["singer_state", "value"])[..] {
            return Self::unwrap(wrapped, depth - 1);
        }
        match inside(["completed", "partial"])[..] {
            [older, newer] => {
                let mut state = Self::unwrap(older, depth - 1)?;
                state.overlay(Self::unwrap(newer, depth - 1)?);
                Ok(state)
            }
            [only] => Self::unwrap(only, depth - 1),
            _ => Self::bare(members),
        }
    }

    fn bare(members: Members) -> Result<Self> {
        let streams = match members.get("bookmarks") {
            Some(bookmarks) if bookmarks.get() != "null" => {
                let bookmarks = Members::of(bookmarks)
                    .ok_or_else(|| input("state: `bookmarks` is not an object"))?;
                bookmarks.iter().map(|(stream, raw)| (stream.to_owned(), Entry::of(raw))).collect()
            }
            _ => Vec::new(),
        };
        Ok(State { members, streams })
    }

    /// Lays a newer state over this one.
    fn overlay(&mut self, newer: State) {
        for (name, value) in newer.members.iter() {
            self.members.set(name, value.to_owned());
        }
        for (stream, entry) in newer.streams {
            match (self.entry_mut(&stream), entry) {
                (Some(Entry::Accounts(known)), Entry::Accounts(newer)) => {
                    newer
                        .iter()
                        .for_each(|(account, bookmark)| known.set(account, bookmark.to_owned()));
                }
                (Some(known), entry) => *known = entry,
                (None, entry) => self.streams.push((stream, entry)),
            }
        }
    }

    /// The bookmark of an account.
    pub fn bookmark(&self, stream: &str, advertiser_id: &str) -> Result<Option<Bookmark>> {
        let Some(entry) = self.entry(stream) else { return Ok(None) };
        let (found, place) = match entry {
            Entry::Accounts(by_account) => {
                (by_account.get(advertiser_id), format!("/{advertiser_id}"))
            }
            Entry::Partitions(_, by_account) => {
                (by_account.get(advertiser_id).map(|raw| &**raw), "/partitions".to_owned())
            }
            Entry::Other(raw) => (Some(&**raw), String::new()),
        };
        let Some(found) = found.filter(|raw| raw.get() != "null") else { return Ok(None) };
        match serde_json::from_str::<String>(found.get())
            .ok()
            .and_then(|text| Bookmark::parse(&text))
        {
            Some(time) => Ok(Some(time)),
            None => Err(input(format!(
                "state: /bookmarks/{stream}{place} is not a timestamp (example: 2026-01-31T00:00:00Z)"
            ))),
        }
    }

    /// Whether there is anything about a stream.
    pub fn mentions(&self, stream: &str) -> bool {
        match self.entry(stream) {
            None => false,
            Some(Entry::Accounts(by_account)) => by_account.iter().next().is_some(),
            Some(Entry::Partitions(..)) => true,
            Some(Entry::Other(raw)) => raw.get() != "null",
        }
    }

    /// The streams that it has bookmarks of.
    pub fn streams(&self) -> impl Iterator<Item = &str> {
        self.streams.iter().map(|(stream, _)| stream.as_str())
    }

    /// Whether it holds something, but no bookmarks where they should be.
    pub fn lacks_bookmarks(&self) -> bool {
        let says_nothing = |(name, value): (&str, &RawValue)| {
            matches!(name, "currently_syncing" | "type") || is_nothing(value)
        };
        self.members.get("bookmarks").is_none() && !self.members.iter().all(says_nothing)
    }

    /// Moves a bookmark forward; an earlier one leaves it as it is. `accounts` are those of the run: a form without accounts is turned into a map of them,
    /// so that none loses its bookmark. Returns whether it moved.
    pub fn advance(
        &mut self,
        stream: &str,
        advertiser_id: &str,
        bookmark: Bookmark,
        accounts: &[String],
    ) -> bool {
        let current = self.bookmark(stream, advertiser_id).ok().flatten();
        let moves = current.is_none_or(|current| current < bookmark);
        if moves {
            self.set(stream, advertiser_id, bookmark, accounts);
        }
        moves
    }

    /// Sets a bookmark, also back: one that lies in the future cannot be right.
    pub fn set(
        &mut self,
        stream: &str,
        advertiser_id: &str,
        bookmark: Bookmark,
        accounts: &[String],
    ) {
        self.put(stream, advertiser_id, text(&bookmark.to_string()), accounts);
    }

    fn put(&mut self, stream: &str, name: &str, value: Box<RawValue>, accounts: &[String]) {
        if !matches!(self.entry(stream), Some(Entry::Accounts(_))) {
            let mut by_account = Members::default();
            for account in accounts {
                if let Some(known) = self.bookmark(stream, account).ok().flatten() {
                    by_account.set(account, text(&known.to_string()));
                }
            }
            match self.entry_mut(stream) {
                Some(entry) => *entry = Entry::Accounts(by_account),
                None => self.streams.push((stream.to_owned(), Entry::Accounts(by_account))),
            }
        }
        if let Some(Entry::Accounts(by_account)) = self.entry_mut(stream) {
            by_account.set(name, value);
        }
    }

    /// Whether a pass of a stream was refused in an earlier run, and has a bookmark of its own
    /// since: that of [`held_key`].
    pub fn is_held(&self, stream: &str, advertiser_id: &str, pass: &str) -> bool {
        let key = held_key(advertiser_id, pass);
        matches!(self.entry(stream), Some(Entry::Accounts(by_account)) if by_account.get(&key).is_some())
    }

    /// Keeps a bookmark of its own for a pass that was refused; none where it has to begin at the
    /// beginning.
    pub fn hold(
        &mut self,
        stream: &str,
        advertiser_id: &str,
        pass: &str,
        bookmark: Option<Bookmark>,
        accounts: &[String],
    ) {
        let bookmark =
            bookmark.map_or_else(|| RawValue::NULL.to_owned(), |time| text(&time.to_string()));
        self.put(stream, &held_key(advertiser_id, pass), bookmark, accounts);
    }

    /// A pass was read: from now on the bookmark of the stream is its own.
    pub fn release(&mut self, stream: &str, advertiser_id: &str, pass: &str) {
        if let Some(Entry::Accounts(by_account)) = self.entry_mut(stream) {
            by_account.remove(&held_key(advertiser_id, pass));
        }
    }

    /// The stream and the account at which an earlier run ended early, if it did.
    pub fn current(&self) -> (Option<String>, Option<String>) {
        let text = |name: &str| {
            self.members.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
        };
        (text(CURRENT), text(CURRENT_ACCOUNT))
    }

    /// Says which stream is being synced.
    pub fn set_current(&mut self, stream: Option<&str>) {
        self.members.set(CURRENT, stream.map_or_else(|| RawValue::NULL.to_owned(), text));
        self.members.remove(CURRENT_ACCOUNT);
    }

    /// Says which account of the stream is being synced, where the run ends before it is done.
    pub fn set_current_account(&mut self, advertiser_id: &str) {
        self.members.set(CURRENT_ACCOUNT, text(advertiser_id));
    }

    /// The `value` of a STATE message, as text.
    pub fn to_value(&self) -> String {
        let bookmarks = object(self.streams.iter().map(|(stream, entry)| (stream, entry.text())));
        let mut members: Vec<(&str, &str)> =
            self.members.iter().map(|(name, value)| (name, value.get())).collect();
        match members.iter_mut().find(|(name, _)| *name == "bookmarks") {
            Some(member) => member.1 = &bookmarks,
            None => members.push(("bookmarks", &bookmarks)),
        }
        object(members.into_iter())
    }

    fn entry(&self, stream: &str) -> Option<&Entry> {
        self.streams.iter().find(|(name, _)| name == stream).map(|(_, entry)| entry)
    }

    fn entry_mut(&mut self, stream: &str) -> Option<&mut Entry> {
        self.streams.iter_mut().find(|(name, _)| name == stream).map(|(_, entry)| entry)
    }
}

/// The name under which a pass of a stream has its own bookmark, beside the accounts.
pub fn held_key(advertiser_id: &str, pass: &str) -> String {
    format!("{advertiser_id}/{pass}")
}

impl Entry {
    fn of(raw: &RawValue) -> Self {
        #[derive(Deserialize)]
        struct Partition {
            context: Option<Box<RawValue>>,
            replication_key_value: Option<Box<RawValue>>,
        }
        let Some(members) = Members::of(raw) else { return Entry::Other(raw.to_owned()) };
        let Some(partitions) = members.get("partitions") else { return Entry::Accounts(members) };
        let mut by_account = HashMap::new();
        let listed =
            serde_json::from_str::<Vec<Box<RawValue>>>(partitions.get()).unwrap_or_default();
        for partition in
            listed.iter().filter_map(|one| serde_json::from_str::<Partition>(one.get()).ok())
        {
            // The value of a sorted stream; of an unsorted one that was broken off there is only a
            // marker, which cannot be resumed from.
            let id = partition
                .context
                .as_deref()
                .and_then(Members::of)
                .and_then(|context| context.get("advertiser_id").map(plain));
            if let Some(id) = id {
                by_account.entry(id).or_insert_with(|| {
                    partition.replication_key_value.unwrap_or_else(|| RawValue::NULL.to_owned())
                });
            }
        }
        Entry::Partitions(raw.to_owned(), by_account)
    }

    fn text(&self) -> String {
        match self {
            Entry::Accounts(by_account) => by_account.text(),
            Entry::Partitions(raw, _) | Entry::Other(raw) => raw.get().to_owned(),
        }
    }
}

fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

/// Null, or an object without members.
fn is_nothing(raw: &RawValue) -> bool {
    matches!(raw.get(), "null" | "{}")
}

/// The text of a string, or the digits of a number.
fn plain(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

fn text(text: &str) -> Box<RawValue> {
    // A text is always a JSON value.
    to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests;

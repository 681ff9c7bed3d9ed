//! The state of a run: reads it in every form that tools write, moves bookmarks, and writes it
//! back. Parts that belong to other tools are written back unchanged, digit for digit. What a
//! bookmark means for a stream is decided in `sync`.

mod entry;

use super::bookmark::Bookmark;
use super::members::{Members, compact, object};
use crate::error::{InputError, input};
use anyhow::{Context, Result};
use entry::StreamEntry;
use serde_json::value::{RawValue, to_raw_value};

const CURRENT: &str = "currently_syncing";
/// A member that only this tap writes. Without it, a stream with a thousand accounts that does not
/// end within `max_runtime` would start with the same accounts in each run.
const CURRENT_ACCOUNT: &str = "currently_syncing_account";

/// How many wrappings inside each other are removed.
const MAX_DEPTH: u8 = 8;

/// The state of a run: `{"currently_syncing": …, "bookmarks": {stream: {advertiser_id:
/// "YYYY-MM-DDTHH:MM:SSZ"}}}`.
#[derive(Debug, Default)]
pub struct State {
    members: Members,
    /// The streams under `bookmarks`, in order.
    streams: Vec<(String, StreamEntry)>,
}

impl State {
    /// Reads a state in any known form: by itself, in Meltano's `singer_state`, or as a whole STATE
    /// message. Bookmarks may be maps by account, one text for all accounts, or the Meltano SDK's
    /// list of partitions. A job record of Meltano has two states, of which `partial`, from a run
    /// that did not end, wins over `completed`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = compact(text);
        let raw = serde_json::from_str(&text)
            .with_context(|| InputError("state: it is not valid JSON".to_owned()))?;
        Self::unwrap(raw, MAX_DEPTH)
    }

    fn unwrap(raw: &RawValue, depth: u8) -> Result<Self> {
        let Some(members) = Members::of(raw) else {
            return Err(input("state: it is not a JSON object"));
        };
        let own = members.get("bookmarks");
        if depth == 0 || own.is_some_and(|bookmarks| !is_nothing(bookmarks)) {
            return Self::bare(members);
        }
        // If there are bookmarks but they are empty, a wrapped state counts only if it has some.
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
                bookmarks
                    .iter()
                    .map(|(stream, raw)| (stream.to_owned(), StreamEntry::of(raw)))
                    .collect()
            }
            _ => Vec::new(),
        };
        Ok(State { members, streams })
    }

    /// Adds a newer state, whose members win over those of this one.
    fn overlay(&mut self, newer: State) {
        for (name, value) in newer.members.iter() {
            self.members.set(name, value.to_owned());
        }
        for (stream, entry) in newer.streams {
            match (self.entry_mut(&stream), entry) {
                (Some(StreamEntry::Accounts(known)), StreamEntry::Accounts(newer)) => {
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
            StreamEntry::Accounts(by_account) => {
                (by_account.get(advertiser_id), format!("/{advertiser_id}"))
            }
            StreamEntry::Partitions(_, by_account) => {
                (by_account.get(advertiser_id).map(|raw| &**raw), "/partitions".to_owned())
            }
            StreamEntry::Other(raw) => (Some(&**raw), String::new()),
        };
        let Some(found) = found.filter(|raw| raw.get() != "null") else { return Ok(None) };
        match serde_json::from_str::<String>(found.get())
            .ok()
            .and_then(|text| Bookmark::parse(&text))
        {
            Some(time) => Ok(Some(time)),
            None => Err(input(format!(
                "state: /bookmarks/{stream}{place} is not a timestamp \
                 (example: 2026-01-31T00:00:00Z)"
            ))),
        }
    }

    /// Whether there is a bookmark, or anything else, for a stream.
    pub(crate) fn mentions(&self, stream: &str) -> bool {
        match self.entry(stream) {
            None => false,
            Some(StreamEntry::Accounts(by_account)) => by_account.iter().next().is_some(),
            Some(StreamEntry::Partitions(..)) => true,
            Some(StreamEntry::Other(raw)) => raw.get() != "null",
        }
    }

    /// The streams that have bookmarks.
    pub(crate) fn streams(&self) -> impl Iterator<Item = &str> {
        self.streams.iter().map(|(stream, _)| stream.as_str())
    }

    /// Whether there is some content, but no `bookmarks`.
    pub(crate) fn lacks_bookmarks(&self) -> bool {
        let is_empty = |(name, value): (&str, &RawValue)| {
            matches!(name, "currently_syncing" | "type") || is_nothing(value)
        };
        self.members.get("bookmarks").is_none() && !self.members.iter().all(is_empty)
    }

    /// Moves a bookmark forward; it is never moved back. `accounts` are those of the run: a form
    /// without a map by account is turned into one, so that no account loses its bookmark. Returns
    /// whether the bookmark moved.
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

    /// Sets a bookmark, even to an earlier time. Needed for bookmarks that lie in the future.
    pub(crate) fn set(
        &mut self,
        stream: &str,
        advertiser_id: &str,
        bookmark: Bookmark,
        accounts: &[String],
    ) {
        self.put(stream, advertiser_id, text(&bookmark.to_string()), accounts);
    }

    fn put(&mut self, stream: &str, name: &str, value: Box<RawValue>, accounts: &[String]) {
        if !matches!(self.entry(stream), Some(StreamEntry::Accounts(_))) {
            let mut by_account = Members::default();
            for account in accounts {
                if let Some(known) = self.bookmark(stream, account).ok().flatten() {
                    by_account.set(account, text(&known.to_string()));
                }
            }
            match self.entry_mut(stream) {
                Some(entry) => *entry = StreamEntry::Accounts(by_account),
                None => self.streams.push((stream.to_owned(), StreamEntry::Accounts(by_account))),
            }
        }
        if let Some(StreamEntry::Accounts(by_account)) = self.entry_mut(stream) {
            by_account.set(name, value);
        }
    }

    /// Whether a pass of a stream was refused in an earlier run. It then has a separate bookmark,
    /// under the name [`held_key`].
    pub(crate) fn is_held(&self, stream: &str, advertiser_id: &str, pass: &str) -> bool {
        let key = held_key(advertiser_id, pass);
        let Some(StreamEntry::Accounts(by_account)) = self.entry(stream) else { return false };
        by_account.get(&key).is_some()
    }

    /// Stores a separate bookmark for a pass that was refused. `None` means that the pass has to
    /// start from the beginning.
    pub(crate) fn hold(
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

    /// Removes the separate bookmark of a pass that was read: the one of the stream covers it now.
    pub(crate) fn release(&mut self, stream: &str, advertiser_id: &str, pass: &str) {
        if let Some(StreamEntry::Accounts(by_account)) = self.entry_mut(stream) {
            by_account.remove(&held_key(advertiser_id, pass));
        }
    }

    /// The stream and the account that an earlier run was syncing when it ended early.
    pub(crate) fn current(&self) -> (Option<String>, Option<String>) {
        let text = |name: &str| {
            self.members.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
        };
        (text(CURRENT), text(CURRENT_ACCOUNT))
    }

    /// Sets which stream is being synced.
    pub fn set_current(&mut self, stream: Option<&str>) {
        self.members.set(CURRENT, stream.map_or_else(|| RawValue::NULL.to_owned(), text));
        self.members.remove(CURRENT_ACCOUNT);
    }

    /// Sets which account of the stream was being synced when the run had to end early.
    pub(crate) fn set_current_account(&mut self, advertiser_id: &str) {
        self.members.set(CURRENT_ACCOUNT, text(advertiser_id));
    }

    /// The `value` of a STATE message, as JSON text.
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

    fn entry(&self, stream: &str) -> Option<&StreamEntry> {
        self.streams.iter().find(|(name, _)| name == stream).map(|(_, entry)| entry)
    }

    fn entry_mut(&mut self, stream: &str) -> Option<&mut StreamEntry> {
        self.streams.iter_mut().find(|(name, _)| name == stream).map(|(_, entry)| entry)
    }
}

/// The name, beside the accounts, under which a pass of a stream has a separate bookmark.
pub(crate) fn held_key(advertiser_id: &str, pass: &str) -> String {
    format!("{advertiser_id}/{pass}")
}

fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

/// Null, or an object without members.
fn is_nothing(raw: &RawValue) -> bool {
    matches!(raw.get(), "null" | "{}")
}

fn text(text: &str) -> Box<RawValue> {
    // Serializing a string cannot fail.
    to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests;

//! Bookmarks: read from whatever a target kept, moved forward only, written back with everything that is not ours untouched. It owns
//! the forms of state; what a bookmark means to a stream is `sync`'s.

use crate::error::{InputError, input};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::fs;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// The state of a run: `{"currently_syncing": …, "bookmarks": {stream: {advertiser_id: "YYYY-MM-DDTHH:MM:SSZ"}}}`.
#[derive(Debug, Default)]
pub struct State {
    value: Map<String, Value>,
}

impl State {
    /// Reads a state file; none given means a first run.
    ///
    /// # Errors
    /// The file cannot be read, or is no state. The message says where.
    pub fn load(path: Option<&str>) -> Result<Self> {
        let Some(path) = path else { return Ok(State::default()) };
        let text = fs::read_to_string(path).with_context(|| InputError(format!("state: cannot read `{path}`")))?;
        if text.trim().is_empty() {
            // `tail -n 1` of a target that printed nothing.
            return Ok(State::default());
        }
        let value = serde_json::from_str(&text).with_context(|| InputError(format!("state: `{path}` is no valid JSON")))?;
        Self::parse(value).with_context(|| InputError(format!("state: `{path}` cannot be used")))
    }

    /// Takes a state in any known form: bare, in Meltano's `singer_state`, or a whole STATE message; bookmarks as maps by account, as one
    /// text for all accounts, or as the Meltano SDK's list of partitions.
    ///
    /// # Errors
    /// It is no object, or a bookmark of it is no time.
    pub fn parse(value: Value) -> Result<Self> {
        let Value::Object(mut value) = value else { return Err(input("state: it is no JSON object")) };
        for wrap in ["singer_state", "value"] {
            if value.get("bookmarks").is_none()
                && let Some(Value::Object(inner)) = value.get(wrap)
            {
                let inner = inner.clone();
                value = inner;
            }
        }
        match value.get_mut("bookmarks") {
            None | Some(Value::Object(_)) => Ok(State { value }),
            Some(Value::Null) => {
                value.shift_remove("bookmarks");
                Ok(State { value })
            }
            Some(_) => Err(input("state: `bookmarks` is no object")),
        }
    }

    /// The bookmark of an account, `YYYY-MM-DDTHH:MM:SSZ`.
    ///
    /// # Errors
    /// There is one, but it is no time.
    pub fn bookmark(&self, stream: &str, advertiser_id: &str) -> Result<Option<String>> {
        let Some(entry) = self.value.get("bookmarks").and_then(|b| b.get(stream)) else { return Ok(None) };
        let (found, place) = match entry {
            Value::Null => return Ok(None),
            Value::Object(by_account) => match by_account.get("partitions") {
                Some(partitions) => (of_partition(partitions, advertiser_id), "/partitions".to_owned()),
                None => (by_account.get(advertiser_id), format!("/{advertiser_id}")),
            },
            _ => (Some(entry), String::new()),
        };
        match found {
            None | Some(Value::Null) => Ok(None),
            Some(found) => match found.as_str().and_then(normal) {
                Some(time) => Ok(Some(time)),
                None => Err(input(format!("state: /bookmarks/{stream}{place} is no time such as 2026-01-31T00:00:00Z"))),
            },
        }
    }

    /// Whether there is anything about a stream.
    #[must_use]
    pub fn mentions(&self, stream: &str) -> bool {
        self.value.get("bookmarks").and_then(|b| b.get(stream)).is_some_and(|entry| !entry.is_null() && *entry != json!({}))
    }

    /// Moves a bookmark forward to `time` (`YYYY-MM-DDTHH:MM:SSZ`); an earlier one leaves it as it is. `accounts` are those of the run: a
    /// form without accounts is turned into a map of them, so that none loses its bookmark.
    pub fn advance(&mut self, stream: &str, advertiser_id: &str, time: &str, accounts: &[String]) {
        let current = self.bookmark(stream, advertiser_id).ok().flatten();
        if current.as_deref().is_some_and(|current| current >= time) {
            return;
        }
        let is_map =
            self.value.get("bookmarks").and_then(|b| b.get(stream)).is_some_and(|b| b.is_object() && b.get("partitions").is_none());
        if !is_map {
            let known = accounts.iter().filter_map(|a| Some((a.clone(), Value::from(self.bookmark(stream, a).ok().flatten()?))));
            let map: Map<String, Value> = known.collect();
            self.bookmarks().insert(stream.to_owned(), Value::Object(map));
        }
        if let Some(Value::Object(by_account)) = self.bookmarks().get_mut(stream) {
            by_account.insert(advertiser_id.to_owned(), Value::from(time));
        }
    }

    /// Says which stream is being synced.
    pub fn set_current(&mut self, stream: Option<&str>) {
        self.value.insert("currently_syncing".to_owned(), json!(stream));
    }

    /// The state as it is written.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = self.value.clone();
        value.entry("bookmarks").or_insert_with(|| json!({}));
        Value::Object(value)
    }

    fn bookmarks(&mut self) -> &mut Map<String, Value> {
        let entry = self.value.entry("bookmarks").or_insert_with(|| json!({}));
        if !entry.is_object() {
            *entry = json!({});
        }
        entry.as_object_mut().unwrap_or_else(|| unreachable!("made an object above"))
    }
}

fn of_partition<'a>(partitions: &'a Value, advertiser_id: &str) -> Option<&'a Value> {
    let is_ours = |partition: &&Value| {
        let id = &partition["context"]["advertiser_id"];
        id.as_str() == Some(advertiser_id) || id.as_u64().is_some_and(|n| n.to_string() == advertiser_id)
    };
    // The value of a sorted stream; of an unsorted one that was broken off there is only a marker, which cannot be resumed from.
    partitions.as_array()?.iter().find(is_ours)?.get("replication_key_value")
}

/// A time in any form that taps write, as `YYYY-MM-DDTHH:MM:SSZ`. Fractions go: bookmarks have seconds.
fn normal(text: &str) -> Option<String> {
    let text = text.trim();
    let second = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let joined = text.replacen(' ', "T", 1);
    let utc = if let Ok(instant) = OffsetDateTime::parse(&joined, &Rfc3339) {
        instant.checked_to_offset(UtcOffset::UTC)?
    } else {
        let naive = joined.split('.').next().unwrap_or_default();
        let whole = if naive.len() == 10 { format!("{naive}T00:00:00") } else { naive.to_owned() };
        PrimitiveDateTime::parse(&whole, format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]")).ok()?.assume_utc()
    };
    // A year with a sign or five digits would not sort as text.
    (1..=9999).contains(&utc.year()).then(|| utc.format(second).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn state(value: Value) -> State {
        State::parse(value).expect("a state")
    }

    #[test]
    fn every_form_that_tools_write_is_read() {
        let map = json!({"bookmarks": {"ads": {"1": "2026-02-01T03:04:05.000000Z"}}});
        for form in [
            map.clone(),
            json!({"singer_state": map.clone()}),
            json!({"type": "STATE", "value": map}),
            json!({"bookmarks": {"ads": "2026-02-01 03:04:05"}}),
            json!({"bookmarks": {"ads": {"partitions": [{"context": {"advertiser_id": "1"}, "replication_key_value": "2026-02-01T04:04:05+01:00"}]}}}),
        ] {
            assert_eq!(state(form.clone()).bookmark("ads", "1").expect("valid").as_deref(), Some("2026-02-01T03:04:05Z"), "{form}");
        }
        assert_eq!(
            state(json!({"bookmarks": {"ads": {"1": "2026-02-01"}}})).bookmark("ads", "1").expect("valid").as_deref(),
            Some("2026-02-01T00:00:00Z")
        );
        assert_eq!(state(json!({})).bookmark("ads", "1").expect("valid"), None);
    }

    #[test]
    fn bookmarks_only_move_forward_and_what_is_not_ours_stays() {
        let mut state =
            state(json!({"bookmarks": {"advertisers": "2020-01-01T00:00:00Z", "ads": "2026-02-01T00:00:00Z", "other": [1]}, "x": 1}));
        let accounts = ["1".to_owned(), "2".to_owned()];
        state.advance("ads", "1", "2026-01-01T00:00:00Z", &accounts);
        assert_eq!(state.to_value()["bookmarks"]["ads"], json!("2026-02-01T00:00:00Z"));
        state.advance("ads", "1", "2026-03-01T00:00:00Z", &accounts);
        let want = json!({"bookmarks": {"advertisers": "2020-01-01T00:00:00Z",
            "ads": {"1": "2026-03-01T00:00:00Z", "2": "2026-02-01T00:00:00Z"}, "other": [1]}, "x": 1});
        assert_eq!(state.to_value(), want);
    }

    #[test]
    fn what_is_no_state_is_refused_with_its_place() {
        for bad in [json!([]), json!("x"), json!({"bookmarks": [1]})] {
            assert!(State::parse(bad.clone()).is_err(), "{bad}");
        }
        for bad in [
            json!({"1": 5}),
            json!("soon"),
            json!(7),
            json!({"1": "2026-99-01"}),
            json!("9999-12-31T23:59:59-01:00"),
            json!("0000-01-01T00:00:00+01:00"),
            json!("-0001-01-01T00:00:00"),
            json!("0000-06-01T00:00:00Z"),
            json!("2026-01-01T00:00:00+1€"),
            json!("2026-01-0😀"),
        ] {
            let error = state(json!({"bookmarks": {"ads": bad}})).bookmark("ads", "1").expect_err("no time");
            assert!(error.to_string().contains("/bookmarks/ads"), "{error}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn a_bookmark_is_a_time_with_seconds_or_none(
            text in "([0-9]{4}|9999|0000|[+-][0-9]{4,5})-[01][0-9]-[0-3][0-9]([ T][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{0,9})?)?(Z|[+-][0-2][0-9]:?[0-6][0-9]|\\PC{0,4})",
            other in "\\PC{0,30}",
        ) {
            for text in [text, other] {
                if let Some(normal) = normal(&text) {
                    prop_assert_eq!(normal.len(), 20, "{}", text);
                    let read = OffsetDateTime::parse(&normal, &Rfc3339);
                    prop_assert!(read.is_ok_and(|time| time.year() > 0), "{}", text);
                    prop_assert_eq!(super::normal(&normal), Some(normal));
                }
            }
        }
    }
}

//! Reads state files: a single state, or all lines that a target or a tap printed, of which the
//! last STATE counts.

use super::members::Members;
use super::state::State;
use crate::error::{InputError, input};
use crate::files;
use anyhow::{Context, Result};
use serde_json::value::RawValue;

/// Reads a state file. Without a file this is a first run.
pub(crate) fn load(path: Option<&str>) -> Result<State> {
    let Some(path) = path else { return Ok(State::default()) };
    let text = files::read("state", path)?;
    let (state, states) =
        last(&text).with_context(|| InputError(format!("state: `{path}` cannot be used")))?;
    if states > 1 {
        log::info!("state: `{path}` holds {states} states; the last one counts");
    }
    // There is no state in the output of `tail -n 1` after a target that printed nothing.
    let state = state.map_or_else(|| Ok(State::default()), State::parse);
    let state = state.with_context(|| InputError(format!("state: `{path}` cannot be used")))?;
    if state.lacks_bookmarks() {
        log::warn!("state: `{path}` has no `bookmarks`; all streams are read from the start");
    }
    Ok(state)
}

/// The last state of a text, and how many there are. A target that was killed may leave a last line
/// that is cut off; then the line before it counts.
fn last(text: &str) -> Result<(Option<&str>, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let (mut found, mut states, mut others) = (None, 0, 0);
    loop {
        match values.next() {
            None if states == 0 && others > 0 => {
                return Err(input("state: the file holds messages of a tap, but no STATE"));
            }
            None => return Ok((found, states)),
            Some(Ok(value)) if is_other(value) => others += 1,
            Some(Ok(value)) => (found, states) = (Some(value.get()), states + 1),
            Some(Err(error)) if error.is_eof() && found.is_some() => {
                log::warn!("state: the last line is cut off; the line before it counts");
                return Ok((found, states));
            }
            Some(Err(error)) => {
                return Err(input(format!("state: the file is not valid JSON: {error}")));
            }
        }
    }
}

/// Whether the value is a message of a tap other than STATE.
fn is_other(value: &RawValue) -> bool {
    let kind = Members::of(value)
        .and_then(|message| serde_json::from_str::<String>(message.get("type")?.get()).ok());
    kind.is_some_and(|kind| {
        matches!(kind.as_str(), "SCHEMA" | "RECORD" | "BATCH" | "ACTIVATE_VERSION")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_state_counts() {
        let message = r#"{"type":"STATE","value":{"b":2}}"#;
        let record = r#"{"type":"RECORD","stream":"ads","record":{}}"#;
        for (text, want, states) in [
            (String::new(), None, 0),
            ("\n \r\n".to_owned(), None, 0),
            ("{\n  \"a\": 1\n}\n".to_owned(), Some("{\n  \"a\": 1\n}"), 1),
            ("{\"a\":1}\n\n{\"a\":2}\r\n\n".to_owned(), Some("{\"a\":2}"), 2),
            (format!("{{\"a\":1}}\n{message}\n"), Some(message), 2),
            (format!("{record}\n{message}\n{record}\n"), Some(message), 1),
            ("{\"a\":1}\n{\"a\":".to_owned(), Some("{\"a\":1}"), 1),
        ] {
            assert_eq!(last(&text).expect("states"), (want, states), "{text}");
        }
        for bad in [record, "{", "{\"a\":1} x", "x\n{\"a\":1}", "{\"a\":}\n{\"a\":1}"] {
            assert!(last(bad).is_err(), "{bad}");
        }
    }
}

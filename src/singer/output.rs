//! Writes Singer messages as whole lines. SCHEMA and STATE lines are built here; RECORD lines
//! arrive as finished bytes. It also decides when the next STATE is due.

use serde_json::{Value, json};
use std::io::{self, Write};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const MILLISECOND: &[BorrowedFormatItem] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// When rows are extracted that are read now: RFC 3339, UTC, to the millisecond. It always has the
/// same length, because the bytes of records decide when a STATE is due.
pub(crate) fn time_extracted() -> String {
    OffsetDateTime::now_utc().format(MILLISECOND).unwrap_or_default()
}

/// Writes the messages of a run to the target.
#[derive(Debug)]
pub(crate) struct Output<W> {
    out: W,
    /// Bytes of records written since the last STATE.
    since_state: usize,
    last_state: String,
    /// Whether STATE lines are written.
    has_states: bool,
}

impl<W: Write> Output<W> {
    /// Writes to `out`, which may be unbuffered: lines are written many at a time.
    pub(crate) fn new(out: W) -> Self {
        Output { out, since_state: 0, last_state: String::new(), has_states: true }
    }

    /// Writes no STATE, because what is written does not stand for anything that a later run could
    /// continue with.
    pub(crate) fn without_states(out: W) -> Self {
        Output { has_states: false, ..Self::new(out) }
    }

    /// Writes a SCHEMA line.
    pub(crate) fn schema(
        &mut self,
        stream: &str,
        schema: &Value,
        keys: &[String],
        bookmark: Option<&str>,
    ) -> io::Result<()> {
        let mut message =
            json!({"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": keys});
        if let Some(bookmark) = bookmark {
            message["bookmark_properties"] = json!([bookmark]);
        }
        self.line(&message.to_string())
    }

    /// Writes RECORD lines, each of which ends with a newline.
    pub(crate) fn records(&mut self, lines: &[u8]) -> io::Result<()> {
        self.since_state += lines.len();
        self.out.write_all(lines)
    }

    /// Writes a STATE line whose value is the JSON text `state`, unless it equals the last one and
    /// no records were written since.
    pub(crate) fn state(&mut self, state: &str) -> io::Result<()> {
        if self.has_states && (self.since_state > 0 || state != self.last_state) {
            self.line(&format!("{{\"type\":\"STATE\",\"value\":{state}}}"))?;
            state.clone_into(&mut self.last_state);
            self.since_state = 0;
        }
        self.out.flush()
    }

    /// Whether at least as many bytes of records as the length of the last STATE were written since
    /// it. With a thousand accounts, a STATE after each slice would be most of the output.
    pub(crate) fn is_state_due(&self) -> bool {
        self.since_state > 0 && self.since_state >= self.last_state.len()
    }

    fn line(&mut self, message: &str) -> io::Result<()> {
        // One call, because an unbuffered `out` passes every call on to the system.
        self.out.write_all(format!("{message}\n").as_bytes())
    }
}

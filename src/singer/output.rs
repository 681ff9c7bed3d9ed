//! Messages on stdout: whole lines only. It owns SCHEMA and STATE lines and when a STATE is due;
//! RECORD lines come ready-made.

use serde_json::{Value, json};
use std::io::{self, Write};

/// The way to the target.
#[derive(Debug)]
pub struct Output<W> {
    out: W,
    /// Bytes of records since the last STATE.
    since_state: usize,
    last_state: String,
}

impl<W: Write> Output<W> {
    /// Writes to `out`, which may be unbuffered: lines come many at a time.
    pub fn new(out: W) -> Self {
        Output { out, since_state: 0, last_state: String::new() }
    }

    /// A SCHEMA line.
    pub fn schema(
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

    /// RECORD lines, each with its end.
    pub fn records(&mut self, lines: &[u8]) -> io::Result<()> {
        self.since_state += lines.len();
        self.out.write_all(lines)
    }

    /// A STATE line with the text of its value, unless it says the same as the one before and no
    /// records came between.
    pub fn state(&mut self, state: &str) -> io::Result<()> {
        if self.since_state > 0 || state != self.last_state {
            self.line(&format!("{{\"type\":\"STATE\",\"value\":{state}}}"))?;
            state.clone_into(&mut self.last_state);
            self.since_state = 0;
        }
        self.out.flush()
    }

    /// Whether as many bytes of records went out since the last STATE as it is long: with a
    /// thousand accounts a state after each slice would be most of the output.
    pub fn is_state_due(&self) -> bool {
        self.since_state > 0 && self.since_state >= self.last_state.len()
    }

    fn line(&mut self, message: &str) -> io::Result<()> {
        // In one piece: `out` may hand every piece to the system by itself.
        self.out.write_all(format!("{message}\n").as_bytes())
    }
}

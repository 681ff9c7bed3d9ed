//! A row as it is on the wire: an ordered list of keys and raw JSON texts.
//! Owns writing and looking up; parses nothing, so no digit, escape or duplicate is lost.

/// An object whose values are raw JSON text. A key is the text between its quotes, so it may
/// hold escapes, and may come twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row(pub Vec<(String, String)>);

impl Row {
    /// The raw text of the first value of a key (given without escapes).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(raw, _)| is_key(raw, key)).map(|(_, value)| value.as_str())
    }

    /// The row as JSON text, exactly as it is sent.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    pub(crate) fn write(&self, out: &mut String) {
        out.push('{');
        for (index, (key, value)) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_member(out, key, value);
        }
        out.push('}');
    }

    pub(crate) fn new(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    /// The row without the members that only filters see.
    pub(crate) fn shown(&self) -> Self {
        Self(self.0.iter().filter(|(key, _)| !key.starts_with('_')).cloned().collect())
    }

    /// Replaces the value of a key, or adds it at the end.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<String>) {
        match self.0.iter_mut().find(|(raw, _)| raw == key) {
            Some((_, old)) => *old = value.into(),
            None => self.0.push((key.to_owned(), value.into())),
        }
    }

    /// Keeps the named keys, or those whose value is no null.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        self.0.retain(|(key, value)| keep(&unescape(key), value));
    }
}

/// Writes `"key":value`; both are raw JSON text.
pub(crate) fn write_member(out: &mut String, key: &str, value: &str) {
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
    out.push_str(value);
}

/// A text as a JSON string.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn is_key(raw: &str, key: &str) -> bool {
    raw == key || (raw.contains('\\') && unescape(raw) == key)
}

fn unescape(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_| raw.to_owned())
}

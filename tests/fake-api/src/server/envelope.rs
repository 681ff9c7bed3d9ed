//! What the API says: data or a refusal, and the envelope around it.
//! Owns the text of answers; rows come from the world as raw JSON.

use crate::random;
use crate::world::quote;
use std::fmt::Write;
use std::time::Duration;

/// A successful answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) data: Data,
    /// The report saw only some of the ads.
    pub(crate) throttled: bool,
    /// The report takes this long.
    pub(crate) wait: Duration,
}

#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// An object as it is.
    Raw(String),
    List {
        /// Rows, joined by commas.
        rows: String,
        page_info: Option<String>,
        total_metrics: Option<String>,
        /// Without rows, the list is null instead of empty.
        null: bool,
    },
    /// A file by itself, without an envelope.
    File { content_type: &'static str, bytes: Vec<u8> },
    /// Rows that stand somewhere else: all of `data` but the rows, in pieces.
    Shaped {
        /// What comes before the rows, such as `{"pixels":[`.
        open: String,
        /// Rows, joined by commas.
        rows: String,
        /// What ends the rows, such as `]`.
        close: &'static str,
        page_info: Option<String>,
        /// What comes after that.
        end: String,
    },
}

impl Default for Data {
    fn default() -> Self {
        Self::Raw("{}".to_owned())
    }
}

/// Why there is no data.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) message: String,
    /// TikTok would refuse it too; options of the server are not the client's fault.
    pub(crate) violation: bool,
}

impl Refusal {
    /// A wrong request.
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self::of(40002, message)
    }

    /// A wrong request with a code of its own.
    pub(crate) fn of(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), violation: true }
    }

    /// A refusal that the server's options ask for, or of something it does not serve.
    pub(crate) fn by_option(code: i64, message: impl Into<String>) -> Self {
        Self { violation: false, ..Self::of(code, message) }
    }
}

impl Data {
    /// The rows, if it has any.
    pub(crate) fn rows_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Raw(_) | Self::File { .. } => None,
            Self::List { rows, .. } | Self::Shaped { rows, .. } => Some(rows),
        }
    }

    pub(crate) fn json(&self) -> String {
        match self {
            Self::Raw(json) => json.clone(),
            Self::File { .. } => "{}".to_owned(),
            Self::Shaped { open, rows, close, page_info, end } => {
                let info = page_info.as_ref().map(|info| format!(",\"page_info\":{info}"));
                format!("{open}{rows}{close}{}{end}", info.unwrap_or_default())
            }
            Self::List { rows, page_info, total_metrics, null } => {
                let mut out = String::with_capacity(rows.len() + 128);
                out.push_str("{\"list\":");
                if *null && rows.is_empty() {
                    out.push_str("null");
                } else {
                    out.push('[');
                    out.push_str(rows);
                    out.push(']');
                }
                if let Some(page_info) = page_info {
                    out.push_str(",\"page_info\":");
                    out.push_str(page_info);
                }
                if let Some(totals) = total_metrics {
                    out.push_str(",\"total_metrics\":");
                    out.push_str(totals);
                }
                out.push('}');
                out
            }
        }
    }
}

/// Writes the envelope of an answer.
pub(crate) fn success(data: &Data, request_id: &str) -> String {
    envelope(0, "OK", request_id, &data.json())
}

/// Writes the envelope of an error.
pub(crate) fn failure(code: i64, message: &str, request_id: &str) -> String {
    envelope(code, message, request_id, "{}")
}

/// Writes an envelope around raw JSON.
pub(crate) fn envelope(code: i64, message: &str, request_id: &str, data: &str) -> String {
    let message = quote(message);
    format!(
        "{{\"code\":{code},\"message\":{message},\"request_id\":\"{request_id}\",\"data\":{data}}}"
    )
}

/// An id in the form of TikTok's: a time stamp, then hexadecimal digits.
pub(crate) fn request_id(number: u64) -> String {
    format!("20261122000000{:016X}", random::mix(number, 77))
}

/// `page_info` of a page.
pub(crate) fn page_info(page: usize, page_size: usize, total: usize) -> String {
    let mut out = String::new();
    let pages = total.div_ceil(page_size);
    write!(
        out,
        "{{\"page\":{page},\"page_size\":{page_size},\"total_number\":{total},\
         \"total_page\":{pages}}}"
    )
    .expect("writing to a String cannot fail");
    out
}

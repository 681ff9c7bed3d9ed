//! Writes log lines and metrics to stderr, in the format that Singer tools or Meltano expect, and
//! removes secrets from them.

use crate::words::escape;
use log::{Level, LevelFilter, Log, Metadata, Record};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Texts that are replaced in every message.
static HIDDEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Starts logging. `verbosity` is the number of `-v` minus that of `-q`. If it is 0, the level
/// comes from `TAP_TIKTOK_ADS_LOGLEVEL`, else `LOGLEVEL`, else the file that Meltano names in
/// `SINGER_SDK_LOG_CONFIG`, else it is `info`.
pub fn start(verbosity: i16) {
    static LOGGER: OnceLock<Logger> = OnceLock::new();
    let meltano = std::env::var("SINGER_SDK_LOG_CONFIG")
        .ok()
        .and_then(|path| std::fs::read_to_string(path).ok())
        .and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let named =
        ["TAP_TIKTOK_ADS_LOGLEVEL", "LOGLEVEL"].iter().find_map(|name| std::env::var(name).ok());
    let level = match verbosity {
        0 => named
            .as_deref()
            .or_else(|| meltano.as_ref()?["root"]["level"].as_str())
            .and_then(level_of)
            .unwrap_or(LevelFilter::Info),
        1 => LevelFilter::Debug,
        2.. => LevelFilter::Trace,
        -1 => LevelFilter::Warn,
        _ => LevelFilter::Error,
    };
    let formatter =
        meltano.as_ref().and_then(|m| m["formatters"]["singer_formatter"]["()"].as_str());
    let logger = LOGGER.get_or_init(|| Logger {
        structured: formatter.is_some_and(|name| name.ends_with("StructuredFormatter")),
    });
    // If the logger was set before, as in a test that calls `run` twice, the first one stays.
    let _ = log::set_logger(logger);
    log::set_max_level(level);
}

fn level_of(name: &str) -> Option<LevelFilter> {
    match name.to_lowercase().as_str() {
        "debug" => Some(LevelFilter::Debug),
        "info" => Some(LevelFilter::Info),
        "warning" | "warn" => Some(LevelFilter::Warn),
        "error" | "critical" => Some(LevelFilter::Error),
        _ => None,
    }
}

/// Removes `secret` from all later messages.
pub(crate) fn hide(secret: Option<String>) {
    let Some(secret) = secret.filter(|s| s.len() > 3) else { return };
    let mut hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    if !hidden.contains(&secret) {
        hidden.push(secret);
    }
}

/// Replaces the hidden secrets in a text.
pub(crate) fn redact(text: &str) -> String {
    let mut message = text.to_owned();
    for secret in HIDDEN.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        if message.contains(secret.as_str()) {
            message = message.replace(secret.as_str(), "(redacted)");
        }
    }
    message
}

/// Logs a value of a metric in the format that Singer tools read: `INFO METRIC: {…}`. The tags
/// name the stream twice, for singer-io (`endpoint`) and for Meltano (`stream`).
pub(crate) fn metric(kind: &str, name: &str, value: &Value, stream: &str) {
    let tags = json!({"endpoint": stream, "stream": stream});
    let point = json!({"type": kind, "metric": name, "value": value, "tags": tags});
    log::info!(target: "metrics", "METRIC: {point}");
}

/// Logs the last line of a run that failed, which tells users the cause.
pub fn fatal(message: &str) {
    log::error!(target: "fatal", "{message}");
}

#[derive(Debug)]
struct Logger {
    structured: bool,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata) -> bool {
        // Libraries log requests, and their URLs contain ids of accounts.
        matches!(metadata.target(), "metrics" | "fatal")
            || metadata.target().starts_with("tap_tiktok_ads")
    }

    fn log(&self, record: &Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let message = escape(&redact(&record.args().to_string()).replace('\n', " "));
        let line = if self.structured {
            structured(record, &message)
        } else {
            format!("{} {message}", level_name(record))
        };
        let mut stderr = std::io::stderr().lock();
        // There is no way to report that stderr is closed.
        let _ = writeln!(stderr, "{line}");
    }

    fn flush(&self) {}
}

fn level_name(record: &Record) -> &'static str {
    match (record.target(), record.level()) {
        ("fatal", _) => "CRITICAL",
        (_, Level::Error) => "ERROR",
        (_, Level::Warn) => "WARNING",
        (_, Level::Info) => "INFO",
        _ => "DEBUG",
    }
}

/// A line in the structured format of Meltano, which requires all of these members.
fn structured(record: &Record, message: &str) -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let mut line = json!({
        "level": level_name(record).to_lowercase(), "pid": std::process::id(),
        "logger_name": "tap-tiktok-ads", "ts": seconds,
        "thread_name": std::thread::current().name().unwrap_or("worker"),
        "app_name": "tap-tiktok-ads", "stream_name": null, "message": message, "extra": {},
    });
    if let Some(point) =
        message.strip_prefix("METRIC: ").and_then(|p| serde_json::from_str::<Value>(p).ok())
    {
        line["stream_name"] = point["tags"]["stream"].clone();
        line["message"] = "METRIC".into();
        line["metric_info"] = point;
    }
    line.to_string()
}

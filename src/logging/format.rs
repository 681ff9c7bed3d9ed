//! The forms of a log line: its level in words, and the JSON that Meltano reads.

use super::stream;
use log::{Level, Record};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The level as Python's logging names it, which is what other tools look for.
pub(super) fn level_name(record: &Record) -> &'static str {
    match (record.target(), record.level()) {
        ("fatal", _) => "CRITICAL",
        (_, Level::Error) => "ERROR",
        (_, Level::Warn) => "WARNING",
        (_, Level::Info) => "INFO",
        _ => "DEBUG",
    }
}

/// A line in the structured format of Meltano, which requires all of these members.
pub(super) fn structured(record: &Record, message: &str) -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let mut line = json!({
        "level": level_name(record).to_lowercase(), "pid": std::process::id(),
        "logger_name": "tap-tiktok-ads", "ts": seconds,
        "thread_name": std::thread::current().name().unwrap_or("worker"),
        "app_name": "tap-tiktok-ads", "stream_name": stream::current().as_deref(),
        "message": message, "extra": {},
    });
    if let Some(point) =
        message.strip_prefix("METRIC: ").and_then(|p| serde_json::from_str::<Value>(p).ok())
    {
        let stream = point["tags"]["stream"].clone();
        // Meltano shows the name and the value of a metric beside the message, but no tags.
        let words = stream.as_str().or(point["tags"]["endpoint"].as_str());
        line["message"] = words.map_or("METRIC".to_owned(), |w| format!("METRIC {w}")).into();
        line["stream_name"] = stream;
        line["metric_info"] = point;
    }
    line.to_string()
}

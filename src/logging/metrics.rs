//! Metrics in the format that Singer tools read from the log: `INFO METRIC: {…}`. Where a stream is
//! known, the tags name it for Meltano (`stream`), and for singer-io where there is no endpoint.

use super::{is_written, stream};
use crate::words::seconds;
use log::Level;
use serde_json::{Value, json};
use std::time::Duration;

/// Records that were delivered since the last such line of the stream.
pub(crate) fn record_count(stream: &str, records: u64) {
    let tags = json!({"endpoint": stream, "stream": stream});
    point("counter", "record_count", &records.into(), &tags);
}

/// How long a stream took, and whether all of it was delivered.
pub(crate) fn sync_duration(stream: &str, took: Duration, succeeded: bool) {
    let tags = json!({"endpoint": stream, "stream": stream, "status": status(succeeded)});
    point("timer", "sync_duration", &seconds(took).into(), &tags);
}

/// Requests to an endpoint that a stream took.
pub(crate) fn http_request_count(stream: &str, endpoint: &str, requests: u64) {
    let tags = json!({"endpoint": endpoint, "stream": stream});
    point("counter", "http_request_count", &requests.into(), &tags);
}

/// How long one request took. There are many of these, so that they are logged for debugging only.
pub(crate) fn http_request_duration(
    endpoint: &str,
    http_status: Option<u16>,
    took: Duration,
    succeeded: bool,
) {
    if !is_written(Level::Debug) {
        return;
    }
    let mut tags = json!({"endpoint": endpoint, "status": status(succeeded)});
    if let Some(code) = http_status {
        tags["http_status_code"] = code.into();
    }
    if let Some(stream) = stream::current() {
        tags["stream"] = Value::from(&*stream);
    }
    let point = json!({
        "type": "timer", "metric": "http_request_duration", "value": seconds(took),
        "tags": tags,
    });
    log::debug!(target: "metrics", "METRIC: {point}");
}

/// How long TikTok worked on a task of a stream.
pub(crate) fn job_duration(job_type: &str, took: Duration, succeeded: bool) {
    let mut tags = json!({"job_type": job_type, "status": status(succeeded)});
    if let Some(stream) = stream::current() {
        tags["stream"] = Value::from(&*stream);
    }
    point("timer", "job_duration", &seconds(took).into(), &tags);
}

fn status(succeeded: bool) -> &'static str {
    if succeeded { "succeeded" } else { "failed" }
}

fn point(kind: &str, name: &str, value: &Value, tags: &Value) {
    let point = json!({"type": kind, "metric": name, "value": value, "tags": tags});
    log::info!(target: "metrics", "METRIC: {point}");
}

//! The table of streams in docs/streams.md, made from the stream table: one function per column.

use crate::config::settings::schema;
use crate::streams::{ADVERTISER_INFO, REPORT, STREAMS, Source, Stream};
use std::fmt::Write;

const COLUMNS: [&str; 9] = [
    "stream",
    "what",
    "group",
    "read per",
    "endpoint",
    "key properties",
    "replication",
    "permission",
    "requests",
];

/// The permission of the developer app that an endpoint needs, as TikTok's app page names it.
const PERMISSIONS: [(&str, &str); 5] = [
    (ADVERTISER_INFO, "Read Ad Account Information"),
    ("campaign/get/", "Read Campaigns"),
    ("adgroup/get/", "Read Ad Groups"),
    ("ad/get/", "Read Ads"),
    (REPORT, "Consolidated Report"),
];

/// The streams as a table in Markdown.
pub fn streams_table() -> String {
    let mut table = format!("| {} |\n{}|\n", COLUMNS.join(" | "), "|---".repeat(COLUMNS.len()));
    for stream in STREAMS {
        let cells = [
            format!("`{}`", stream.name),
            stream.about.to_owned(),
            stream.group.name().to_owned(),
            "account".to_owned(),
            endpoint(stream),
            stream.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "),
            replication(stream),
            permission(stream).unwrap_or("not published").to_owned(),
            requests(stream),
        ];
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

fn endpoint(stream: &Stream) -> String {
    match &stream.source {
        Source::Report(report) => {
            format!("`{}` {} {}", stream.path(), report.report_type, report.data_level)
        }
        Source::Account(_) | Source::Entity(_) => format!("`{}`", stream.path()),
    }
}

fn replication(stream: &Stream) -> String {
    let method = match &stream.source {
        Source::Report(_) => "window",
        Source::Account(_) | Source::Entity(_) => "incremental",
    };
    stream
        .replication_key()
        .map_or_else(|| "full table".to_owned(), |key| format!("{method} by `{key}`"))
}

fn permission(stream: &Stream) -> Option<&'static str> {
    PERMISSIONS.iter().find(|(path, _)| *path == stream.path()).map(|(_, permission)| *permission)
}

/// The paged calls that a stream makes for one account.
fn requests(stream: &Stream) -> String {
    match &stream.source {
        Source::Account(_) => format!("no other than `{ADVERTISER_INFO}`"),
        Source::Entity(entity) => {
            let passes = entity.passes.iter().map(|pass| {
                let pages = format!("pages of {}", pass.page_size);
                pass.optional.map_or(pages.clone(), |name| format!("`{name}`: {pages}"))
            });
            let mut calls: Vec<String> = passes.collect();
            if entity.modified_after {
                calls.push("only rows changed since the bookmark".to_owned());
            }
            calls.join("; ")
        }
        Source::Report(report) => {
            let pages =
                format!("pages of {} per window", schema()["properties"]["page_size"]["maximum"]);
            if report.is_below_account() { format!("{pages}; `top_view`: {pages}") } else { pages }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_has_its_permission() {
        for stream in STREAMS {
            assert!(permission(stream).is_some(), "{}: {}", stream.name, stream.path());
        }
    }
}

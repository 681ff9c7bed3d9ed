//! The table of streams in docs/streams.md, made from the stream table: one function per column.

use crate::streams::{self, ADVERTISER_INFO, Group, Per, Replication, Stream};
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

/// The streams as a table in Markdown.
pub fn streams_table() -> String {
    let mut table = format!("| {} |\n{}|\n", COLUMNS.join(" | "), "|---".repeat(COLUMNS.len()));
    for stream in streams::all() {
        let cells = [
            format!("`{}`", stream.name),
            stream.about.clone(),
            stream.group.name().to_owned(),
            read_per(stream).to_owned(),
            endpoint(stream),
            stream.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "),
            replication(stream),
            stream.permission.to_owned(),
            requests(stream),
        ];
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

/// The groups of streams with the permissions that they need, as a table in Markdown.
pub fn permissions_table() -> String {
    let mut table = "| group | permissions |\n|---|---|\n".to_owned();
    for group in Group::ALL {
        let mut names: Vec<&str> = Vec::new();
        for stream in streams::all().iter().filter(|stream| stream.group == group) {
            if !names.contains(&stream.permission) {
                names.push(stream.permission);
            }
        }
        let _ = writeln!(table, "| `{}` | {} |", group.name(), names.join(", "));
    }
    table
}

fn read_per(stream: &Stream) -> &'static str {
    match stream.per {
        Per::Account => "account",
        Per::AccountBatch => "100 accounts",
        Per::BusinessCenter => "Business Center",
        Per::Once => "once",
        Per::App => "app",
        Per::Run => "run",
    }
}

fn endpoint(stream: &Stream) -> String {
    let path = stream.call.path;
    match stream.report() {
        Some(report) => {
            let level = report.data_level.unwrap_or_default();
            format!("`{path}` {} {level}", report.report_type)
        }
        None => format!("`{path}`"),
    }
}

fn replication(stream: &Stream) -> String {
    match stream.replication {
        Replication::FullTable => "full table".to_owned(),
        Replication::Incremental { key, .. } => format!("incremental by `{key}`"),
        Replication::Window { key, .. } => format!("window by `{key}`"),
        Replication::Snapshot => "snapshot".to_owned(),
    }
}

/// The paged calls that a stream makes for one account.
fn requests(stream: &Stream) -> String {
    if stream.per == Per::AccountBatch {
        return format!("no other than `{ADVERTISER_INFO}`");
    }
    let window = if stream.has_windows() { " per window" } else { "" };
    let passes = stream.call.passes.iter().map(|pass| {
        let most = pass.page_size.or(stream.call.paging.most());
        let whole = if stream.call.task.is_some() { "one task" } else { "one" };
        let pages = most.map_or(whole.to_owned(), |most| format!("pages of {most}")) + window;
        pass.optional.map_or(pages.clone(), |name| format!("`{name}`: {pages}"))
    });
    let mut calls: Vec<String> = passes.collect();
    let call = &stream.call;
    if matches!(stream.replication, Replication::Incremental { is_filtered: true, .. }) {
        calls.push("only rows changed since the bookmark".to_owned());
    }
    if let Some(detail) = call.detail {
        calls.push(format!("`{}` for each row", detail.path));
    }
    calls.join("; ")
}

//! The output of `--about`: capabilities, settings and streams, for people and for tools. The
//! tables in README.md and docs/ and the definition in plugin.yml are made here too, from
//! `schemas/config.json` and the stream table.

mod counts;
mod meltano;
mod table;

pub use counts::counts_table;
pub use meltano::plugin;
pub use table::{permissions_table, streams_table};

use crate::cli::Format;
use crate::config::settings::{aliases, is_required, schema, settings};
use crate::streams;
use serde_json::{Value, json};
use std::fmt::Write;

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");
const DESCRIPTION: &str = env!("CARGO_PKG_DESCRIPTION");
const CAPABILITIES: [&str; 6] =
    ["catalog", "discover", "state", "about", "test", "structured-logging"];

/// The text of `--about`.
pub(crate) fn about(format: Format) -> String {
    match format {
        Format::Json => {
            let about = json!({
                "name": NAME,
                "description": DESCRIPTION,
                "version": VERSION,
                "capabilities": CAPABILITIES,
                "settings": schema(),
            });
            format!("{about:#}\n")
        }
        Format::Markdown => {
            format!(
                "# {NAME}\n\n{DESCRIPTION}\n\nVersion {VERSION}\n\n\
                 ## Settings\n\n{}\n## Streams\n\n{}\n## Counts\n\n{}\n## Permissions\n\n{}",
                settings_table(),
                streams_table(),
                counts_table(),
                permissions_table()
            )
        }
        Format::Meltano => plugin(),
        Format::Text => text(),
    }
}

fn text() -> String {
    let mut text = format!(
        "{NAME} {VERSION}: {DESCRIPTION}\nCapabilities: {}\n\nSettings\n",
        CAPABILITIES.join(", ")
    );
    for (name, setting) in settings() {
        let _ = writeln!(
            text,
            "  {name} ({}{}){}\n      {}",
            form(setting),
            if is_required(name) { ", required" } else { "" },
            default_of(setting, ", default "),
            description(setting)
        );
        let _ =
            writeln!(text, "      Environment variable: TAP_TIKTOK_ADS_{}", name.to_uppercase());
    }
    text.push_str("\nStreams\n");
    for stream in streams::all() {
        let _ = writeln!(text, "  {}: {}", stream.name, stream.about);
    }
    text
}

/// The settings as a Markdown table.
pub fn settings_table() -> String {
    let mut table =
        "| setting | form | required | default | meaning |\n|---|---|---|---|---|\n".to_owned();
    for (name, setting) in settings() {
        let others: Vec<String> = aliases(setting).map(|a| format!("`{a}`")).collect();
        let also = if others.is_empty() {
            String::new()
        } else {
            format!(" (also {})", others.join(", "))
        };
        let secret = if setting.get("secret").is_some() { ", secret" } else { "" };
        let _ = writeln!(
            table,
            "| `{name}`{also} | {}{secret} | {} | {} | {} |",
            form(setting),
            if is_required(name) { "yes" } else { "" },
            default_of(setting, ""),
            description(setting)
        );
    }
    table
}

fn form(setting: &Value) -> String {
    let form = match &setting["type"] {
        Value::String(one) => one.clone(),
        Value::Array(many) => {
            many.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    };
    match (&setting["minimum"], &setting["maximum"]) {
        (Value::Number(minimum), Value::Number(maximum)) => format!("{form} {minimum}–{maximum}"),
        _ => form,
    }
}

fn default_of(setting: &Value, before: &str) -> String {
    setting.get("default").map_or(String::new(), |default| format!("{before}`{default}`"))
}

fn description(setting: &Value) -> &str {
    setting["description"].as_str().unwrap_or_default()
}

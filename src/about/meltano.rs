//! The plugin definition for Meltano, which `meltano add --from-ref plugin.yml` takes. It is made
//! from `schemas/config.json`, the capabilities and the groups of streams. Text is quoted as JSON,
//! which is valid YAML too.

use super::{CAPABILITIES, DESCRIPTION, NAME, description};
use crate::config::settings::{aliases, is_required, settings};
use crate::streams::{self, Group};
use serde_json::Value;
use std::fmt::Write;

/// The content of `plugin.yml`.
pub fn plugin() -> String {
    let mut yaml = format!(
        "# Plugin definition for Meltano: meltano add --from-ref plugin.yml {NAME}\n\
         # Generated: {NAME} --about --format meltano > plugin.yml\n\
         plugin_type: extractors\n\
         name: {NAME}\n\
         namespace: {namespace}\n\
         variant: rust\n\
         label: TikTok Ads\n\
         description: {about}\n\
         executable: {NAME}\n\
         # Meltano runs the `{NAME}` on your path. To have Meltano install it, build a wheel\n\
         # with `pip wheel .` in a clone, and name the wheel here. No index has the package.\n\
         # pip_url: /path/to/the/wheel.whl\n\
         capabilities:\n",
        namespace = NAME.replace('-', "_"),
        about = Value::from(DESCRIPTION),
    );
    for capability in CAPABILITIES {
        let _ = writeln!(yaml, "- {capability}");
    }
    yaml.push_str("settings_group_validation:\n");
    for (place, (name, _)) in settings().filter(|(name, _)| is_required(name)).enumerate() {
        let _ = writeln!(yaml, "{} - {name}", if place == 0 { "-" } else { " " });
    }
    yaml.push_str("settings:\n");
    for (name, setting) in settings() {
        add_setting(&mut yaml, name, setting);
    }
    yaml
}

fn add_setting(yaml: &mut String, name: &str, setting: &'static Value) {
    let _ = writeln!(yaml, "- name: {name}\n  label: {}\n  kind: {}", label(name), kind(setting));
    if setting["secret"] == true {
        yaml.push_str("  sensitive: true\n");
    }
    let others: Vec<&str> = aliases(setting).collect();
    if !others.is_empty() {
        let _ = writeln!(yaml, "  aliases: [{}]", others.join(", "));
    }
    if let Some(default) = setting.get("default") {
        let _ = writeln!(yaml, "  value: {default}");
    }
    let mut text = without_links(description(setting));
    if name == "stream_groups" {
        text = format!("{text} The groups: {}.", groups());
    }
    let _ = writeln!(yaml, "  description: {}", Value::from(text));
}

/// The name in words, as in `Access token` and `App ID`.
fn label(name: &str) -> String {
    let words: Vec<String> = name
        .split('_')
        .enumerate()
        .map(|(place, word)| match word {
            "id" | "url" | "ca" => word.to_uppercase(),
            _ if place == 0 => word[..1].to_uppercase() + &word[1..],
            _ => word.to_owned(),
        })
        .collect();
    words.join(" ")
}

/// The kind of a setting in Meltano. It decides how Meltano reads the value in the environment and
/// in `meltano config set`. What may have several types stays text, which the tap reads by itself.
fn kind(setting: &Value) -> &'static str {
    match setting["type"].as_str() {
        Some("array") => "array",
        Some("boolean") => "boolean",
        Some("integer") => "integer",
        Some("number") => "decimal",
        _ if setting["format"] == "date-time" => "date_iso8601",
        _ => "string",
    }
}

/// Every group with the number of its streams.
fn groups() -> String {
    let count = |group: Group| streams::all().iter().filter(|stream| stream.group == group).count();
    let named: Vec<String> =
        Group::ALL.iter().map(|group| format!("{} ({})", group.name(), count(*group))).collect();
    named.join(", ")
}

/// Markdown without its links, because Meltano shows descriptions as plain text.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('[').and_then(|(before, link)| Some((before, link.split_once("](")?)))
    {
        plain.push_str(before);
        plain.push_str(name);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_their_names() {
        for (text, plain) in [
            ("[a](b) and [c](d#e).", "a and c."),
            ("`scheme://host[:port]`.", "`scheme://host[:port]`."),
            ("none", "none"),
        ] {
            assert_eq!(without_links(text), plain);
        }
    }

    #[test]
    fn labels_are_words() {
        for (name, words) in [("app_id", "App ID"), ("ca_file", "CA file"), ("secret", "Secret")] {
            assert_eq!(label(name), words);
        }
    }
}

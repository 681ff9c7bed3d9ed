//! Reads config files, explains what is wrong with one that is not a JSON object, and warns if
//! other users of the machine can read the secrets in it.

use super::SMALLEST;
use crate::error::input;
use crate::files;
use anyhow::Result;
use serde_json::{Map, Value};
use std::path::Path;

/// The settings of a file, unchecked.
pub(super) fn read(path: &str) -> Result<Map<String, Value>> {
    let text = files::read("config", path)?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(settings)) => {
            if (settings.contains_key("access_token") || settings.contains_key("secret"))
                && !is_of_meltano(path)
            {
                warn_of_readers(path);
            }
            Ok(settings)
        }
        Ok(_) => Err(input(format!("config: `{path}` is not a JSON object; {SMALLEST}"))),
        Err(_) if text.trim().is_empty() => {
            Err(input(format!("config: `{path}` is empty; {SMALLEST}")))
        }
        Err(error) => {
            let hint = if is_yaml(&text) {
                format!("; it looks like YAML, but the config must be JSON: {SMALLEST}")
            } else {
                String::new()
            };
            Err(input(format!("config: `{path}` is not valid JSON: {error}{hint}")))
        }
    }
}

/// Whether Meltano wrote the file. It does so for each run, with a mode that users cannot change,
/// and deletes the file afterwards.
fn is_of_meltano(path: &str) -> bool {
    let parts: Vec<_> =
        Path::new(path).components().map(|part| part.as_os_str().to_owned()).collect();
    parts.windows(2).any(|pair| pair[0] == ".meltano" && pair[1] == "run")
}

/// Warns if every user of the machine can read a file with a secret.
fn warn_of_readers(path: &str) {
    #[cfg(not(unix))]
    let _ = path; // there is no such mode
    #[cfg(unix)]
    if std::fs::metadata(path)
        .is_ok_and(|file| std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o004 != 0)
    {
        log::warn!(
            "config: every user of this machine can read `{path}`, which contains a secret; \
             use `chmod 600` to keep it private"
        );
    }
}

/// Whether the first line with content is `---`, `name:` or `name: value`.
fn is_yaml(text: &str) -> bool {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or_default();
    let name = first
        .split_once(':')
        .filter(|(_, value)| value.is_empty() || value.starts_with(' '))
        .map(|(name, _)| name);
    first.starts_with("---")
        || name.is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_is_distinguished_from_broken_json() {
        for yaml in ["access_token: x\n", "# ours\n\n---\na: 1", "accounts:\n  - 1\n"] {
            assert!(is_yaml(yaml), "{yaml}");
        }
        for json in ["{", "", "{\"a\": 1", "\"a\": 1", "{a: 1}", "https://example.com", "a = 1"] {
            assert!(!is_yaml(json), "{json}");
        }
    }

    #[test]
    fn the_run_folder_of_meltano_is_recognized_by_its_name() {
        for path in [
            ".meltano/run/tap-tiktok-ads/tap.1.config.json",
            "/srv/project/.meltano/run/elt/a/b/tap.config.json",
        ] {
            assert!(is_of_meltano(path), "{path}");
        }
        for path in [
            "config.json",
            "/srv/meltano/run/config.json",
            ".meltano/config.json",
            "run/.meltano/config.json",
        ] {
            assert!(!is_of_meltano(path), "{path}");
        }
    }
}

//! Reads settings as `schemas/config.json` describes them: names, aliases, types and defaults.
//! Orchestrators pass unset settings as null or as empty text, and values in types of their own.

use super::values::convert;
use crate::error::input;
use anyhow::Result;
use serde_json::{Map, Value};
use std::sync::OnceLock;

/// The schema of the configuration, with the settings in the order of the documentation.
pub(crate) fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        serde_json::from_str(include_str!("../../schemas/config.json"))
            .expect("the built-in schema is valid")
    })
}

/// All settings with their schemas.
pub fn settings() -> impl Iterator<Item = (&'static str, &'static Value)> {
    schema()["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.as_str(), schema))
}

/// The settings without which a sync cannot start.
fn required() -> impl Iterator<Item = &'static str> {
    schema()["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Whether a sync cannot start without this setting.
pub(crate) fn is_required(name: &str) -> bool {
    required().any(|one| one == name)
}

/// The other names that a setting may have.
pub(crate) fn aliases(setting: &'static Value) -> impl Iterator<Item = &'static str> {
    setting["x-aliases"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The settings of one config file under their main names, without unset ones. If a setting has two
/// names in the file, the main name wins.
pub(super) fn by_main_names(mut given: Map<String, Value>) -> Map<String, Value> {
    given.retain(|_, value| {
        !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty())
    });
    for (name, setting) in settings() {
        for alias in aliases(setting) {
            let Some(value) = given.shift_remove(alias) else { continue };
            match given.get(name) {
                None => drop(given.insert(name.to_owned(), value)),
                Some(own) if *own == value => {}
                Some(_) => log::warn!(
                    "config: `{alias}` is another name of `{name}`, which is also set; \
                     `{alias}` is ignored"
                ),
            }
        }
    }
    given
}

/// Reads settings: main names, the types of the schema, and defaults for missing ones. Unknown
/// names are warned of.
pub(super) fn read(given: Map<String, Value>) -> Result<Map<String, Value>> {
    let mut given = by_main_names(given);
    let read = converted(&mut given);
    for name in given.keys() {
        warn_unknown(name);
    }
    for name in required() {
        if !read.contains_key(name) {
            return Err(input(format!(
                "config: `{name}` is missing; set it to {}",
                expected(name)
            )));
        }
    }
    check(&read, schema())?;
    Ok(read)
}

/// Reads only these settings, whatever else is given or missing.
pub(super) fn read_some(
    mut given: Map<String, Value>,
    names: &[&str],
) -> Result<Map<String, Value>> {
    given.retain(|name, _| names.contains(&name.as_str()));
    let read = converted(&mut by_main_names(given));
    let mut schema = schema().clone();
    schema["required"] = Value::Array(Vec::new());
    check(&read, &schema)?;
    Ok(read)
}

/// The known settings in the types of the schema, with defaults for missing ones. Unknown ones stay
/// behind.
fn converted(given: &mut Map<String, Value>) -> Map<String, Value> {
    let mut read = Map::new();
    for (name, setting) in settings() {
        let value = match (given.shift_remove(name), setting.get("default")) {
            (Some(value), _) => convert(value, setting),
            (None, Some(default)) => default.clone(),
            (None, None) => continue,
        };
        read.insert(name.to_owned(), value);
    }
    read
}

fn check(settings: &Map<String, Value>, schema: &Value) -> Result<()> {
    // Dates come in more forms than the keyword `format` allows; `pattern` lists them.
    let validator = jsonschema::draft7::options().should_validate_formats(false).build(schema)?;
    let whole = Value::Object(settings.clone());
    match validator.iter_errors(&whole).next() {
        None => Ok(()),
        // The error itself would show the value, which may be a secret.
        Some(error) => {
            let path = error.instance_path().to_string();
            let name =
                path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
            Err(input(format!("config: `{name}` is not valid; expected {}", expected(&name))))
        }
    }
}

/// A description of the values that a setting takes, for errors.
pub(super) fn expected(name: &str) -> &'static str {
    schema()["properties"][name]["x-expected"].as_str().unwrap_or("another value")
}

fn warn_unknown(name: &str) {
    let known =
        settings().flat_map(|(setting, schema)| std::iter::once(setting).chain(aliases(schema)));
    let near = known.map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    match near {
        Some((distance, known)) if distance <= 3 && distance < known.len() / 2 => {
            log::warn!("config: unknown setting `{name}` ignored; did you mean `{known}`?");
        }
        _ => log::warn!("config: unknown setting `{name}` ignored"),
    }
}

#[cfg(test)]
mod tests;

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
mod tests {
    use super::*;
    use serde_json::json;

    fn read_with(name: &str, value: Value) -> Result<Map<String, Value>> {
        let required = [
            ("access_token", json!("t")),
            ("accounts", json!("1")),
            ("start_date", json!("2026-01-31")),
        ];
        let is_given = |own: &str| {
            own == name || aliases(&schema()["properties"][own]).any(|alias| alias == name)
        };
        let others = required.into_iter().filter(|(own, _)| !is_given(own));
        let mut given: Map<_, _> = others.map(|(own, value)| (own.to_owned(), value)).collect();
        given.insert(name.to_owned(), value);
        read(given)
    }

    #[test]
    fn values_are_converted_to_the_types_of_the_schema() {
        for (name, given, setting, want) in [
            (
                "accounts",
                json!("7012345678901234567, 7012345678901234568"),
                "accounts",
                json!(["7012345678901234567", "7012345678901234568"]),
            ),
            (
                "advertiser_ids",
                json!([7_012_345_678_901_234_567_i64, "2"]),
                "accounts",
                json!(["7012345678901234567", "2"]),
            ),
            (
                "advertiser_id",
                json!(7_012_345_678_901_234_567_i64),
                "accounts",
                json!(["7012345678901234567"]),
            ),
            ("accounts", json!("[\"1\",2]"), "accounts", json!(["1", "2"])),
            ("sandbox", json!("true"), "sandbox", json!(true)),
            ("include_deleted", json!(0), "include_deleted", json!(false)),
            ("lookback", json!("28"), "attribution_window", json!(28)),
            ("page_size", json!(50.0), "page_size", json!(50)),
            ("page_size", json!("5e1"), "page_size", json!(50)),
            ("lookback", json!("7.00"), "attribution_window", json!(7)),
            ("lookback", json!("70e-1"), "attribution_window", json!(7)),
            ("lookback", json!(" +7. "), "attribution_window", json!(7)),
            ("lookback", json!("0.0"), "attribution_window", json!(0)),
            ("lookback", json!(7e0), "attribution_window", json!(7)),
            ("rate_limit", json!("2.5"), "rate_limit", json!(2.5)),
            ("rate_limit", json!("Premium"), "rate_limit", json!("premium")),
            ("request_timeout", json!(""), "request_timeout", json!(300)),
            ("concurrency", Value::Null, "concurrency", json!(4)),
            (
                "app_id",
                json!(7_123_456_789_012_345_678_i64),
                "app_id",
                json!("7123456789012345678"),
            ),
        ] {
            let read =
                read_with(name, given.clone()).unwrap_or_else(|e| panic!("{name} {given}: {e}"));
            assert_eq!(read[setting], want, "{name} {given}");
        }
    }

    #[test]
    fn a_missing_setting_is_named() {
        let whole = json!({"access_token": "t", "accounts": "1", "start_date": "2026-01-31"});
        let whole = whole.as_object().expect("an object");
        assert!(read(whole.clone()).is_ok());
        assert_eq!(whole.keys().collect::<Vec<_>>(), required().collect::<Vec<_>>());
        for name in required() {
            let mut given = whole.clone();
            given.insert(name.to_owned(), Value::Null);
            let message = read(given).expect_err(name).to_string();
            assert!(message.contains(&format!("`{name}` is missing")), "{message}");
        }
    }

    #[test]
    fn every_number_has_bounds_that_its_error_names() {
        let is_number = |setting: &Value| {
            ["integer", "number"].iter().any(|t| {
                setting["type"].as_str() == Some(t)
                    || setting["type"].as_array().is_some_and(|all| all.contains(&json!(t)))
            })
        };
        for (name, setting) in settings().filter(|(_, setting)| is_number(setting)) {
            for bound in ["minimum", "maximum"] {
                assert!(setting[bound].is_number(), "{name} has no {bound}");
                assert!(
                    expected(name).contains(&setting[bound].to_string()),
                    "{name}: the error does not name the {bound}"
                );
            }
            for beyond in [json!(-1e18), json!(1e18), json!("1e300"), json!("-1e300")] {
                assert!(read_with(name, beyond.clone()).is_err(), "{name} takes {beyond}");
            }
        }
    }

    #[test]
    fn aliases_are_replaced_by_the_main_name() {
        let own = |given: Value| {
            Value::Object(by_main_names(given.as_object().expect("an object").clone()))
        };
        assert_eq!(
            own(json!({"advertiser_ids": [1], "lookback": 3})),
            json!({"accounts": [1], "attribution_window": 3})
        );
        assert_eq!(own(json!({"advertiser_ids": [1], "accounts": [2]})), json!({"accounts": [2]}));
        assert_eq!(own(json!({"advertiser_ids": [1], "accounts": ""})), json!({"accounts": [1]}));
        assert_eq!(
            own(json!({"advertiser_id": 1, "advertiser_ids": [2], "x": null})),
            json!({"accounts": [2]})
        );
    }

    #[test]
    fn an_invalid_value_is_never_shown_but_its_setting_is_named() {
        for (name, given) in [
            ("page_size", json!(100_000)),
            ("page_size", json!("many-secret")),
            ("concurrency", json!(0)),
            ("start_date", json!("yesterday-secret")),
            ("rate_limit", json!("fast-secret")),
            ("rate_limit", json!(0)),
            ("sandbox", json!("maybe-secret")),
            ("accounts", json!([])),
            ("attribution_window", json!(-1)),
            ("attribution_window", json!(7.5)),
            ("attribution_window", json!("7.5")),
            ("attribution_window", json!("7.0000000000000000001")),
            ("attribution_window", json!("7e")),
            ("attribution_window", json!("7e99999999999")),
            ("attribution_window", json!("1e400")),
            ("attribution_window", json!("9999999999999999999999")),
            ("attribution_window", json!(".")),
            ("rate_limit", json!(1e-300)),
            ("rate_limit", json!(1e300)),
            ("request_timeout", json!(1e19)),
            ("request_timeout", json!("1e400")),
            ("max_runtime", json!(1e-300)),
            ("max_runtime", json!(1e19)),
            ("base_url", json!("ftp://secret")),
            ("verify", json!("secret-yes")),
            ("metrics", json!({"secret": 1})),
            ("custom_reports", json!(["secret"])),
            ("max_runtime", json!("soon-secret")),
            ("access_token", json!({"secret": 1})),
        ] {
            let message = read_with(name, given.clone()).expect_err(name).to_string();
            assert!(message.contains(name) && !message.contains("secret"), "{given}: {message}");
        }
    }
}

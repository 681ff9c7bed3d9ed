//! The values of parameters: text, numbers, dates, and JSON. Each is checked by itself; the message
//! says what is wrong about it.

use super::params::{FilterKey, FilterKind, ParamKind, strings};
use crate::world::TIME_FORMAT;
use serde_json::Value;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{Date, PrimitiveDateTime};

pub(crate) const DATE_FORMAT: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// Checks the value of a parameter as it stands in the query.
pub(crate) fn check_value(kind: &ParamKind, value: &str) -> Result<(), String> {
    match kind {
        ParamKind::Text if value.is_empty() => Err("must not be empty".to_owned()),
        ParamKind::Text => Ok(()),
        ParamKind::Integer => {
            // `parse` alone would take a sign.
            let digits = !value.is_empty()
                && value.len() < 10
                && value.bytes().all(|byte| byte.is_ascii_digit());
            digits.then_some(()).ok_or_else(|| "must be an integer".to_owned())
        }
        ParamKind::UpTo(most) => {
            let fits = value.parse().is_ok_and(|number: usize| (1..=*most).contains(&number));
            fits.then_some(()).ok_or_else(|| format!("must be between 1 and {most}"))
        }
        ParamKind::Ids(_) => check_texts(&parse(value)?, usize::MAX),
        ParamKind::Boolean => check_choice(value, &["true", "false"]),
        ParamKind::Date => check_date(value),
        ParamKind::Time => check_time(value),
        ParamKind::Objects => check_objects(&parse(value)?),
        ParamKind::Choice(choices) => check_choice(value, choices),
        ParamKind::Texts(most) => check_texts(&parse(value)?, *most),
        ParamKind::Choices(choices) => check_choices(&parse(value)?, choices),
        ParamKind::Object(keys) => check_object(&parse(value)?, keys),
        ParamKind::Conditions => parse(value).map(drop), // its rules are those of reports
    }
}

fn parse(value: &str) -> Result<Value, String> {
    let parsed: Value = serde_json::from_str(value).map_err(|_| {
        let twice = value.starts_with("%5B") || value.starts_with("%7B");
        if twice { "encoded twice".to_owned() } else { "must be JSON".to_owned() }
    })?;
    if parsed.is_string() {
        return Err("is JSON inside a JSON string: encoded twice".to_owned());
    }
    Ok(parsed)
}

fn check_object(value: &Value, keys: &[FilterKey]) -> Result<(), String> {
    let object = value.as_object().ok_or("must be an object")?;
    for (name, value) in object {
        let key = keys
            .iter()
            .find(|key| key.name == name)
            .ok_or_else(|| format!("{name}: unknown key"))?;
        check_filter(&key.kind, value).map_err(|why| format!("{name}: {why}"))?;
    }
    let missing = keys.iter().find(|key| key.required && !object.contains_key(key.name));
    if let Some(key) = missing {
        return Err(format!("{}: Missing data for required field.", key.name));
    }
    Ok(())
}

fn check_filter(kind: &FilterKind, value: &Value) -> Result<(), String> {
    let text = || value.as_str().ok_or_else(|| "must be a string".to_owned());
    match kind {
        FilterKind::Text => text().map(drop),
        FilterKind::Boolean => {
            value.as_bool().map(drop).ok_or_else(|| "must be true or false".to_owned())
        }
        FilterKind::Texts(most) => check_texts(value, *most),
        FilterKind::Choice(choices) => check_choice(text()?, choices),
        FilterKind::Choices(choices) => check_choices(value, choices),
        FilterKind::Date => check_date(text()?),
        FilterKind::Time => check_time(text()?),
        FilterKind::Integer => {
            value.as_u64().map(drop).ok_or_else(|| "must be an integer".to_owned())
        }
        FilterKind::Numbers => {
            let numbers = value.as_array().is_some_and(|all| all.iter().all(Value::is_number));
            numbers.then_some(()).ok_or_else(|| "must be an array of numbers".to_owned())
        }
        FilterKind::Objects => check_objects(value),
    }
}

fn check_date(text: &str) -> Result<(), String> {
    let date = Date::parse(text, DATE_FORMAT);
    date.map(drop).map_err(|_| "must be a date, YYYY-MM-DD".to_owned())
}

fn check_time(text: &str) -> Result<(), String> {
    let time = PrimitiveDateTime::parse(text, TIME_FORMAT);
    time.map(drop).map_err(|_| "must be a time, YYYY-MM-DD HH:MM:SS".to_owned())
}

fn check_objects(value: &Value) -> Result<(), String> {
    let objects = value.as_array().is_some_and(|all| all.iter().all(Value::is_object));
    objects.then_some(()).ok_or_else(|| "must be an array of objects".to_owned())
}

/// An array of texts, neither empty nor longer than allowed.
pub(crate) fn check_texts(value: &Value, most: usize) -> Result<(), String> {
    let array = value.as_array().ok_or("must be an array")?;
    if !array.iter().all(Value::is_string) {
        return Err("must be an array of strings".to_owned());
    }
    if array.is_empty() || array.len() > most {
        return Err(format!("must have 1 to {most} elements"));
    }
    Ok(())
}

fn check_choices(value: &Value, choices: &[&str]) -> Result<(), String> {
    check_texts(value, choices.len())?;
    strings(value).iter().try_for_each(|text| check_choice(text, choices))
}

fn check_choice(value: &str, choices: &[&str]) -> Result<(), String> {
    if choices.contains(&value) {
        return Ok(());
    }
    Err(format!("must be one of {}, not {value:?}", choices.join(", ")))
}

//! Custom reports: the setting `custom_reports` describes reports by type, level, dimensions and
//! metrics, and each becomes a stream like the built-in ones.

use super::dictionary::{Grain, dictionary};
use super::legal::{self, Combination};
use super::more_metrics::{is_known, reasons, warn_unknown};
use super::nearest::hint;
use super::{Filter, Group, Report, Stream};
use serde_json::{Map, Value};

const MEMBERS: [&str; 8] = [
    "name",
    "report_type",
    "data_level",
    "dimensions",
    "metrics",
    "filtering",
    "grain",
    "include_deleted",
];
const CONDITION: [&str; 3] = ["field_name", "filter_type", "filter_value"];
const FILTER_TYPES: [&str; 10] = [
    "IN",
    "NOT_IN",
    "MATCH",
    "CONTAIN_ANY_OF",
    "GREATER_EQUAL",
    "GREATER_THAN",
    "LOWER_EQUAL",
    "LOWER_THAN",
    "BETWEEN",
    "RANGE",
];
/// The filters that decide about deleted entities, of which one fits each level.
const STATUS_FILTERS: [&str; 3] = ["campaign_status", "adgroup_status", "ad_status"];
/// Targets create a table per stream, and PostgreSQL limits names to 63 characters.
const MOST_NAME: usize = 62;

/// The stream of the custom report at a place of the setting. `others` are the streams whose names
/// are taken. An error names the report, what is wrong with it and what would be legal.
pub(super) fn stream(given: &Value, place: usize, others: &[Stream]) -> Result<Stream, String> {
    let empty = Map::new();
    let given = given.as_object().unwrap_or(&empty);
    let name =
        text(given, "name").map_err(|error| format!("`custom_reports[{place}]`: {error}"))?;
    let of_report = |error: String| format!("custom report `{name}`: {error}");
    let name = checked_name(name, others).map_err(of_report)?;
    let report = report(name, given).map_err(of_report)?;
    let rows = report.dimensions.join(", ");
    let about = format!("Custom report: {} by {rows}", report.report_type);
    Ok(report.stream(name, Group::Core, about))
}

fn checked_name(name: &str, others: &[Stream]) -> Result<&'static str, String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(is_part)
        && name.len() <= MOST_NAME;
    if !is_name {
        return Err(format!(
            "`name` must start with a letter and have only lower-case letters, digits and `_`, at \
             most {MOST_NAME} of them"
        ));
    }
    if others.iter().any(|other| other.name == name) {
        return Err("there is already a stream of this name; choose another `name`".to_owned());
    }
    Ok(name.to_owned().leak())
}

fn report(name: &str, given: &Map<String, Value>) -> Result<Report, String> {
    if let Some(unknown) = given.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
        let near = hint(unknown, MEMBERS.into_iter());
        return Err(format!("`{unknown}` is not a member of a report{near}"));
    }
    let dimensions = texts(given, "dimensions")?.unwrap_or_default();
    let combination = Combination {
        report_type: text(given, "report_type")?,
        data_level: optional(given, "data_level")?,
        dimensions: dimensions.iter().map(String::as_str).collect(),
        grain: grain(given)?,
    };
    let mut report = legal::report(&combination)?;
    report.settings.metrics =
        texts(given, "metrics")?.filter(|metrics| !metrics.is_empty()).map(without_twins);
    check_metrics(name, &report)?;
    report.settings.filters = filters(given, &report)?;
    report.settings.include_deleted = flag(given, "include_deleted")?;
    Ok(report)
}

fn grain(given: &Map<String, Value>) -> Result<Option<Grain>, String> {
    let Some(name) = optional(given, "grain")? else { return Ok(None) };
    let found = Grain::ALL.into_iter().find(|grain| grain.name() == name);
    found.map(Some).ok_or_else(|| {
        let names = Grain::ALL.map(Grain::name);
        let near = hint(name, names.into_iter());
        format!("`grain` `{name}` is not one of {}{near}", names.join(", "))
    })
}

/// Refuses metrics that such a report cannot have, because TikTok refuses the whole report for one
/// of them.
fn check_metrics(name: &str, report: &Report) -> Result<(), String> {
    let names: Vec<&str> = report.settings.metrics.iter().flatten().map(String::as_str).collect();
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for metric in names {
        if !is_known(metric)? {
            unknown.push(metric);
        } else if !dictionary().fits(metric, &report.grouping()) {
            wrong.push(metric);
        }
    }
    if !wrong.is_empty() {
        return Err(format!(
            "`metrics` names metrics that the report cannot have: {}",
            reasons(&wrong, report)
        ));
    }
    warn_unknown(&format!("custom report `{name}`"), unknown.into_iter());
    Ok(())
}

fn filters(given: &Map<String, Value>, report: &Report) -> Result<Vec<Filter>, String> {
    let Some(conditions) = given.get("filtering").filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let conditions = conditions.as_array().ok_or_else(|| {
        format!("`filtering` must be an array of objects with {}", CONDITION.join(", "))
    })?;
    if !conditions.is_empty() && !legal::kind(report.report_type)?.takes_filters {
        return Err(format!("{} reports take no `filtering`", report.report_type));
    }
    let at = |place: usize, error: String| format!("`filtering[{place}]`: {error}");
    let read =
        |(place, value): (usize, &Value)| filter(value, report).map_err(|error| at(place, error));
    conditions.iter().enumerate().map(read).collect()
}

fn filter(given: &Value, report: &Report) -> Result<Filter, String> {
    let empty = Map::new();
    let given = given.as_object().unwrap_or(&empty);
    if let Some(unknown) = given.keys().find(|key| !CONDITION.contains(&key.as_str())) {
        let near = hint(unknown, CONDITION.into_iter());
        return Err(format!("`{unknown}` is not a member of a condition{near}"));
    }
    let (field_name, filter_type) = (text(given, "field_name")?, text(given, "filter_type")?);
    if !FILTER_TYPES.contains(&filter_type) {
        let near = hint(filter_type, FILTER_TYPES.into_iter());
        let known = FILTER_TYPES.join(", ");
        return Err(format!("`filter_type` `{filter_type}` is not one of {known}{near}"));
    }
    let own = report.status_filter();
    if STATUS_FILTERS.contains(&field_name) && own != Some(field_name) {
        let level = report.data_level.unwrap_or_default();
        let legal = own.map_or("which has no such filter".to_owned(), |own| format!("use `{own}`"));
        return Err(format!("`field_name` `{field_name}` does not fit {level}; {legal}"));
    }
    let filter_value = match given.get("filter_value") {
        None | Some(Value::Null) => return Err("`filter_value` is missing".to_owned()),
        Some(Value::String(text)) => text.clone(),
        // TikTok expects JSON as text.
        Some(value) => value.to_string(),
    };
    Ok(Filter {
        field_name: field_name.to_owned(),
        filter_type: filter_type.to_owned(),
        filter_value,
    })
}

/// A text that is required.
fn text<'g>(given: &'g Map<String, Value>, name: &str) -> Result<&'g str, String> {
    optional(given, name)?.ok_or_else(|| format!("`{name}` is missing"))
}

/// A text that may be missing, null or empty.
fn optional<'g>(given: &'g Map<String, Value>, name: &str) -> Result<Option<&'g str>, String> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        Some(_) => Err(format!("`{name}` must be text")),
    }
}

/// An array of texts, which may also be one text with commas.
fn texts(given: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, String> {
    let wrong = || format!("`{name}` must be an array of names");
    let own = |text: &str| text.trim().to_owned();
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            Ok(Some(text.split(',').map(own).filter(|part| !part.is_empty()).collect()))
        }
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(own).ok_or_else(wrong))
            .collect::<Result<_, _>>()
            .map(Some),
        Some(_) => Err(wrong()),
    }
}

fn flag(given: &Map<String, Value>, name: &str) -> Result<Option<bool>, String> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::String(text)) if text == "true" => Ok(Some(true)),
        Some(Value::String(text)) if text == "false" => Ok(Some(false)),
        Some(_) => Err(format!("`{name}` must be true or false")),
    }
}

fn without_twins(names: Vec<String>) -> Vec<String> {
    let mut own: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !own.contains(&name) {
            own.push(name);
        }
    }
    own
}

#[cfg(test)]
mod tests;

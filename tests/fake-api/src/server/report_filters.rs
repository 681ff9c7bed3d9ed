//! The filter of reports: conditions whose value is JSON inside a string.
//! Owns its rules and what it does to a query.

use super::envelope::Refusal;
use super::params::{check_texts, strings};
use crate::{Level, ReportQuery};
use serde_json::Value;

const FILTER_TYPES: [&str; 10] = [
    "IN",
    "MATCH",
    "GREATER_EQUAL",
    "GREATER_THAN",
    "LOWER_EQUAL",
    "LOWER_THAN",
    "BETWEEN",
    "RANGE",
    "CONTAIN_ANY_OF",
    "NOT_IN",
];

/// Fields TikTok takes that this server does not.
const NOT_SERVED: [&str; 5] =
    ["ad_ids_v2", "campaign_automation_type", "objective_type", "billing_event", "create_time"];

/// Puts the conditions into the query.
pub(crate) fn apply(query: &mut ReportQuery, filtering: &Value) -> Result<(), Refusal> {
    if filtering.is_null() {
        return Ok(());
    }
    let conditions = filtering.as_array().ok_or_else(|| wrong("must be an array"))?;
    for condition in conditions {
        let object = condition.as_object().ok_or_else(|| wrong("a condition must be an object"))?;
        let names = ["field_name", "filter_type", "filter_value"];
        if let Some(name) = object.keys().find(|name| !names.contains(&name.as_str())) {
            return Err(wrong(&format!("{name}: unknown key")));
        }
        let text = |name: &str| {
            condition[name].as_str().ok_or_else(|| wrong(&format!("{name}: must be a string")))
        };
        let (field, kind, value) =
            (text("field_name")?, text("filter_type")?, text("filter_value")?);
        if !FILTER_TYPES.contains(&kind) {
            return Err(wrong(&format!("filter_type: unknown type {kind}")));
        }
        let value = serde_json::from_str(value)
            .map_err(|_| wrong("filter_value: must be JSON in a string"))?;
        apply_one(query, field, kind, &value).map_err(|refusal| Refusal {
            message: format!("filtering: {field}: {}", refusal.message),
            ..refusal
        })?;
    }
    Ok(())
}

fn apply_one(
    query: &mut ReportQuery,
    field: &str,
    kind: &str,
    value: &Value,
) -> Result<(), Refusal> {
    if NOT_SERVED.contains(&field) {
        return Err(Refusal::by_option(40002, "not served by this stand-in"));
    }
    let known = ["ids", "status", "buying_type", "campaign_system_origins"];
    if !known.iter().any(|end| field.ends_with(end)) {
        return Err(Refusal::wrong("unknown field"));
    }
    if kind != "IN" {
        return Err(Refusal::wrong(format!("filter_type {kind} is not allowed, only IN")));
    }
    check_texts(value, 100).map_err(Refusal::wrong)?;
    let texts = strings(value);
    let has = |wanted: &str| texts.iter().any(|text| text == wanted);
    match field {
        "campaign_ids" => query.campaign_ids = texts,
        "adgroup_ids" => query.adgroup_ids = texts,
        "ad_ids" => query.ad_ids = texts,
        "buying_type" => query.top_view = has("RESERVATION_TOP_VIEW"),
        "campaign_system_origins" => query.promote = has("PROMOTE"),
        "campaign_status" | "adgroup_status" | "ad_status" => {
            check_status(query.level, field)?;
            query.include_deleted = match (has("STATUS_ALL"), has("STATUS_NOT_DELETE")) {
                (true, _) => true,
                (false, true) => false,
                (false, false) => {
                    return Err(Refusal::by_option(
                        40002,
                        "only STATUS_ALL and STATUS_NOT_DELETE are served by this stand-in",
                    ));
                }
            };
        }
        _ => return Err(Refusal::wrong("unknown field")),
    }
    Ok(())
}

/// The status filter is that of the level; the advertiser level has none.
fn check_status(level: Level, field: &str) -> Result<(), Refusal> {
    let own = match level {
        Level::Advertiser => None,
        Level::Campaign => Some("campaign_status"),
        Level::Adgroup => Some("adgroup_status"),
        Level::Ad => Some("ad_status"),
    };
    if own == Some(field) {
        return Ok(());
    }
    Err(Refusal::wrong(format!("does not match data_level {}", level.name())))
}

fn wrong(why: &str) -> Refusal {
    Refusal::wrong(format!("filtering: {why}"))
}

//! The filters of reports and what they do to a query. Those of `report/integrated/get/` are
//! conditions whose values are JSON inside a string; those of other endpoints are objects.

use super::envelope::Refusal;
use super::params::{Params, check_texts, strings};
use crate::world::{Grouping, ReportKind};
use crate::{Level, ReportQuery, ReportType};
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
const NOT_SERVED: [&str; 4] =
    ["campaign_automation_type", "objective_type", "billing_event", "create_time"];

/// Puts the filters into the query.
pub(crate) fn apply(
    kind: ReportKind,
    grouping: Option<Grouping>,
    query: &mut ReportQuery,
    params: &Params,
) -> Result<(), Refusal> {
    let filtering = params.json("filtering");
    if params.path() == "report/integrated/get/" {
        return apply_conditions(kind, query, &filtering);
    }
    let given: Vec<_> = filtering.as_object().into_iter().flatten().collect();
    let values = |name: &str| strings(&filtering[name]);
    if let Some((name, _)) =
        given.iter().find(|(name, _)| kind.texts("not_served").contains(&name.as_str()))
    {
        return Err(not_served(name));
    }
    let exclusive = kind.texts("exclusive");
    let together = exclusive.iter().filter(|name| !values(name).is_empty()).count();
    let has_to_be = query.report_type == ReportType::VideoPerformance;
    if together > 1 || (has_to_be && together == 0) {
        return Err(wrong(&format!("only one of {} can be given", exclusive.join(", "))));
    }
    check_videos(query, params, &values)?;
    let grouping_has = |key| grouping.map_or_else(Vec::new, |grouping| grouping.texts(key));
    if let Some(name) = grouping_has("needs").into_iter().find(|name| values(name).is_empty()) {
        return Err(Refusal::wrong(format!("filtering.{name}: Missing data for required field.")));
    }
    if let Some(name) = grouping_has("one").into_iter().find(|name| values(name).len() != 1) {
        return Err(wrong(&format!("{name}: exactly one value is required")));
    }
    for (name, id) in kind.filters() {
        if !values(name).is_empty() {
            query.ids.push((id.to_owned(), values(name)));
        }
    }
    let statuses = values("campaign_statuses");
    query.include_deleted |=
        statuses.iter().any(|status| status == "STATUS_ALL" || status == "STATUS_DELETE");
    // Reports that cannot tell deleted things from others have both.
    query.include_deleted |= query.report_type != ReportType::GmvMax;
    Ok(())
}

/// One ad's video takes ids of ads, ad groups or campaigns; a video's own report takes its id.
fn check_videos(
    query: &ReportQuery,
    params: &Params,
    values: &dyn Fn(&str) -> Vec<String>,
) -> Result<(), Refusal> {
    let is_video = params.text("report_type") == Some("VIDEO");
    let of_video = !values("video_ids").is_empty() || !values("material_ids").is_empty();
    if query.report_type == ReportType::VideoPerformance && is_video != of_video {
        return Err(wrong("video_ids and material_ids go with report_type VIDEO, others with AD"));
    }
    Ok(())
}

fn not_served(name: &str) -> Refusal {
    Refusal::by_option(40002, format!("filtering: {name}: not served by this stand-in"))
}

/// Puts the conditions into the query.
fn apply_conditions(
    kind: ReportKind,
    query: &mut ReportQuery,
    filtering: &Value,
) -> Result<(), Refusal> {
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
        let (field, how, value) =
            (text("field_name")?, text("filter_type")?, text("filter_value")?);
        if !FILTER_TYPES.contains(&how) {
            return Err(wrong(&format!("filter_type: unknown type {how}")));
        }
        let value = serde_json::from_str(value)
            .map_err(|_| wrong("filter_value: must be JSON in a string"))?;
        let applied = match query.report_type {
            ReportType::Basic | ReportType::Audience => apply_one(query, field, how, &value),
            _ => apply_other(kind, query, field, how, &value),
        };
        applied.map_err(|refusal| Refusal {
            message: format!("filtering: {field}: {}", refusal.message),
            ..refusal
        })?;
    }
    Ok(())
}

/// A condition on what only some kinds of reports have.
fn apply_other(
    kind: ReportKind,
    query: &mut ReportQuery,
    field: &str,
    how: &str,
    value: &Value,
) -> Result<(), Refusal> {
    if kind.texts("not_served").contains(&field) {
        return Err(not_served(field));
    }
    let Some((_, id)) = kind.filters().find(|(name, _)| *name == field) else {
        return Err(Refusal::wrong(format!("unknown field of {}", query.report_type.name())));
    };
    if how != "IN" {
        return Err(Refusal::wrong(format!("filter_type {how} is not allowed, only IN")));
    }
    check_texts(value, 100).map_err(Refusal::wrong)?;
    query.ids.push((id.to_owned(), strings(value)));
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
    let known = ["ids", "ad_ids_v2", "status", "buying_type", "campaign_system_origins"];
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
        "ad_ids_v2" if query.dimensions.iter().any(|name| name == "ad_id_v2") => {
            query.ids.push(("ad_id_v2".to_owned(), texts));
        }
        "ad_ids_v2" => return Err(Refusal::wrong("goes with the dimension ad_id_v2")),
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

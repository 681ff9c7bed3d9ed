//! Which dimensions go together in a report, and which metrics go with them.

use super::envelope::Refusal;
use super::params::Params;
use super::report_windows::{is_lifetime, time_dimension};
use crate::world::{Dictionary, DimensionKind, Grouping, Place, ReportKind};
use crate::{Level, ReportQuery, ReportType};
use std::collections::HashSet;

/// Checks the dimensions; says which grouping of the table they are, where it has groupings.
pub(crate) fn check(kind: ReportKind, query: &ReportQuery) -> Result<Option<Grouping>, Refusal> {
    if has_twins(&query.dimensions) {
        return Err(wrong(query, "one is given twice"));
    }
    match query.report_type {
        ReportType::Basic | ReportType::Audience => check_parts(query).map(|()| None),
        _ if kind.has("columns") => Ok(None),
        _ => {
            let level = query.level.name();
            let fits = |grouping: &Grouping| {
                grouping.fits(&query.dimensions)
                    && grouping.text("level").is_none_or(|own| own == level)
            };
            let found = kind.groupings().find(fits);
            found.map(Some).ok_or_else(|| wrong(query, "have no relation"))
        }
    }
}

/// BASIC and AUDIENCE: an id, a time and breakdowns, of each so many.
fn check_parts(query: &ReportQuery) -> Result<(), Refusal> {
    let wrong = |why: &str| Err(wrong(query, why));
    let dictionary = Dictionary::get();
    let level = query.level.name();
    let mut ids = Vec::new();
    let mut times = Vec::new();
    let mut breakdowns = Vec::new();
    for name in &query.dimensions {
        let known = dictionary.dimensions.get(name).filter(|known| {
            // Hours do exist elsewhere: the refusal of hourly audiences has a text of its own.
            known.is_in(query.report_type.name()) || name == "stat_time_hour"
        });
        match known.map(|known| known.kind) {
            Some(DimensionKind::Id) => ids.push(name.as_str()),
            Some(DimensionKind::Time) => times.push(name.as_str()),
            Some(DimensionKind::Breakdown)
                if known.is_some_and(|known| !known.has_level(level)) =>
            {
                return wrong(&format!("{name} has no data_level {level}"));
            }
            Some(DimensionKind::Breakdown) => breakdowns.push(name.as_str()),
            Some(DimensionKind::Returned) | None => {
                let report = query.report_type.name();
                return wrong(&format!("{name} is not a dimension of {report}"));
            }
        }
    }
    let own_id =
        |id: &str| id == query.level.id() || (id == "ad_id_v2" && query.level == Level::Ad);
    let days_alone = query.report_type == ReportType::Basic
        && query.level == Level::Advertiser
        && query.dimensions == ["stat_time_day"];
    if !days_alone && !matches!(ids[..], [id] if own_id(id)) {
        return wrong(&format!("exactly one id dimension, which must match data_level {level}"));
    }
    if times.len() > 1 {
        return wrong("at most one time dimension");
    }
    breakdowns.sort_unstable();
    match query.report_type {
        ReportType::Basic if !is_basic_breakdown(&breakdowns) => wrong("at most one breakdown"),
        ReportType::Audience if times.contains(&"stat_time_hour") => wrong("have no relation"),
        ReportType::Audience if breakdowns.len() != 1 && breakdowns != ["age", "gender"] => {
            wrong("exactly one audience dimension, or age and gender")
        }
        ReportType::Audience
            if !times.is_empty() && !dictionary.dimensions[breakdowns[0]].has_days =>
        {
            wrong("have no relation: no days with this breakdown")
        }
        _ => Ok(()),
    }
}

/// One breakdown or none; a few come as pairs, some of them only so.
fn is_basic_breakdown(sorted: &[&str]) -> bool {
    match sorted {
        [] => true,
        [one] => *one != "match_type" && *one != "component_name",
        _ => [
            ["match_type", "search_keyword"],
            ["match_type", "search_terms"],
            ["component_name", "page_id"],
        ]
        .iter()
        .any(|pair| pair == sorted),
    }
}

/// Checks the metrics: what the report's type, level, breakdowns and grain have.
pub(crate) fn check_metrics(
    kind: ReportKind,
    grouping: Option<Grouping>,
    query: &ReportQuery,
    params: &Params,
) -> Result<(), Refusal> {
    if has_twins(&query.metrics) {
        return Err(Refusal::wrong("metrics: one is given twice"));
    }
    let promotes = |what: &str| {
        query.ids.iter().any(|(name, values)| name == "promotion_type" && values == &[what])
    };
    let level = match grouping.and_then(|grouping| grouping.text("at")) {
        Some("campaign") if promotes("LIVE") => "campaign (LIVE)",
        Some(level) => level,
        None => query.level.name(),
    };
    let place = Place {
        report: query.report_type.name(),
        level,
        grain: match time_dimension(query) {
            Some("stat_time_hour") => "hour",
            Some("stat_time_day") => "day",
            None if is_lifetime(kind, params) => "lifetime",
            _ => "range",
        },
        dimensions: &query.dimensions,
    };
    let dictionary = Dictionary::get();
    let takes = |name: &str| {
        dictionary.takes(name, place)
            || kind.text("also_numbers_of").is_some_and(|report| {
                // Columns such as `country_code` limit the metrics of other reports only.
                let place = Place { report, dimensions: &[], ..place };
                dictionary.is_number(name) && dictionary.takes(name, place)
            })
    };
    let is_refused = |name: &&String| !takes(name) || lacks_id(query, name);
    let refused: Vec<_> = query.metrics.iter().filter(is_refused).map(String::as_str).collect();
    if !refused.is_empty() {
        return Err(Refusal::wrong(format!("Invalid metric fields: [{}]", refused.join(", "))));
    }
    if kind.is("attributes_need_one_id") {
        check_attributes(query)?;
    }
    Ok(())
}

/// Attributes are those of what an id stands for.
fn lacks_id(query: &ReportQuery, metric: &str) -> bool {
    let has_id = query.dimensions.iter().any(|name| name.contains("_id"));
    query.report_type == ReportType::Basic && !has_id && !Dictionary::get().is_number(metric)
}

/// Attributes of GMV Max are had of one thing only: with one id dimension, and one id of it in the
/// filter.
fn check_attributes(query: &ReportQuery) -> Result<(), Refusal> {
    let dictionary = Dictionary::get();
    if query.metrics.iter().all(|name| dictionary.is_number(name)) {
        return Ok(());
    }
    let ids: Vec<_> = query.dimensions.iter().filter(|name| name.ends_with("_id")).collect();
    let has_one = |id: &String| {
        id == "advertiser_id" || query.ids.iter().any(|(name, ids)| name == id && ids.len() == 1)
    };
    if matches!(ids[..], [id] if has_one(id)) {
        return Ok(());
    }
    Err(Refusal::wrong("metrics: attributes need one id dimension and one id of it in filtering"))
}

fn wrong(query: &ReportQuery, why: &str) -> Refusal {
    Refusal::wrong(format!("dimensions {:?}: {why}", query.dimensions))
}

fn has_twins(names: &[String]) -> bool {
    let mut seen = HashSet::new();
    !names.iter().all(|name| seen.insert(name))
}

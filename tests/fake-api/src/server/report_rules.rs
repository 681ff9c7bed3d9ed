//! What a report may be asked for: which dimensions, metrics, windows and filters go together.
//! Owns the way from checked parameters to a [`ReportQuery`].

use super::api::Context;
use super::envelope::Refusal;
use super::params::Params;
use super::report_filters;
use crate::world::{Dictionary, DimensionKind, Place};
use crate::{Level, ReportQuery, ReportType};
use std::collections::HashSet;
use time::macros::date;
use time::{Date, Duration};

/// The days that TikTok's sandbox has reports of.
const SANDBOX_DAYS: (Date, Date) = (date!(2020 - 12 - 08), date!(2020 - 12 - 19));

/// Checks a report and says what it asks for. Long windows are wrong only on the wire, not when
/// asking for the truth.
pub(crate) fn query(
    context: &Context,
    params: &Params,
    any_window: bool,
) -> Result<ReportQuery, Refusal> {
    refuse_what_is_not_served(params)?;
    let account = context.account(
        params
            .text("advertiser_id")
            .ok_or_else(|| Refusal::wrong("advertiser_id: Missing data for required field."))?,
    )?;
    let report_type = if params.text("report_type") == Some("BASIC") {
        ReportType::Basic
    } else {
        ReportType::Audience
    };
    let name = params
        .text("data_level")
        .ok_or_else(|| Refusal::wrong("data_level: Missing data for required field."))?;
    let level = Level::ALL.into_iter().find(|level| level.name() == name).unwrap_or_default();
    let mut query = ReportQuery {
        advertiser_id: account.advertiser_id.clone(),
        report_type,
        level,
        dimensions: params.texts("dimensions").unwrap_or_default(),
        metrics: params
            .texts("metrics")
            .unwrap_or_else(|| vec!["spend".to_owned(), "impressions".to_owned()]),
        ..ReportQuery::default()
    };
    check_dimensions(&query)?;
    check_metrics(&query, params.is_true("query_lifetime"))?;
    set_window(&mut query, params, any_window)?;
    report_filters::apply(&mut query, &params.json("filtering"))?;
    check_order(&query, params)?;
    check_totals(&query, params)?;
    apply_options(context, params, &mut query)?;
    Ok(query)
}

fn refuse_what_is_not_served(params: &Params) -> Result<(), Refusal> {
    let is = |name: &str, value: &str| params.text(name) == Some(value);
    if is("service_type", "RESERVATION") {
        return Err(Refusal::wrong("service_type: RESERVATION is retired"));
    }
    let served = is("report_type", "BASIC") || is("report_type", "AUDIENCE");
    let given = |name: &str| params.text(name).is_some();
    if !served || given("advertiser_ids") || given("bc_id") || is("query_mode", "CHUNK") {
        return Err(Refusal::by_option(
            40002,
            "This kind of report is not served by this stand-in.",
        ));
    }
    Ok(())
}

fn check_dimensions(query: &ReportQuery) -> Result<(), Refusal> {
    let wrong =
        |why: &str| Err(Refusal::wrong(format!("dimensions {:?}: {why}", query.dimensions)));
    if has_twins(&query.dimensions) {
        return wrong("one is given twice");
    }
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
                return wrong(&format!(
                    "{name} is not a dimension of {}",
                    query.report_type.name()
                ));
            }
        }
    }
    let own_id =
        |id: &str| id == query.level.id() || (id == "ad_id_v2" && query.level == Level::Ad);
    let days_alone = query.report_type == ReportType::Basic
        && query.level == Level::Advertiser
        && query.dimensions == ["stat_time_day"];
    if !days_alone && !matches!(ids[..], [id] if own_id(id)) {
        return wrong(&format!(
            "exactly one id dimension, which must match data_level {}",
            query.level.name()
        ));
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

fn check_metrics(query: &ReportQuery, lifetime: bool) -> Result<(), Refusal> {
    if has_twins(&query.metrics) {
        return Err(Refusal::wrong("metrics: one is given twice"));
    }
    let has = |name: &str| query.dimensions.iter().any(|dimension| dimension == name);
    let place = Place {
        report: query.report_type.name(),
        level: query.level.name(),
        grain: match (has("stat_time_hour"), has("stat_time_day"), lifetime) {
            (true, _, _) => "hour",
            (_, true, _) => "day",
            (_, _, true) => "lifetime",
            _ => "range",
        },
        dimensions: &query.dimensions,
    };
    let dictionary = Dictionary::get();
    let refused: Vec<_> = query
        .metrics
        .iter()
        .filter(|name| !dictionary.takes(name, place))
        .map(String::as_str)
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(Refusal::wrong(format!("Invalid metric fields: [{}]", refused.join(", "))))
}

fn set_window(query: &mut ReportQuery, params: &Params, any_window: bool) -> Result<(), Refusal> {
    let has = |name: &str| query.dimensions.iter().any(|dimension| dimension == name);
    let (hourly, daily) = (has("stat_time_hour"), has("stat_time_day"));
    (query.start, query.end) = (params.date("start_date"), params.date("end_date"));
    if params.is_true("query_lifetime") {
        if query.report_type != ReportType::Basic || hourly || daily || has("country_code") {
            return Err(Refusal::wrong(
                "query_lifetime: only for BASIC reports without time or country",
            ));
        }
        if query.start.is_some() || query.end.is_some() {
            return Err(Refusal::wrong("query_lifetime: goes without start_date and end_date"));
        }
        return Ok(());
    }
    let (Some(start), Some(end)) = (query.start, query.end) else {
        return Err(Refusal::wrong("start_date, end_date: required without query_lifetime"));
    };
    if end < start {
        return Err(Refusal::wrong("end_date: before start_date"));
    }
    let (most, dimension) = match (hourly, daily) {
        (true, _) => (1, "stat_time_hour"),
        (false, true) => (30, "stat_time_day"),
        (false, false) => (365, "no time dimension"),
    };
    if !any_window && end - start >= Duration::days(most) {
        return Err(Refusal::wrong(format!("max time span is {most} days with {dimension}")));
    }
    Ok(())
}

fn check_order(query: &ReportQuery, params: &Params) -> Result<(), Refusal> {
    let Some(field) = params.text("order_field") else {
        return Ok(());
    };
    if query.metrics.iter().chain(&query.dimensions).any(|name| name == field) {
        return Ok(());
    }
    Err(Refusal::wrong(format!("order_field: {field} is not in the report")))
}

/// Every BASIC report has an id or the day among its dimensions, which totals need; audiences have
/// no totals.
fn check_totals(query: &ReportQuery, params: &Params) -> Result<(), Refusal> {
    if params.is_true("enable_total_metrics") && query.report_type != ReportType::Basic {
        return Err(Refusal::wrong(
            "enable_total_metrics: only for BASIC reports with an id dimension or stat_time_day",
        ));
    }
    Ok(())
}

fn apply_options(
    context: &Context,
    params: &Params,
    query: &mut ReportQuery,
) -> Result<(), Refusal> {
    let options = &context.options;
    if options.sandbox {
        if query.level == Level::Advertiser {
            return Err(Refusal::by_option(
                40009,
                "data_level AUCTION_ADVERTISER is not supported in sandbox",
            ));
        }
        if params.is_true("enable_total_metrics") {
            return Err(Refusal::by_option(
                40009,
                "enable_total_metrics is not supported in sandbox",
            ));
        }
        query.start = Some(query.start.unwrap_or(Date::MIN).max(SANDBOX_DAYS.0));
        query.end = Some(query.end.unwrap_or(Date::MAX).min(SANDBOX_DAYS.1));
    }
    if query.top_view && options.refuse_top_view {
        return Err(Refusal::by_option(
            40002,
            "filtering: buying_type: RESERVATION_TOP_VIEW is not supported for this advertiser",
        ));
    }
    let refused: Vec<_> = query
        .metrics
        .iter()
        .filter(|name| options.refused_metrics.contains(name))
        .map(String::as_str)
        .collect();
    if !refused.is_empty() {
        let text = options.refusal_text.clone();
        return Err(Refusal::by_option(
            40002,
            text.unwrap_or_else(|| format!("Invalid metric fields: [{}]", refused.join(", "))),
        ));
    }
    if query.promote && options.refuse_promote {
        let text = options.refusal_text.clone();
        return Err(Refusal::by_option(
            40002,
            text.unwrap_or_else(|| {
                "filtering: campaign_system_origins is not supported".to_owned()
            }),
        ));
    }
    query.newest_ads = options.ads_cut;
    Ok(())
}

fn has_twins(names: &[String]) -> bool {
    let mut seen = HashSet::new();
    !names.iter().all(|name| seen.insert(name))
}

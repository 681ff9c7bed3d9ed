//! The days that a report may be asked for.

use super::api::Context;
use super::envelope::Refusal;
use super::params::Params;
use crate::ReportQuery;
use crate::world::ReportKind;
use time::Duration;

/// The time dimension of a report.
pub(crate) fn time_dimension(query: &ReportQuery) -> Option<&str> {
    query.dimensions.iter().map(String::as_str).find(|name| name.starts_with("stat_time_"))
}

/// Whether all the time that there is was asked for.
pub(crate) fn is_lifetime(kind: ReportKind, params: &Params) -> bool {
    match kind.text("name") {
        // Without dates, or with dates in the filter, which change no row here.
        Some("VIDEO_PERFORMANCE") => true,
        _ => params.is_true("query_lifetime") || params.is_true("lifetime"),
    }
}

/// Puts the window into the query. Long windows are wrong only on the wire, not when asking for the
/// truth.
pub(crate) fn set(
    context: &Context,
    kind: ReportKind,
    query: &mut ReportQuery,
    params: &Params,
    any_window: bool,
) -> Result<(), Refusal> {
    (query.start, query.end) = (params.date("start_date"), params.date("end_date"));
    let time = time_dimension(query);
    if is_lifetime(kind, params) {
        let has_country = query.dimensions.iter().any(|name| name == "country_code");
        if !kind.is("lifetime") || time.is_some() || (has_country && !kind.has("columns")) {
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
    if any_window {
        return Ok(());
    }
    let most = kind.most_days(time);
    if end - start >= Duration::days(most) {
        let time = time.unwrap_or("no time dimension");
        return Err(Refusal::wrong(format!("max time span is {most} days with {time}")));
    }
    if let Some(most) = kind.number("past_days")
        && context.world.today(&query.advertiser_id) - start > Duration::days(most)
    {
        return Err(Refusal::wrong(format!("start_date: must be within the past {most} days")));
    }
    let ids = params.texts("query_ids").map_or(0, |ids| ids.len());
    let days = (end - start).whole_days() + 1;
    if let Some(most) = kind.number("ids_times_days")
        && i64::try_from(ids).unwrap_or(i64::MAX).saturating_mul(days) > most
    {
        return Err(Refusal::wrong(format!("query_ids: ids times days must not exceed {most}")));
    }
    Ok(())
}

//! What a report may be asked for: the way from checked parameters to a [`ReportQuery`]. Which
//! dimensions, metrics, windows and filters go together is in the files beside this one.

use super::api::Context;
use super::envelope::Refusal;
use super::params::Params;
use super::{owners, report_dimensions, report_filters, report_options, report_windows};
use crate::world::ReportKind;
use crate::{Level, ReportQuery, ReportType};

/// Checks a report and says what it asks for. Long windows are wrong only on the wire, not when
/// asking for the truth.
pub(crate) fn query(
    context: &Context,
    params: &Params,
    any_window: bool,
) -> Result<ReportQuery, Refusal> {
    refuse_what_is_not_served(params)?;
    let kind = ReportKind::of(params.path(), params.text("report_type"));
    let kind = kind.ok_or_else(not_served)?;
    let mut query = ReportQuery {
        report_type: kind.report_type(),
        level: level(kind, params)?,
        dimensions: params.texts("dimensions").unwrap_or_default(),
        metrics: metrics(kind, params),
        ..ReportQuery::default()
    };
    set_owner(context, kind, params, &mut query)?;
    set_columns(kind, params, &mut query)?;
    let grouping = report_dimensions::check(kind, &query)?;
    report_filters::apply(kind, grouping, &mut query, params)?;
    report_dimensions::check_metrics(kind, grouping, &query, params)?;
    report_windows::set(context, kind, &mut query, params, any_window)?;
    check_order(&query, params)?;
    if params.is_true("enable_total_metrics") && !kind.is("totals") {
        return Err(Refusal::wrong(
            "enable_total_metrics: only for BASIC reports with an id dimension or stat_time_day",
        ));
    }
    report_options::apply(context, params, &mut query)?;
    Ok(query)
}

fn refuse_what_is_not_served(params: &Params) -> Result<(), Refusal> {
    let is = |name: &str, value: &str| params.text(name) == Some(value);
    if is("service_type", "RESERVATION") {
        return Err(Refusal::wrong("service_type: RESERVATION is retired"));
    }
    let foreign_bc = params.text("bc_id").is_some() && !is("report_type", "BC");
    if params.text("advertiser_ids").is_some() || foreign_bc || is("query_mode", "CHUNK") {
        return Err(not_served());
    }
    Ok(())
}

fn not_served() -> Refusal {
    Refusal::by_option(40002, "This kind of report is not served by this stand-in.")
}

fn missing(name: &str) -> Refusal {
    Refusal::wrong(format!("{name}: Missing data for required field."))
}

/// The level of data. Where reports have none, it must not be given; that of cost caps is an id.
fn level(kind: ReportKind, params: &Params) -> Result<Level, Refusal> {
    let name = params.text("data_level");
    if kind.has("columns") {
        return Ok(Level::default());
    }
    match (kind.texts("levels").as_slice(), name) {
        ([], None) => Ok(Level::default()),
        (_, None) => Err(missing("data_level")),
        (levels, Some(name)) if levels.contains(&name) => {
            Ok(Level::ALL.into_iter().find(|level| level.name() == name).unwrap_or_default())
        }
        (_, Some(name)) => {
            let report = kind.report_type().name();
            Err(Refusal::wrong(format!("data_level: {name} does not go with {report}")))
        }
    }
}

fn metrics(kind: ReportKind, params: &Params) -> Vec<String> {
    let given = params.texts("metrics").or_else(|| params.texts("metrics_fields"));
    given.unwrap_or_else(|| {
        let own = kind.own_metrics().flat_map(|(_, names)| names);
        kind.texts("metrics").into_iter().chain(own).map(str::to_owned).collect()
    })
}

fn set_owner(
    context: &Context,
    kind: ReportKind,
    params: &Params,
    query: &mut ReportQuery,
) -> Result<(), Refusal> {
    let name = kind.text("owner").unwrap_or("advertiser_id");
    let id = params.text(name).ok_or_else(|| missing(name))?;
    if name == "bc_id" {
        query.bc_id = owners::business_center(context, id)?;
        return Ok(());
    }
    context.account(id)?.advertiser_id.clone_into(&mut query.advertiser_id);
    if let Some(stores) = params.texts("store_ids") {
        let known = context.world.stores();
        if let Some(unknown) = stores.iter().find(|store| !known.contains(store)) {
            return Err(Refusal::wrong(format!("store_ids: {unknown} does not exist")));
        }
        query.ids.push(("store_id".to_owned(), stores));
    }
    Ok(())
}

/// Reports without dimensions have fixed columns instead, some of which may be left out.
fn set_columns(kind: ReportKind, params: &Params, query: &mut ReportQuery) -> Result<(), Refusal> {
    let columns = kind.texts("columns");
    if columns.is_empty() {
        return Ok(());
    }
    let wanted = params.texts("info_fields");
    let mut given = wanted.iter().flatten();
    if let Some(unknown) = given.find(|name| !columns.contains(&name.as_str())) {
        return Err(Refusal::wrong(format!("info_fields: unknown field {unknown}")));
    }
    let is_wanted = |name: &&str| {
        *name == columns[0] || wanted.as_ref().is_none_or(|all| all.iter().any(|one| one == name))
    };
    query.dimensions =
        columns.iter().copied().filter(|name| is_wanted(name)).map(str::to_owned).collect();
    let is_cost_cap = query.report_type == ReportType::BidProtection;
    let fixed = [
        ("material_type", params.text("material_type").map(|one| vec![one.to_owned()])),
        ("data_level", params.text("data_level").map(|one| vec![one.to_owned()])),
        ("query_id", params.texts("query_ids")),
    ];
    for (name, values) in fixed {
        let of_kind = is_cost_cap != (name == "material_type");
        query.ids.extend(values.filter(|_| of_kind).map(|values| (name.to_owned(), values)));
    }
    Ok(())
}

fn check_order(query: &ReportQuery, params: &Params) -> Result<(), Refusal> {
    for name in ["order_field", "sort_field"] {
        let Some(field) = params.text(name) else { continue };
        if !query.metrics.iter().chain(&query.dimensions).any(|known| known == field) {
            return Err(Refusal::wrong(format!("{name}: {field} is not in the report")));
        }
    }
    Ok(())
}

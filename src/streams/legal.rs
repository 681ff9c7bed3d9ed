//! Checks which combinations of type, data level, dimensions and grain TikTok answers. The
//! dictionary has the rules for single dimensions, and `kinds` those for their number.

mod kinds;
#[cfg(test)]
mod tests;

use super::dictionary::{Column, Grain, Grouping, dictionary};
use super::nearest::hint;
use super::{Report, ReportSettings};
use kinds::{KINDS, Kind, Shape};

/// A combination that a user asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Combination<'a> {
    pub report_type: &'a str,
    pub data_level: Option<&'a str>,
    /// The id of the level, breakdowns, and the time if it is named.
    pub dimensions: Vec<&'a str>,
    /// Without it, it is that of the time dimension, or else the first one that is legal.
    pub grain: Option<Grain>,
}

/// The type of that name. An error lists the types.
pub(super) fn kind(report_type: &str) -> Result<&'static Kind, String> {
    KINDS.iter().find(|kind| kind.report_type == report_type).ok_or_else(|| {
        let known = || KINDS.iter().map(|kind| kind.report_type);
        let near = hint(report_type, known());
        format!("`report_type` `{report_type}` is not one of {}{near}", listed(known()))
    })
}

/// The report of a combination. An error says why TikTok would refuse it, and what is legal.
pub(super) fn report(asked: &Combination) -> Result<Report, String> {
    let kind = kind(asked.report_type)?;
    let level = level(kind, asked.data_level)?;
    let (mut ids, mut times, mut breakdowns) = (Vec::new(), Vec::new(), Vec::new());
    for name in &asked.dimensions {
        let (name, column) = dimension(kind, name)?;
        let list = match column.role.as_str() {
            "id" => &mut ids,
            "time" => &mut times,
            _ => &mut breakdowns,
        };
        if list.contains(&name) {
            return Err(format!("`dimensions` names `{name}` twice"));
        }
        list.push(name);
    }
    let id = id(kind, level, &ids)?;
    let grain = timed(&times, asked.grain)?;
    let shapes = shapes(kind, level, &breakdowns)?;
    let build = |grain: Grain| Report {
        report_type: kind.report_type,
        data_level: level,
        dimensions: [id].into_iter().chain(grain.dimension()).chain(breakdowns.clone()).collect(),
        grain,
        settings: ReportSettings::default(),
    };
    let is_legal = |grain: &Grain| {
        let report = build(*grain);
        shapes.iter().any(|shape| shape.grains.contains(grain))
            && report.dimensions.iter().all(|d| dictionary().dimension_fits(d, &report.grouping()))
    };
    let legal: Vec<Grain> = Grain::ALL.into_iter().filter(is_legal).collect();
    match (grain, legal.first()) {
        (Some(grain), _) if legal.contains(&grain) => Ok(build(grain)),
        (None, Some(first)) => Ok(build(*first)),
        (_, None) => Err(misfit(kind, level, &breakdowns)),
        (Some(grain), Some(_)) => {
            let what = match breakdowns[..] {
                [] => format!("{} reports of this kind", kind.report_type),
                _ => format!("{} reports with {}", kind.report_type, listed(breakdowns)),
            };
            let legal = listed(legal.into_iter().map(Grain::name));
            Err(format!("{what} have no `grain` `{}`; it may be {legal}", grain.name()))
        }
    }
}

fn level(kind: &Kind, given: Option<&str>) -> Result<Option<&'static str>, String> {
    let mut levels: Vec<&'static str> = Vec::new();
    for level in kind.shapes.iter().flat_map(|shape| shape.levels) {
        if !levels.contains(level) {
            levels.push(level);
        }
    }
    let report_type = kind.report_type;
    match given {
        None if levels.is_empty() => Ok(None),
        None => Err(format!("`data_level` is missing; it may be {}", listed(levels))),
        Some(_) if levels.is_empty() => {
            Err(format!("{report_type} reports have no `data_level`; leave it out"))
        }
        Some(given) => {
            levels.iter().find(|level| **level == given).copied().map(Some).ok_or_else(|| {
                let near = hint(given, levels.iter().copied());
                format!(
                    "`data_level` `{given}` is not a level of {report_type} reports, which have \
                     {}{near}",
                    listed(levels.clone())
                )
            })
        }
    }
}

/// A dimension under the name that lives as long as the process. An error says why reports of the
/// type cannot be grouped by it.
fn dimension(kind: &Kind, name: &str) -> Result<(&'static str, &'static Column), String> {
    let can_be_asked = |column: &Column| column.role != "returned";
    let of_type = |column: &Column| {
        column.reports.iter().any(|one| one == kind.report_type) && can_be_asked(column)
    };
    let known = || dictionary().dimensions().filter(|(_, column)| of_type(column));
    if let Some(found) = known().find(|(known, _)| *known == name) {
        return Ok(found);
    }
    let mut names: Vec<&str> = known().map(|(name, _)| name).collect();
    names.sort_unstable();
    let near = hint(name, names.iter().copied());
    let legal = format!("{} reports have {}", kind.report_type, listed(names));
    Err(match dictionary().dimension(name) {
        Some(column) if can_be_asked(column) => format!(
            "`dimensions` names `{name}`, which only reports of type {} have; {legal}",
            column.reports.join(", ")
        ),
        _ if dictionary().metric(name).is_some() => {
            format!("`dimensions` names `{name}`, which is a metric; name it in `metrics`")
        }
        _ => format!("`dimensions` names `{name}`, which is not known{near}; {legal}"),
    })
}

/// The id, which must be one of those that fit the level.
fn id(
    kind: &Kind,
    level: Option<&'static str>,
    ids: &[&'static str],
) -> Result<&'static str, String> {
    let fits = |column: &Column| {
        column.role == "id"
            && column.reports.iter().any(|one| one == kind.report_type)
            && level.is_none_or(|level| column.levels.iter().any(|one| one == level))
    };
    let mut legal: Vec<&str> = dictionary()
        .dimensions()
        .filter(|(_, column)| fits(column))
        .map(|(name, _)| name)
        .collect();
    legal.sort_unstable();
    match ids {
        [one] if legal.contains(one) => Ok(one),
        _ => {
            let at = level.map_or(String::new(), |level| format!(" at {level}"));
            let parents = match ids {
                [] => "",
                _ => "; ids and names of what it belongs to are metrics",
            };
            Err(format!(
                "`dimensions` needs exactly one id{at}, which is {}{parents}",
                legal.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
            ))
        }
    }
}

/// The grain, as far as it is given: by its name or by a dimension.
fn timed(times: &[&str], given: Option<Grain>) -> Result<Option<Grain>, String> {
    let of_dimension = |name: &str| Grain::ALL.into_iter().find(|g| g.dimension() == Some(name));
    match (times, given) {
        ([], given) => Ok(given),
        ([time], given) => match of_dimension(time) {
            Some(grain) if given.is_none_or(|given| given == grain) => Ok(Some(grain)),
            _ => Err(format!(
                "`dimensions` names `{time}`, which does not go with `grain` `{}`; leave one of \
                 them out",
                given.map_or("", Grain::name)
            )),
        },
        _ => Err(format!("`dimensions` names more than one time: {}", listed(times.to_vec()))),
    }
}

/// The shapes with these breakdowns at a level.
fn shapes(
    kind: &'static Kind,
    level: Option<&'static str>,
    breakdowns: &[&'static str],
) -> Result<Vec<&'static Shape>, String> {
    let at_level = |shape: &&Shape| level.is_none_or(|level| shape.levels.contains(&level));
    let shapes: Vec<&Shape> = kind.shapes.iter().filter(at_level).collect();
    let fitting: Vec<&Shape> =
        shapes.iter().copied().filter(|shape| shape.breakdowns.are(breakdowns)).collect();
    if !fitting.is_empty() {
        return Ok(fitting);
    }
    let at = level.map_or(String::new(), |level| format!(" at {level}"));
    let given = if breakdowns.is_empty() { "none".to_owned() } else { listed(breakdowns) };
    let legal: Vec<String> = shapes.iter().map(|shape| shape.breakdowns.words()).collect();
    Err(format!(
        "{} reports{at} have {}, but `dimensions` names {given}",
        kind.report_type,
        legal.join(", or ")
    ))
}

/// Why a report with these breakdowns has no legal grain.
fn misfit(kind: &Kind, level: Option<&str>, breakdowns: &[&str]) -> String {
    let level = level.unwrap_or_default();
    let grouping = |dimensions| Grouping {
        report_type: kind.report_type,
        data_level: None,
        dimensions,
        grain: Grain::DayByRequest,
    };
    for name in breakdowns {
        let Some(column) = dictionary().dimension(name) else { continue };
        if !column.levels.is_empty() && !column.levels.iter().any(|one| one == level) {
            let levels = column.levels.join(", ");
            return format!("`{name}` has no rows at {level}; it has some at {levels}");
        }
        if !dictionary().dimension_fits(name, &grouping(breakdowns))
            && let Some(with) = column.with.get(kind.report_type)
        {
            return format!("`{name}` needs one of {} beside it", listed(with));
        }
    }
    format!("{} reports cannot have {} together", kind.report_type, listed(breakdowns))
}

fn listed<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| name.as_ref().to_owned()).collect::<Vec<_>>().join(", ")
}

//! Reports once per stream which values and rows were not delivered as TikTok sent them.

use crate::render::Tally;
use crate::run_report::content::{Warning, WarningKind};
use crate::sync::plan::Plan;

/// Logs the counts of a stream, and returns them as warnings.
pub(crate) fn say_counts(plan: &Plan, tally: &Tally) -> Vec<Warning> {
    let name = &plan.name;
    let mut warnings = Vec::new();
    if !tally.undeclared.is_empty() {
        let mut fields: Vec<_> = tally.undeclared.iter().collect();
        fields.sort();
        let words: Vec<_> =
            fields.iter().map(|(field, rows)| format!("{field} ({rows})")).collect();
        log::info!(
            "{name}: fields that the catalog does not declare, left out, with their rows: {}",
            words.join(", ")
        );
        let undeclared = WarningKind::Undeclared;
        warnings.extend(fields.into_iter().map(|(field, rows)| of_field(field, undeclared, *rows)));
    }
    for (index, values) in tally.misfits.iter().enumerate().filter(|(_, values)| **values > 0) {
        let field = plan.recipe.field_name(index);
        log::warn!(
            "{name}.{field}: {values} values do not fit the type in the catalog and became null"
        );
        warnings.push(of_field(field, WarningKind::Misfit, *values));
    }
    if tally.hourless > 0 {
        log::info!("{name}: {} rows left out because they belong to no hour", tally.hourless);
    }
    if tally.null_keys > 0 {
        log::warn!(
            "{name}: {} rows left out because a key property ({}) was null",
            tally.null_keys,
            plan.keys.join(", ")
        );
    }
    if tally.partly_answered > 0 {
        log::warn!(
            "{name}: {} records have null for a part of their metrics: TikTok takes 100 metrics in \
             one request, and not every request returned these rows, even when made once more; the \
             first is {}",
            tally.partly_answered,
            tally.first_partly_answered.as_deref().unwrap_or("not known")
        );
    }
    if tally.mended > 0 {
        log::warn!(
            "{name}: {} sequences of bytes in TikTok's answers are not UTF-8 and became U+FFFD",
            tally.mended
        );
    }
    for (kind, count) in [
        (WarningKind::Hourless, tally.hourless),
        (WarningKind::NullKey, tally.null_keys),
        (WarningKind::PartlyAnswered, tally.partly_answered),
        (WarningKind::Mended, tally.mended),
        (WarningKind::NotARow, tally.not_rows),
    ] {
        warnings.extend((count > 0).then_some(Warning { field: None, kind, count }));
    }
    warnings
}

fn of_field(field: &str, kind: WarningKind, count: u64) -> Warning {
    Warning { field: Some(field.to_owned()), kind, count }
}

/// A description of the rows that are no objects, if there are any. They are a failure, because
/// only TikTok can explain them.
pub(crate) fn not_rows(plan: &Plan, tally: &Tally) -> Option<String> {
    let members = if plan.recipe.is_report() { " with `dimensions`" } else { "" };
    (tally.not_rows > 0).then(|| {
        format!(
            "{}: {} rows left out because they are no objects{members}, but null or something \
             else; the first was in {}; all others were delivered; if it stays so, report it to \
             TikTok",
            plan.name,
            tally.not_rows,
            tally.first_not_row.as_deref().unwrap_or("an answer")
        )
    })
}

//! Reports once per stream which values and rows were not delivered as TikTok sent them.

use super::failures::Failures;
use crate::render::Tally;
use crate::sync::plan::Plan;

/// Logs the counts of a stream. Rows that are not objects are a failure, because only TikTok can
/// explain them.
pub(crate) fn say_counts(plan: &Plan, tally: &Tally, failures: &mut Failures) {
    let name = &plan.name;
    if !tally.undeclared.is_empty() {
        let mut fields: Vec<_> =
            tally.undeclared.iter().map(|(field, rows)| format!("{field} ({rows})")).collect();
        fields.sort();
        log::info!(
            "{name}: fields that the catalog does not declare, left out, with their rows: {}",
            fields.join(", ")
        );
    }
    for (index, values) in tally.misfits.iter().enumerate().filter(|(_, values)| **values > 0) {
        log::warn!(
            "{name}.{}: {values} values do not fit the type in the catalog and became null",
            plan.recipe.field_name(index)
        );
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
    if tally.not_rows > 0 {
        let members = if plan.recipe.is_report() { " with `dimensions`" } else { "" };
        failures.differs(format!(
            "{name}: {} rows left out because they are no objects{members}, but null or something \
             else; the first was in {}; all others were delivered; if it stays so, report it to \
             TikTok",
            tally.not_rows,
            tally.first_not_row.as_deref().unwrap_or("an answer")
        ));
    }
}

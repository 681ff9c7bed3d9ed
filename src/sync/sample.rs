//! The option `--test`: instead of all rows, one record per stream and account, or SCHEMA messages
//! only. It shows in seconds whether a config, a catalog and a target work together.

use super::accounts::Accounts;
use super::deliver::Failures;
use super::jobs::Job;
use super::partition::Partition;
use super::plan::{self, Plan};
use super::sides::MOST_METRICS;
use super::windows::Window;
use crate::config::Config;
use crate::singer::catalog::CatalogStream;
use crate::singer::output::Output;
use anyhow::Result;
use std::collections::HashSet;
use std::io::Write;
use time::{Date, Duration};

/// Rows per page. The first row may be one that cannot be a record.
const ROWS: u64 = 10;
/// Batches of parent ids that are asked for rows. The first ones may have none.
pub(crate) const BATCHES: usize = 3;
/// The number of slices that a sample is meant to have: more take longer than seconds.
const SLICES: usize = 100;

/// Writes the SCHEMA messages of the selected streams.
pub(crate) fn write_schemas(
    config: &Config,
    catalog: &[CatalogStream],
    out: impl Write,
) -> Result<Failures> {
    let mut out = Output::without_states(out);
    for plan in plan::plan(catalog, config)? {
        out.schema(&plan.name, &plan.schema, &plan.keys, plan.stream.replication_key())?;
    }
    Ok(Failures::default())
}

/// Changes the settings of a run to those of a sample.
pub(super) fn shrink_config(config: &mut Config) {
    config.page_size = ROWS;
    config.verify = false;
    config.max_runtime = None;
}

/// Changes the plans of a run to those of a sample: metrics that take another request stay null.
pub(super) fn shrink_plans(plans: &mut [Plan]) {
    for plan in plans {
        plan.sides.clear();
        plan.metrics.truncate(MOST_METRICS);
        if plan.stream.call.task.is_some() {
            log::info!("{}: no record in a test, because TikTok makes a file first", plan.name);
        }
    }
}

/// Leaves out accounts and Business Centers beyond the first ones, if there are many streams.
/// Whether they can be read has been found out before.
pub(super) fn shrink_accounts(accounts: &mut Accounts, plans: &[Plan]) {
    let most = (SLICES / plans.len().max(1)).max(1);
    let left = accounts.open.len().saturating_sub(most);
    if left > 0 {
        log::info!("the test reads the first {most} accounts, and leaves out {left}");
    }
    accounts.open.truncate(most);
    accounts.business_centers.truncate(most);
}

/// The only window of a stream: the last days up to one that does not change any more, of which
/// TikTok is likely to have rows.
pub(super) fn window(first: Date, end: Date, firm: Date, days: u16) -> Option<Window> {
    let end = if firm < first { end } else { firm };
    let span = Duration::days(i64::from(days.max(1)) - 1);
    let start = end.checked_sub(span).unwrap_or(Date::MIN).max(first);
    (start <= end).then_some(Window { start, end })
}

/// The slices that have delivered a record.
#[derive(Debug, Default)]
pub(crate) struct Delivered(HashSet<(usize, Partition)>);

impl Delivered {
    /// The lines that are written: the first one of a slice. Lines of a batch of accounts are one
    /// for each account.
    pub(crate) fn first<'l>(&mut self, job: Job, lines: &'l [u8]) -> &'l [u8] {
        if matches!(job.partition, Partition::Batch(_)) {
            return lines;
        }
        let Some(end) = memchr::memchr(b'\n', lines) else { return &[] };
        let is_first = self.0.insert((job.plan, job.partition));
        if is_first { &lines[..=end] } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_window_ends_with_the_last_day_that_does_not_change() {
        let (first, end) = (date!(2026 - 01 - 01), date!(2026 - 03 - 10));
        for (first, firm, days, want) in [
            (
                first,
                date!(2026 - 03 - 08),
                30,
                Some((date!(2026 - 02 - 07), date!(2026 - 03 - 08))),
            ),
            (first, date!(2026 - 03 - 08), 1, Some((date!(2026 - 03 - 08), date!(2026 - 03 - 08)))),
            (end, date!(2026 - 03 - 08), 30, Some((end, end))),
            (date!(2026 - 03 - 11), date!(2026 - 03 - 08), 30, None),
        ] {
            let want = want.map(|(start, end)| Window { start, end });
            assert_eq!(window(first, end, firm, days), want, "{first} {firm} {days}");
        }
    }
}

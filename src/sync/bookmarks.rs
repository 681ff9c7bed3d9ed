//! Checks the bookmarks of the state before a run uses them: those that cannot be right, and those
//! that leave nothing to read.

use super::accounts::Accounts;
use super::partition::Partition;
use super::plan::Plan;
use crate::config::Config;
use crate::singer::bookmark::Bookmark;
use crate::singer::state::State;
use crate::streams::Per;
use anyhow::Result;
use time::{Date, OffsetDateTime};

/// Moves bookmarks that are in the future to now, and warns of them and of those after `end_date`.
/// An error means that a bookmark is not a timestamp.
pub(crate) fn check(
    state: &mut State,
    plans: &[Plan],
    accounts: &Accounts,
    config: &Config,
    now: OffsetDateTime,
) -> Result<()> {
    for plan in plans.iter().filter(|plan| !plan.full_table) {
        let name = plan.stream.name;
        let has_windows = plan.stream.has_windows();
        let mut late = Vec::new();
        for partition in partitions(plan, accounts) {
            let id = partition.id(accounts);
            let Some(bookmark) = state.bookmark(name, id)? else { continue };
            let place = partition.words(accounts);
            let cut = if has_windows {
                let account = partition.account(accounts);
                later_day(bookmark, account.map_or(now.date(), |account| account.today(now)))
            } else {
                later_time(bookmark, now)
            };
            if let Some(cut) = cut {
                log::warn!(
                    "{}{place}: the bookmark {bookmark} lies in the future, so the run goes on at \
                     {cut}; if rows are missing before that, set the bookmark back",
                    plan.name
                );
                state.set(name, id, cut, &config.accounts);
            } else if has_windows && config.end_date.is_some_and(|end| bookmark.day() > end) {
                late.push(place);
            }
        }
        if let (Some(end), [first, others @ ..]) = (config.end_date, &late[..]) {
            let more = match others.len() {
                0 => String::new(),
                others => format!(" and {others} more"),
            };
            log::warn!(
                "{}{first}{more}: the bookmark lies after `end_date` {end}; no days are read but \
                 those before `end_date` that `attribution_window` reads again",
                plan.name
            );
        }
    }
    Ok(())
}

/// The partitions of a stream that have bookmarks.
fn partitions(plan: &Plan, accounts: &Accounts) -> Vec<Partition> {
    match plan.stream.per {
        Per::Account => (0..accounts.open.len()).map(Partition::Account).collect(),
        Per::BusinessCenter => {
            (0..accounts.business_centers.len()).map(Partition::BusinessCenter).collect()
        }
        Per::AccountBatch | Per::Once | Per::App | Per::Run => Vec::new(),
    }
}

/// Today, for a day that is in the future. Tomorrow may be right: zones are not always known.
fn later_day(bookmark: Bookmark, today: Date) -> Option<Bookmark> {
    (bookmark.day() > today.next_day()?).then(|| Bookmark::of_day(today))
}

/// Now, for a time that is in the future.
fn later_time(bookmark: Bookmark, now: OffsetDateTime) -> Option<Bookmark> {
    Bookmark::at(now).filter(|now| bookmark > *now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn only_what_can_be_nowhere_yet_is_cut() {
        let today = date!(2026 - 05 - 04);
        for (bookmark, want) in [
            ("2026-05-04T00:00:00Z", None),
            ("2026-05-05T00:00:00Z", None),
            ("2026-05-06T00:00:00Z", Some("2026-05-04T00:00:00Z")),
            ("9999-12-31T00:00:00Z", Some("2026-05-04T00:00:00Z")),
        ] {
            let cut = later_day(Bookmark::parse(bookmark).expect("a time"), today);
            assert_eq!(cut.map(|b| b.to_string()).as_deref(), want, "{bookmark}");
        }
        let now = datetime!(2026-05-04 12:00:00.9 UTC);
        for (bookmark, want) in [
            ("2026-05-04T12:00:00Z", None),
            ("2026-05-04T12:00:01Z", Some("2026-05-04T12:00:00Z")),
            ("2100-01-01T00:00:00Z", Some("2026-05-04T12:00:00Z")),
        ] {
            let cut = later_time(Bookmark::parse(bookmark).expect("a time"), now);
            assert_eq!(cut.map(|b| b.to_string()).as_deref(), want, "{bookmark}");
        }
    }
}

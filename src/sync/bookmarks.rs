//! Bookmarks that cannot be right, or leave nothing to read: looked at once, before a run begins at
//! them.

use super::accounts::Accounts;
use super::plan::Plan;
use crate::config::Config;
use crate::singer::state::State;
use crate::streams::Source;
use anyhow::Result;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// Cuts bookmarks in the future to now, and says so; says as well which lie after `end_date`.
pub(crate) fn check(
    state: &mut State,
    plans: &[Plan],
    accounts: &Accounts,
    config: &Config,
    now: OffsetDateTime,
) -> Result<()> {
    for plan in plans.iter().filter(|plan| !plan.full_table) {
        let is_report = matches!(plan.stream.source, Source::Report(_));
        let mut late = Vec::new();
        for account in &accounts.open {
            let Some(bookmark) = state.bookmark(plan.stream.name, &account.id)? else { continue };
            let today = account.today(now);
            if let Some(cut) =
                if is_report { later_day(&bookmark, today) } else { later_time(&bookmark, now) }
            {
                log::warn!(
                    "{}, account {}: the bookmark {bookmark} lies in the future, so the run goes on at {cut}; if rows are missing before \
                     that, set the bookmark back",
                    plan.name,
                    account.id
                );
                state.set(plan.stream.name, &account.id, &cut, &config.accounts);
            } else if is_report
                && config.end_date.is_some_and(|end| day_of(&bookmark).is_some_and(|day| day > end))
            {
                late.push(account.id.as_str());
            }
        }
        if let (Some(end), [first, others @ ..]) = (config.end_date, &late[..]) {
            let more = if others.is_empty() {
                String::new()
            } else {
                format!(" and {} more", others.len())
            };
            log::warn!(
                "{}, account {first}{more}: the bookmark lies after `end_date` {end}; no days are read but those before `end_date` that \
                 `attribution_window` reads again",
                plan.name
            );
        }
    }
    Ok(())
}

fn day_of(bookmark: &str) -> Option<Date> {
    Date::parse(bookmark.get(..10)?, format_description!("[year]-[month]-[day]")).ok()
}

/// Today, for a day of a report that is in the future. Tomorrow may be right: zones are not always
/// known.
fn later_day(bookmark: &str, today: Date) -> Option<String> {
    let day = day_of(bookmark)?;
    (day > today.next_day()?).then(|| format!("{today}T00:00:00Z"))
}

/// Now, for a time that is in the future.
fn later_time(bookmark: &str, now: OffsetDateTime) -> Option<String> {
    let now =
        now.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).ok()?;
    (*bookmark > *now).then_some(now)
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
            assert_eq!(later_day(bookmark, today).as_deref(), want, "{bookmark}");
        }
        let now = datetime!(2026-05-04 12:00:00.9 UTC);
        for (bookmark, want) in [
            ("2026-05-04T12:00:00Z", None),
            ("2026-05-04T12:00:01Z", Some("2026-05-04T12:00:00Z")),
            ("2100-01-01T00:00:00Z", Some("2026-05-04T12:00:00Z")),
        ] {
            assert_eq!(later_time(bookmark, now).as_deref(), want, "{bookmark}");
        }
    }
}

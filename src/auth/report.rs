//! The outcome of `auth --check`: as tables for users, as JSON for tools, and as the exit code that
//! a run would have.

use super::accounts::{AccountState, BusinessCenter};
use super::permissions::Permission;
use crate::error::Exit;
use crate::words::escape;
use serde::Serialize;
use std::fmt::Write;

/// What a config can read.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// `production` or `sandbox`.
    pub environment: &'static str,
    /// The host that is asked.
    pub base_url: String,
    /// The display name of the user whose token it is.
    pub user: String,
    /// The ad accounts of the config.
    pub accounts: Vec<AccountState>,
    /// What the groups of streams need.
    pub permissions: Vec<Permission>,
    /// The Business Centers that the token reaches.
    pub business_centers: Vec<BusinessCenter>,
    /// Why Business Centers are not known.
    pub no_business_centers: Option<String>,
    /// What a run would report before it reads rows, and with which exit code.
    #[serde(skip)]
    pub problems: Vec<(Exit, String)>,
    /// Whether a run reads streams that need no account.
    #[serde(skip)]
    pub reads_others: bool,
}

/// The exit codes of failures, in the order in which they decide that of a run.
const RANKS: [Exit; 3] = [Exit::Denied, Exit::Transient, Exit::Refused];

impl Report {
    /// The exit code that a run would have, and why.
    pub(super) fn verdict(&self) -> (Exit, String) {
        let of_permissions = self.permissions.iter().filter(|one| one.exit != Exit::Done);
        let of_permissions = of_permissions.map(|one| {
            let why = one.problem.as_deref().unwrap_or_default();
            (one.exit, format!("group {}, permission {}: {why}", one.group, one.name))
        });
        let mut all: Vec<(Exit, String)> =
            self.problems.iter().cloned().chain(of_permissions).collect();
        all.sort_by_key(|(exit, _)| RANKS.iter().position(|rank| rank == exit));
        let more = match all.len() {
            0 => return (Exit::Done, String::new()),
            1 => String::new(),
            count => format!(" ({} more above)", count - 1),
        };
        let (exit, why) = all.swap_remove(0);
        let is_open = self.accounts.iter().any(|account| account.is_reachable);
        if !is_open && !self.reads_others {
            return (Exit::Denied, format!("every account was refused: {why}{more}"));
        }
        (exit, format!("{why}{more}"))
    }

    /// The tables.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "Environment  {} ({})\nToken        valid, of {}\n\n",
            self.environment,
            self.base_url,
            escape(&self.user)
        );
        text.push_str(&self.accounts_table());
        text.push('\n');
        text.push_str(&self.permissions_table());
        text.push('\n');
        text.push_str(&self.business_centers_table());
        text
    }

    fn accounts_table(&self) -> String {
        let mut rows = vec![
            ["ACCOUNT", "NAME", "TIME ZONE", "CURRENCY", "STATUS", "REACHED"].map(str::to_owned),
        ];
        for account in &self.accounts {
            let cell = |value: &Option<String>| escape(value.as_deref().unwrap_or("-"));
            let reached = match (account.is_reachable, &account.problem) {
                (true, None) => "yes".to_owned(),
                (true, Some(why)) => format!("yes, but {}", escape(why)),
                (false, why) => format!("no: {}", escape(why.as_deref().unwrap_or_default())),
            };
            rows.push([
                account.id.clone(),
                cell(&account.name),
                cell(&account.timezone),
                cell(&account.currency),
                cell(&account.status),
                reached,
            ]);
        }
        table(&rows)
    }

    fn permissions_table(&self) -> String {
        let mut rows =
            vec![["STREAM GROUP", "READ", "PERMISSION", "PER", "GRANTED"].map(str::to_owned)];
        for one in &self.permissions {
            let why =
                one.problem.as_deref().map_or(String::new(), |why| format!(": {}", escape(why)));
            let granted = match one.is_granted {
                Some(true) => "yes",
                Some(false) => "no",
                None => "not known",
            };
            rows.push([
                one.group.to_owned(),
                if one.is_read { "yes" } else { "no" }.to_owned(),
                one.name.to_owned(),
                one.per.to_owned(),
                format!("{granted}{why}"),
            ]);
        }
        table(&rows)
    }

    fn business_centers_table(&self) -> String {
        if let Some(why) = &self.no_business_centers {
            return format!("Business Centers are not known: {}\n", escape(why));
        }
        if self.business_centers.is_empty() {
            return "No Business Center is reached.\n".to_owned();
        }
        let mut rows = vec![["BUSINESS CENTER", "NAME"].map(str::to_owned)];
        for center in &self.business_centers {
            rows.push([center.id.clone(), escape(center.name.as_deref().unwrap_or("-"))]);
        }
        table(&rows)
    }
}

/// Columns of equal width, but for the last one.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            // Writing to a `String` cannot fail.
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

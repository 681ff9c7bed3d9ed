//! The pre-flight of a run: whether the token is valid, which accounts and Business Centers it
//! reaches, and which permissions it has.

use super::accounts::{self, AccountState, Accounts};
use super::exchange;
use super::failure;
use super::permissions;
use super::probe::Owners;
use super::report::Report;
use super::watch::unless_told;
use crate::api::authorized;
use crate::api::cause::Loss;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::pacing::Halt;
use crate::cli::CheckFormat;
use crate::config::{self, Config};
use crate::error::{Exit, failed};
use crate::signals::Signals;
use crate::streams::{Per, Stream};
use anyhow::Result;
use std::io::Write;
use std::sync::Arc;
use time::{Date, Duration, OffsetDateTime};

/// The last day with data in TikTok's sandbox.
const SANDBOX_DAY: Date = time::macros::date!(2020 - 12 - 19);

/// Checks a config, prints what was found, and fails with the exit code that a run would have.
pub(super) fn run(
    format: CheckFormat,
    sources: &[String],
    signals: &Signals,
    mut out: impl Write,
) -> Result<()> {
    let config = Config::load(sources)?;
    let client = Client::new(&config, Arc::new(Halt::default()))?;
    let Some(report) = unless_told(signals, move || look(&client, &config)) else {
        let words = "auth --check: told to stop before everything was checked; run it again";
        return Err(failed(Exit::Transient, words));
    };
    let report = report?;
    let text = match format {
        CheckFormat::Text => report.text(),
        CheckFormat::Json => format!("{:#}\n", serde_json::to_value(&report)?),
    };
    out.write_all(text.as_bytes())?;
    match report.verdict() {
        (Exit::Done, _) => Ok(()),
        (exit, why) => Err(failed(exit, format!("auth --check: {why}"))),
    }
}

fn look(client: &Client, config: &Config) -> Result<Report> {
    let stop = |error: &ApiError| failure::of("auth --check", error);
    let user = exchange::user(client).map_err(|error| stop(&error))?;
    let ids = ids(client, config)?;
    let accounts = accounts::describe(client, &ids).map_err(|error| stop(&error))?;
    let (mut business_centers, mut no_business_centers) = (Vec::new(), None);
    if !config.sandbox {
        match accounts::business_centers(client) {
            Ok(found) => business_centers = found,
            Err(error) if error.cause.loss() == Loss::Run => return Err(stop(&error)),
            Err(error) => no_business_centers = Some(error),
        }
    }
    let named = config.business_centers.first().map(String::as_str);
    let yesterday = OffsetDateTime::now_utc().date() - Duration::days(2);
    let reachable = accounts.states.iter().find(|account: &&AccountState| account.is_reachable);
    let owners = Owners {
        account: reachable.map(|account| account.id.as_str()),
        business_center: named.or(business_centers.first().map(|center| center.id.as_str())),
        app: config.app.as_ref(),
        day: if config.sandbox { SANDBOX_DAY } else { yesterday },
    };
    let permissions =
        permissions::of_groups(client, config, &owners).map_err(|error| stop(&error))?;
    let reads = Reads::new(config, !business_centers.is_empty());
    Ok(Report {
        environment: if config.sandbox { "sandbox" } else { "production" },
        base_url: config.base_url.clone(),
        user,
        problems: reads.problems(&accounts, no_business_centers.as_ref()),
        accounts: accounts.states,
        permissions,
        business_centers,
        no_business_centers: no_business_centers.map(|error| error.to_string()),
        reads_others: reads.others,
    })
}

/// What a run with a config reads, as far as it decides the exit code.
struct Reads {
    /// The stream of the accounts themselves.
    accounts: Option<&'static str>,
    /// Whether it asks for the Business Centers of the token.
    centers: bool,
    /// Whether it reads streams that need no account.
    others: bool,
}

impl Reads {
    fn new(config: &Config, has_centers: bool) -> Self {
        let listed = config.streams.listed();
        let read: Vec<&Stream> =
            listed.filter(|stream| !config.sandbox || stream.in_sandbox).collect();
        let per = |per: Per| read.iter().find(|stream| stream.per == per);
        let of_centers = per(Per::BusinessCenter).is_some();
        let is_given = !config.business_centers.is_empty();
        Reads {
            accounts: per(Per::AccountBatch).map(|stream| stream.name),
            centers: of_centers && !is_given,
            others: of_centers && (is_given || has_centers)
                || per(Per::App).is_some() && config.app.is_some(),
        }
    }

    /// What a run would report of its accounts and Business Centers before it reads rows.
    fn problems(&self, accounts: &Accounts, no_centers: Option<&ApiError>) -> Vec<(Exit, String)> {
        let of_account = |account: &AccountState| {
            let problem = account.problem.as_deref().unwrap_or_default();
            (Exit::Refused, format!("account {}: {problem}", account.id))
        };
        let at_fault = accounts.states.iter().filter(|account| account.is_at_fault);
        let mut problems: Vec<(Exit, String)> = at_fault.map(of_account).collect();
        if let Some(error) = &accounts.undescribed {
            // Without the stream of accounts, a missing endpoint is only a warning: some apps and
            // the sandbox never have it.
            let exit = error.cause.exit();
            if let Some(name) = self.accounts {
                problems.push((exit, format!("{name}: {error}")));
            } else if exit == Exit::Transient {
                problems.push((exit, error.to_string()));
            }
        }
        if let Some(error) = no_centers.filter(|_| self.centers) {
            problems.push((error.cause.exit(), format!("streams of Business Centers: {error}")));
        }
        problems
    }
}

/// The ids of the accounts that a run would read.
fn ids(client: &Client, config: &Config) -> Result<Vec<String>> {
    let app = config.app.as_ref().filter(|_| config::accounts::are_asked(&config.accounts));
    let Some(app) = app else { return Ok(config.accounts.clone()) };
    let known =
        authorized::list(client, app).map_err(|error| failure::of("auth --check", &error))?;
    if known.is_empty() {
        return Err(failure::of("auth --check", &authorized::none()));
    }
    config::accounts::ids(&config.accounts, &known)
}

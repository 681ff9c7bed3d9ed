//! The pre-flight of a run: whether the token is valid, which accounts and Business Centers it
//! reaches, and which permissions it has.

use super::accounts::{self, AccountState};
use super::exchange;
use super::failure;
use super::permissions;
use super::probe::Owners;
use super::report::Report;
use super::watch::watched;
use crate::api::authorized;
use crate::api::cause::Loss;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::pacing::Halt;
use crate::cli::CheckFormat;
use crate::config::{self, Config};
use crate::error::{Exit, failed};
use crate::signals::Signals;
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
    let halt = Arc::new(Halt::default());
    let client = Client::new(&config, Arc::clone(&halt))?;
    let report = watched(signals, &halt, || look(&client, &config))?;
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
            Err(error) => no_business_centers = Some(error.to_string()),
        }
    }
    let named = config.business_centers.first().map(String::as_str);
    let yesterday = OffsetDateTime::now_utc().date() - Duration::days(2);
    let reachable = accounts.iter().find(|account: &&AccountState| account.is_reachable);
    let owners = Owners {
        account: reachable.map(|account| account.id.as_str()),
        business_center: named.or(business_centers.first().map(|center| center.id.as_str())),
        day: if config.sandbox { SANDBOX_DAY } else { yesterday },
    };
    let permissions =
        permissions::of_groups(client, config, &owners).map_err(|error| stop(&error))?;
    Ok(Report {
        environment: if config.sandbox { "sandbox" } else { "production" },
        base_url: config.base_url.clone(),
        user,
        accounts,
        permissions,
        business_centers,
        no_business_centers,
    })
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

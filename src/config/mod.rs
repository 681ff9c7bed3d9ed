//! The configuration of a run, read from config files and the environment. `settings` reads single
//! settings; this file checks what they mean together.

pub(crate) mod accounts;
mod available;
mod draft;
mod file;
mod rate;
mod secret;
pub mod settings;
mod sources;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use draft::Draft;
pub use rate::{Level, Rate};
pub(crate) use secret::Secret;

use crate::error::input;
use crate::streams::Available;
use anyhow::Result;
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::time::Duration;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

const PRODUCTION: &str = "https://business-api.tiktok.com";
const SANDBOX: &str = "https://sandbox-ads.tiktok.com";
/// Added to the errors of users who have no usable config yet.
const SMALLEST: &str = concat!(
    r#"the smallest config that works is {"access_token": "…", "#,
    r#""accounts": ["7298114450012340001"], "start_date": "2026-01-01"}"#
);

/// The settings of a run.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "settings of the user")]
pub struct Config {
    /// The token that is sent with every request.
    pub access_token: Secret,
    /// Ids or names of the ad accounts, each once, in the order given; empty for all that the token
    /// reaches.
    pub accounts: Vec<String>,
    /// Id of the developer app, and its secret.
    pub app: Option<(String, Secret)>,
    /// Ids of the Business Centers to read; empty for all that the token reaches.
    pub business_centers: Vec<String>,
    /// Regions in which leads are asked for; `other` stands for those that TikTok does not name.
    pub lead_regions: Vec<String>,
    /// First day of reports.
    pub start_date: Date,
    /// Last day of reports. `None` means today, in the time zone of each account.
    pub end_date: Option<Date>,
    /// Whether to read from TikTok's sandbox.
    pub sandbox: bool,
    /// Whether deleted entities and their rows are delivered.
    pub include_deleted: bool,
    /// Days before the bookmark of a report that are read again.
    pub attribution_window: u16,
    /// Most days of a daily report that are requested at once.
    pub report_window: u16,
    /// Most rows of a page.
    pub page_size: u64,
    /// Most requests that run at the same time.
    pub concurrency: usize,
    /// How many requests a second the process may send.
    pub rate_limit: Rate,
    /// How long one request may take.
    pub request_timeout: Duration,
    /// Whether the delivered rows are compared with TikTok's own totals.
    pub verify: bool,
    /// Whether reports are not requested for days on which an account has no results.
    pub skip_idle_days: bool,
    /// How long the run may take before it stops early and writes its state.
    pub max_runtime: Option<Duration>,
    /// Where the run report is written, if one is wanted.
    pub run_report: Option<PathBuf>,
    /// The header `User-Agent`.
    pub user_agent: String,
    /// Certificate authorities to trust instead of the built-in ones.
    pub ca_file: Option<PathBuf>,
    /// Scheme and host, without a slash at the end.
    pub base_url: String,
    /// The streams that there are, and which of them discovery lists.
    pub streams: Available,
}

impl Config {
    /// Reads config files, of which later ones win. `ENV` instead of a path reads the environment.
    pub(crate) fn load(sources: &[String]) -> Result<Self> {
        if sources.is_empty() {
            return Err(input(format!(
                "config: no file given; use `--config FILE` or `--config ENV`; {SMALLEST}"
            )));
        }
        let mut given = Map::new();
        for source in sources {
            given.extend(sources::read(source)?);
        }
        if given.is_empty() {
            return Err(input(format!(
                "config: {} contains no settings; {SMALLEST}",
                sources.join(", ")
            )));
        }
        let config = Self::from_settings(given)?;
        config.warn_of_dates(OffsetDateTime::now_utc().date());
        Ok(config)
    }

    /// Builds the configuration from settings as a config file has them.
    pub fn from_settings(given: Map<String, Value>) -> Result<Self> {
        let settings = settings::read(given)?;
        let text = |name: &str| settings.get(name).and_then(Value::as_str).map(str::to_owned);
        let flag = |name: &str| settings.get(name).and_then(Value::as_bool).unwrap_or_default();
        let number =
            |name: &str| settings.get(name).and_then(Value::as_u64).ok_or_else(|| invalid(name));
        for name in ["access_token", "secret"] {
            crate::logging::hide(text(name));
        }
        let sandbox = flag("sandbox");
        let config = Config {
            access_token: Secret::new(text("access_token").ok_or_else(|| invalid("access_token"))?),
            accounts: ids(settings.get("accounts")),
            app: text("app_id").zip(text("secret").map(Secret::new)),
            business_centers: ids(settings.get("business_centers")),
            lead_regions: ids(settings.get("lead_regions")),
            start_date: date(&settings, "start_date")?.ok_or_else(|| invalid("start_date"))?,
            end_date: date(&settings, "end_date")?,
            sandbox,
            include_deleted: flag("include_deleted"),
            attribution_window: u16::try_from(number("attribution_window")?)?,
            report_window: u16::try_from(number("report_window")?)?,
            page_size: number("page_size")?,
            concurrency: usize::try_from(number("concurrency")?)?,
            rate_limit: Rate::of(&settings["rate_limit"]),
            request_timeout: seconds(&settings, "request_timeout")?
                .unwrap_or(Duration::from_secs(300)),
            verify: flag("verify"),
            skip_idle_days: flag("skip_idle_days"),
            max_runtime: seconds(&settings, "max_runtime")?,
            run_report: text("run_report").map(PathBuf::from),
            user_agent: text("user_agent").unwrap_or_else(|| {
                concat!("tap-tiktok-ads/", env!("CARGO_PKG_VERSION")).to_owned()
            }),
            ca_file: text("ca_file").map(PathBuf::from),
            base_url: text("base_url")
                .map_or(default_url(sandbox), |url| url.trim_end_matches('/').to_owned()),
            streams: available::available(&settings)?,
        };
        if config.base_url.starts_with("http:") && !config.is_loopback() {
            return Err(invalid("base_url"));
        }
        accounts::check(&config)?;
        Ok(config)
    }

    /// Warns of dates that leave no day to read.
    fn warn_of_dates(&self, today: Date) {
        // In some time zones it is already tomorrow.
        if today.next_day().is_some_and(|tomorrow| self.start_date > tomorrow) {
            log::warn!(
                "config: `start_date` {} lies in the future: there are no reports to read yet",
                self.start_date
            );
        } else if let Some(end) = self.end_date.filter(|end| *end < self.start_date) {
            log::warn!(
                "config: `start_date` {} lies after `end_date` {end}: no reports are read",
                self.start_date
            );
        }
    }

    /// Whether `base_url` is not one of TikTok's own hosts.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.base_url != default_url(self.sandbox)
    }

    /// The host of the API and its port.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let (scheme, host) = self.base_url.split_once("://").unwrap_or_default();
        let default = if scheme == "http" { 80 } else { 443 };
        match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().unwrap_or(default)),
            _ => (host, default),
        }
    }

    /// Whether the API runs on this machine.
    pub fn is_loopback(&self) -> bool {
        let name = self.host_and_port().0;
        name == "localhost"
            || name == "[::1]"
            || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn default_url(sandbox: bool) -> String {
    if sandbox { SANDBOX } else { PRODUCTION }.to_owned()
}

/// The ids, names or other texts of a list, each once.
fn ids(setting: Option<&Value>) -> Vec<String> {
    let listed = setting.and_then(Value::as_array).into_iter().flatten();
    let mut ids: Vec<String> = Vec::new();
    for id in listed.filter_map(Value::as_str) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

fn date(settings: &Map<String, Value>, name: &str) -> Result<Option<Date>> {
    let Some(text) = settings.get(name).and_then(Value::as_str) else { return Ok(None) };
    // The calendar date counts as it is written; a time and its offset are ignored.
    let date = text
        .get(..10)
        .and_then(|day| Date::parse(day, format_description!("[year]-[month]-[day]")).ok());
    let date = date.filter(|date| (1..=9999).contains(&date.year()));
    date.map(Some).ok_or_else(|| invalid(name))
}

/// A setting in seconds. 0 means the same as no setting.
fn seconds(settings: &Map<String, Value>, name: &str) -> Result<Option<Duration>> {
    let Some(seconds) = settings.get(name).and_then(Value::as_f64).filter(|s| *s > 0.0) else {
        return Ok(None);
    };
    // Shorter times cannot be measured reliably.
    Duration::try_from_secs_f64(seconds)
        .map(|time| Some(time.max(Duration::from_millis(1))))
        .map_err(|_| invalid(name))
}

fn invalid(name: &str) -> anyhow::Error {
    input(format!("config: `{name}` is not valid; expected {}", settings::expected(name)))
}

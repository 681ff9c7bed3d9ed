//! The configuration of a run. It owns what settings mean together; how they may be written is `settings`' matter.

pub mod settings;

use crate::error::{InputError, input};
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use time::Date;
use time::macros::format_description;

/// What every environment variable of a setting begins with: `TAP_TIKTOK_ADS_START_DATE`.
const ENV_PREFIX: &str = "TAP_TIKTOK_ADS_";
const PRODUCTION: &str = "https://business-api.tiktok.com";
const SANDBOX: &str = "https://sandbox-ads.tiktok.com";

/// Everything a run is told.
#[derive(Debug)]
pub struct Config {
    /// Sent with every request.
    pub access_token: Secret,
    /// Ids of the ad accounts, without repeats, in the order given.
    pub accounts: Vec<String>,
    /// First day of reports.
    pub start_date: Date,
    /// Last day of reports; `None`: today, in the zone of each account.
    pub end_date: Option<Date>,
    /// Whether this is TikTok's sandbox.
    pub sandbox: bool,
    /// Whether deleted entities and their rows are delivered.
    pub include_deleted: bool,
    /// Days of reports that are read again.
    pub attribution_window: u16,
    /// Days of the largest daily window.
    pub report_window: u16,
    /// Rows a page, at most.
    pub page_size: u64,
    /// Requests in flight, at most.
    pub concurrency: usize,
    /// How fast the whole process may ask.
    pub rate_limit: Rate,
    /// Of one request.
    pub request_timeout: Duration,
    /// Whether what is delivered is compared with TikTok's own totals.
    pub verify: bool,
    /// After which a run ends in good order.
    pub max_runtime: Option<Duration>,
    /// The header `User-Agent`.
    pub user_agent: String,
    /// Certificate authorities to trust instead of the built-in ones.
    pub ca_file: Option<PathBuf>,
    /// Scheme and host, without a slash at the end.
    pub base_url: String,
}

/// How fast TikTok is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// As the app's level allows, less a share for others.
    Level(Level),
    /// So many requests a second.
    PerSecond(f64),
}

/// The levels that TikTok gives to apps, the slowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Where every app starts.
    Basic,
    /// On request.
    Advanced,
    /// On request.
    Premium,
    /// On request.
    Ultimate,
}

impl Level {
    /// All of them, in order.
    pub const ALL: [Level; 4] = [Level::Basic, Level::Advanced, Level::Premium, Level::Ultimate];
}

impl Rate {
    fn of(setting: &Value) -> Self {
        match setting.as_str() {
            Some("advanced") => Rate::Level(Level::Advanced),
            Some("premium") => Rate::Level(Level::Premium),
            Some("ultimate") => Rate::Level(Level::Ultimate),
            _ => setting.as_f64().map_or(Rate::Level(Level::Basic), Rate::PerSecond),
        }
    }
}

/// Text that must not be seen. Only [`Secret::expose`] gives it away.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for a request.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl Config {
    /// Reads config files, later ones over earlier ones. `ENV` instead of a path takes the environment's settings.
    ///
    /// # Errors
    /// A file cannot be read, is no JSON object, or a setting is wrong.
    pub fn load(sources: &[String]) -> Result<Self> {
        if sources.is_empty() {
            return Err(input("config: no file given; use `--config FILE` or `--config ENV`"));
        }
        let mut given = Map::new();
        for source in sources {
            given.extend(if source == "ENV" { from_env() } else { from_file(source)? });
        }
        Self::from_settings(given)
    }

    /// A configuration from settings as they stand in a file.
    ///
    /// # Errors
    /// A setting is wrong.
    pub fn from_settings(given: Map<String, Value>) -> Result<Self> {
        let settings = settings::read(given)?;
        let text = |name: &str| settings.get(name).and_then(Value::as_str).map(str::to_owned);
        let flag = |name: &str| settings.get(name).and_then(Value::as_bool).unwrap_or_default();
        let number = |name: &str| settings.get(name).and_then(Value::as_u64).unwrap_or_default();
        for name in ["access_token", "secret"] {
            crate::logging::hide(text(name));
        }
        let sandbox = flag("sandbox");
        let config = Config {
            access_token: Secret(
                text("access_token").ok_or_else(|| input("config: `access_token` is missing; set it to the access token"))?,
            ),
            accounts: accounts(settings.get("accounts"))?,
            start_date: date(&settings, "start_date")?.ok_or_else(|| input("config: `start_date` is missing"))?,
            end_date: date(&settings, "end_date")?,
            sandbox,
            include_deleted: flag("include_deleted"),
            attribution_window: u16::try_from(number("attribution_window"))?,
            report_window: u16::try_from(number("report_window"))?,
            page_size: number("page_size"),
            concurrency: usize::try_from(number("concurrency"))?,
            rate_limit: Rate::of(&settings["rate_limit"]),
            request_timeout: seconds(&settings, "request_timeout")?.unwrap_or(Duration::from_secs(300)),
            verify: flag("verify"),
            max_runtime: seconds(&settings, "max_runtime")?,
            user_agent: text("user_agent").unwrap_or_else(|| concat!("tap-tiktok-ads/", env!("CARGO_PKG_VERSION")).to_owned()),
            ca_file: text("ca_file").map(PathBuf::from),
            base_url: text("base_url")
                .unwrap_or_else(|| if sandbox { SANDBOX } else { PRODUCTION }.to_owned())
                .trim_end_matches('/')
                .to_owned(),
        };
        if config.base_url.starts_with("http:") && !config.is_loopback() {
            return Err(input(format!("config: `base_url` is not valid; expected {}", settings::expected("base_url"))));
        }
        Ok(config)
    }

    /// Whether requests stay on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.base_url.split_once("://").map_or("", |(_, host)| host);
        let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
        name == "localhost" || name == "[::1]" || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn from_file(path: &str) -> Result<Map<String, Value>> {
    let text = fs::read_to_string(path).with_context(|| InputError(format!("config: cannot read `{path}`")))?;
    // Some editors begin a file with a byte order mark. The parser's message says where, and never shows a value.
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(settings)) => {
            if settings.contains_key("access_token") || settings.contains_key("secret") {
                warn_of_readers(path);
            }
            Ok(settings)
        }
        Ok(_) => Err(input(format!("config: `{path}` is no JSON object"))),
        Err(error) => Err(input(format!("config: `{path}` is no valid JSON, at line {} column {}", error.line(), error.column()))),
    }
}

/// A token in a file that every user of the machine can read is none of theirs.
fn warn_of_readers(path: &str) {
    #[cfg(unix)]
    if fs::metadata(path).is_ok_and(|file| std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o004 != 0) {
        log::warn!("config: every user of this machine can read `{path}`, which holds a secret; `chmod 600` keeps it yours");
    }
}

/// Known settings only: Meltano adds variables of its own under the same prefix.
fn from_env() -> Map<String, Value> {
    let variable = |name: &str| std::env::var(format!("{ENV_PREFIX}{}", name.to_uppercase())).ok();
    settings::settings()
        .flat_map(|(name, setting)| std::iter::once(name).chain(settings::aliases(setting)))
        .filter_map(|name| variable(name).map(|value| (name.to_owned(), Value::from(value))))
        .collect()
}

fn accounts(setting: Option<&Value>) -> Result<Vec<String>> {
    let Some(listed) = setting.and_then(Value::as_array) else {
        return Err(input(
            "config: `accounts` is missing; list the ids of the ad accounts (finding them by the token is not available yet)",
        ));
    };
    let mut accounts: Vec<String> = Vec::with_capacity(listed.len());
    for id in listed.iter().filter_map(Value::as_str) {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(input(format!("config: `accounts` holds `{id}`, which is no account id; names are not available yet, use ids")));
        }
        if !accounts.iter().any(|known| known == id) {
            accounts.push(id.to_owned());
        }
    }
    Ok(accounts)
}

fn date(settings: &Map<String, Value>, name: &str) -> Result<Option<Date>> {
    let Some(text) = settings.get(name).and_then(Value::as_str) else { return Ok(None) };
    // The calendar date as written counts: a time or an offset never moves a day.
    let date = text.get(..10).and_then(|day| Date::parse(day, format_description!("[year]-[month]-[day]")).ok());
    let date = date.filter(|date| (1..=9999).contains(&date.year()));
    date.map(Some).ok_or_else(|| input(format!("config: `{name}` is not valid; expected {}", settings::expected(name))))
}

/// A time in seconds; nothing for 0.
fn seconds(settings: &Map<String, Value>, name: &str) -> Result<Option<Duration>> {
    let Some(seconds) = settings.get(name).and_then(Value::as_f64).filter(|s| *s > 0.0) else { return Ok(None) };
    let duration = Duration::try_from_secs_f64(seconds);
    duration.map(Some).map_err(|_| input(format!("config: `{name}` is not valid; expected {}", settings::expected(name))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn config(more: &Value) -> Result<Config> {
        let mut given = json!({"access_token": "t", "accounts": "1,2,1", "start_date": "2026-01-31T23:59:59+09:00"});
        given.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        Config::from_settings(given.as_object().expect("an object").clone())
    }

    #[test]
    fn a_config_of_the_python_tap_is_taken_as_it_is() {
        let config = config(&json!({"sandbox": "true", "include_deleted": "false", "request_timeout": 0, "user_agent": "tap <a@b.c>"}))
            .expect("valid");
        assert_eq!(config.accounts, ["1", "2"]);
        assert_eq!(config.start_date, time::macros::date!(2026 - 01 - 31));
        assert_eq!((config.base_url.as_str(), config.request_timeout), (SANDBOX, Duration::from_secs(300)));
        assert!(!format!("{config:?}").contains("\"t\""), "a token is never shown");
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80/", "https://example.com"] {
            assert!(config(&json!({"base_url": good})).is_ok(), "{good}");
        }
        for bad in ["http://example.com", "http://127.0.0.1.example.com", "http://user@127.0.0.1", "http://[::2]:80", "http://10.0.0.1"] {
            assert!(config(&json!({"base_url": bad})).is_err(), "{bad}");
        }
    }

    #[test]
    fn impossible_dates_and_names_are_refused() {
        assert!(config(&json!({"end_date": "2026-02-30"})).is_err());
        assert!(config(&json!({"accounts": ["My account"]})).expect_err("a name").to_string().contains("accounts"));
        assert!(config(&json!({"accounts": null})).is_err());
    }

    proptest! {
        #[test]
        fn a_date_is_a_day_of_the_years_1_to_9999_or_refused(
            text in "([0-9]{4}|[+-][0-9]{3,5})-[01][0-9]-[0-3][0-9](T\\PC{0,12})?", other in "\\PC{0,20}",
        ) {
            for text in [text, other] {
                if let Ok(Some(date)) = config(&json!({"end_date": text})).map(|config| config.end_date) {
                    prop_assert!(text.starts_with(&date.to_string()) && date.year() > 0, "{} as {}", text, date);
                }
            }
        }
    }
}

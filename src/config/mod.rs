//! The configuration of a run. It owns what settings mean together; how they may be written is
//! `settings`' matter.

mod file;
mod rate;
pub mod settings;

pub use rate::{Level, Rate};

use crate::error::input;
use anyhow::Result;
use serde_json::{Map, Value};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// What every environment variable of a setting begins with: `TAP_TIKTOK_ADS_START_DATE`.
const ENV_PREFIX: &str = "TAP_TIKTOK_ADS_";
const PRODUCTION: &str = "https://business-api.tiktok.com";
/// What an error shows where there is no config at all.
const SMALLEST: &str = r#"the smallest config that works is {"access_token": "…", "accounts": ["7298114450012340001"], "start_date": "2026-01-01"}"#;
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

/// Text that must not be seen. Only [`Secret::expose`] gives it away.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for a request.
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
    /// Reads config files, later ones over earlier ones. `ENV` instead of a path takes the
    /// environment's settings.
    pub fn load(sources: &[String]) -> Result<Self> {
        if sources.is_empty() {
            return Err(input(format!(
                "config: no file given; use `--config FILE` or `--config ENV`; {SMALLEST}"
            )));
        }
        let mut given = Map::new();
        for source in sources {
            given.extend(settings::by_own_names(if source == "ENV" {
                from_env()
            } else {
                file::read(source)?
            }));
        }
        if given.is_empty() {
            return Err(input(format!(
                "config: {} holds no setting; {SMALLEST}",
                sources.join(", ")
            )));
        }
        let config = Self::from_settings(given)?;
        config.warn_of_dates(OffsetDateTime::now_utc().date());
        Ok(config)
    }

    /// A configuration from settings as they stand in a file.
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
            access_token: Secret(text("access_token").ok_or_else(|| invalid("access_token"))?),
            accounts: accounts(settings.get("accounts"))?,
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
            max_runtime: seconds(&settings, "max_runtime")?,
            user_agent: text("user_agent").unwrap_or_else(|| {
                concat!("tap-tiktok-ads/", env!("CARGO_PKG_VERSION")).to_owned()
            }),
            ca_file: text("ca_file").map(PathBuf::from),
            base_url: text("base_url")
                .map_or(usual_url(sandbox), |url| url.trim_end_matches('/').to_owned()),
        };
        if config.base_url.starts_with("http:") && !config.is_loopback() {
            return Err(invalid("base_url"));
        }
        Ok(config)
    }

    /// Says of dates that leave reports without a day.
    fn warn_of_dates(&self, today: Date) {
        // In some zones it is tomorrow already.
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

    /// Whether `base_url` names another host than TikTok's.
    pub fn is_elsewhere(&self) -> bool {
        self.base_url != usual_url(self.sandbox)
    }

    /// The host that is asked, and its port.
    pub fn host_and_port(&self) -> (&str, u16) {
        let (scheme, host) = self.base_url.split_once("://").unwrap_or_default();
        let usual = if scheme == "http" { 80 } else { 443 };
        match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().unwrap_or(usual)),
            _ => (host, usual),
        }
    }

    /// Whether requests stay on this machine.
    pub fn is_loopback(&self) -> bool {
        let name = self.host_and_port().0;
        name == "localhost"
            || name == "[::1]"
            || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
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

fn usual_url(sandbox: bool) -> String {
    if sandbox { SANDBOX } else { PRODUCTION }.to_owned()
}

fn accounts(setting: Option<&Value>) -> Result<Vec<String>> {
    let listed = setting.and_then(Value::as_array).ok_or_else(|| invalid("accounts"))?;
    let mut accounts: Vec<String> = Vec::with_capacity(listed.len());
    for id in listed.iter().filter_map(Value::as_str) {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(input(format!(
                "config: `accounts` holds `{id}`, which is not an account id; names are not available yet, use ids"
            )));
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
    let date = text
        .get(..10)
        .and_then(|day| Date::parse(day, format_description!("[year]-[month]-[day]")).ok());
    let date = date.filter(|date| (1..=9999).contains(&date.year()));
    date.map(Some).ok_or_else(|| invalid(name))
}

/// A time in seconds; nothing for 0.
fn seconds(settings: &Map<String, Value>, name: &str) -> Result<Option<Duration>> {
    let Some(seconds) = settings.get(name).and_then(Value::as_f64).filter(|s| *s > 0.0) else {
        return Ok(None);
    };
    // No shorter than a clock can tell.
    Duration::try_from_secs_f64(seconds)
        .map(|time| Some(time.max(Duration::from_millis(1))))
        .map_err(|_| invalid(name))
}

fn invalid(name: &str) -> anyhow::Error {
    input(format!("config: `{name}` is not valid; expected {}", settings::expected(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn config(more: &Value) -> Result<Config> {
        let mut given = json!({"access_token": "t", "accounts": "1,2,1", "start_date": "2026-01-31T23:59:59+09:00"});
        given
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        Config::from_settings(given.as_object().expect("an object").clone())
    }

    #[test]
    fn a_config_of_the_python_tap_is_taken_as_it_is() {
        let config = config(&json!({"sandbox": "true", "include_deleted": "false", "request_timeout": 0, "user_agent": "tap <a@b.c>"}))
            .expect("valid");
        assert_eq!(config.accounts, ["1", "2"]);
        assert_eq!(config.start_date, time::macros::date!(2026 - 01 - 31));
        assert_eq!(
            (config.base_url.as_str(), config.request_timeout),
            (SANDBOX, Duration::from_secs(300))
        );
        assert!(!format!("{config:?}").contains("\"t\""), "a token is never shown");
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in
            ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80/", "https://example.com"]
        {
            assert!(config(&json!({"base_url": good})).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://127.0.0.1.example.com",
            "http://user@127.0.0.1",
            "http://[::2]:80",
            "http://10.0.0.1",
        ] {
            assert!(config(&json!({"base_url": bad})).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_host_and_its_port_are_known() {
        for (url, want) in [
            ("https://example.com", ("example.com", 443)),
            ("https://example.com:8443/", ("example.com", 8443)),
            ("http://127.0.0.1", ("127.0.0.1", 80)),
            ("https://[2001:db8::1]", ("[2001:db8::1]", 443)),
            ("http://[::1]:8080", ("[::1]", 8080)),
        ] {
            let config = config(&json!({"base_url": url})).expect(url);
            assert_eq!(config.host_and_port(), want, "{url}");
            assert!(config.is_elsewhere());
        }
        assert_eq!(config(&json!({})).expect("valid").host_and_port().0, "business-api.tiktok.com");
        assert!(!config(&json!({"sandbox": true})).expect("valid").is_elsewhere());
    }

    #[test]
    fn impossible_dates_and_names_are_refused() {
        assert!(config(&json!({"end_date": "2026-02-30"})).is_err());
        assert!(
            config(&json!({"accounts": ["My account"]}))
                .expect_err("a name")
                .to_string()
                .contains("accounts")
        );
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

//! From an app to a config: prints the consent URL, waits for the code, exchanges it, and writes or
//! prints the config that it leads to.

use super::arrival::{self, Arrived};
use super::config_file::{self, Target};
use super::exchange::{self, Connected};
use super::listener::Listener;
use super::page::Page;
use super::redirect::Redirect;
use super::stdin;
use crate::cli::Auth;
use crate::config::{Config, Draft, Secret};
use crate::error::{failed, input};
use crate::signals::Signals;
use crate::words::foreign;
use anyhow::Result;
use log::Level;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Map;
use std::io::Write;
use std::sync::mpsc;
use time::{Duration, OffsetDateTime};

/// The days of reports that a new config reaches back. A later, earlier `start_date` has no effect
/// on reports that have bookmarks, so it is better to begin early.
const DAYS: i64 = 365;
/// The most accounts that are listed.
const MOST_LISTED: usize = 50;

/// Gets a token and makes a config of it.
pub(super) fn run(
    options: &Auth,
    sources: &[String],
    signals: &Signals,
    out: impl Write,
) -> Result<()> {
    let target = Target::of(options.output.as_deref(), options.overwrite)?;
    let redirect = Redirect::parse(&options.redirect_url)?;
    let mut draft = draft(options, sources)?;
    let app_id = app_id(&draft)?;
    let local = redirect.local.as_ref().filter(|_| !options.paste);
    let listener = local.map(|(port, _)| Listener::open(*port)).transpose()?;
    let secret = match draft.given.get("secret").and_then(|secret| secret.as_str()) {
        Some(secret) => secret.to_owned(),
        None => stdin::ask_secret()?,
    };
    crate::logging::hide(Some(secret.clone()));
    draft.config.app = Some((app_id.clone(), Secret::new(secret)));

    let state = new_state()?;
    let url = url(&draft.config.base_url, &app_id, &state, &redirect.url);
    say_what_to_do(options, &url, &redirect, listener.is_some());
    let (send, arrivals) = mpsc::channel();
    let listens = listener.is_some();
    if let Some((listener, (_, path))) = listener.zip(local) {
        listener.start(path, &send);
    }
    stdin::start(&send);
    let (code, browser): Arrived = arrival::wait(&arrivals, &state, listens, signals)?;

    let ended = exchange::connect(&mut draft.config, &code, signals)
        .and_then(|connected| Ok((config_file::settings(&draft, &connected)?, connected)))
        .and_then(|(settings, connected)| Ok((target.write(&settings, out)?, connected)));
    match ended {
        Ok((place, connected)) => {
            say_verified(&connected, &place);
            if let Some(browser) = browser {
                browser.show(&page_of(&connected, &place));
            }
            Ok(())
        }
        Err(error) => {
            if let Some(browser) = browser {
                browser.show(&Page::of_failure(&format!("{error:#}")));
            }
            Err(error)
        }
    }
}

/// The settings that are given, with those of the command line.
pub(super) fn draft(options: &Auth, sources: &[String]) -> Result<Draft> {
    let more = options.app_id.iter().map(|id| ("app_id".to_owned(), id.as_str().into()));
    let start = OffsetDateTime::now_utc().date() - Duration::days(DAYS);
    let draft = Config::draft(sources, more.collect::<Map<_, _>>(), &start.to_string())?;
    if draft.config.sandbox {
        return Err(input(
            "auth: the sandbox has no consent: create its token on the page of the app in TikTok's \
             developer portal, under Sandbox, and put it and the account id shown there into \
             `access_token` and `accounts`; then use `auth --check`",
        ));
    }
    Ok(draft)
}

/// The id of the developer app.
pub(super) fn app_id(draft: &Draft) -> Result<String> {
    let given = draft.given.get("app_id");
    let id = given.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    id.ok_or_else(|| {
        input(
            "auth: the id of the developer app is missing; give `--app-id`, or `app_id` in the \
             config. It is on the page of the app in TikTok's developer portal",
        )
    })
}

/// A text that nobody can guess.
fn new_state() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        failed(crate::error::Exit::Internal, format!("auth: there is no randomness: {error}"))
    })?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// The address at which TikTok asks for consent.
fn url(base: &str, app_id: &str, state: &str, redirect_url: &str) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    format!(
        "{base}/portal/auth?app_id={}&state={}&redirect_uri={}",
        encoded(app_id),
        encoded(state),
        encoded(redirect_url)
    )
}

fn say_what_to_do(options: &Auth, url: &str, redirect: &Redirect, listens: bool) {
    // Without the address nothing can be done, so it is shown at every level.
    let level = log::max_level().to_level().map_or(Level::Error, |most| most.min(Level::Info));
    log::log!(level, "Open this address, choose the ad accounts and confirm: {url}");
    let pasting = "paste the address to which TikTok redirects, or the `auth_code` in it, and \
                   press Enter";
    if listens {
        log::info!("Waiting for TikTok's redirect to {}; or {pasting}", redirect.url);
    } else {
        log::info!("Then {pasting}");
    }
    if options.open
        && let Err(error) = open::that_detached(url)
    {
        log::warn!("auth: no browser could be opened ({error}); open the address above yourself");
    }
}

fn say_verified(connected: &Connected, place: &str) {
    log::info!(
        "Verified: {}, with {} ad {}",
        foreign(&connected.user),
        connected.accounts.len(),
        if connected.accounts.len() == 1 { "account" } else { "accounts" }
    );
    for line in listed(connected) {
        log::info!("{line}");
    }
    log::info!("The config {place}; `auth --check` says what it can read");
}

/// The accounts by id and name.
fn listed(connected: &Connected) -> Vec<String> {
    let accounts = connected.accounts.iter().take(MOST_LISTED);
    let mut lines: Vec<String> =
        accounts.map(|one| format!("{} {}", one.id, foreign(&one.name))).collect();
    let more = connected.accounts.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

fn page_of(connected: &Connected, place: &str) -> Page {
    Page {
        title: "Verified".to_owned(),
        text: vec![
            format!(
                "tap-tiktok-ads can now read ads data as {}. The config {place}.",
                foreign(&connected.user)
            ),
            "You can close this page. These ad accounts can be read:".to_owned(),
        ],
        list: listed(connected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_encoded() {
        assert_eq!(
            url("https://example.com", "70", "a1", "http://localhost:8765/?a=b c"),
            "https://example.com/portal/auth?app_id=70&state=a1\
             &redirect_uri=http%3A%2F%2Flocalhost%3A8765%2F%3Fa%3Db%20c"
        );
    }

    #[test]
    fn a_state_is_new_each_time() {
        let (one, other) = (new_state().expect("random"), new_state().expect("random"));
        assert!(one != other && one.len() == 32, "{one} {other}");
    }
}

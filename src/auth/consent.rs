//! From an app to a config: prints the consent URL, waits for the code, exchanges it, writes or
//! prints the config, and says what the token reaches.

use super::arrival::{self, Arrived};
use super::config_file::{self, Target};
use super::exchange::{self, Reached};
use super::listener::Listener;
use super::page::Page;
use super::prompt;
use super::redirect::Redirect;
use super::stdin;
use crate::cli::Auth;
use crate::config::accounts::{self, Known};
use crate::config::{Config, Draft, Secret};
use crate::error::{exit_of, failed, input};
use crate::signals::Signals;
use crate::words::foreign;
use anyhow::Result;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Map;
use std::io::{self, IsTerminal, Write};
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
    let mut target = Target::of(options.output.as_deref(), options.overwrite)?;
    let redirect = Redirect::parse(&options.redirect_url)?;
    let mut draft = draft(options, sources)?;
    let app_id = app_id(&draft)?;
    let local = redirect.local.as_ref().filter(|_| !options.paste);
    let listener = local.map(|(port, _)| Listener::open(*port)).transpose()?;
    let app = (app_id, secret(&draft)?);

    let state = new_state()?;
    let url = url(&draft.config.base_url, &app.0, &state, &redirect.url);
    let listens = listener.is_some();
    // What a script leaves on its stdin is no code. Only a user, or `--paste`, says that one comes.
    let reads = !listens || io::stdin().is_terminal();
    say_what_to_do(options, &url, &redirect, (listens, reads));
    let (send, arrivals) = mpsc::channel();
    if let Some((listener, (_, path))) = listener.zip(local) {
        listener.start(path, &send);
    }
    if reads {
        stdin::start(&send);
    }
    let (code, browser): Arrived = arrival::wait(&arrivals, &state, listens, signals)?;

    let connected = connect(&mut draft, &app, &code, &mut target, signals, out);
    if let Ok(reached) = &connected {
        say_verified(&draft, reached, &target.place());
    }
    if let Some(browser) = browser {
        browser.show(&match &connected {
            Ok(reached) => page_of(&draft, reached, &target.place()),
            Err(error) => Page::of_failure(&format!("{error:#}")),
        });
    }
    connected.map(drop)
}

/// Exchanges the code, and writes the config before anything else can fail: the code works only
/// once, and so would all of it be lost.
fn connect(
    draft: &mut Draft,
    app: &(String, Secret),
    code: &str,
    target: &mut Target,
    signals: &Signals,
    out: impl Write,
) -> Result<Reached> {
    draft.config.access_token = exchange::token(&draft.config, app, code, signals)?;
    let lost = |error: anyhow::Error, config: &Config| {
        let outcome = exchange::give_back(config, app);
        let words = format!("{error:#}; {outcome}; mend the cause and run `auth` again");
        failed(exit_of(&error), words)
    };
    let settings = |draft: &Draft, accounts| {
        config_file::settings(draft, &draft.config.access_token, app, accounts)
    };
    target.keep(&settings(draft, None)).map_err(|error| lost(error, &draft.config))?;
    let verified = exchange::verify(&draft.config, app, signals).and_then(|reached| {
        // Names that are wrong are found here, and not in the first run.
        accounts::ids(&draft.config.accounts, &reached.accounts)?;
        Ok(reached)
    });
    let ids = |reached: &Reached| reached.accounts.iter().map(|one| one.id.clone()).collect();
    let settings = settings(draft, verified.as_ref().ok().map(ids));
    target.write(&settings, out).map_err(|error| lost(error, &draft.config))?;
    verified.map_err(|error| {
        let place = target.place();
        let words = format!("{error:#}. The config {place}: mend the cause, then `auth --check`");
        failed(exit_of(&error), words)
    })
}

/// The secret of the app, which is asked for if no config has it.
pub(super) fn secret(draft: &Draft) -> Result<Secret> {
    let given = draft.given.get("secret").and_then(|secret| secret.as_str());
    let secret = given.map_or_else(stdin::ask_secret, |secret| Ok(secret.to_owned()))?;
    crate::logging::hide(Some(secret.clone()));
    Ok(Secret::new(secret))
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

fn say_what_to_do(options: &Auth, url: &str, redirect: &Redirect, (listens, reads): (bool, bool)) {
    prompt::say(&format!("Open this address, choose the ad accounts and confirm: {url}"));
    let pasting = "paste the address to which TikTok redirects, or the `auth_code` in it, and \
                   press Enter";
    match (listens, reads) {
        (true, true) => {
            prompt::say(&format!(
                "Waiting for TikTok's redirect to {}; or {pasting}",
                redirect.url
            ));
        }
        (true, false) => prompt::say(&format!("Waiting for TikTok's redirect to {}", redirect.url)),
        (false, _) => prompt::say(&format!("Then {pasting}")),
    }
    if options.open
        && let Err(error) = open::that_detached(url)
    {
        log::warn!("auth: no browser could be opened ({error}); open the address above yourself");
    }
}

fn say_verified(draft: &Draft, reached: &Reached, place: &str) {
    log::info!(
        "Verified: {}, with {} ad {}",
        foreign(&reached.user),
        reached.accounts.len(),
        if reached.accounts.len() == 1 { "account" } else { "accounts" }
    );
    for line in listed(&reached.accounts) {
        log::info!("{line}");
    }
    for line in differences(draft, reached) {
        log::warn!("{line}");
    }
    log::info!("The config {place}; `auth --check` says what it can read");
}

/// How the accounts of the given config differ from those that the token reaches.
fn differences(draft: &Draft, reached: &Reached) -> Vec<String> {
    let Ok(kept) = accounts::ids(&draft.config.accounts, &reached.accounts) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let is_kept = |account: &&Known| kept.contains(&account.id);
    let others = reached.accounts.iter().filter(|account| !is_kept(account)).count();
    if others > 0 {
        lines.push(format!(
            "The config keeps its `accounts`, so {others} of the accounts that the token reaches \
             are not read; add them to `accounts`, or remove `accounts` to read all"
        ));
    }
    let is_reached = |id: &&String| reached.accounts.iter().any(|account| account.id == **id);
    let missing: Vec<&str> = kept.iter().filter(|id| !is_reached(id)).map(String::as_str).collect();
    if !missing.is_empty() {
        lines.push(format!(
            "The token does not reach these `accounts` of the config: {}; choose them on the \
             consent page, or remove them",
            missing.join(", ")
        ));
    }
    lines
}

/// Accounts by id and name.
fn listed(accounts: &[Known]) -> Vec<String> {
    let mut lines: Vec<String> = accounts
        .iter()
        .take(MOST_LISTED)
        .map(|one| format!("{} {}", one.id, foreign(&one.name)))
        .collect();
    let more = accounts.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

fn page_of(draft: &Draft, reached: &Reached, place: &str) -> Page {
    let mut text = vec![format!(
        "tap-tiktok-ads can now read ads data as {}. The config {place}.",
        foreign(&reached.user)
    )];
    text.extend(differences(draft, reached));
    text.push("You can close this page. The token reaches these ad accounts:".to_owned());
    Page { title: "Verified".to_owned(), text, list: listed(&reached.accounts) }
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

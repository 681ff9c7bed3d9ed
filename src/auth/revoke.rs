//! Gives an access token back, after which TikTok does not accept it any more.

use super::consent::{app_id, draft};
use super::failure;
use super::stdin;
use super::watch::watched;
use crate::api::client::Client;
use crate::api::pacing::Halt;
use crate::cli::Auth;
use crate::error::input;
use crate::signals::Signals;
use anyhow::Result;
use serde_json::json;
use std::sync::Arc;

/// Revokes the token of a config.
pub(super) fn run(options: &Auth, sources: &[String], signals: &Signals) -> Result<()> {
    let draft = draft(options, sources)?;
    let app_id = app_id(&draft)?;
    if !draft.given.contains_key("access_token") {
        return Err(input(
            "auth: there is no token to give back; use `--config` with the `access_token`",
        ));
    }
    let secret = match &draft.config.app {
        Some((_, secret)) => secret.expose().to_owned(),
        None => stdin::ask_secret()?,
    };
    crate::logging::hide(Some(secret.clone()));
    let halt = Arc::new(Halt::default());
    let client = Client::new(&draft.config, Arc::clone(&halt))?;
    let token = draft.config.access_token.expose();
    let asked = json!({"app_id": app_id, "secret": secret, "access_token": token});
    watched(signals, &halt, || client.post("oauth2/revoke_token/", &asked))
        .map_err(|error| failure::of("auth: the token was not given back", &error))?;
    log::info!(
        "The token was given back: TikTok does not accept it any more. Run `auth` for a new one"
    );
    Ok(())
}

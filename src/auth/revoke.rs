//! Gives an access token back, after which TikTok does not accept it any more.

use super::consent::{app_id, draft, secret};
use super::exchange;
use super::watch::watched;
use crate::api::pacing::Halt;
use crate::cli::Auth;
use crate::error::input;
use crate::signals::Signals;
use anyhow::Result;
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
    let app = (app_id, secret(&draft)?);
    let halt = Arc::new(Halt::default());
    watched(signals, &halt, || exchange::revoke(&draft.config, &app, &halt))?;
    log::info!(
        "The token was given back: TikTok does not accept it any more. Run `auth` for a new one"
    );
    Ok(())
}

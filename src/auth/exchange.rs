//! Exchanges the code for an access token, asks whose token it is and what it reaches, and gives
//! it back if it cannot be kept.

use super::failure;
use super::watch::watched;
use crate::api::authorized::{self, Objects};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::pacing::Halt;
use crate::api::request::Request;
use crate::config::accounts::Known;
use crate::config::{Config, Secret};
use crate::error::{Exit, failed};
use crate::json::{Last, RowsAt};
use crate::signals::Signals;
use anyhow::Result;
use serde_json::json;
use std::sync::Arc;

/// What a token reaches.
#[derive(Debug)]
pub(super) struct Reached {
    /// The display name of the TikTok user who gave consent.
    pub user: String,
    /// The ad accounts.
    pub accounts: Vec<Known>,
}

/// Gets the token for a code. It is used once, because TikTok refuses it the second time.
pub(super) fn token(
    config: &Config,
    app: &(String, Secret),
    code: &str,
    signals: &Signals,
) -> Result<Secret> {
    crate::logging::hide(Some(code.to_owned()));
    let halt = Arc::new(Halt::default());
    let client = Client::new(config, Arc::clone(&halt))?;
    // TikTok lists the accounts itself, with names. Listed here, they can make the call time out.
    let asked = json!({
        "app_id": app.0, "secret": app.1.expose(), "auth_code": code,
        "return_advertiser_ids": false,
    });
    let exchanged = watched(signals, &halt, || client.post("oauth2/access_token/", asked));
    let data = exchanged.map_err(|error| failure::of("auth", &error))?;
    let Some(token) = data["access_token"].as_str().filter(|token| !token.is_empty()) else {
        return Err(failed(
            Exit::Refused,
            "auth: oauth2/access_token/: TikTok accepted the code but its answer has no \
             `access_token`; run `auth` again, and report it if it happens again",
        ));
    };
    crate::logging::hide(Some(token.to_owned()));
    Ok(Secret::new(token.to_owned()))
}

/// Asks what the token of a config reaches.
pub(super) fn verify(
    config: &Config,
    app: &(String, Secret),
    signals: &Signals,
) -> Result<Reached> {
    let halt = Arc::new(Halt::default());
    let client = Client::new(config, Arc::clone(&halt))?;
    let asked = watched(signals, &halt, || Ok((user(&client)?, authorized::list(&client, app)?)));
    let what = "auth: the code was accepted, but its token could not be verified";
    let (user, accounts) = asked.map_err(|error: ApiError| failure::of(what, &error))?;
    if accounts.is_empty() {
        let error = authorized::none();
        return Err(failed(error.cause.exit(), format!("auth: {error}")));
    }
    Ok(Reached { user, accounts })
}

/// Gives a token back that cannot be kept, and says how that ended.
pub(super) fn give_back(config: &Config, app: &(String, Secret)) -> String {
    match revoke(config, app, &Arc::new(Halt::default())) {
        Ok(()) => "the token that TikTok made was given back, so nothing is left behind".to_owned(),
        Err(error) => format!(
            "the token that TikTok made is lost, and could not be given back ({error:#}); whoever \
             confirmed can withdraw it at TikTok"
        ),
    }
}

/// Ends the token of a config.
pub(super) fn revoke(config: &Config, app: &(String, Secret), halt: &Arc<Halt>) -> Result<()> {
    let client = Client::new(config, Arc::clone(halt))?;
    let token = config.access_token.expose();
    let asked = json!({"app_id": app.0, "secret": app.1.expose(), "access_token": token});
    client
        .post("oauth2/revoke_token/", asked)
        .map(drop)
        .map_err(|error| failure::of("auth: the token was not given back", &error))
}

/// The display name of the user who gave consent. The call shows whether a token is valid.
pub(super) fn user(client: &Client) -> Result<String, ApiError> {
    let request =
        Request { needs_list: false, ..Request::list("user/info/", RowsAt::Data, Vec::new()) };
    let mut rows = Last(Objects::default());
    client.call(&request, &mut Vec::new(), &mut rows)?;
    let name = rows.0.0.first().and_then(|user| user["display_name"].as_str());
    Ok(name.filter(|name| !name.is_empty()).unwrap_or("a user without a name").to_owned())
}

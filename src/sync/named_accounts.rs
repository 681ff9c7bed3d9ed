//! Asks TikTok for the accounts of the token if the config names accounts, or none.

use super::stop::Stop;
use crate::api::authorized;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::config::{Config, accounts};
use std::sync::Arc;

/// Why there are no ids.
pub(crate) enum Unnamed {
    /// The config contains a name that does not stand for one account.
    Wrong(anyhow::Error),
    /// TikTok does not list the accounts.
    Refused(ApiError),
}

/// The ids of the accounts of a config. Returns `None` if the run should end.
pub(crate) fn ids(
    client: &Arc<Client>,
    config: &Config,
    stop: &Stop,
) -> Option<Result<Vec<String>, Unnamed>> {
    let app = config.app.clone().filter(|_| accounts::are_asked(&config.accounts));
    let Some(app) = app else { return Some(Ok(config.accounts.clone())) };
    let client = Arc::clone(client);
    let known = match stop.wait_for(move || authorized::list(&client, &app))? {
        Ok(known) => known,
        Err(error) => return Some(Err(Unnamed::Refused(error))),
    };
    if known.is_empty() {
        return Some(Err(Unnamed::Refused(authorized::none())));
    }
    let ids = accounts::ids(&config.accounts, &known).map_err(Unnamed::Wrong);
    if let Ok(ids) = &ids {
        log::info!("{} of the {} accounts that the token reaches are read", ids.len(), known.len());
    }
    Some(ids)
}

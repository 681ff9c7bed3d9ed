//! A config that is not complete: `auth` makes the token, and what else a run needs.

use super::{Config, sources};
use anyhow::Result;
use serde_json::{Map, Value};

/// Stands for what is missing. Too short to be hidden in messages, where it may occur by chance.
const MISSING: &str = "-";

/// The settings that are given, and a configuration that has them.
pub(crate) struct Draft {
    /// The settings under their main names.
    pub given: Map<String, Value>,
    /// With a meaningless access token if none is given.
    pub config: Config,
}

impl Config {
    /// Reads config files that may lack what `auth` makes. `more` are settings of the command line,
    /// and `start_date` is used if the files have none.
    pub(crate) fn draft(
        sources: &[String],
        more: Map<String, Value>,
        start_date: &str,
    ) -> Result<Draft> {
        let mut given = Map::new();
        for source in sources {
            given.extend(sources::read(source)?);
        }
        given.extend(more);
        // What is copied from a page often has a space or the end of the line with it.
        for name in ["access_token", "app_id", "secret"] {
            if let Some(Value::String(text)) = given.get_mut(name) {
                *text = text.trim().to_owned();
            }
        }
        let mut whole = given.clone();
        for (name, value) in [
            ("access_token", MISSING),
            ("accounts", "0"),
            // With them, accounts may be given by name.
            ("app_id", MISSING),
            ("secret", MISSING),
            ("start_date", start_date),
        ] {
            whole.entry(name).or_insert_with(|| value.into());
        }
        let mut config = Config::from_settings(whole)?;
        if !given.contains_key("accounts") {
            config.accounts.clear();
        }
        if !["app_id", "secret"].iter().all(|name| given.contains_key(*name)) {
            config.app = None;
        }
        Ok(Draft { given, config })
    }
}

//! The settings that decide which streams there are. Discovery reads them alone, so that it works
//! with a config that is not complete.

use super::{Config, settings, sources};
use crate::error::input;
use crate::streams::Available;
use anyhow::Result;
use serde_json::{Map, Value};

const SETTINGS: [&str; 4] = ["stream_groups", "metrics", "custom_reports", "verify"];

/// The streams that settings make available.
pub(super) fn available(settings: &Map<String, Value>) -> Result<Available> {
    let [groups, metrics, reports, verify] =
        SETTINGS.map(|name| settings.get(name).unwrap_or(&Value::Null));
    Available::new(groups, metrics, reports, verify)
        .map_err(|error| input(format!("config: {error}")))
}

impl Config {
    /// The streams that config files make available. Files that cannot be read are left out with a
    /// warning, because discovery needs no config.
    pub(crate) fn available(sources: &[String]) -> Result<Available> {
        let mut given = Map::new();
        for source in sources {
            match sources::read(source) {
                Ok(read) => given.extend(read),
                Err(error) => log::warn!("{error:#}; discovery goes on without it"),
            }
        }
        available(&settings::read_some(given, &SETTINGS)?)
    }
}

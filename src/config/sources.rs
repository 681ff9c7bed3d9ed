//! Where settings come from: a file, or with `ENV` the environment.

use super::{file, settings};
use anyhow::Result;
use serde_json::{Map, Value};

/// The prefix of all environment variables with settings, as in `TAP_TIKTOK_ADS_START_DATE`.
const ENV_PREFIX: &str = "TAP_TIKTOK_ADS_";

/// The settings of one source under their main names, unchecked.
pub(super) fn read(source: &str) -> Result<Map<String, Value>> {
    let given = if source == "ENV" { from_env() } else { file::read(source)? };
    Ok(settings::by_main_names(given))
}

/// The known settings only, because Meltano adds variables of its own under the same prefix.
fn from_env() -> Map<String, Value> {
    let variable = |name: &str| std::env::var(format!("{ENV_PREFIX}{}", name.to_uppercase())).ok();
    settings::settings()
        .flat_map(|(name, setting)| std::iter::once(name).chain(settings::aliases(setting)))
        .filter_map(|name| variable(name).map(|value| (name.to_owned(), Value::from(value))))
        .collect()
}

//! Decides which lines are logged: by the command line, else the environment, else the log
//! settings of Meltano.

use log::LevelFilter;
use serde_json::Value;

/// The variables that name a level, in their order.
const VARIABLES: [&str; 2] = ["TAP_TIKTOK_ADS_LOGLEVEL", "LOGLEVEL"];

/// The class that writes lines of JSON, which Meltano asks for if it can read them.
const STRUCTURED: &str = "StructuredFormatter";

/// The log settings that Meltano names in `SINGER_SDK_LOG_CONFIG`.
#[derive(Debug, Default)]
pub(super) struct Meltano {
    text: String,
    settings: Option<Value>,
}

impl Meltano {
    /// Reads the file, if there is one.
    pub(super) fn read() -> Self {
        let path = std::env::var("SINGER_SDK_LOG_CONFIG");
        let text = path.ok().and_then(|path| std::fs::read_to_string(path).ok());
        Self::of(text.unwrap_or_default())
    }

    fn of(text: String) -> Self {
        Meltano { settings: serde_json::from_str(&text).ok(), text }
    }

    /// Whether lines should be JSON.
    pub(super) fn wants_json(&self) -> bool {
        let Some(settings) = &self.settings else {
            // Meltano writes JSON, but users may name a file of their own, in YAML.
            let is_used = |line: &str| line.contains(STRUCTURED) && !line.trim().starts_with('#');
            return self.text.lines().any(is_used);
        };
        let formatter = settings["formatters"]["singer_formatter"]["()"].as_str();
        formatter.is_some_and(|name| name.ends_with(STRUCTURED))
    }

    fn level(&self) -> Option<LevelFilter> {
        self.settings.as_ref()?["root"]["level"].as_str().and_then(level_of)
    }
}

/// The level, and a warning of a name that is none.
pub(super) fn level(verbosity: i16, meltano: &Meltano) -> (LevelFilter, Option<String>) {
    let set = VARIABLES.iter().find_map(|name| {
        let value = std::env::var(name).ok().filter(|value| !value.trim().is_empty())?;
        Some((*name, value))
    });
    chosen(verbosity, set, meltano)
}

fn chosen(
    verbosity: i16,
    set: Option<(&str, String)>,
    meltano: &Meltano,
) -> (LevelFilter, Option<String>) {
    let level = match verbosity {
        0 => None,
        1 => Some(LevelFilter::Debug),
        2.. => Some(LevelFilter::Trace),
        -1 => Some(LevelFilter::Warn),
        _ => Some(LevelFilter::Error),
    };
    if let Some(level) = level {
        return (level, None);
    }
    let named = set.as_ref().and_then(|(_, value)| level_of(value));
    let unknown = set.filter(|_| named.is_none()).map(|(name, value)| {
        format!("{name}: `{value}` is no level; use debug, info, warning or error")
    });
    (named.or_else(|| meltano.level()).unwrap_or(LevelFilter::Info), unknown)
}

fn level_of(name: &str) -> Option<LevelFilter> {
    match name.trim().to_lowercase().as_str() {
        "trace" | "notset" => Some(LevelFilter::Trace),
        "debug" => Some(LevelFilter::Debug),
        "info" => Some(LevelFilter::Info),
        "warning" | "warn" => Some(LevelFilter::Warn),
        "error" | "critical" | "fatal" => Some(LevelFilter::Error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_variables_and_these_over_meltano() {
        let meltano = Meltano::of(r#"{"root": {"level": "DEBUG"}}"#.to_owned());
        let set = |value: &str| Some(("LOGLEVEL", value.to_owned()));
        for (verbosity, set, want) in [
            (0, None, LevelFilter::Debug),
            (0, set("Warning"), LevelFilter::Warn),
            (1, set("error"), LevelFilter::Debug),
            (2, None, LevelFilter::Trace),
            (-1, set("debug"), LevelFilter::Warn),
            (-2, None, LevelFilter::Error),
        ] {
            assert_eq!(chosen(verbosity, set, &meltano), (want, None), "{verbosity}");
        }
        let (level, warning) = chosen(0, set("loud"), &Meltano::default());
        assert_eq!(level, LevelFilter::Info);
        assert!(warning.is_some_and(|words| words.contains("LOGLEVEL: `loud`")));
    }

    #[test]
    fn json_is_written_where_meltano_asks_for_it() {
        let asks = |text: &str| Meltano::of(text.to_owned()).wants_json();
        let class = "singer_sdk.logging.StructuredFormatter";
        assert!(asks(&format!(r#"{{"formatters": {{"singer_formatter": {{"()": "{class}"}}}}}}"#)));
        assert!(asks(&format!("formatters:\n  mine:\n    (): {class}\n")));
        assert!(!asks(&format!("formatters:\n  # (): {class}\n")));
        assert!(!asks(r#"{"formatters": {"singer_formatter": {"format": "%(message)s"}}}"#));
        assert!(!asks(""));
    }
}

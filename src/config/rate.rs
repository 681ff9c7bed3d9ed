//! The setting `rate_limit`: the level that TikTok gave the app, or a number of requests a second.
//! The limits of the levels are in `api::limits`.

use serde_json::Value;

/// How many requests may be sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// As many as the level of the app allows, less a reserve for other programs.
    Level(Level),
    /// This many requests a second.
    PerSecond(f64),
}

/// The levels that TikTok gives to apps, from the slowest to the fastest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The level of every new app.
    Basic,
    /// A level that TikTok grants on request.
    Advanced,
    /// A level that TikTok grants on request.
    Premium,
    /// A level that TikTok grants on request.
    Ultimate,
}

impl Level {
    /// All levels in order.
    pub const ALL: [Level; 4] = [Level::Basic, Level::Advanced, Level::Premium, Level::Ultimate];
}

impl Rate {
    pub(super) fn of(setting: &Value) -> Self {
        match setting.as_str() {
            Some("advanced") => Rate::Level(Level::Advanced),
            Some("premium") => Rate::Level(Level::Premium),
            Some("ultimate") => Rate::Level(Level::Ultimate),
            _ => setting.as_f64().map_or(Rate::Level(Level::Basic), Rate::PerSecond),
        }
    }
}

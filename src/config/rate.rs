//! The setting `rate_limit`: a level of TikTok's, or a number. What the levels are worth is
//! `api::limits`' matter.

use serde_json::Value;

/// How fast TikTok is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// As the app's level allows, less a share for others.
    Level(Level),
    /// So many requests a second.
    PerSecond(f64),
}

/// The levels that TikTok gives to apps, the slowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Where every app starts.
    Basic,
    /// On request.
    Advanced,
    /// On request.
    Premium,
    /// On request.
    Ultimate,
}

impl Level {
    /// All of them, in order.
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

//! The time that one row of a report stands for.

use serde::Deserialize;

/// What time a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A day: `stat_time_day` is a dimension.
    Day,
    /// An hour: `stat_time_hour` is a dimension.
    Hour,
    /// The requested day: there is no dimension of time, so the tap requests each day separately.
    DayByRequest,
    /// All days: `query_lifetime`.
    Lifetime,
}

impl Grain {
    /// All grains, the most usual first.
    pub const ALL: [Grain; 4] = [Grain::Day, Grain::Hour, Grain::DayByRequest, Grain::Lifetime];

    /// The name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Grain::Day => "day",
            Grain::Hour => "hour",
            Grain::DayByRequest => "day_by_request",
            Grain::Lifetime => "lifetime",
        }
    }

    /// The dimension that holds the time.
    pub fn dimension(self) -> Option<&'static str> {
        match self {
            Grain::Day => Some("stat_time_day"),
            Grain::Hour => Some("stat_time_hour"),
            Grain::DayByRequest | Grain::Lifetime => None,
        }
    }
}

//! The grid of reports: levels of an account by breakdowns. The name, description, dimensions and
//! key properties of a report follow from its cell.

use super::breakdowns::{BREAKDOWNS, Breakdown};
use super::dictionary::Grain;
use super::report::{ACCOUNT_LEVEL, Report};
use super::{Group, ReportSettings, Stream};

/// A level of an account.
struct Level {
    /// The name in the names of streams.
    name: &'static str,
    /// The name in descriptions.
    about: &'static str,
    /// The name in the API.
    code: &'static str,
    /// The dimension with the ids of its entities.
    id: &'static str,
}

static LEVELS: [Level; 4] = [
    Level { name: "advertiser", about: "account", code: ACCOUNT_LEVEL, id: "advertiser_id" },
    Level { name: "campaign", about: "campaign", code: "AUCTION_CAMPAIGN", id: "campaign_id" },
    Level { name: "adgroup", about: "ad group", code: "AUCTION_ADGROUP", id: "adgroup_id" },
    Level { name: "ad", about: "ad", code: "AUCTION_AD", id: "ad_id" },
];

/// Ads of Upgraded Smart+, whose creatives have the ids in `ad_id`.
static SMART_PLUS: Level = Level {
    name: "smart_plus_ad",
    about: "ad of Upgraded Smart+",
    code: "AUCTION_AD",
    id: "ad_id_v2",
};

/// Every report of the grid.
pub(super) fn streams() -> Vec<Stream> {
    let mut streams = Vec::new();
    for breakdown in BREAKDOWNS {
        let levels = LEVELS.iter().filter(|level| breakdown.levels.contains(&level.name));
        streams.extend(levels.map(|level| stream(level, breakdown)));
    }
    let plain = BREAKDOWNS.iter().filter(|b| b.report_type == "BASIC" && b.dimensions.is_empty());
    streams.extend(
        plain.map(|breakdown| Stream { group: Group::SmartPlus, ..stream(&SMART_PLUS, breakdown) }),
    );
    streams
}

fn stream(level: &Level, breakdown: &Breakdown) -> Stream {
    let time = match breakdown.grain {
        Grain::Day => Some("stat_time_day"),
        Grain::Hour => Some("stat_time_hour"),
        Grain::Lifetime | Grain::DayByRequest => None,
    };
    let dimensions = [level.id].into_iter().chain(time);
    let is_core = breakdown.core.contains(&level.name);
    // Both report types have countries. The audience report has the shorter name.
    let is_basic = breakdown.report_type == "BASIC" && breakdown.dimensions == ["country_code"];
    let infix = if is_basic { "_basic" } else { "" };
    let name = format!("{}{infix}_insights{}", level.name, breakdown.suffix);
    let report = Report {
        report_type: breakdown.report_type,
        data_level: Some(level.code),
        dimensions: dimensions.chain(breakdown.dimensions.iter().copied()).collect(),
        grain: breakdown.grain,
        settings: ReportSettings::default(),
    };
    let group = if is_core { Group::Core } else { breakdown.group };
    report.stream(name.leak(), group, about(level, breakdown))
}

fn about(level: &Level, breakdown: &Breakdown) -> String {
    let time = match breakdown.grain {
        Grain::Day | Grain::DayByRequest => "day",
        Grain::Hour => "hour",
        Grain::Lifetime => "",
    };
    let by: Vec<&str> =
        [level.about, time, breakdown.about].into_iter().filter(|part| !part.is_empty()).collect();
    match &by[..] {
        [one] => format!("Results of all time by {one}"),
        [first @ .., last] if last.contains(" and ") => {
            format!("Results by {}, {last}", first.join(", "))
        }
        [first @ .., last] => format!("Results by {} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

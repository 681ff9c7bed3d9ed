//! The grid of reports: levels by breakdowns. Name, description, dimensions and key properties of a
//! report follow from its cell.

use super::call::{Buying, Call, Pass};
use super::dictionary::Grain;
use super::report::{ACCOUNT_LEVEL, Report};
use super::{Fields, Group, Per, REPORT, Replication, Stream};

/// A level of the account's tree.
struct Level {
    /// As it stands in the names of streams.
    name: &'static str,
    /// As people call it.
    about: &'static str,
    /// As the API calls it.
    code: &'static str,
    /// The dimension that names an entity of the level.
    id: &'static str,
}

static LEVELS: [Level; 4] = [
    Level { name: "advertiser", about: "account", code: ACCOUNT_LEVEL, id: "advertiser_id" },
    Level { name: "campaign", about: "campaign", code: "AUCTION_CAMPAIGN", id: "campaign_id" },
    Level { name: "adgroup", about: "ad group", code: "AUCTION_ADGROUP", id: "adgroup_id" },
    Level { name: "ad", about: "ad", code: "AUCTION_AD", id: "ad_id" },
];

/// One row of the grid: a breakdown at some levels.
struct Breakdown {
    report_type: &'static str,
    /// Behind `insights` in the names of streams.
    suffix: &'static str,
    /// As people call it, behind "Results by … and day".
    about: &'static str,
    dimensions: &'static [&'static str],
    /// Names of the levels that have it.
    levels: &'static [&'static str],
}

static BREAKDOWNS: [Breakdown; 5] = [
    Breakdown {
        report_type: "BASIC",
        suffix: "",
        about: "",
        dimensions: &[],
        levels: &["advertiser", "campaign", "adgroup", "ad"],
    },
    Breakdown {
        report_type: "AUDIENCE",
        suffix: "_by_age_and_gender",
        about: "age and gender",
        dimensions: &["age", "gender"],
        levels: &["ad"],
    },
    Breakdown {
        report_type: "AUDIENCE",
        suffix: "_by_country",
        about: "country",
        dimensions: &["country_code"],
        levels: &["ad"],
    },
    Breakdown {
        report_type: "AUDIENCE",
        suffix: "_by_platform",
        about: "operating system",
        dimensions: &["platform"],
        levels: &["ad"],
    },
    Breakdown {
        report_type: "AUDIENCE",
        suffix: "_by_province",
        about: "province",
        dimensions: &["province_id"],
        levels: &["campaign"],
    },
];

const ORDINARY: Pass = Pass { buying: Some(Buying::Ordinary), page_size: 1000, optional: None };
const TOP_VIEW: Pass =
    Pass { buying: Some(Buying::TopView), optional: Some("top_view"), ..ORDINARY };

/// Every report of the grid.
pub(super) fn streams() -> impl Iterator<Item = Stream> {
    BREAKDOWNS.iter().flat_map(|breakdown| {
        let levels = LEVELS.iter().filter(|level| breakdown.levels.contains(&level.name));
        levels.map(|level| stream(level, breakdown))
    })
}

fn stream(level: &Level, breakdown: &Breakdown) -> Stream {
    let time = "stat_time_day";
    let mut dimensions = vec![level.id, time];
    dimensions.extend(breakdown.dimensions);
    let mut keys = vec!["advertiser_id"];
    keys.extend(dimensions.iter().filter(|name| **name != "advertiser_id"));
    let about = match breakdown.about {
        "" => format!("Results by {} and day", level.about),
        about if about.contains(" and ") => format!("Results by {}, day, {about}", level.about),
        about => format!("Results by {}, day and {about}", level.about),
    };
    Stream {
        name: format!("{}_insights{}", level.name, breakdown.suffix).leak(),
        group: Group::Core,
        about,
        per: Per::Account,
        call: Call {
            path: REPORT,
            rows: "list",
            passes: if level.code == ACCOUNT_LEVEL { &[ORDINARY] } else { &[ORDINARY, TOP_VIEW] },
            is_deletable: false,
        },
        replication: Replication::Window { key: time },
        keys,
        fields: Fields::Report(Report {
            report_type: breakdown.report_type,
            data_level: Some(level.code),
            grain: Grain::Day,
            dimensions,
        }),
        permission: "Consolidated Report",
        // The sandbox knows no reports of accounts.
        in_sandbox: level.code != ACCOUNT_LEVEL,
    }
}

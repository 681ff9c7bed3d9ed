//! The types of reports that users can define, and the shapes that each may have.

use crate::streams::dictionary::Grain;
use crate::streams::report::ACCOUNT_LEVEL;

/// A type of reports that users can define, and the shapes that it may have.
pub(in crate::streams) struct Kind {
    pub report_type: &'static str,
    /// Whether it takes `filtering`.
    pub takes_filters: bool,
    pub(super) shapes: &'static [Shape],
}

/// Levels, breakdowns and grains that can be combined freely.
pub(super) struct Shape {
    /// Empty if the type has no levels.
    pub levels: &'static [&'static str],
    pub breakdowns: Breakdowns,
    pub grains: &'static [Grain],
}

/// The dimensions other than the id and the time.
#[derive(Clone, Copy)]
pub(super) enum Breakdowns {
    None,
    /// Any one of the type.
    One,
    /// Exactly these.
    These(&'static [&'static str]),
}

const LEVELS: &[&str] = &[ACCOUNT_LEVEL, "AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"];
const SHOP_LEVELS: &[&str] = &[ACCOUNT_LEVEL, "AUCTION_CAMPAIGN"];
const BY_DAY: &[Grain] = &[Grain::Day, Grain::DayByRequest];
const BY_REQUEST: &[Grain] = &[Grain::DayByRequest];

const fn basic(breakdowns: Breakdowns) -> Shape {
    Shape { levels: LEVELS, breakdowns, grains: &Grain::ALL }
}

const fn audience(breakdowns: Breakdowns) -> Shape {
    Shape { levels: LEVELS, breakdowns, grains: BY_DAY }
}

const COUNTRY: Breakdowns = Breakdowns::These(&["country_code"]);

pub(super) static KINDS: [Kind; 4] = [
    Kind {
        report_type: "BASIC",
        takes_filters: true,
        shapes: &[
            basic(Breakdowns::None),
            basic(Breakdowns::One),
            basic(Breakdowns::These(&["search_terms", "match_type"])),
            basic(Breakdowns::These(&["search_keyword", "match_type"])),
            basic(Breakdowns::These(&["page_id", "component_name"])),
        ],
    },
    Kind {
        report_type: "AUDIENCE",
        takes_filters: true,
        shapes: &[audience(Breakdowns::One), audience(Breakdowns::These(&["age", "gender"]))],
    },
    Kind {
        report_type: "PLAYABLE_MATERIAL",
        takes_filters: false,
        shapes: &[
            Shape {
                levels: &[],
                breakdowns: Breakdowns::None,
                grains: &[Grain::DayByRequest, Grain::Lifetime],
            },
            Shape { levels: &[], breakdowns: COUNTRY, grains: BY_REQUEST },
        ],
    },
    Kind {
        report_type: "TT_SHOP",
        takes_filters: false,
        shapes: &[
            Shape { levels: &[ACCOUNT_LEVEL], breakdowns: Breakdowns::None, grains: BY_REQUEST },
            Shape { levels: SHOP_LEVELS, breakdowns: COUNTRY, grains: BY_DAY },
        ],
    },
];

impl Breakdowns {
    pub(super) fn are(self, given: &[&str]) -> bool {
        match self {
            Breakdowns::None => given.is_empty(),
            Breakdowns::One => given.len() == 1,
            Breakdowns::These(names) => {
                given.len() == names.len() && names.iter().all(|name| given.contains(name))
            }
        }
    }

    /// For messages.
    pub(super) fn words(self) -> String {
        match self {
            Breakdowns::None => "no breakdown".to_owned(),
            Breakdowns::One => "one breakdown".to_owned(),
            Breakdowns::These(names) => names.join(" with "),
        }
    }
}

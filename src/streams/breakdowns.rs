//! The rows of the grid of reports: the breakdowns of each level.

use super::Group::{self, BasicBreakdowns, Breakdowns, Core, Hourly, Interests};
use super::dictionary::Grain::{self, Day, DayByRequest, Hour};

/// One row of the grid.
pub(super) struct Breakdown {
    pub report_type: &'static str,
    /// The end of the names of streams, after the level and `insights`.
    pub suffix: &'static str,
    /// What results are broken down by, for descriptions.
    pub about: &'static str,
    pub dimensions: &'static [&'static str],
    pub grain: Grain,
    pub group: Group,
    /// The levels that have it, by their names in the names of streams.
    pub levels: &'static [&'static str],
    /// Those of them whose stream belongs to the group `core`, because the Python tap has it.
    pub core: &'static [&'static str],
}

const ALL: &[&str] = &["advertiser", "campaign", "adgroup", "ad"];
const ADS: &[&str] = &["ad"];

/// A breakdown with the usual values for the columns that few rows set.
const fn row(
    report_type: &'static str,
    suffix: &'static str,
    about: &'static str,
    dimensions: &'static [&'static str],
    grain: Grain,
    group: Group,
) -> Breakdown {
    Breakdown { report_type, suffix, about, dimensions, grain, group, levels: ALL, core: &[] }
}

const fn audience(
    suffix: &'static str,
    about: &'static str,
    dimensions: &'static [&'static str],
    core: &'static [&'static str],
) -> Breakdown {
    Breakdown { core, ..row("AUDIENCE", suffix, about, dimensions, Day, Breakdowns) }
}

const fn interest(
    suffix: &'static str,
    about: &'static str,
    dimensions: &'static [&'static str],
    grain: Grain,
) -> Breakdown {
    row("AUDIENCE", suffix, about, dimensions, grain, Interests)
}

const fn of_ads(
    suffix: &'static str,
    about: &'static str,
    dimensions: &'static [&'static str],
) -> Breakdown {
    Breakdown { levels: ADS, ..row("BASIC", suffix, about, dimensions, Day, BasicBreakdowns) }
}

pub(super) static BREAKDOWNS: &[Breakdown] = &[
    row("BASIC", "", "", &[], Day, Core),
    row("BASIC", "_hourly", "", &[], Hour, Hourly),
    row("BASIC", "_lifetime", "", &[], Grain::Lifetime, Group::Lifetime),
    row("BASIC", "_by_country", "country", &["country_code"], Day, Breakdowns),
    audience("_by_age_and_gender", "age and gender", &["age", "gender"], &["ad"]),
    audience("_by_country", "country", &["country_code"], &["ad"]),
    audience("_by_platform", "operating system", &["platform"], &["ad"]),
    audience("_by_language", "language of the app", &["language"], &[]),
    audience("_by_province", "province", &["province_id"], &["campaign"]),
    audience("_by_dma", "US market area", &["dma_id"], &[]),
    audience("_by_network", "type of connection", &["ac"], &[]),
    audience("_by_placement", "placement", &["placement"], &[]),
    interest("_by_interest_category", "interest category", &["interest_category"], Day),
    interest("_by_behavior", "behaviour", &["behavior_id"], Day),
    interest("_by_contextual_tag", "contextual tag", &["contextual_tag"], Day),
    interest("_by_hashtag", "hashtag", &["hashtag"], Day),
    interest("_by_audience_tag", "audience tag", &["audience_tags"], Day),
    interest("_by_additional_interest", "additional interest", &["additional_interests"], Day),
    interest("_by_purchase_intention", "purchase intention", &["purchase_intention"], Day),
    interest(
        "_by_interest_category_tier2",
        "interest category of the second tier",
        &["interest_category_tier2"],
        DayByRequest,
    ),
    interest(
        "_by_interest_category_tier3",
        "interest category of the third tier",
        &["interest_category_tier3"],
        DayByRequest,
    ),
    interest(
        "_by_interest_category_tier4",
        "interest category of the fourth tier",
        &["interest_category_tier4"],
        DayByRequest,
    ),
    interest("_by_device_brand", "brand of the device", &["device_brand_id"], DayByRequest),
    of_ads("_by_ad_type", "type of ad", &["ad_type"]),
    of_ads("_by_custom_event_type", "custom event", &["custom_event_type"]),
    of_ads("_by_event_source", "event source", &["event_source_id"]),
    of_ads("_by_page", "instant page", &["page_id"]),
    of_ads("_by_live_room", "live room", &["room_id"]),
    of_ads("_by_post", "TikTok post", &["post_id"]),
    of_ads("_by_image", "image", &["image_id"]),
    of_ads("_by_video_material", "video", &["video_material_id"]),
    of_ads("_by_mini_app", "mini app", &["minis_id"]),
    of_ads("_by_search_term", "search term", &["search_terms"]),
    of_ads("_by_skan_postback", "SKAN postback", &["skan_postback_sequence"]),
];

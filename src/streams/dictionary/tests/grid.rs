//! All reports that there are, each with its type, level, grain and dimensions.

use super::super::Grain::{self, Day, DayByRequest, Hour, Lifetime};

/// Data levels with their ids.
pub(super) const LEVELS: [(&str, &str); 4] = [
    ("AUCTION_ADVERTISER", "advertiser_id"),
    ("AUCTION_CAMPAIGN", "campaign_id"),
    ("AUCTION_ADGROUP", "adgroup_id"),
    ("AUCTION_AD", "ad_id"),
];

/// What every level has in BASIC reports.
const BASIC: [(Grain, &[&str]); 4] = [
    (Day, &["stat_time_day"]),
    (Hour, &["stat_time_hour"]),
    (Lifetime, &[]),
    (Day, &["country_code", "stat_time_day"]),
];

/// Breakdowns that every level has in AUDIENCE reports by day.
const AUDIENCE: [&[&str]; 15] = [
    &["age", "gender"],
    &["country_code"],
    &["platform"],
    &["language"],
    &["province_id"],
    &["dma_id"],
    &["ac"],
    &["placement"],
    &["interest_category"],
    &["behavior_id"],
    &["contextual_tag"],
    &["hashtag"],
    &["audience_tags"],
    &["additional_interests"],
    &["purchase_intention"],
];

/// Breakdowns that have no dimension of time.
const WITHOUT_DAYS: [&str; 4] = [
    "interest_category_tier2",
    "interest_category_tier3",
    "interest_category_tier4",
    "device_brand_id",
];

/// Breakdowns of ads in BASIC reports.
const AD_BREAKDOWNS: [&str; 11] = [
    "ad_type",
    "custom_event_type",
    "event_source_id",
    "page_id",
    "room_id",
    "post_id",
    "image_id",
    "video_material_id",
    "minis_id",
    "search_terms",
    "skan_postback_sequence",
];

pub(super) const AD: Option<&str> = Some("AUCTION_AD");
pub(super) const CAMPAIGN: Option<&str> = Some("AUCTION_CAMPAIGN");
pub(super) const ADVERTISER: Option<&str> = Some("AUCTION_ADVERTISER");

type Row = (&'static str, Option<&'static str>, Grain, &'static [&'static str]);

/// The reports that do not come at every level.
const OTHERS: [Row; 27] = [
    ("BASIC", AD, Day, &["ad_id_v2", "stat_time_day"]),
    ("BASIC", AD, Hour, &["ad_id_v2", "stat_time_hour"]),
    ("BASIC", AD, Lifetime, &["ad_id_v2"]),
    ("PLAYABLE_MATERIAL", None, DayByRequest, &["playable_id", "country_code"]),
    ("TT_SHOP", ADVERTISER, Day, &["advertiser_id", "country_code", "stat_time_day"]),
    ("TT_SHOP", CAMPAIGN, Day, &["campaign_id", "country_code", "stat_time_day"]),
    ("BC", None, Day, &["stat_time_day"]),
    ("BC", None, DayByRequest, &["advertiser_id"]),
    ("GMV_MAX", None, Day, &["advertiser_id", "stat_time_day"]),
    ("GMV_MAX", None, Day, &["campaign_id", "stat_time_day"]), // products
    ("GMV_MAX", None, Day, &["campaign_id", "stat_time_day"]), // live
    ("GMV_MAX", None, Hour, &["campaign_id", "stat_time_hour"]), // products
    ("GMV_MAX", None, Hour, &["campaign_id", "stat_time_hour"]), // live
    ("GMV_MAX", None, Day, &["campaign_id", "item_group_id", "stat_time_day"]),
    ("GMV_MAX", None, Day, &["campaign_id", "item_group_id", "item_id", "stat_time_day"]),
    ("GMV_MAX", None, Day, &["campaign_id", "room_id", "stat_time_day"]),
    ("GMV_MAX", None, Hour, &["campaign_id", "room_id", "stat_time_hour"]),
    ("SMART_PLUS_MATERIAL", None, DayByRequest, &["smart_plus_ad_id", "main_material_id"]),
    ("SMART_PLUS_MATERIAL", None, DayByRequest, &["smart_plus_ad_id", "ad_text_entity_id"]),
    ("SMART_PLUS_MATERIAL", None, DayByRequest, &["smart_plus_ad_id", "call_to_action_entity_id"]),
    (
        "SMART_PLUS_MATERIAL",
        None,
        DayByRequest,
        &["smart_plus_ad_id", "interactive_add_on_entity_id"],
    ),
    ("SMART_PLUS_MATERIAL", None, Day, &["main_material_id", "stat_time_day"]),
    ("CREATIVE", None, DayByRequest, &["material_id"]), // videos
    ("CREATIVE", None, DayByRequest, &["material_id"]), // images
    ("CREATIVE", None, DayByRequest, &["material_id"]), // instant pages
    ("VIDEO_PERFORMANCE", None, Lifetime, &["ad_id", "video_id"]),
    ("BID_PROTECTION", None, Day, &["data_level", "query_id", "record_date"]),
];

/// A report with dimensions of its own.
pub(super) type Report = (&'static str, Option<&'static str>, Grain, Vec<&'static str>);

/// All of them.
pub(super) fn grid() -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for (level, id) in LEVELS {
        for (grain, more) in BASIC {
            reports.push(("BASIC", Some(level), grain, [&[id], more].concat()));
        }
        for breakdown in AUDIENCE {
            let dimensions = [&[id], breakdown, &["stat_time_day"]].concat();
            reports.push(("AUDIENCE", Some(level), Day, dimensions));
        }
        for breakdown in WITHOUT_DAYS {
            reports.push(("AUDIENCE", Some(level), DayByRequest, vec![id, breakdown]));
        }
    }
    for breakdown in AD_BREAKDOWNS {
        reports.push(("BASIC", AD, Day, vec!["ad_id", breakdown, "stat_time_day"]));
    }
    let others = OTHERS
        .iter()
        .map(|(report, level, grain, dimensions)| (*report, *level, *grain, dimensions.to_vec()));
    reports.extend(others);
    reports
}

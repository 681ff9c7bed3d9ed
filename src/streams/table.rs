//! The table of streams. Adding a stream is adding an entry, and for an entity its file in
//! `schemas/`; nothing else knows a stream by name.

use super::{Account, Entity, Group, Pass, Report, Source, Stream};

/// Without it TikTok leaves out what was boosted from the app (Promote).
const ORIGINS: (&str, &[&str]) = ("campaign_system_origins", &["TT_ADS_PLATFORM", "PROMOTE"]);
/// TopView is left out by default and cannot be asked for together with other buying types.
const TOP_VIEW: (&str, &[&str]) = ("buying_types", &["RESERVATION_TOP_VIEW"]);

const PASSES: &[Pass] = &[
    Pass { filters: &[ORIGINS], page_size: 1000, optional: None },
    Pass { filters: &[TOP_VIEW], page_size: 1000, optional: Some("top_view") },
];
/// TikTok caps the page at 100 where TopView ad groups are asked for.
const ADGROUP_PASSES: &[Pass] = &[
    Pass { filters: &[ORIGINS], page_size: 1000, optional: None },
    Pass { filters: &[TOP_VIEW], page_size: 100, optional: Some("top_view") },
];

const AD_OBJECT: Entity = Entity {
    path: "",
    list: "list",
    schema: "",
    cursor: Some("modify_time"),
    modified_after: false,
    deletable: true,
    passes: PASSES,
    in_sandbox: true,
};

const fn core(
    name: &'static str,
    about: &'static str,
    keys: &'static [&'static str],
    source: Source,
) -> Stream {
    Stream { name, group: Group::Core, about, keys, source }
}

const fn basic(data_level: &'static str, dimensions: &'static [&'static str]) -> Source {
    Source::Report(Report { report_type: "BASIC", data_level, dimensions })
}

const fn audience(data_level: &'static str, dimensions: &'static [&'static str]) -> Source {
    Source::Report(Report { report_type: "AUDIENCE", data_level, dimensions })
}

/// Every stream, in the order in which discovery lists and a run without a catalog reads them: a
/// cheap one that always has rows comes first, because `meltano config test` stops at the first
/// record.
pub static STREAMS: &[Stream] = &[
    core(
        "advertisers",
        "Ad accounts with currency, time zone, balance and status",
        &["advertiser_id"],
        Source::Account(Account { schema: include_str!("../../schemas/streams/advertisers.json") }),
    ),
    core(
        "campaigns",
        "Campaigns, with TopView and Promote",
        &["campaign_id"],
        Source::Entity(Entity {
            path: "campaign/get/",
            schema: include_str!("../../schemas/streams/campaigns.json"),
            ..AD_OBJECT
        }),
    ),
    core(
        "adgroups",
        "Ad groups: targeting, budget, bid and schedule",
        &["adgroup_id"],
        Source::Entity(Entity {
            path: "adgroup/get/",
            schema: include_str!("../../schemas/streams/adgroups.json"),
            passes: ADGROUP_PASSES,
            ..AD_OBJECT
        }),
    ),
    core(
        "ads",
        "Ads, of Upgraded Smart+ their creatives",
        &["ad_id"],
        Source::Entity(Entity {
            path: "ad/get/",
            schema: include_str!("../../schemas/streams/ads.json"),
            modified_after: true,
            ..AD_OBJECT
        }),
    ),
    core(
        "advertiser_insights",
        "Results by account and day",
        &["advertiser_id", "stat_time_day"],
        basic("AUCTION_ADVERTISER", &["advertiser_id", "stat_time_day"]),
    ),
    core(
        "campaign_insights",
        "Results by campaign and day",
        &["advertiser_id", "campaign_id", "stat_time_day"],
        basic("AUCTION_CAMPAIGN", &["campaign_id", "stat_time_day"]),
    ),
    core(
        "adgroup_insights",
        "Results by ad group and day",
        &["advertiser_id", "adgroup_id", "stat_time_day"],
        basic("AUCTION_ADGROUP", &["adgroup_id", "stat_time_day"]),
    ),
    core(
        "ad_insights",
        "Results by ad and day",
        &["advertiser_id", "ad_id", "stat_time_day"],
        basic("AUCTION_AD", &["ad_id", "stat_time_day"]),
    ),
    core(
        "ad_insights_by_age_and_gender",
        "Results by ad, day, age and gender",
        &["advertiser_id", "ad_id", "stat_time_day", "age", "gender"],
        audience("AUCTION_AD", &["ad_id", "stat_time_day", "age", "gender"]),
    ),
    core(
        "ad_insights_by_country",
        "Results by ad, day and country",
        &["advertiser_id", "ad_id", "stat_time_day", "country_code"],
        audience("AUCTION_AD", &["ad_id", "stat_time_day", "country_code"]),
    ),
    core(
        "ad_insights_by_platform",
        "Results by ad, day and operating system",
        &["advertiser_id", "ad_id", "stat_time_day", "platform"],
        audience("AUCTION_AD", &["ad_id", "stat_time_day", "platform"]),
    ),
    core(
        "campaign_insights_by_province",
        "Results by campaign, day and province",
        &["advertiser_id", "campaign_id", "stat_time_day", "province_id"],
        audience("AUCTION_CAMPAIGN", &["campaign_id", "stat_time_day", "province_id"]),
    ),
];

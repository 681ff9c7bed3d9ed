//! Combinations that TikTok answers and refuses, as its documentation and other connectors have
//! them, and what the refusals say.

use super::super::all;
use super::*;

fn ask(
    report_type: &str,
    data_level: &str,
    dimensions: &[&str],
    grain: Option<Grain>,
) -> Result<Report, String> {
    let data_level = Some(data_level).filter(|level| !level.is_empty());
    report(&Combination { report_type, data_level, dimensions: dimensions.to_vec(), grain })
}

#[test]
fn every_built_in_report_of_these_types_is_legal() {
    let mut tried = 0;
    for stream in all() {
        let Some(built_in) = stream.report() else { continue };
        if kind(built_in.report_type).is_err() {
            continue;
        }
        let level = built_in.data_level.unwrap_or_default();
        let again = ask(built_in.report_type, level, &built_in.dimensions, Some(built_in.grain));
        let again = again.unwrap_or_else(|error| panic!("{}: {error}", stream.name));
        assert_eq!(again.dimensions, built_in.dimensions, "{}", stream.name);
        tried += 1;
    }
    assert!(tried >= 100, "{tried}");
}

#[test]
fn the_time_is_added_and_comes_behind_the_id() {
    for (report_type, level, dimensions, grain, want) in [
        ("BASIC", "AUCTION_AD", &["ad_id"][..], None, &["ad_id", "stat_time_day"][..]),
        ("BASIC", "AUCTION_AD", &["ad_id_v2"], None, &["ad_id_v2", "stat_time_day"]),
        (
            "BASIC",
            "AUCTION_CAMPAIGN",
            &["country_code", "campaign_id"],
            None,
            &["campaign_id", "stat_time_day", "country_code"],
        ),
        (
            "BASIC",
            "AUCTION_ADVERTISER",
            &["advertiser_id"],
            Some(Grain::Hour),
            &["advertiser_id", "stat_time_hour"],
        ),
        (
            "BASIC",
            "AUCTION_ADGROUP",
            &["stat_time_hour", "adgroup_id"],
            None,
            &["adgroup_id", "stat_time_hour"],
        ),
        ("BASIC", "AUCTION_AD", &["ad_id"], Some(Grain::Lifetime), &["ad_id"]),
        (
            "BASIC",
            "AUCTION_AD",
            &["ad_id", "search_keyword", "match_type"],
            None,
            &["ad_id", "stat_time_day", "search_keyword", "match_type"],
        ),
        (
            "AUDIENCE",
            "AUCTION_AD",
            &["ad_id", "device_brand_id"],
            None,
            &["ad_id", "device_brand_id"],
        ),
        (
            "AUDIENCE",
            "AUCTION_AD",
            &["ad_id", "gender"],
            Some(Grain::DayByRequest),
            &["ad_id", "gender"],
        ),
        (
            "TT_SHOP",
            "AUCTION_CAMPAIGN",
            &["campaign_id", "country_code"],
            None,
            &["campaign_id", "stat_time_day", "country_code"],
        ),
        ("TT_SHOP", "AUCTION_ADVERTISER", &["advertiser_id"], None, &["advertiser_id"]),
        ("PLAYABLE_MATERIAL", "", &["playable_id"], Some(Grain::Lifetime), &["playable_id"]),
        (
            "PLAYABLE_MATERIAL",
            "",
            &["playable_id", "country_code"],
            None,
            &["playable_id", "country_code"],
        ),
    ] {
        let got = ask(report_type, level, dimensions, grain);
        let got = got.unwrap_or_else(|error| panic!("{report_type} {dimensions:?}: {error}"));
        assert_eq!(got.dimensions, want, "{report_type}");
    }
}

#[test]
fn a_refusal_says_why_and_what_is_legal() {
    let (ad, account) = ("AUCTION_AD", "AUCTION_ADVERTISER");
    let hour = Some(Grain::Hour);
    let life = Some(Grain::Lifetime);
    for (report_type, level, dimensions, grain, parts) in [
        ("BASICS", ad, &["ad_id"][..], None, &["`BASICS`", "did you mean `BASIC`?"][..]),
        ("GMV_MAX", "", &["campaign_id"], None, &["`GMV_MAX`", "BASIC, AUDIENCE"]),
        ("BASIC", "", &["ad_id"], None, &["`data_level` is missing", "AUCTION_ADGROUP"]),
        ("BASIC", "AUCTION_ADS", &["ad_id"], None, &["did you mean `AUCTION_AD`?"]),
        ("TT_SHOP", ad, &["ad_id"], None, &["TT_SHOP", "AUCTION_ADVERTISER, AUCTION_CAMPAIGN"]),
        ("PLAYABLE_MATERIAL", ad, &["playable_id"], None, &["no `data_level`"]),
        ("BASIC", ad, &[], None, &["exactly one id at AUCTION_AD", "`ad_id` or `ad_id_v2`"]),
        ("BASIC", ad, &["campaign_id"], None, &["exactly one id", "are metrics"]),
        ("BASIC", ad, &["ad_id", "campaign_id"], None, &["exactly one id", "are metrics"]),
        ("BASIC", ad, &["ad_id", "ad_id_v2"], None, &["exactly one id"]),
        ("BASIC", ad, &["ad_id", "ad_id"], None, &["`ad_id` twice"]),
        ("BASIC", ad, &["ad_id", "contry_code"], None, &["did you mean `country_code`?"]),
        ("BASIC", ad, &["ad_id", "gender"], None, &["type AUDIENCE", "country_code"]),
        ("BASIC", ad, &["ad_id", "spend"], None, &["`spend`", "is a metric"]),
        ("BASIC", ad, &["ad_id", "country_code", "page_id"], None, &["one breakdown"]),
        ("BASIC", ad, &["ad_id", "match_type"], None, &["search_keyword, search_terms"]),
        ("BASIC", ad, &["ad_id", "component_name"], None, &["page_id"]),
        ("BASIC", account, &["advertiser_id", "ad_type"], None, &["`ad_type`", ad]),
        ("BASIC", ad, &["ad_id", "country_code"], hour, &["`hour`", "day, day_by_request"]),
        ("BASIC", ad, &["ad_id", "country_code"], life, &["`lifetime`", "day, day_by_request"]),
        ("AUDIENCE", ad, &["ad_id"], None, &["one breakdown, or age with gender", "none"]),
        ("AUDIENCE", ad, &["ad_id", "age", "platform"], None, &["age, platform"]),
        ("AUDIENCE", ad, &["ad_id", "age"], hour, &["`hour`", "day, day_by_request"]),
        ("AUDIENCE", ad, &["ad_id", "age"], life, &["`lifetime`"]),
        ("AUDIENCE", ad, &["ad_id", "age", "stat_time_hour"], None, &["AUDIENCE"]),
        (
            "AUDIENCE",
            ad,
            &["ad_id", "interest_category_tier2", "stat_time_day"],
            None,
            &["`day`", "it may be day_by_request"],
        ),
        ("BASIC", ad, &["ad_id", "stat_time_day"], hour, &["`stat_time_day`", "`hour`"]),
        ("BASIC", ad, &["ad_id", "stat_time_day", "stat_time_hour"], None, &["more than one time"]),
        (
            "TT_SHOP",
            account,
            &["advertiser_id", "stat_time_day"],
            None,
            &["TT_SHOP", "it may be day_by_request"],
        ),
        ("TT_SHOP", "AUCTION_CAMPAIGN", &["campaign_id"], None, &["country_code", "none"]),
        (
            "PLAYABLE_MATERIAL",
            "",
            &["playable_id", "country_code"],
            life,
            &["it may be day_by_request"],
        ),
    ] {
        let error = ask(report_type, level, dimensions, grain).expect_err(report_type);
        for part in parts {
            assert!(error.contains(part), "{dimensions:?}: `{part}` is not in: {error}");
        }
    }
}

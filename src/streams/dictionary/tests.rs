//! The dictionary against all reports that there are: each has dimensions and default metrics that
//! go together, and what TikTok refuses is refused here too.

mod grid;

use super::Grain::{Day, DayByRequest, Hour, Lifetime};
use super::{Dictionary, Grain, Grouping, MOST_DEFAULTS, dictionary};
use grid::{AD, ADVERTISER, CAMPAIGN, LEVELS, Report, grid};
use std::collections::HashSet;

fn grouping(report: &Report) -> Grouping<'_> {
    let (report_type, data_level, grain, dimensions) = report;
    Grouping { report_type, data_level: *data_level, dimensions, grain: *grain }
}

#[test]
fn every_report_has_dimensions_and_defaults_that_fit() {
    let dictionary = dictionary();
    let reports = grid();
    assert_eq!(reports.len(), 130);
    for report in &reports {
        let grouping = grouping(report);
        for name in &report.3 {
            assert!(dictionary.dimension(name).is_some(), "{report:?}: {name}");
            assert!(dictionary.dimension_fits(name, &grouping), "{report:?}: {name}");
        }
        let defaults = dictionary.defaults(&grouping);
        let least = match report.0 {
            "BASIC" | "AUDIENCE" | "SMART_PLUS_MATERIAL" | "CREATIVE" | "PLAYABLE_MATERIAL" => 20,
            "TT_SHOP" => 2,
            _ => 3,
        };
        assert!((least..=MOST_DEFAULTS).contains(&defaults.len()), "{report:?}: {defaults:?}");
        let mut seen = HashSet::new();
        for name in defaults {
            assert!(dictionary.metric(name).is_some(), "{report:?}: {name}");
            assert!(dictionary.fits(name, &grouping), "{report:?}: {name}");
            assert!(!report.3.contains(&name), "{report:?}: {name} is a dimension");
            assert!(seen.insert(name), "{report:?}: {name} stands twice");
        }
    }
}

/// Whether a metric fits a report.
fn fits(name: &str, report_type: &str, level: Option<&str>, at: &[&str], grain: Grain) -> bool {
    assert!(dictionary().metric(name).is_some(), "{name}");
    let grouping = Grouping { report_type, data_level: level, dimensions: at, grain };
    dictionary().fits(name, &grouping)
}

#[test]
fn what_tiktok_refuses_does_not_fit() {
    let basic = |name: &str, level: Option<&str>, at: &[&str], grain: Grain| {
        fits(name, "BASIC", level, at, grain)
    };
    let (day, hour) = ("stat_time_day", "stat_time_hour");
    // Money by its kind: only of accounts, and only by day.
    assert!(basic("cash_spend", ADVERTISER, &["advertiser_id", day], Day));
    assert!(!basic("cash_spend", ADVERTISER, &["advertiser_id", hour], Hour));
    assert!(!basic("cash_spend", ADVERTISER, &["advertiser_id", "country_code", day], Day));
    assert!(!basic("cash_spend", CAMPAIGN, &["campaign_id", day], Day));
    assert!(fits("cash_spend", "BC", None, &["advertiser_id"], DayByRequest));
    // Some metrics are counted by day and never by hour, or not over the whole life of an ad.
    assert!(basic("skan_conversion", AD, &["ad_id", day], Day));
    assert!(!basic("skan_conversion", AD, &["ad_id", hour], Hour));
    assert!(!basic("paid_engaged_view", AD, &["ad_id"], Lifetime));
    assert!(!basic("paid_engaged_view", AD, &["ad_id", "page_id", day], Day));
    // Attributes need an id of their level.
    assert!(basic("ad_name", AD, &["ad_id", day], Day));
    assert!(!basic("ad_name", CAMPAIGN, &["campaign_id", day], Day));
    assert!(!basic("advertiser_name", ADVERTISER, &[day], Day));
    assert!(!basic("ad_id", AD, &["ad_id", day], Day), "it is a dimension already");
    // Breakdowns that have few metrics.
    assert!(basic("spend", AD, &["ad_id", "search_terms", day], Day));
    assert!(!basic("reach", AD, &["ad_id", "search_terms", day], Day));
    assert!(basic("reach", AD, &["ad_id", "country_code", day], Day));
    assert!(!basic("vta_conversion", AD, &["ad_id", "country_code", day], Day));
    assert!(!basic("spend", AD, &["ad_id", "skan_postback_sequence", day], Day));
    assert!(!basic("result", AD, &["ad_id", "ad_type", day], Day));
    assert!(fits("result", "AUDIENCE", AD, &["ad_id", "ad_type", day], Day));
    // Lists of Upgraded Smart+ ads.
    assert!(basic("ad_text_list", AD, &["ad_id_v2", day], Day));
    assert!(!basic("ad_text_list", AD, &["ad_id", day], Day));
    // Audiences.
    let audience =
        |name: &str, breakdown: &str| fits(name, "AUDIENCE", AD, &["ad_id", breakdown, day], Day);
    assert!(audience("engaged_view", "hashtag") && !audience("engaged_view", "platform"));
    assert!(audience("average_video_play_per_user", "placement"));
    assert!(!audience("average_video_play_per_user", "country_code"));
    assert!(!audience("device_brand_name", "platform") && !audience("app_install", "platform"));
    // Reports with endpoints of their own.
    let of_items = ["campaign_id", "item_group_id", "item_id", day];
    assert!(fits("product_clicks", "GMV_MAX", None, &of_items, Day));
    assert!(!fits("product_clicks", "GMV_MAX", None, &["campaign_id", day], Day));
    assert!(fits("live_views", "GMV_MAX", None, &["campaign_id", day], Day), "of live campaigns");
    assert!(!fits("live_views", "GMV_MAX", None, &["advertiser_id", day], Day));
    assert!(fits("complete_payment", "CREATIVE", None, &["material_id"], DayByRequest));
    assert!(!fits("ad_name", "CREATIVE", None, &["material_id"], DayByRequest));
    assert!(!fits("impressions", "TT_SHOP", CAMPAIGN, &["campaign_id", "country_code"], Day));
}

#[test]
fn dimensions_that_tiktok_refuses_do_not_fit() {
    let fits = |name: &str, report_type: &str, level: Option<&str>, at: &[&str], grain: Grain| {
        let grouping = Grouping { report_type, data_level: level, dimensions: at, grain };
        dictionary().dimension_fits(name, &grouping)
    };
    assert!(!fits("stat_time_day", "PLAYABLE_MATERIAL", None, &["playable_id"], Day));
    assert!(!fits("stat_time_hour", "AUDIENCE", AD, &["ad_id", "age"], Hour));
    assert!(!fits("ad_id", "SMART_PLUS_MATERIAL", None, &["ad_id", "main_material_id"], Day));
    assert!(!fits("country_code", "BASIC", AD, &["ad_id", "country_code"], Lifetime));
    assert!(!fits("country_code", "BASIC", AD, &["ad_id", "country_code"], Hour));
    assert!(!fits("device_brand_id", "AUDIENCE", AD, &["ad_id", "device_brand_id"], Day));
    assert!(!fits("ad_type", "BASIC", ADVERTISER, &["advertiser_id", "ad_type"], Day));
    assert!(!fits("component_name", "BASIC", AD, &["ad_id", "component_name"], Day));
    assert!(fits("component_name", "BASIC", AD, &["ad_id", "component_name", "page_id"], Day));
    assert!(!fits("main_material_type", "SMART_PLUS_MATERIAL", None, &["main_material_type"], Day));
}

#[test]
fn attributes_of_gmv_max_are_no_defaults() {
    for report in grid().iter().filter(|report| report.0 == "GMV_MAX") {
        for name in dictionary().defaults(&grouping(report)) {
            let metric = dictionary().metric(name).expect("a default is known");
            assert!(metric.group != "gmv_max_attribute" && metric.group != "attribute", "{name}");
        }
    }
}

#[test]
fn types_and_unasked_columns_go_by_the_report() {
    let clicks = dictionary().metric("clicks").expect("clicks are known");
    assert_eq!(clicks.type_in("BASIC"), "integer");
    assert_eq!(clicks.type_in("VIDEO_PERFORMANCE"), "array of integer");
    let columns = |report_type: &str, dimensions: &[&str]| {
        let grain = DayByRequest;
        let grouping = Grouping { report_type, data_level: None, dimensions, grain };
        dictionary().returned(&grouping).join(" ")
    };
    let materials = columns("SMART_PLUS_MATERIAL", &["smart_plus_ad_id", "main_material_id"]);
    assert_eq!(materials, "main_material_type");
    assert!(columns("CREATIVE", &["material_id"]).contains("material_name"));
    assert_eq!(columns("BC", &["advertiser_id"]), "");
}

#[test]
fn unknown_names_fit() {
    let dimensions = &["ad_id", "stat_time_day"];
    let grouping = Grouping { report_type: "BASIC", data_level: AD, dimensions, grain: Day };
    assert!(dictionary().fits("a_metric_of_next_year", &grouping));
    assert!(dictionary().dimension_fits("a_breakdown_of_next_year", &grouping));
}

/// What the entries name exists: a slip would make a metric illegal everywhere, or nowhere.
#[test]
fn the_entries_name_what_there_is() {
    let Dictionary { dimensions, metrics, borrows, defaults, additive } = dictionary();
    let types: HashSet<String> =
        grid().iter().map(|r| r.0.to_owned()).chain(["CATALOG".to_owned()]).collect();
    let kinds = ["id", "time", "breakdown", "returned"];
    let groups: HashSet<&String> = metrics.values().map(|m| &m.group).collect();
    for (name, column) in dimensions.iter().chain(metrics) {
        let by_report = column.with.iter().chain(&column.without);
        for wanted in by_report.flat_map(|(_, names)| names) {
            let is_known = dimensions.contains_key(wanted) || kinds.contains(&wanted.as_str());
            assert!(is_known, "{name}: {wanted}");
        }
        let reports = column.reports.iter().chain(&column.returned).chain(column.with.keys());
        let reports = reports.chain(column.without.keys()).chain(column.grains.keys());
        for report in reports.chain(column.types.keys()).chain(column.metrics.keys()) {
            assert!(types.contains(report), "{name}: {report}");
        }
        for level in &column.levels {
            assert!(LEVELS.iter().any(|(known, _)| known == level), "{name}: {level}");
        }
        for selection in column.metrics.values() {
            assert!(selection.groups.iter().all(|g| groups.contains(g)), "{name}");
            assert!(selection.names.iter().all(|n| metrics.contains_key(n)), "{name}");
        }
        for kind in [&column.kind].into_iter().chain(column.types.values()) {
            let kind = kind.strip_prefix("array of ").unwrap_or(kind);
            let known = ["string", "integer", "number", "boolean", "date-time"];
            assert!(known.contains(&kind), "{name}: {kind}");
        }
    }
    assert!(dimensions.values().all(|d| kinds.contains(&d.role.as_str())));
    assert!(metrics.values().all(|m| !m.group.is_empty()));
    assert!(metrics.len() >= 1163 && dimensions.len() >= 59);
    assert!(borrows.iter().flat_map(|(a, b)| [a, b]).all(|report| types.contains(report)));
    for (list, names) in defaults.iter().chain(additive) {
        let (report, dimension) = list.split_once('/').unwrap_or((list, "ad_id"));
        assert!(types.contains(report) && dimensions.contains_key(dimension), "{list}");
        for name in names {
            assert!(metrics.contains_key(name), "{list}: {name}");
        }
    }
}

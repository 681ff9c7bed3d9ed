//! Reports outside the grid: other types of report, and reports with endpoints of their own.

use super::call::{CALL, Call, PARENT, PASS, Paging, Parent, Pass};
use super::dictionary::Grain;
use super::gmv_max_reports;
use super::report::Report;
use super::resource::{NOT_LISTED, days};
use super::{Fields, Group, Per, ReportSettings, Stream};
use crate::json::RowsAt;

/// A report with the dimensions of its rows.
pub(super) fn report(
    report_type: &'static str,
    data_level: Option<&'static str>,
    dimensions: &[&'static str],
    grain: Grain,
) -> Report {
    Report {
        report_type,
        data_level,
        dimensions: dimensions.to_vec(),
        grain,
        settings: ReportSettings::default(),
    }
}

/// The parameters for days, which are the same for all of these endpoints.
pub(super) const DAYS: super::Days = days("start_date", "end_date");

pub(super) fn streams() -> Vec<Stream> {
    let mut streams = of_integrated();
    streams.extend(gmv_max_reports::streams());
    streams.extend(smart_plus());
    streams.extend(creative());
    streams
}

/// Other types of `report/integrated/get/`.
fn of_integrated() -> Vec<Stream> {
    let by_country = |level, id| {
        report("TT_SHOP", Some(level), &[id, "stat_time_day", "country_code"], Grain::Day)
    };
    let playables = ["playable_id", "country_code"];
    let bc = |dimensions: &[&'static str], grain, keys: &[&'static str], name, about: &str| {
        let report = report("BC", None, dimensions, grain);
        let mut stream = report.stream(name, Group::Finance, about.to_owned());
        stream.per = Per::BusinessCenter;
        stream.keys = keys.to_vec();
        stream.call.passes = &[PASS];
        stream
    };
    vec![
        report("PLAYABLE_MATERIAL", None, &playables, Grain::DayByRequest).stream(
            "playable_insights",
            Group::Creative,
            "Results by playable, day and country".to_owned(),
        ),
        by_country("AUCTION_ADVERTISER", "advertiser_id").stream(
            "advertiser_shop_insights_by_country",
            Group::GmvMax,
            "Results of TikTok Shop by account, day and country".to_owned(),
        ),
        by_country("AUCTION_CAMPAIGN", "campaign_id").stream(
            "campaign_shop_insights_by_country",
            Group::GmvMax,
            "Results of TikTok Shop by campaign, day and country".to_owned(),
        ),
        bc(
            &["stat_time_day"],
            Grain::Day,
            &["bc_id", "stat_time_day"],
            "bc_insights",
            "Costs of a Business Center by day",
        ),
        bc(
            &["advertiser_id"],
            Grain::DayByRequest,
            &["bc_id", "advertiser_id", "date"],
            "bc_advertiser_insights",
            "Costs of a Business Center by account and day",
        ),
    ]
}

fn smart_plus() -> Vec<Stream> {
    let call = |path| Call { path, paging: Paging::Pages(100), days: Some(DAYS), ..CALL };
    let overview = |name: &'static str, about: &str, material: &'static str| {
        let dimensions = ["smart_plus_ad_id", material];
        let report = report("SMART_PLUS_MATERIAL", None, &dimensions, Grain::DayByRequest);
        let about = format!("Results by ad of Upgraded Smart+, {about} and day");
        let stream = report.stream(name, Group::SmartPlus, about);
        Stream {
            call: call("smart_plus/material_report/overview/"),
            permission: "Upgraded Smart+ Report",
            in_sandbox: false,
            ..stream
        }
    };
    let dimensions = ["main_material_id", "stat_time_day"];
    let breakdown = report("SMART_PLUS_MATERIAL", None, &dimensions, Grain::Day).stream(
        "smart_plus_material_insights",
        Group::SmartPlus,
        "Results by main material of Upgraded Smart+ and day".to_owned(),
    );
    let breakdown = Stream {
        call: call("smart_plus/material_report/breakdown/"),
        permission: "Upgraded Smart+ Report",
        in_sandbox: false,
        ..breakdown
    };
    vec![
        overview("smart_plus_ad_insights_by_main_material", "main material", "main_material_id"),
        overview("smart_plus_ad_insights_by_ad_text", "ad text", "ad_text_entity_id"),
        overview(
            "smart_plus_ad_insights_by_call_to_action",
            "call to action",
            "call_to_action_entity_id",
        ),
        overview(
            "smart_plus_ad_insights_by_add_on",
            "interactive add-on",
            "interactive_add_on_entity_id",
        ),
        breakdown,
    ]
}

const VIDEO: Pass = Pass { params: &[("material_type", "VIDEO")], ..PASS };
const IMAGE: Pass = Pass { params: &[("material_type", "IMAGE")], ..PASS };
const INSTANT_PAGE: Pass = Pass { params: &[("material_type", "INSTANT_PAGE")], ..PASS };

fn creative() -> Vec<Stream> {
    let material = |name: &'static str, about: &str, passes: &'static [Pass]| {
        let report = report("CREATIVE", None, &["material_id"], Grain::DayByRequest);
        let about = format!("Results by {about} and day");
        let stream = report.stream(name, Group::Creative, about);
        let path = "creative/report/get/";
        let paging = Paging::Pages(1000);
        Stream {
            call: Call { path, paging, passes, days: Some(DAYS), ..CALL },
            permission: "Get Creative Report",
            in_sandbox: false,
            ..stream
        }
    };
    let seconds = report("VIDEO_PERFORMANCE", None, &["ad_id", "video_id"], Grain::Lifetime);
    let seconds = seconds.stream(
        "video_performance",
        Group::Creative,
        "How videos of ads were watched, second by second".to_owned(),
    );
    let protection = ["data_level", "query_id", "record_date"];
    let protection = report("BID_PROTECTION", None, &protection, Grain::Day).stream(
        "bid_protection",
        Group::Finance,
        "Refunds of cost cap protection by campaign or ad group and day".to_owned(),
    );
    vec![
        material("video_material_insights", "video", &[VIDEO]),
        material("image_material_insights", "image", &[IMAGE]),
        material("instant_page_material_insights", "instant page", &[INSTANT_PAGE]),
        Stream {
            call: Call {
                path: "report/video_performance/get/",
                paging: Paging::Pages(500),
                parents: &[&[Parent {
                    stream: "ads",
                    id: "ad_id",
                    param: "filtering.ad_ids",
                    most: 100,
                    ..PARENT
                }]],
                ..CALL
            },
            permission: "Ad Insight Report",
            in_sandbox: false,
            ..seconds
        },
        Stream {
            keys: vec!["advertiser_id", "data_level", "query_id", "record_date"],
            call: Call {
                path: "report/bid_protection/detail/get/",
                rows: RowsAt::Member("bid_protection_records"),
                paging: Paging::Whole,
                parents: &[
                    &[Parent {
                        stream: "campaigns",
                        id: "campaign_id",
                        with: CAMPAIGN_LEVEL,
                        ..QUERY
                    }],
                    &[Parent {
                        stream: "adgroups",
                        id: "adgroup_id",
                        with: ADGROUP_LEVEL,
                        ..QUERY
                    }],
                ],
                days: Some(super::Days { history: Some(60), ..DAYS }),
                ..CALL
            },
            replication: super::Replication::Window { key: "record_date", days: 2 },
            permission: NOT_LISTED,
            in_sandbox: false,
            fields: Fields::Report(report(
                "BID_PROTECTION",
                None,
                &["data_level", "query_id", "record_date"],
                Grain::Day,
            )),
            ..protection
        },
    ]
}

/// TikTok limits the number of ids times days to 200.
const QUERY: Parent = Parent { param: "query_ids", most: 100, ..PARENT };
const CAMPAIGN_LEVEL: &[(&str, &str)] = &[("data_level", "CAMPAIGN")];
const ADGROUP_LEVEL: &[(&str, &str)] = &[("data_level", "ADGROUP")];

//! What each kind of report refuses, as TikTok does: what does not go together, is too much, or is
//! missing.

use crate::client::{code, config, get, start};
use crate::grid::{Ask, BID, BREAKDOWN, CREATIVE, GMV_MAX, OVERVIEW, VIDEO, as_pairs, asks, find};
use fake_tiktok::{Options, Server};

fn server() -> Server {
    start(config(), Options::default())
}

/// A report, changes to its request, and a part of the message of the refusal.
type Case<'a> = (&'a Ask, Vec<(&'a str, &'a str)>, &'a str);

fn check(server: &Server, cases: &[Case]) {
    for (ask, changes, part) in cases {
        let params = ask.with(changes);
        let (code, message) = code(server, ask.path, &as_pairs(&params));
        assert_eq!(code, 40002, "{} {changes:?} {message}", ask.name());
        assert!(message.contains(part), "{} {changes:?}: {message} without {part}", ask.name());
        let noted = server.violations().iter().any(|violation| violation.contains(&message));
        assert!(noted, "{changes:?} is a violation");
    }
}

#[test]
fn metrics_hang_on_level_breakdown_and_grain() {
    let server = server();
    let asks = asks(&server);
    let of_ads = |report, more: &str| find(&asks, report, &format!("ad_id {more}"));
    let metric = |name: &'static str| vec![("metrics", name)];
    let day = of_ads("BASIC", "stat_time_day");
    let hour = of_ads("BASIC", "stat_time_hour");
    let country = of_ads("BASIC", "country_code stat_time_day");
    let account = find(&asks, "BASIC", "advertiser_id stat_time_day");
    for (ask, names) in [
        (day, r#"["skan_conversion","paid_engaged_view","on_web_order"]"#),
        (country, r#"["spend","ad_name","likes","complete_payment"]"#),
        (account, r#"["cash_spend","voucher_spend"]"#),
        (of_ads("AUDIENCE", "hashtag stat_time_day"), r#"["engaged_view"]"#),
        (of_ads("AUDIENCE", "device_brand_id"), r#"["device_brand_name"]"#),
        (of_ads("BASIC", "search_terms stat_time_day"), r#"["ctr","result"]"#),
        (of_ads("BASIC", "post_id stat_time_day"), r#"["onsite_shopping"]"#),
    ] {
        let params = ask.with(&[("metrics", names)]);
        let (code, message) = code(&server, ask.path, &as_pairs(&params));
        assert_eq!(code, 0, "{} {names}: {message}", ask.name());
    }
    check(
        &server,
        &[
            (hour, metric(r#"["skan_add_to_cart"]"#), "[skan_add_to_cart]"),
            (hour, metric(r#"["paid_engaged_view"]"#), "Invalid metric"),
            (country, metric(r#"["spend","on_web_order"]"#), "[on_web_order]"),
            (country, metric(r#"["paid_engaged_view"]"#), "Invalid metric"),
            (day, metric(r#"["cash_spend"]"#), "Invalid metric"),
            (day, metric(r#"["ad_text_list"]"#), "Invalid metric"),
            (account, metric(r#"["campaign_name"]"#), "Invalid metric"),
            (of_ads("BASIC", "search_terms stat_time_day"), metric(r#"["likes"]"#), "[likes]"),
            (of_ads("BASIC", "ad_type stat_time_day"), metric(r#"["reach"]"#), "[reach]"),
            (of_ads("AUDIENCE", "ac stat_time_day"), metric(r#"["engaged_view"]"#), "Invalid"),
            (of_ads("AUDIENCE", "ac stat_time_day"), metric(r#"["on_web_order"]"#), "Invalid"),
            (
                account,
                vec![
                    ("dimensions", r#"["stat_time_day"]"#),
                    ("metrics", r#"["advertiser_name","spend"]"#),
                ],
                "[advertiser_name]",
            ),
            (
                find(&asks, "BASIC", "campaign_id stat_time_day"),
                vec![
                    ("dimensions", r#"["advertiser_id","ad_type"]"#),
                    ("data_level", "AUCTION_ADVERTISER"),
                ],
                "no data_level",
            ),
        ],
    );
}

#[test]
fn other_kinds_of_the_integrated_report() {
    let server = server();
    let asks = asks(&server);
    let playable = find(&asks, "PLAYABLE_MATERIAL", "playable_id country_code");
    let shop = find(&asks, "TT_SHOP", "campaign_id country_code stat_time_day");
    let bc = find(&asks, "BC", "stat_time_day");
    let condition =
        r#"[{"field_name":"campaign_ids","filter_type":"IN","filter_value":"[\"1\"]"}]"#;
    let of_year = vec![("start_date", "2025-07-15"), ("end_date", "2026-07-14")];
    assert_eq!(code(&server, bc.path, &as_pairs(&bc.with(&of_year))).0, 0, "365 days by day");
    let lifetime = [("dimensions", r#"["playable_id"]"#), ("query_lifetime", "true")];
    let no_dates = [("start_date", ""), ("end_date", "")];
    let params = playable.with(&[lifetime, no_dates].concat());
    assert_eq!(code(&server, playable.path, &as_pairs(&params)).0, 0);
    check(
        &server,
        &[
            (playable, vec![("dimensions", r#"["playable_id","stat_time_day"]"#)], "no relation"),
            (playable, vec![("data_level", "AUCTION_AD")], "data_level"),
            (playable, vec![("metrics", r#"["likes"]"#)], "[likes]"),
            (playable, vec![("enable_total_metrics", "true")], "enable_total_metrics"),
            (playable, [vec![("query_lifetime", "true")], no_dates.to_vec()].concat(), "lifetime"),
            (shop, vec![("dimensions", r#"["campaign_id","stat_time_day"]"#)], "no relation"),
            (shop, vec![("data_level", "AUCTION_ADVERTISER")], "no relation"),
            (shop, vec![("data_level", "AUCTION_AD")], "data_level"),
            (shop, vec![("data_level", "")], "data_level"),
            (shop, vec![("filtering", condition)], "unknown field"),
            (shop, vec![("metrics", r#"["impressions"]"#)], "[impressions]"),
            (shop, vec![("start_date", "2026-06-01")], "30 days"),
            (bc, vec![("dimensions", r#"["advertiser_id","stat_time_day"]"#)], "no relation"),
            (bc, vec![("bc_id", "")], "bc_id"),
            (bc, vec![("data_level", "AUCTION_ADVERTISER")], "data_level"),
            (bc, vec![("start_date", "2025-07-14")], "365 days"),
            (bc, vec![("metrics", r#"["clicks"]"#)], "[clicks]"),
        ],
    );
    let unknown = code(&server, bc.path, &as_pairs(&bc.with(&[("bc_id", "1")])));
    assert_eq!(unknown.0, 40001);
}

#[test]
fn gmv_max() {
    let server = server();
    let asks = asks(&server);
    let of = |key| find(&asks, GMV_MAX, key);
    let campaign = of("campaign_id stat_time_day");
    let product = of("item_group_id stat_time_day");
    let creative = of("campaign_id item_group_id item_id stat_time_day");
    let room = of("campaign_id room_id stat_time_day");
    let many = serde_json::to_string(&vec!["1"; 101]).unwrap();
    let many = format!("{{\"campaign_ids\":{many}}}");
    check(
        &server,
        &[
            (campaign, vec![("filtering", "{}")], "gmv_max_promotion_types"),
            (
                campaign,
                vec![("filtering", r#"{"gmv_max_promotion_types":["PRODUCT","LIVE"]}"#)],
                "exactly one",
            ),
            (
                campaign,
                vec![("filtering", r#"{"gmv_max_promotion_types":["PRODUCT_GMV_MAX"]}"#)],
                "one of",
            ),
            (campaign, vec![("store_ids", r#"["1"]"#)], "does not exist"),
            (campaign, vec![("store_ids", r#"["1","2"]"#)], "1 to 1"),
            (campaign, vec![("store_ids", "")], "store_ids"),
            (campaign, vec![("metrics", "")], "metrics"),
            (campaign, vec![("metrics", r#"["spend"]"#)], "[spend]"),
            (campaign, vec![("metrics", r#"["live_views"]"#)], "[live_views]"),
            (campaign, vec![("metrics", r#"["product_clicks"]"#)], "[product_clicks]"),
            (campaign, vec![("start_date", "2026-06-01")], "30 days"),
            (campaign, vec![("dimensions", r#"["campaign_id","item_id"]"#)], "no relation"),
            (product, vec![("filtering", "")], "filtering.campaign_ids"),
            (product, vec![("filtering", &many)], "1 to 100"),
            (product, vec![("dimensions", r#"["item_group_id","stat_time_hour"]"#)], "relation"),
            (creative, vec![("filtering", r#"{"campaign_ids":["1"]}"#)], "item_group_ids"),
            (room, vec![("filtering", "{}")], "filtering.campaign_ids"),
            (room, vec![("page_size", "1001")], "1000"),
        ],
    );
    let legal = [
        (creative, r#"["product_clicks"]"#),
        (room, r#"["live_views","10_second_live_views"]"#),
        (&asks[asks.iter().position(|ask| ask.path == GMV_MAX).unwrap() + 2], r#"["live_views"]"#),
    ];
    for (ask, metrics) in legal {
        let (code, message) = code(&server, GMV_MAX, &as_pairs(&ask.with(&[("metrics", metrics)])));
        assert_eq!(code, 0, "{} {metrics} {message}", ask.name());
    }
    // Deleted campaigns come when they are asked for.
    let count = |filter: &str| {
        let params = campaign.with(&[("filtering", filter)]);
        get(&server, GMV_MAX, &as_pairs(&params)).json()["data"]["page_info"]["total_number"]
            .clone()
    };
    let all = r#"{"gmv_max_promotion_types":["PRODUCT"],"campaign_statuses":["STATUS_ALL"]}"#;
    let usual = r#"{"gmv_max_promotion_types":["PRODUCT"]}"#;
    assert!(count(all).as_u64() > count(usual).as_u64());
}

#[test]
fn materials_videos_and_cost_caps() {
    let server = server();
    let asks = asks(&server);
    let overview = find(&asks, OVERVIEW, "smart_plus_ad_id main_material_id");
    let breakdown = find(&asks, BREAKDOWN, "main_material_id stat_time_day");
    let creative = find(&asks, CREATIVE, "material_id");
    let video = find(&asks, VIDEO, "ad_id video_id");
    let bid = find(&asks, BID, "data_level query_id record_date");
    let both = r#"{"campaign_ids":["1"],"adgroup_ids":["1"]}"#;
    let many = serde_json::to_string(&vec!["1"; 41]).unwrap();
    let dims = |names: &'static str| vec![("dimensions", names)];
    let many_materials =
        format!("{{\"material_id\":{}}}", serde_json::to_string(&vec!["1"; 11]).unwrap());
    check(
        &server,
        &[
            (overview, dims(r#"["smart_plus_ad_id"]"#), "no relation"),
            (overview, dims(r#"["main_material_id","stat_time_day"]"#), "no relation"),
            (overview, dims(r#"["main_material_id","ad_text_entity_id"]"#), "no relation"),
            (overview, dims(r#"["ad_id","main_material_id"]"#), "no relation"),
            (overview, vec![("filtering", both)], "only one of"),
            (overview, vec![("page_size", "101")], "100"),
            (overview, vec![("metrics", r#"["result"]"#)], "[result]"),
            (breakdown, dims(r#"["main_material_id","campaign_id"]"#), "no relation"),
            (breakdown, dims(r#"["stat_time_day"]"#), "no relation"),
            (breakdown, vec![("end_date", "")], "end_date"),
            (
                breakdown,
                vec![
                    ("dimensions", r#"["main_material_id","stat_time_hour"]"#),
                    ("start_date", "2026-07-01"),
                ],
                "7 days",
            ),
            (creative, vec![("material_type", "")], "material_type"),
            (creative, vec![("metrics_fields", r#"["ad_name"]"#)], "[ad_name]"),
            (creative, vec![("metrics_fields", r#"["file_name"]"#)], "[file_name]"),
            (creative, vec![("info_fields", r#"["nothing"]"#)], "nothing"),
            (creative, vec![("filtering", &many_materials)], "1 to 10"),
            (creative, vec![("start_date", "2025-07-14")], "365 days"),
            (video, vec![("filtering", "{}")], "only one of"),
            (video, vec![("filtering", both)], "only one of"),
            (video, vec![("filtering", r#"{"video_ids":["1"]}"#)], "VIDEO"),
            (video, vec![("filtering", "")], "filtering"),
            (video, vec![("metrics_fields", r#"["spend"]"#)], "[spend]"),
            (video, vec![("page_size", "501")], "500"),
            (bid, vec![("query_ids", &many)], "200"),
            (bid, vec![("start_date", "2026-05-15")], "past 60 days"),
            (bid, vec![("data_level", "AUCTION_CAMPAIGN")], "one of"),
        ],
    );
    for names in [
        r#"["main_material_id","ad_text_entity_id","call_to_action_entity_id"]"#,
        r#"["ad_text_entity_id","stat_time_week"]"#,
        r#"["main_material_id","stat_time_month"]"#,
    ] {
        let year = [("dimensions", names), ("start_date", "2026-02-02")];
        let rows = get(&server, BREAKDOWN, &as_pairs(&breakdown.with(&year))).json();
        assert!(!rows["data"]["list"].as_array().unwrap().is_empty(), "{names} {rows}");
    }
}

#[test]
fn smart_plus_ads_have_a_filter_of_their_own() {
    let server = server();
    let asks = asks(&server);
    let of_smart_plus = find(&asks, "BASIC", "ad_id_v2 stat_time_day");
    let rows = |ask: &Ask, filter: &str| {
        let params = ask.with(&[("filtering", filter), ("page_size", "1000")]);
        get(&server, ask.path, &as_pairs(&params)).json()["data"]["list"].clone()
    };
    let all = rows(of_smart_plus, "");
    let id = all[0]["dimensions"]["ad_id_v2"].as_str().unwrap();
    let filter =
        format!(r#"[{{"field_name":"ad_ids_v2","filter_type":"IN","filter_value":"[\"{id}\"]"}}]"#);
    let own = all.as_array().unwrap().iter().filter(|row| row["dimensions"]["ad_id_v2"] == id);
    let own: Vec<_> = own.cloned().collect();
    assert!(own.len() < all.as_array().unwrap().len());
    assert_eq!(rows(of_smart_plus, &filter), serde_json::Value::from(own));
    let of_ads = find(&asks, "BASIC", "ad_id stat_time_day");
    check(&server, &[(of_ads, vec![("filtering", &filter)], "ad_id_v2")]);
}

//! Rows of ad groups. Owns their fields and how the values vary.

use super::campaign::BUDGETS;
use super::entity::{Kind, set_state};
use super::row::{Row, quote};
use super::{Account, Node, Tree};
use crate::random::{mix, pick};

/// Fields whose value is the same in every row.
const CONSTANTS: [(&str, &str); 76] = [
    ("promotion_type", "\"WEBSITE\""),
    ("promotion_target_type", "\"UNSET\""),
    ("promotion_website_type", "\"UNSET\""),
    ("placements", "[\"PLACEMENT_TIKTOK\"]"),
    ("tiktok_subplacements", "[\"IN_FEED\",\"SEARCH_FEED\"]"),
    ("search_result_enabled", "true"),
    ("comment_disabled", "false"),
    ("video_download_disabled", "false"),
    ("share_disabled", "false"),
    ("inventory_filter_enabled", "false"),
    ("brand_safety_type", "\"NO_BRAND_SAFETY\""),
    ("brand_safety_partner", "null"),
    ("app_id", "null"),
    ("app_type", "null"),
    ("app_download_url", "null"),
    ("secondary_optimization_event", "null"),
    ("audience_ids", "[]"),
    ("excluded_audience_ids", "[\"194567890\"]"),
    ("audience_type", "null"),
    ("audience_rule", "null"),
    ("location_ids", "[\"2921044\",\"6252001\"]"),
    ("zipcode_ids", "[]"),
    ("languages", "[]"),
    ("gender", "\"GENDER_UNLIMITED\""),
    ("spending_power", "\"ALL\""),
    ("household_income", "[]"),
    ("interest_category_ids", "[\"26\",\"26103\"]"),
    ("interest_keyword_ids", "[]"),
    ("purchase_intention_keyword_ids", "[]"),
    ("included_custom_actions", "[]"),
    ("excluded_custom_actions", "[]"),
    ("operating_systems", "[]"),
    ("network_types", "[]"),
    ("carrier_ids", "[]"),
    ("isp_ids", "[]"),
    ("device_model_ids", "[]"),
    ("min_android_version", "null"),
    ("min_ios_version", "null"),
    ("ios14_targeting", "\"UNSET\""),
    ("ios14_quota_type", "\"UNOCCUPIED\""),
    ("scheduled_budget", "0"),
    ("schedule_infos", "null"),
    ("bid_type", "\"BID_TYPE_CUSTOM\""),
    ("bid_price", "0"),
    ("deep_bid_type", "null"),
    ("deep_cpa_bid", "0"),
    ("roas_bid", "0"),
    ("vbo_window", "null"),
    ("bid_display_mode", "\"CPMV\""),
    ("cpv_video_duration", "null"),
    ("conversion_window", "null"),
    ("click_attribution_window", "\"SEVEN_DAYS\""),
    ("view_attribution_window", "\"ONE_DAY\""),
    ("engaged_view_attribution_window", "\"ONE_DAY\""),
    ("attribution_event_count", "\"EVERY\""),
    ("pacing", "\"PACING_MODE_SMOOTH\""),
    ("frequency", "null"),
    ("frequency_schedule", "null"),
    ("statistic_type", "null"),
    ("next_day_retention", "null"),
    ("rf_purchased_type", "null"),
    ("purchased_impression", "null"),
    ("purchased_reach", "null"),
    ("rf_estimated_cpr", "null"),
    ("rf_estimated_frequency", "null"),
    ("feed_type", "null"),
    ("delivery_mode", "null"),
    ("adgroup_app_profile_page_state", "null"),
    ("category_exclusion_ids", "[]"),
    ("contextual_tag_ids", "[]"),
    ("is_hfss", "false"),
    ("is_new_structure", "true"),
    ("is_smart_performance_campaign", "false"),
    ("auto_targeting_enabled", "false"),
    ("smart_audience_enabled", "false"),
    ("adgroup_future_field", "\"not in any schema\""),
];

pub(super) fn row(account: &Account, tree: &Tree, node: &Node) -> Row {
    let campaign = &tree.campaigns[node.campaign];
    let mut row = Row::new(&[
        ("advertiser_id", &quote(&account.advertiser_id)),
        ("campaign_id", &quote(&campaign.id)),
        ("campaign_name", &campaign.name),
        ("adgroup_id", &quote(&node.id)),
        ("adgroup_name", &node.name),
    ]);
    if !node.promote {
        row.0.extend(Row::new(&CONSTANTS).0);
        set_fields(&mut row, node);
    }
    let start = quote(&node.create_time);
    row.set("budget", pick(mix(node.hash, 30), &BUDGETS));
    row.set(
        "budget_mode",
        pick(mix(node.hash, 31), &["\"BUDGET_MODE_DAY\"", "\"BUDGET_MODE_TOTAL\""]),
    );
    row.set("schedule_start_time", start);
    row.set("schedule_end_time", "\"2036-02-28 08:20:00\"");
    set_state(&mut row, Kind::Adgroup, node);
    row
}

fn set_fields(row: &mut Row, node: &Node) {
    let action = "[{\"action_scene\":\"VIDEO_RELATED\",\"action_period\":15,\
        \"video_user_actions\":[\"WATCHED_TO_END\",\"LIKED\"],\
        \"action_category_ids\":[\"13\",\"13101\"]}]";
    let dayparting = format!("\"{}\"", "1".repeat(336));
    let choices: [(&str, &[&str]); 14] = [
        ("placement_type", &["\"PLACEMENT_TYPE_NORMAL\"", "\"PLACEMENT_TYPE_AUTOMATIC\""]),
        ("pixel_id", &["\"7011223344556677889\"", "null"]),
        ("optimization_event", &["\"SHOPPING\"", "null"]),
        ("optimization_goal", &["\"CONVERT\"", "\"CLICK\""]),
        ("billing_event", &["\"OCPM\"", "\"CPC\""]),
        ("age_groups", &["[\"AGE_25_34\",\"AGE_35_44\"]", "null", "[]"]),
        ("actions", &["[]", action]),
        ("device_price_ranges", &["null", "[250,10000]"]),
        ("schedule_type", &["\"SCHEDULE_FROM_NOW\"", "\"SCHEDULE_START_END\""]),
        ("dayparting", &[&dayparting]),
        ("conversion_bid_price", &["12.5", "12.50", "0"]),
        ("skip_learning_phase", &["0", "false", "true"]),
        ("category_id", &["\"0\"", "0"]),
        ("keywords", &["null", "\"\"", "[\"tent\"]"]),
    ];
    for (salt, (key, values)) in (32_u64..).zip(choices) {
        row.set(key, pick(mix(node.hash, salt), values));
    }
    // The small forms must all be met in a small account, so they go in turn, not by chance.
    row.set("skip_learning_phase", ["0", "false", "true"][node.ordinal % 3]);
    let smart = node.ordinal % 4 == 3;
    row.set("creative_material_mode", if smart { "\"SMART_CREATIVE\"" } else { "\"CUSTOM\"" });
    // The second and the third ad group of every four are in a split test together.
    let split_test = match node.ordinal % 4 {
        1 | 2 => format!("\"730000{:013}\"", node.ordinal / 4 + 1),
        _ => "null".to_owned(),
    };
    row.set("split_test_group_id", split_test);
    if node.top_view {
        row.set("buying_type", "\"RESERVATION_TOP_VIEW\"");
    }
}

//! Rows of campaigns. Owns their fields and how the values vary.

use super::entity::{Kind, set_state};
use super::row::{Row, quote};
use super::{Account, Node};
use crate::random::{mix, pick};

/// Budgets in the forms seen: integer zero, decimal zero, trailing zero, many digits.
pub(super) const BUDGETS: [&str; 6] = ["0", "0.0", "150.50", "1234567.89", "0.10", "50"];

/// Objectives with the text that reports use for them.
pub(super) const OBJECTIVES: [(&str, &str); 5] = [
    ("WEB_CONVERSIONS", "Website Conversions"),
    ("TRAFFIC", "Traffic"),
    ("REACH", "Reach"),
    ("PRODUCT_SALES", "Product Sales"),
    ("LEAD_GENERATION", "Lead Generation"),
];

/// The objective of a campaign.
pub(super) fn objective(node: &Node) -> (&'static str, &'static str) {
    if node.top_view {
        return ("TOPVIEW_REACH", "TopView Reach");
    }
    pick(mix(node.hash, 20), &OBJECTIVES)
}

pub(super) fn row(account: &Account, node: &Node) -> Row {
    let mut row = Row::new(&[
        ("advertiser_id", &quote(&account.advertiser_id)),
        ("campaign_id", &quote(&node.id)),
        ("campaign_name", &node.name),
    ]);
    if !node.promote {
        set_fields(&mut row, node);
    }
    set_state(&mut row, Kind::Campaign, node);
    row
}

fn set_fields(row: &mut Row, node: &Node) {
    let hash = node.hash;
    let budget = pick(mix(hash, 21), &BUDGETS);
    let mode = if budget.starts_with("0.0") || budget == "0" { "INFINITE" } else { "DAY" };
    // A small account must show both kinds.
    let smart = if node.ordinal % 4 == 1 { "true" } else { "false" };
    let search = if node.ordinal % 4 == 2 { "true" } else { "false" };
    let fields = [
        ("campaign_type", "\"REGULAR_CAMPAIGN\""),
        ("campaign_system_origin", pick(mix(hash, 23), &["null", "\"TT_ADS_PLATFORM\""])),
        ("buying_type", if node.top_view { "\"RESERVATION_TOP_VIEW\"" } else { "\"AUCTION\"" }),
        ("objective", "\"LANDING_PAGE\""),
        ("objective_type", &quote(objective(node).0)),
        ("budget", budget),
        ("budget_mode", &format!("\"BUDGET_MODE_{mode}\"")),
        ("is_new_structure", "true"),
        ("is_search_campaign", search),
        ("is_smart_performance_campaign", smart),
        ("is_advanced_dedicated_campaign", "false"),
        ("disable_skan_campaign", "null"),
        ("bid_align_type", "null"),
        ("campaign_app_profile_page_state", "null"),
        ("app_promotion_type", "\"UNSET\""),
        ("rf_campaign_type", "\"STANDARD\""),
        ("special_industries", pick(mix(hash, 24), &["null", "[]", "[\"HOUSING\",\"CREDIT\"]"])),
        ("roas_bid", pick(mix(hash, 25), &["0", "0.0", "1.50"])),
        ("deep_bid_type", "null"),
        ("postback_window_mode", "null"),
        ("campaign_automation_type", if smart == "true" { "\"SMART_PLUS\"" } else { "\"MANUAL\"" }),
        ("po_number", pick(mix(hash, 26), &["null", "\"\"", "\"PO-0042\""])),
        ("rta_id", "null"),
        ("rta_bid_enabled", "false"),
        ("campaign_future_field", "\"not in any schema\""),
        ("campaign_future_object", "{\"nested\":[1,2.50,null]}"),
    ];
    for (key, value) in fields {
        row.0.push((key.to_owned(), value.to_owned()));
    }
    if mode == "DAY" {
        row.set("budget_optimize_on", "true");
        row.set("bid_type", "\"BID_TYPE_NO_BID\"");
        row.set("optimization_goal", "\"CONVERT\"");
    }
}

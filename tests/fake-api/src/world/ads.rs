//! Rows of ads. Owns their fields and how the values vary; the odd values are in `oddities`.

use super::entity::{Kind, set_state};
use super::row::{Row, quote};
use super::{Account, Node, Tree, WorldConfig, oddities};
use crate::random::{mix, pick};

const CONSTANTS: [(&str, &str); 38] = [
    ("card_id", "null"),
    ("landing_page_url", "\"https:\\/\\/www.example.com/tents?utm_source=tiktok\""),
    ("landing_page_urls", "null"),
    (
        "utm_params",
        "[{\"key\":\"utm_source\",\"value\":\"tiktok\"},\
         {\"key\":\"utm_campaign\",\"value\":\"__CAMPAIGN_NAME__\"}]",
    ),
    ("deeplink", "null"),
    ("deeplink_type", "\"NORMAL\""),
    ("fallback_type", "\"UNSET\""),
    ("playable_url", "null"),
    ("tracking_app_id", "null"),
    ("impression_tracking_url", "null"),
    ("click_tracking_url", "null"),
    ("video_view_tracking_url", "null"),
    ("vast_moat_enabled", "false"),
    ("viewability_postbid_partner", "\"UNSET\""),
    ("viewability_vast_url", "null"),
    ("brand_safety_postbid_partner", "\"UNSET\""),
    ("brand_safety_vast_url", "null"),
    ("display_name", "\"Northwind\""),
    ("avatar_icon_web_uri", "\"ad-site-i18n-sg/20260302bbbbbbbbbbbbbbbb\""),
    ("app_name", "\"\""),
    ("creative_type", "null"),
    ("creative_authorized", "false"),
    ("is_aco", "false"),
    ("is_new_structure", "true"),
    ("optimization_event", "\"SHOPPING\""),
    ("disclaimer_type", "null"),
    ("disclaimer_text", "{\"text\":\"\"}"),
    ("disclaimer_clickable_texts", "null"),
    ("branded_content_disabled", "false"),
    ("promotional_music_disabled", "true"),
    ("item_duet_status", "\"DISABLE\""),
    ("item_stitch_status", "\"DISABLE\""),
    ("tracking_offline_event_set_ids", "[]"),
    ("carousel_image_index", "null"),
    ("catalog_id", "null"),
    ("sku_ids", "[]"),
    ("ad_future_field", "\"not in any schema\""),
    ("ad_future_number", "9007199254740993"),
];

pub(super) fn row(config: &WorldConfig, account: &Account, tree: &Tree, node: &Node) -> Row {
    let campaign = &tree.campaigns[node.campaign];
    let adgroup = &tree.adgroups[node.adgroup];
    let mut row = Row::new(&[
        ("advertiser_id", &quote(&account.advertiser_id)),
        ("campaign_id", &quote(&campaign.id)),
        ("campaign_name", &campaign.name),
        ("adgroup_id", &quote(&adgroup.id)),
        ("adgroup_name", &adgroup.name),
        ("ad_id", &quote(&node.id)),
        ("ad_name", &node.name),
    ]);
    if !node.promote {
        set_fields(&mut row, config, node);
    }
    set_state(&mut row, Kind::Ad, node);
    oddities::apply(config, &mut row, campaign, node);
    row
}

/// The text of an ad as raw JSON text.
pub(super) fn ad_text(config: &WorldConfig, node: &Node) -> &'static str {
    if oddities::slot(config, Kind::Ad, node.ordinal) == Some(0) {
        return "\"nul\\u0000inside\"";
    }
    let texts = [
        "\"Dry feet guaranteed\"",
        "\"Buy \\\"now\\\"\\n\\ttoday\"",
        "\"\u{65b0}\u{767b}\u{5834} \u{1f3d5}\u{fe0f}\"",
        "\"\"",
    ];
    pick(mix(node.hash, 40), &texts)
}

/// The button of an ad; none when it has a portfolio of buttons instead.
pub(super) fn call_to_action(node: &Node) -> Option<&'static str> {
    pick(mix(node.hash, 41), &[Some("\"SHOP_NOW\""), Some("\"LEARN_MORE\""), None])
}

fn set_fields(row: &mut Row, config: &WorldConfig, node: &Node) {
    let carousel = pick(mix(node.hash, 42), &[true, false, false]);
    row.set("ad_format", if carousel { "\"CAROUSEL_ADS\"" } else { "\"SINGLE_VIDEO\"" });
    row.set("ad_text", ad_text(config, node));
    row.set("ad_texts", if carousel { "[\"One\",\"Two\"]" } else { "null" });
    match call_to_action(node) {
        Some(button) => {
            row.set("call_to_action", button);
            row.set("call_to_action_id", "null");
        }
        None => row.set("call_to_action_id", "\"7012340000000000001\""),
    }
    let video = format!("\"v10033g50000{}\"", node.id);
    row.set("video_id", if carousel { "null".to_owned() } else { video });
    let images: &[&str] = if carousel {
        &["[\"img1\",\"img2\",\"img3\"]"]
    } else {
        &["null", "[]", "[\"ad-site/1\"]"]
    };
    row.set("image_ids", pick(mix(node.hash, 43), images));
    let choices: [(&str, &[&str]); 6] = [
        ("music_id", &["null", "\"7019999999999999999\""]),
        ("tiktok_item_id", &["null", "\"7310000000000000123\""]),
        ("identity_type", &["\"CUSTOMIZED_USER\"", "\"AUTH_CODE\"", "\"UNSET\""]),
        ("identity_id", &["\"7000000000000000777\"", "null"]),
        ("dark_post_status", &["null", "\"OFF\""]),
        (
            "profile_image_url",
            &["\"https://cdn.example.com/profile?x-expires=1783000000\"", "\"\""],
        ),
    ];
    for (salt, (key, values)) in (44_u64..).zip(choices) {
        row.set(key, pick(mix(node.hash, salt), values));
    }
    row.0.extend(Row::new(&CONSTANTS).0);
    // In turn, not by chance: a small account must show both forms.
    row.set(
        "page_id",
        if node.ordinal.is_multiple_of(3) {
            format!("7012341234{:09}", node.ordinal)
        } else {
            "null".to_owned()
        },
    );
    row.set("tracking_pixel_id", ["0", "\"7011223344556677889\""][node.ordinal % 2]);
}

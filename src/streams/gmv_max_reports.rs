//! Reports of GMV Max. Their calls name a store, and some of them also campaigns and products.

use super::call::{CALL, Call, PARENT, PASS, Paging, Parent, Pass};
use super::dictionary::Grain;
use super::other_reports::{DAYS, report};
use super::{Group, Stream};

const STORE: Parent = Parent {
    stream: "gmv_max_stores",
    id: "store_id",
    only: Some(("is_gmv_max_available", &["true", "1"])),
    param: "store_ids",
    column: Some("store_id"),
    ..PARENT
};
const CAMPAIGN: Parent = Parent {
    stream: "gmv_max_campaigns",
    id: "campaign_id",
    param: "filtering.campaign_ids",
    ..PARENT
};
/// Rows of products do not name their campaign, so they are requested by campaign.
const ONE_CAMPAIGN: Parent = Parent { column: Some("campaign_id"), ..CAMPAIGN };
const CAMPAIGNS: Parent = Parent { most: 100, ..CAMPAIGN };
/// Products that had results on the same days.
const PRODUCTS: Parent = Parent {
    stream: "gmv_max_product_insights",
    id: "dimensions.item_group_id",
    param: "filtering.item_group_ids",
    most: 100,
    ..PARENT
};

const PRODUCT_TYPE: Pass =
    Pass { params: &[("filtering.gmv_max_promotion_types", r#"["PRODUCT"]"#)], ..PASS };
const LIVE_TYPE: Pass =
    Pass { params: &[("filtering.gmv_max_promotion_types", r#"["LIVE"]"#)], ..PASS };

/// Every report of GMV Max.
pub(super) fn streams() -> Vec<Stream> {
    let stream = |name: &'static str,
                  about: &str,
                  dimensions: &[&'static str],
                  passes: &'static [Pass],
                  parents: &'static [&'static [Parent]]| {
        let is_hourly = dimensions.contains(&"stat_time_hour");
        let grain = if is_hourly { Grain::Hour } else { Grain::Day };
        let report = report("GMV_MAX", None, dimensions, grain);
        let stream = report.stream(name, Group::GmvMax, about.to_owned());
        let mut keys = vec!["advertiser_id", "store_id"];
        keys.extend(dimensions.iter().filter(|name| **name != "advertiser_id"));
        let path = "gmv_max/report/get/";
        let paging = Paging::Pages(1000);
        let call = Call { path, paging, passes, parents, days: Some(DAYS), ..CALL };
        Stream { keys, call, permission: "GMV MAX Report", in_sandbox: false, ..stream }
    };
    let live = "Results of GMV Max live campaigns";
    vec![
        stream(
            "gmv_max_advertiser_insights",
            "Results of GMV Max by account, store and day",
            &["advertiser_id", "stat_time_day"],
            &[PASS],
            &[&[STORE]],
        ),
        stream(
            "gmv_max_campaign_insights_product",
            "Results of GMV Max product campaigns by store and day",
            &["campaign_id", "stat_time_day"],
            &[PRODUCT_TYPE],
            &[&[STORE]],
        ),
        stream(
            "gmv_max_campaign_insights_live",
            &format!("{live} by store and day"),
            &["campaign_id", "stat_time_day"],
            &[LIVE_TYPE],
            &[&[STORE]],
        ),
        stream(
            "gmv_max_campaign_insights_product_hourly",
            "Results of GMV Max product campaigns by store and hour",
            &["campaign_id", "stat_time_hour"],
            &[PRODUCT_TYPE],
            &[&[STORE]],
        ),
        stream(
            "gmv_max_campaign_insights_live_hourly",
            &format!("{live} by store and hour"),
            &["campaign_id", "stat_time_hour"],
            &[LIVE_TYPE],
            &[&[STORE]],
        ),
        stream(
            "gmv_max_product_insights",
            "Results of GMV Max by store, campaign, product and day",
            &["campaign_id", "item_group_id", "stat_time_day"],
            &[PASS],
            &[&[STORE, ONE_CAMPAIGN]],
        ),
        stream(
            "gmv_max_creative_insights",
            "Results of GMV Max by store, campaign, product, post and day",
            &["campaign_id", "item_group_id", "item_id", "stat_time_day"],
            &[PASS],
            &[&[STORE, CAMPAIGNS, PRODUCTS]],
        ),
        stream(
            "gmv_max_live_room_insights",
            &format!("{live} by store, campaign, live room and day"),
            &["campaign_id", "room_id", "stat_time_day"],
            &[PASS],
            &[&[STORE, CAMPAIGNS]],
        ),
        stream(
            "gmv_max_live_room_insights_hourly",
            &format!("{live} by store, campaign, live room and hour"),
            &["campaign_id", "room_id", "stat_time_hour"],
            &[PASS],
            &[&[STORE, CAMPAIGNS]],
        ),
    ]
}

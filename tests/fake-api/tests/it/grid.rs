//! Every report that an extractor reads, as a request: the table that tests of reports loop over.

use crate::client::get;
use fake_tiktok::Server;
use serde_json::Value;

/// One report: where it is asked for, how, and which of its columns tell its rows apart.
pub(crate) struct Ask {
    pub(crate) path: &'static str,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) key: Vec<String>,
}

pub(crate) const INTEGRATED: &str = "report/integrated/get/";
pub(crate) const GMV_MAX: &str = "gmv_max/report/get/";
pub(crate) const OVERVIEW: &str = "smart_plus/material_report/overview/";
pub(crate) const BREAKDOWN: &str = "smart_plus/material_report/breakdown/";
pub(crate) const CREATIVE: &str = "creative/report/get/";
pub(crate) const VIDEO: &str = "report/video_performance/get/";
pub(crate) const BID: &str = "report/bid_protection/detail/get/";

const DAY: [(&str, &str); 2] = [("start_date", "2026-07-14"), ("end_date", "2026-07-14")];
const DAYS: [(&str, &str); 2] = [("start_date", "2026-07-10"), ("end_date", "2026-07-14")];
const LIFETIME: [(&str, &str); 1] = [("query_lifetime", "true")];

const LEVELS: [(&str, &str); 4] = [
    ("AUCTION_ADVERTISER", "advertiser_id"),
    ("AUCTION_CAMPAIGN", "campaign_id"),
    ("AUCTION_ADGROUP", "adgroup_id"),
    ("AUCTION_AD", "ad_id"),
];

const BY_DAY: [&str; 15] = [
    "age gender",
    "country_code",
    "platform",
    "language",
    "province_id",
    "dma_id",
    "ac",
    "placement",
    "interest_category",
    "behavior_id",
    "contextual_tag",
    "hashtag",
    "audience_tags",
    "additional_interests",
    "purchase_intention",
];

const WITHOUT_DAYS: [&str; 4] = [
    "interest_category_tier2",
    "interest_category_tier3",
    "interest_category_tier4",
    "device_brand_id",
];

const OF_ADS: [&str; 11] = [
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

const MATERIALS: [&str; 4] = [
    "main_material_id",
    "ad_text_entity_id",
    "call_to_action_entity_id",
    "interactive_add_on_entity_id",
];

impl Ask {
    fn new(path: &'static str, dimensions: &str, more: &[(&str, &str)]) -> Self {
        let key: Vec<_> = dimensions.split(' ').map(str::to_owned).collect();
        let mut params: Vec<_> =
            more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if ![CREATIVE, VIDEO, BID].contains(&path) {
            params.push(("dimensions".to_owned(), serde_json::to_string(&key).unwrap()));
        }
        Self { path, params, key }
    }

    /// The request with some parameters replaced; an empty value leaves one out.
    pub(crate) fn with(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let is_changed = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
        let mut params = self.params.clone();
        params.retain(|(name, _)| !is_changed(name));
        let added = changes.iter().filter(|(_, value)| !value.is_empty());
        params.extend(added.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        params
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Report type and dimensions, for messages.
    pub(crate) fn name(&self) -> String {
        let kind = self.param("report_type").unwrap_or(self.path);
        format!("{kind} {} {}", self.param("data_level").unwrap_or("-"), self.key.join(","))
    }
}

/// All of them, for the first account, store and Business Center.
pub(crate) fn asks(server: &Server) -> Vec<Ask> {
    let account = server.world().accounts()[0].advertiser_id.as_str();
    let mut asks = integrated(account);
    let bc = server.world().business_centers()[0].clone();
    for (dimensions, span) in [("stat_time_day", DAYS), ("advertiser_id", DAY)] {
        let params = [[("bc_id", bc.as_str()), ("report_type", "BC")], span].concat();
        asks.push(Ask::new(INTEGRATED, dimensions, &params));
    }
    asks.extend(gmv_max(server, account));
    for material in MATERIALS {
        let params = [[("advertiser_id", account); 1].as_slice(), &DAY].concat();
        asks.push(Ask::new(OVERVIEW, &format!("smart_plus_ad_id {material}"), &params));
    }
    let of_days = [[("advertiser_id", account); 1].as_slice(), &DAYS].concat();
    asks.push(Ask::new(BREAKDOWN, "main_material_id stat_time_day", &of_days));
    for material in ["VIDEO", "IMAGE", "INSTANT_PAGE"] {
        let own = [("advertiser_id", account), ("material_type", material)];
        asks.push(Ask::new(CREATIVE, "material_id", &[own, DAY].concat()));
    }
    let world = server.world();
    let ids = |kind| -> Vec<_> {
        world.entities(kind, account).into_iter().map(|entity| entity.id).collect()
    };
    let ads = serde_json::json!({ "ad_ids": ids(fake_tiktok::Kind::Ad) }).to_string();
    let own = [("advertiser_id", account), ("filtering", &ads)];
    asks.push(Ask::new(VIDEO, "ad_id video_id", &own));
    let campaigns = serde_json::json!(ids(fake_tiktok::Kind::Campaign)).to_string();
    let own = [("advertiser_id", account), ("data_level", "CAMPAIGN"), ("query_ids", &campaigns)];
    let params = [own.as_slice(), &DAYS].concat();
    asks.push(Ask::new(BID, "data_level query_id record_date", &params));
    asks
}

fn integrated(account: &str) -> Vec<Ask> {
    let mut asks = Vec::new();
    let mut ask = |report, level, dimensions: &str, span: &[(&str, &str)]| {
        let own = [("advertiser_id", account), ("report_type", report), ("data_level", level)];
        let own = own.iter().filter(|(_, value)| !value.is_empty()).copied();
        let params: Vec<_> = own.chain(span.iter().copied()).collect();
        asks.push(Ask::new(INTEGRATED, dimensions, &params));
    };
    for (level, id) in LEVELS {
        ask("BASIC", level, &format!("{id} stat_time_day"), &DAYS);
        ask("BASIC", level, &format!("{id} stat_time_hour"), &DAY);
        ask("BASIC", level, id, &LIFETIME);
        ask("BASIC", level, &format!("{id} country_code stat_time_day"), &DAYS);
        for breakdown in BY_DAY {
            ask("AUDIENCE", level, &format!("{id} {breakdown} stat_time_day"), &DAYS);
        }
        for breakdown in WITHOUT_DAYS {
            ask("AUDIENCE", level, &format!("{id} {breakdown}"), &DAY);
        }
    }
    for breakdown in OF_ADS {
        ask("BASIC", "AUCTION_AD", &format!("ad_id {breakdown} stat_time_day"), &DAYS);
    }
    ask("BASIC", "AUCTION_AD", "ad_id_v2 stat_time_day", &DAYS);
    ask("BASIC", "AUCTION_AD", "ad_id_v2 stat_time_hour", &DAY);
    ask("BASIC", "AUCTION_AD", "ad_id_v2", &LIFETIME);
    ask("PLAYABLE_MATERIAL", "", "playable_id country_code", &DAY);
    let shop = "country_code stat_time_day";
    ask("TT_SHOP", "AUCTION_ADVERTISER", &format!("advertiser_id {shop}"), &DAYS);
    ask("TT_SHOP", "AUCTION_CAMPAIGN", &format!("campaign_id {shop}"), &DAYS);
    asks
}

fn gmv_max(server: &Server, account: &str) -> Vec<Ask> {
    let store = serde_json::json!([server.world().stores()[0]]).to_string();
    let metrics = r#"["cost","orders","gross_revenue","roi"]"#;
    let ask = |dimensions: &str, filtering: Value, span: &[(&str, &str)]| {
        let filtering = filtering.to_string();
        let own = [("advertiser_id", account), ("store_ids", &store), ("metrics", metrics)];
        let filter = [("filtering", filtering.as_str())];
        Ask::new(GMV_MAX, dimensions, &[own.as_slice(), &filter, span].concat())
    };
    let promotes = |what: &str| serde_json::json!({ "gmv_max_promotion_types": [what] });
    let ids = |ask: &Ask, name: &str| -> Vec<Value> {
        let params: Vec<_> =
            ask.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let rows = get(server, GMV_MAX, &params).json()["data"]["list"].clone();
        let ids = rows.as_array().unwrap().iter();
        ids.map(|row| row["dimensions"][name].clone()).collect()
    };
    let products = ids(&ask("campaign_id", promotes("PRODUCT"), &DAYS), "campaign_id");
    let lives = ids(&ask("campaign_id", promotes("LIVE"), &DAYS), "campaign_id");
    let of_products = serde_json::json!({ "campaign_ids": products });
    let groups = ids(&ask("item_group_id", of_products.clone(), &DAYS), "item_group_id");
    let creatives = serde_json::json!({ "campaign_ids": products, "item_group_ids": groups });
    let of_lives = serde_json::json!({ "campaign_ids": lives });
    vec![
        ask("advertiser_id stat_time_day", serde_json::json!({}), &DAYS),
        ask("campaign_id stat_time_day", promotes("PRODUCT"), &DAYS),
        ask("campaign_id stat_time_day", promotes("LIVE"), &DAYS),
        ask("campaign_id stat_time_hour", promotes("PRODUCT"), &DAY),
        ask("campaign_id stat_time_hour", promotes("LIVE"), &DAY),
        ask("item_group_id stat_time_day", of_products, &DAYS),
        ask("campaign_id item_group_id item_id stat_time_day", creatives, &DAYS),
        ask("campaign_id room_id stat_time_day", of_lives.clone(), &DAYS),
        ask("campaign_id room_id stat_time_hour", of_lives, &DAY),
    ]
}

/// Parameters as the client takes them.
pub(crate) fn as_pairs(params: &[(String, String)]) -> Vec<(&str, &str)> {
    params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The report with these columns of this type, or at this path.
pub(crate) fn find<'a>(asks: &'a [Ask], report: &str, key: &str) -> &'a Ask {
    let found = asks.iter().find(|ask| {
        ask.key.join(" ") == key && ask.param("report_type").unwrap_or(ask.path) == report
    });
    found.unwrap_or_else(|| panic!("{report} {key}"))
}

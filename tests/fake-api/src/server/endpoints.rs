//! The table of endpoints: what each takes and who answers it. A new endpoint is an entry here
//! and a function that makes its [`Answer`].

use super::api::Context;
use super::envelope::{Answer, Refusal};
use super::params::{FilterKey, FilterKind as F, Param, ParamKind as P, Params};
use super::{accounts, entities, report_endpoints, reports};

/// Makes the answer to a request that fits the table.
pub(crate) type Handler = fn(&Context, &Params) -> Result<Answer, Refusal>;

/// One endpoint; all are read with GET.
pub(crate) struct Endpoint {
    /// Below `/open_api/v1.3/`, with the slash at its end.
    pub(crate) path: &'static str,
    pub(crate) params: &'static [Param],
    /// Largest `page_size`; none for endpoints without pages.
    pub(crate) largest_page: Option<usize>,
    /// Also in TikTok's sandbox.
    pub(crate) sandbox: bool,
    pub(crate) handler: Handler,
}

/// The endpoint of a path.
pub(crate) fn find(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path).or_else(|| report_endpoints::find(path))
}

const fn required(name: &'static str, kind: P) -> Param {
    Param { name, kind, required: true }
}

const fn optional(name: &'static str, kind: P) -> Param {
    Param { name, kind, required: false }
}

const fn key(name: &'static str, kind: F) -> FilterKey {
    FilterKey { name, kind }
}

const ENDPOINTS: [Endpoint; 7] = [
    Endpoint {
        path: "oauth2/advertiser/get/",
        params: &[required("app_id", P::Text), required("secret", P::Text)],
        largest_page: None,
        sandbox: false,
        handler: accounts::list,
    },
    Endpoint {
        path: "user/info/",
        params: &[],
        largest_page: None,
        sandbox: true,
        handler: accounts::user,
    },
    Endpoint {
        path: "advertiser/info/",
        params: &[required("advertiser_ids", P::Texts(100)), optional("fields", P::Texts(1000))],
        largest_page: None,
        sandbox: false,
        handler: accounts::info,
    },
    Endpoint {
        path: "campaign/get/",
        params: &[
            required("advertiser_id", P::Text),
            optional("fields", P::Texts(1000)),
            optional("exclude_field_types_in_response", P::Choices(&["NULL_FIELD"])),
            optional("filtering", P::Object(CAMPAIGN_FILTERS)),
            optional("page", P::Integer),
            optional("page_size", P::Integer),
        ],
        largest_page: Some(1000),
        sandbox: true,
        handler: entities::campaigns,
    },
    Endpoint {
        path: "adgroup/get/",
        params: &[
            required("advertiser_id", P::Text),
            optional("fields", P::Texts(1000)),
            optional("exclude_field_types_in_response", P::Choices(&["NULL_FIELD"])),
            optional("filtering", P::Object(ADGROUP_FILTERS)),
            optional("page", P::Integer),
            optional("page_size", P::Integer),
        ],
        largest_page: Some(1000),
        sandbox: true,
        handler: entities::adgroups,
    },
    Endpoint {
        path: "ad/get/",
        params: &[
            required("advertiser_id", P::Text),
            optional("fields", P::Texts(1000)),
            optional("exclude_field_types_in_response", P::Choices(&["NULL_FIELD"])),
            optional("filtering", P::Object(AD_FILTERS)),
            optional("page", P::Integer),
            optional("page_size", P::Integer),
        ],
        largest_page: Some(1000),
        sandbox: true,
        handler: entities::ads,
    },
    Endpoint {
        path: "report/integrated/get/",
        params: &[
            optional("advertiser_id", P::Text),
            optional("advertiser_ids", P::Texts(5)),
            optional("bc_id", P::Text),
            optional("service_type", P::Choice(&["AUCTION", "RESERVATION"])),
            required(
                "report_type",
                P::Choice(&["BASIC", "AUDIENCE", "PLAYABLE_MATERIAL", "CATALOG", "BC", "TT_SHOP"]),
            ),
            optional("data_level", P::Choice(LEVELS)),
            required("dimensions", P::Texts(4)),
            optional("metrics", P::Texts(100)),
            optional("start_date", P::Date),
            optional("end_date", P::Date),
            optional("query_lifetime", P::Boolean),
            optional("multi_adv_report_in_utc_time", P::Boolean),
            optional("enable_total_metrics", P::Boolean),
            optional("query_mode", P::Choice(&["REGULAR", "CHUNK"])),
            optional("order_field", P::Text),
            optional("order_type", P::Choice(&["ASC", "DESC"])),
            optional("filtering", P::Conditions),
            optional("page", P::Integer),
            optional("page_size", P::Integer),
        ],
        largest_page: Some(1000),
        sandbox: true,
        handler: reports::answer,
    },
];

/// Those of reservations are retired.
const LEVELS: &[&str] =
    &["AUCTION_ADVERTISER", "AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"];

const CAMPAIGN_FILTERS: &[FilterKey] = &[
    key("campaign_ids", F::Ids),
    key("campaign_name", F::Text),
    key("campaign_system_origins", F::Choices(ORIGINS)),
    key("primary_status", F::Choice(STATUSES)),
    key("secondary_status", F::Text),
    key("objective_type", F::Choice(OBJECTIVES)),
    key("buying_types", F::Choices(BUYING_TYPES)),
    key("sales_destination", F::Choice(&["TIKTOK_SHOP", "WEBSITE", "APP", "WEB_AND_APP"])),
    key("campaign_automation_type", F::Choice(&["MANUAL", "SMART_PLUS", "UPGRADED_SMART_PLUS"])),
    key("is_smart_performance_campaign", F::Boolean),
    key("creative_campaign_type", F::Choices(&["SPC", "SEARCH_CAMPAIGN", "OTHER"])),
    key("split_test_enabled", F::Boolean),
    key("campaign_product_source", F::Choice(&["CATALOG", "STORE"])),
    key("optimization_goal", F::Text),
    key("campaign_type", F::Choice(&["REGULAR_CAMPAIGN", "IOS14_CAMPAIGN"])),
    key("creation_filter_start_time", F::Time),
    key("creation_filter_end_time", F::Time),
];

const ADGROUP_FILTERS: &[FilterKey] = &[
    key("campaign_ids", F::Ids),
    key("adgroup_ids", F::Ids),
    key("adgroup_name", F::Text),
    key("campaign_system_origins", F::Choices(ORIGINS)),
    key("primary_status", F::Choice(STATUSES)),
    key("secondary_status", F::Text),
    key("objective_type", F::Choice(OBJECTIVES)),
    key("buying_types", F::Choices(BUYING_TYPES)),
    key("optimization_goal", F::Text),
    key("promotion_type", F::Text),
    key("bid_strategy", F::Text),
    key("creative_material_mode", F::Choice(&["CUSTOM", "SMART_CREATIVE"])),
    key("billing_events", F::Choices(&["CPC", "CPM", "CPV", "OCPC", "OCPM", "GD"])),
    key("split_test_enabled", F::Boolean),
    key("creation_filter_start_time", F::Time),
    key("creation_filter_end_time", F::Time),
];

const AD_FILTERS: &[FilterKey] = &[
    key("campaign_ids", F::Ids),
    key("adgroup_ids", F::Ids),
    key("ad_ids", F::Ids),
    key("ad_name", F::Text),
    key("campaign_system_origins", F::Choices(ORIGINS)),
    key("primary_status", F::Choice(STATUSES)),
    key("secondary_status", F::Text),
    key("objective_type", F::Choice(OBJECTIVES)),
    key("buying_types", F::Choices(BUYING_TYPES)),
    key("optimization_goal", F::Text),
    key("creative_material_mode", F::Choice(&["CUSTOM", "DYNAMIC", "SMART_CREATIVE"])),
    key("destination", F::Text),
    key("creation_filter_start_time", F::Time),
    key("creation_filter_end_time", F::Time),
    key("modified_after", F::Time),
];

const ORIGINS: &[&str] = &["TT_ADS_PLATFORM", "PROMOTE"];
const BUYING_TYPES: &[&str] = &["AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"];
const STATUSES: &[&str] = &[
    "STATUS_ALL",
    "STATUS_NOT_DELETE",
    "STATUS_DELETE",
    "STATUS_DELIVERY_OK",
    "STATUS_DISABLE",
    "STATUS_NOT_DELIVERY",
    "STATUS_TIME_DONE",
    "STATUS_RF_CLOSED",
    "STATUS_FROZEN",
];
const OBJECTIVES: &[&str] = &[
    "APP_PROMOTION",
    "WEB_CONVERSIONS",
    "APP_INSTALL",
    "CONVERSIONS",
    "REACH",
    "TRAFFIC",
    "VIDEO_VIEWS",
    "CATALOG_SALES",
    "PRODUCT_SALES",
    "ENGAGEMENT",
    "LEAD_GENERATION",
    "SHOP_PURCHASES",
    "RF_APP_INSTALL",
    "RF_ENGAGEMENT",
    "RF_REACH",
    "RF_TRAFFIC",
    "RF_VIDEO_VIEW",
    "TOPVIEW_REACH",
    "BRAND_CONSIDERATION",
];

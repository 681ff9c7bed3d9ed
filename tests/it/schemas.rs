//! The schemas of entities in `schemas/streams`: each file has the form that catalogs and targets
//! rely on, and exactly its key properties may not be null.
//!
//! The keys stand here a second time, so that a slip in a schema or in the stream tables shows.

use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use tap_tiktok_ads::streams::{self, Available};

/// Every entity with its key properties.
const KEYS: &[(&str, &[&str])] = &[
    ("advertisers", &["advertiser_id"]),
    ("campaigns", &["campaign_id"]),
    ("adgroups", &["adgroup_id"]),
    ("ads", &["ad_id"]),
    ("smart_plus_campaigns", &["campaign_id"]),
    ("smart_plus_adgroups", &["adgroup_id"]),
    ("smart_plus_ads", &["smart_plus_ad_id"]),
    ("legacy_smart_plus_campaigns", &["campaign_id"]),
    ("aco_ads", &["adgroup_id"]),
    ("ad_reviews", &["ad_id"]),
    ("adgroup_reviews", &["adgroup_id"]),
    ("smart_plus_ad_reviews", &["smart_plus_ad_id"]),
    ("adgroup_diagnoses", &["advertiser_id", "adgroup_id", "read_date"]),
    ("creative_fatigue", &["advertiser_id", "ad_id", "date"]),
    ("images", &["advertiser_id", "image_id"]),
    ("videos", &["advertiser_id", "video_id"]),
    ("music", &["advertiser_id", "music_id"]),
    ("creative_portfolios", &["advertiser_id", "creative_portfolio_id"]),
    ("spark_ads", &["advertiser_id", "item_id"]),
    ("identities", &["advertiser_id", "identity_type", "identity_id"]),
    ("playables", &["advertiser_id", "playable_id"]),
    ("custom_audiences", &["advertiser_id", "audience_id"]),
    ("custom_audience_details", &["advertiser_id", "audience_id"]),
    ("saved_audiences", &["advertiser_id", "saved_audience_id"]),
    (
        "custom_audience_apply_log",
        &["advertiser_id", "audience_id", "adgroup_id", "action_timestamp"],
    ),
    ("custom_audience_share_log", &["advertiser_id", "custom_audience_id", "shared_advertiser_id"]),
    ("pixels", &["advertiser_id", "pixel_id"]),
    (
        "pixel_event_stats",
        &["advertiser_id", "pixel_id", "pixel_event_type", "custom_event_type", "date"],
    ),
    (
        "pixel_instant_page_events",
        &["advertiser_id", "business_type", "objective_type", "optimization_goal"],
    ),
    ("custom_conversions", &["advertiser_id", "custom_conversion_id"]),
    ("offline_event_sets", &["advertiser_id", "event_set_id"]),
    ("crm_event_sets", &["advertiser_id", "event_set_id"]),
    ("apps", &["advertiser_id", "app_id"]),
    ("pages", &["advertiser_id", "page_id"]),
    ("page_libraries", &["library_id"]),
    ("page_fields", &["advertiser_id", "page_id"]),
    ("leads", &["advertiser_id", "lead_id"]),
    ("comments", &["advertiser_id", "comment_id"]),
    ("catalogs", &["bc_id", "catalog_id"]),
    ("product_sets", &["bc_id", "catalog_id", "product_set_id"]),
    ("catalog_feeds", &["bc_id", "catalog_id", "feed_id"]),
    ("catalog_products", &["bc_id", "catalog_id", "product_id"]),
    ("stores", &["advertiser_id", "store_id", "store_authorized_bc_id"]),
    ("store_products", &["advertiser_id", "store_id", "item_group_id"]),
    ("gmv_max_stores", &["advertiser_id", "store_id"]),
    ("gmv_max_campaigns", &["campaign_id"]),
    ("gmv_max_sessions", &["advertiser_id", "session_id"]),
    ("gmv_max_identities", &["advertiser_id", "store_id", "identity_type", "identity_id"]),
    ("gmv_max_videos", &["advertiser_id", "store_id", "item_id"]),
    ("authorized_advertisers", &["advertiser_id"]),
    ("business_centers", &["bc_id"]),
    ("bc_assets", &["bc_id", "asset_type", "asset_id"]),
    ("bc_asset_groups", &["bc_id", "asset_group_id"]),
    ("bc_members", &["bc_id", "user_id"]),
    ("bc_partners", &["bc_id", "partner_id"]),
    ("bc_changelog", &["bc_id", "time", "row_id"]),
    ("billing_groups", &["bc_id", "billing_group_id"]),
    ("bc_balances", &["bc_id", "read_date"]),
    ("advertiser_balances", &["bc_id", "advertiser_id", "read_date"]),
    ("bc_transactions", &["bc_id", "date", "row_id"]),
    ("bc_account_transactions", &["bc_id", "transaction_id"]),
    ("bc_account_costs", &["bc_id", "advertiser_id", "date"]),
    ("bc_account_budget_changelog", &["bc_id", "advertiser_id", "operation_time", "row_id"]),
    ("advertiser_transactions", &["bc_id", "advertiser_id", "date", "row_id"]),
    ("invoices", &["bc_id", "invoice_id"]),
    ("unpaid_invoices", &["bc_id", "invoice_type", "read_date"]),
    ("payment_portfolios", &["bc_id", "payment_portfolio_id"]),
    ("optimizer_rules", &["advertiser_id", "rule_id"]),
    ("optimizer_rule_results", &["advertiser_id", "rule_id", "row_id"]),
    ("changelog", &["advertiser_id", "time", "row_id"]),
    ("campaign_labels", &["advertiser_id", "campaign_label_id"]),
    ("split_test_results", &["advertiser_id", "split_test_group_id"]),
    ("negative_keywords", &["advertiser_id", "object_type", "object_id", "keyword_id"]),
    ("locations", &["location_id"]),
    ("regions", &["region_id"]),
    ("languages", &["code"]),
    ("interest_categories", &["interest_category_id"]),
    ("action_categories", &["action_category_id", "action_scene"]),
    ("device_models", &["device_model_id"]),
    ("carriers", &["carrier_id"]),
    ("os_versions", &["os_id"]),
    ("timezones", &["timezone"]),
    (
        "verification",
        &[
            "advertiser_id",
            "stream",
            "window_start",
            "window_end",
            "compared",
            "metric",
            "read_date",
        ],
    ),
];

/// Times and durations whose names end like those of points in time.
const NO_POINTS_IN_TIME: [&str; 1] = ["badge_show_time"];

/// Name, text and value of each file.
fn files() -> BTreeMap<String, (String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/streams");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            assert_eq!(path.extension().unwrap(), "json", "{name}");
            let text = std::fs::read_to_string(&path).unwrap();
            let schema = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            (name, (text, schema))
        })
        .collect()
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

/// The types that a property names, and whether null is the first of them.
fn types<'s>(schema: &'s Value, at: &str) -> (Vec<&'s str>, bool) {
    let names: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().map(|name| name.as_str().unwrap()).collect(),
        other => panic!("{at}: type {other}"),
    };
    let known = ["null", "string", "integer", "number", "boolean", "array", "object"];
    assert!(names.iter().all(|name| known.contains(name)), "{at}: {names:?}");
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{at}: {names:?}");
    match names.split_first() {
        Some((&"null", rest)) if !rest.is_empty() => (rest.to_vec(), true),
        _ => (names, false),
    }
}

/// Checks a property and all that is inside of it.
fn check(schema: &Value, name: &str, at: &str, is_key: bool) {
    let members = schema.as_object().unwrap_or_else(|| panic!("{at}: not an object"));
    for member in members.keys() {
        assert!(
            ["type", "format", "properties", "items"].contains(&member.as_str()),
            "{at}: {member}"
        );
    }
    let (types, nullable) = types(schema, at);
    assert_eq!(nullable, !is_key, "{at}: only keys are never null");
    let has = |name: &str| types.contains(&name);
    assert!(!(is_key && (types.len() > 1 || has("array") || has("object"))), "{at}: {types:?}");
    if let Some(format) = members.get("format") {
        assert_eq!((format.as_str(), &types[..]), (Some("date-time"), &["string"][..]), "{at}");
    }
    if name.ends_with("_id") && !has("boolean") {
        assert!(types == ["string"] && !members.contains_key("format"), "{at}: ids are text");
    }
    assert_eq!(has("array"), members.contains_key("items"), "{at}: items belong to arrays");
    if members.contains_key("properties") {
        assert!(has("object"), "{at}: properties belong to objects");
        assert!(properties(schema).count() > 0, "{at}: an object without members");
    }
    for (name, inside) in properties(schema) {
        check(inside, name, &format!("{at}.{name}"), false);
    }
    if let Some(items) = members.get("items") {
        check(items, "", &format!("{at}[]"), false);
        let is_text = |schema: &Value| schema["type"] == serde_json::json!(["null", "string"]);
        let is_object = |schema: &Value| schema.get("properties").is_some();
        assert!(
            !name.ends_with("_ids") || is_text(items) || is_object(items),
            "{at}: ids are text"
        );
    }
}

#[test]
fn every_entity_has_a_schema_and_every_schema_an_entity() {
    let files = files();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let mut known: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(names, known);
    let available = Available::default();
    let verification = available.find("verification").expect("a stream");
    let resources = streams::all().iter().filter(|s| s.report().is_none());
    for stream in resources.chain([verification]) {
        let keys = KEYS.iter().find(|(name, _)| *name == stream.name).map(|(_, keys)| *keys);
        assert_eq!(keys, Some(&*stream.keys), "{}", stream.name);
    }
}

#[test]
fn every_schema_has_the_form_that_catalogs_rely_on() {
    let files = files();
    for (name, keys) in KEYS {
        let (text, schema) = &files[*name];
        let members: Vec<&String> = schema.as_object().unwrap().keys().collect();
        assert_eq!(members, ["type", "properties"], "{name}");
        assert_eq!(schema["type"], "object", "{name}");
        jsonschema::draft7::options().build(schema).unwrap_or_else(|e| panic!("{name}: {e}"));
        for key in *keys {
            assert!(schema["properties"].get(*key).is_some(), "{name}: no property {key}");
        }
        for (property, inside) in properties(schema) {
            let at = format!("{name}.{property}");
            check(inside, property, &at, keys.contains(&property.as_str()));
            let is_time = property.ends_with("_time")
                || ["time", "date", "read_date", "modify_time"].contains(&property.as_str());
            if is_time && !NO_POINTS_IN_TIME.contains(&property.as_str()) {
                assert_eq!(inside["format"], "date-time", "{at}");
            }
        }
        let lower: HashSet<String> = properties(schema).map(|(p, _)| p.to_lowercase()).collect();
        assert_eq!(
            lower.len(),
            properties(schema).count(),
            "{name}: names that differ in case only"
        );
        let message = serde_json::json!({
            "type": "SCHEMA", "stream": name, "schema": schema, "key_properties": keys
        });
        assert!(message.to_string().len() < 60_000, "{name}: targets read lines of 64 KiB");
        assert_eq!(
            text.lines().count(),
            properties(schema).count() + 5,
            "{name}: one property a line, so that a change shows as one line"
        );
    }
}

#[test]
fn owners_and_keys_come_first() {
    let files = files();
    for (name, keys) in KEYS {
        let schema = &files[*name].1;
        let owners = ["advertiser_id", "bc_id", "campaign_id", "adgroup_id", "ad_id"];
        let last_id = properties(schema)
            .position(|(property, _)| {
                !property.ends_with("_id") && !keys.contains(&property.as_str())
            })
            .unwrap_or(usize::MAX);
        for (at, (property, _)) in properties(schema).enumerate() {
            let is_first = owners.contains(&property.as_str()) || keys.contains(&property.as_str());
            assert!(!is_first || at < last_id, "{name}.{property} stands after other columns");
        }
    }
}

/// The source of a feed can hold a user and a password, and members that a schema does not name
/// are delivered as they came: so nothing around it may be declared.
#[test]
fn the_schema_of_feeds_has_no_place_for_their_secrets() {
    let schema = &files()["catalog_feeds"].1;
    for (property, inside) in properties(schema) {
        let (types, _) = types(inside, property);
        assert!(!types.contains(&"object") && !types.contains(&"array"), "{property}");
        assert!(!["source", "uri", "username", "password"].contains(&property.as_str()));
    }
}

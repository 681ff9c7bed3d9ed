//! The catalog of the Python tap (singer-io/tap-tiktok-ads) works unchanged, with its keys, types
//! and metadata.

use crate::foreign::BOGUS;
use crate::harness::{Tap, ids, serve, world};
use crate::truth::{self, Scope};
use serde_json::{Value, json};
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::streams;

/// The catalog as singer-io's tap discovers it and Stitch selects it: its keys carry parents and
/// the cursor.
fn python() -> Value {
    let mut catalog = discover();
    let entries = catalog["streams"].as_array_mut().unwrap();
    entries.retain(|entry| {
        !["advertiser_insights", "campaign_insights", "adgroup_insights"]
            .contains(&entry["stream"].as_str().unwrap())
    });
    for entry in entries {
        let name = entry["stream"].as_str().unwrap().to_owned();
        let keys: Vec<&str> = match name.as_str() {
            "advertisers" => vec!["advertiser_id", "create_time"],
            "campaigns" => vec!["advertiser_id", "campaign_id", "modify_time"],
            "adgroups" => vec!["advertiser_id", "campaign_id", "adgroup_id", "modify_time"],
            "ads" => vec!["advertiser_id", "campaign_id", "adgroup_id", "ad_id", "modify_time"],
            "campaign_insights_by_province" => {
                vec!["advertiser_id", "campaign_id", "stat_time_day", "province_id"]
            }
            _ => {
                let own = &streams::find(&name).unwrap().keys[2..];
                ["advertiser_id", "ad_id", "adgroup_id", "campaign_id"]
                    .iter()
                    .chain(own)
                    .copied()
                    .collect()
            }
        };
        let object = entry.as_object_mut().unwrap();
        for gone in ["key_properties", "replication_key", "replication_method"] {
            object.remove(gone);
        }
        let cursor = if name == "advertisers" {
            "create_time"
        } else if keys.contains(&"modify_time") {
            "modify_time"
        } else {
            "stat_time_day"
        };
        let mut metadata = vec![json!({"breadcrumb": [], "metadata": {
            "inclusion": "available", "selected": true, "table-key-properties": keys,
            "forced-replication-method": "INCREMENTAL", "valid-replication-keys": [cursor],
        }})];
        if name.contains("insights") {
            object["schema"]["properties"][BOGUS] = json!({"type": ["null", "string"]});
        }
        for (field, property) in object["schema"]["properties"].as_object_mut().unwrap() {
            // Its schemas allow null everywhere.
            if property["type"] == "string" {
                property["type"] = json!(["null", "string"]);
            }
            let inclusion = if keys.contains(&field.as_str()) { "automatic" } else { "available" };
            metadata.push(json!({
                "breadcrumb": ["properties", field],
                "metadata": {"inclusion": inclusion, "selected": true},
            }));
        }
        object.insert("metadata".into(), Value::from(metadata));
    }
    catalog
}

#[test]
fn the_python_taps_catalog_works_unchanged() {
    let server = serve(world());
    let run = Tap::on(&server).catalog(&python()).run().ended(0);
    let catalog = python();
    for entry in catalog["streams"].as_array().unwrap() {
        let name = entry["stream"].as_str().unwrap();
        let (schema, keys) = run.schema(name);
        assert_eq!(json!(keys), entry["metadata"][0]["metadata"]["table-key-properties"], "{name}");
        assert!(keys.iter().all(|key| schema["properties"].get(key).is_some()), "{name}");
        let scope =
            Scope { fills_modify_time: true, without: vec![BOGUS], ..Scope::of(server.world()) };
        truth::check(server.world(), &run, name, &scope);
        let warnings = run.stderr.iter().filter(|line| {
            line.starts_with("WARNING")
                && line.contains(BOGUS)
                && line.contains(&format!("{name}, "))
        });
        let wanted = if name.contains("insights") { ids(&server).len() } else { 0 };
        assert_eq!(
            warnings.count(),
            wanted,
            "{name}: one warning for each account\n{}",
            run.stderr.join("\n")
        );
    }
    assert!(
        server.violations().iter().all(|text| text.contains(BOGUS)),
        "{:?}",
        server.violations()
    );
}

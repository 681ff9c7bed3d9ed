//! Fuzzes catalogs: every catalog that can be planned renders valid lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use tap_tiktok_ads::config::Config;
use tap_tiktok_ads::singer::catalog;
use tap_tiktok_ads::sync::plan::plan;
use tap_tiktok_ads_fuzz::{config, render};

static CONFIG: LazyLock<Config> = LazyLock::new(config);

/// Rows with all kinds of fields.
const ENTITIES: &str = r#"{"code":0,"data":{"list":[
{"advertiser_id":"1","campaign_id":"17","adgroup_id":"18","ad_id":"19","ad_name":"a\nb",
"modify_time":"2026-02-03 04:05:06","create_time":"2026-01-01 00:00:00","budget":12.50,
"is_aco":"1","image_ids":["x", {"y":[1]}],
"operation_status":"ENABLE","secondary_status":"AD_STATUS_DELETE"},
{"advertiser_id":1,"campaign_id":17,"modify_time":null}]}}"#;
const REPORT: &str = r#"{"code":0,"data":{"list":[
{"dimensions":{"ad_id":"19","campaign_id":"17","stat_time_day":"2026-02-03 00:00:00",
"gender":"MALE"},
"metrics":{"spend":"12.50","impressions":"20.000","conversion":"-","ad_name":"x\u0000"}}]}}"#;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = serde_json::from_slice(data) else { return };
    let Ok(streams) = catalog::parse(value) else { return };
    let Ok(plans) = plan(&streams, &CONFIG) else { return };
    for plan in &plans {
        render(plan, None, ENTITIES);
        render(plan, Some("2026-03-01T00:00:00Z"), ENTITIES);
        render(plan, None, REPORT);
    }
});

//! Fuzzes answers of the API: the first byte chooses the plan, the rest is the answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::LazyLock;
use tap_tiktok_ads::discovery;
use tap_tiktok_ads::singer::catalog;
use tap_tiktok_ads::sync::plan::{Plan, plan};
use tap_tiktok_ads_fuzz::{config, render};

/// The plans of the discovered catalog, and of a catalog like those of other taps, in which every
/// field is text and `modify_time` is a key.
static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| {
    let mut foreign = discovery::discover();
    for stream in foreign["streams"].as_array_mut().into_iter().flatten() {
        let properties = stream["schema"]["properties"].as_object_mut().into_iter().flatten();
        for (_, schema) in properties {
            *schema = json!({"type": ["null", "string"]});
        }
        if !stream["schema"]["properties"]["modify_time"].is_null() {
            if let Some(keys) = stream["key_properties"].as_array_mut() {
                keys.push("modify_time".into());
            }
        }
    }
    let plans = |catalog: Value| {
        plan(&catalog::parse(catalog).expect("a catalog"), &config()).expect("plans")
    };
    [plans(discovery::discover()), plans(foreign)].into_iter().flatten().collect()
});

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let choice = usize::from(*first) % (2 * PLANS.len());
    let bookmark = (choice >= PLANS.len()).then_some("2026-01-01T00:00:00Z");
    render(&PLANS[choice % PLANS.len()], bookmark, text);
});

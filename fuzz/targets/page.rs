//! Answers of the API: the first byte says which plan reads them, the rest is the answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::LazyLock;
use tap_tiktok_ads::discovery;
use tap_tiktok_ads::singer::catalog;
use tap_tiktok_ads::sync::plan::{Plan, plan};
use tap_tiktok_ads_fuzz::{config, render};

/// The plans of discovery's own catalog, and those of one in which every field is text and entities
/// have `modify_time` as a key, as in the catalog of another tap.
static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| {
    let mut foreign = discovery::discover();
    for stream in foreign["streams"].as_array_mut().into_iter().flatten() {
        let properties = stream["schema"]["properties"].as_object_mut().into_iter().flatten();
        for (_, schema) in properties {
            *schema = json!({"type": ["null", "string"]});
        }
        if !stream["schema"]["properties"]["modify_time"].is_null() {
            stream["key_properties"].as_array_mut().into_iter().for_each(|keys| keys.push("modify_time".into()));
        }
    }
    let plans = |catalog: Value| plan(&catalog::parse(catalog).expect("a catalog"), &config()).expect("plans");
    [plans(discovery::discover()), plans(foreign)].into_iter().flatten().collect()
});

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let choice = usize::from(*first) % (2 * PLANS.len());
    let bookmark = (choice >= PLANS.len()).then_some("2026-01-01T00:00:00Z");
    render(&PLANS[choice % PLANS.len()], bookmark, text);
});

//! Checks that all fuzz targets share: rendered lines are valid RECORD messages that fit their
//! SCHEMA. Also the settings that the targets use.

use serde_json::{Map, Value, json};
use tap_tiktok_ads::api::page;
use tap_tiktok_ads::json::RowsAt;
use tap_tiktok_ads::config::Config;
use tap_tiktok_ads::render::Renderer;
use tap_tiktok_ads::sync::plan::Plan;

/// A token that must never appear in any output.
pub const TOKEN: &str = "a-token-that-nobody-may-see";

/// Valid settings.
pub fn settings() -> Map<String, Value> {
    let settings = json!({"access_token": TOKEN, "accounts": ["1"], "start_date": "2026-01-01"});
    settings.as_object().cloned().unwrap_or_default()
}

/// The configuration of [`settings`].
pub fn config() -> Config {
    Config::from_settings(settings()).expect("the settings are valid")
}

/// Renders an answer as a sync does, and checks the lines.
pub fn render(plan: &Plan, bookmark: Option<&str>, text: &str) {
    let mut out = Vec::new();
    let mut renderer = Renderer::new(&plan.recipe, &[("advertiser_id", "1".to_owned())], bookmark);
    let mut rows = renderer.page("2026-01-01T00:00:00Z", &mut out);
    let read = page::read(text, RowsAt::Member("list"), &mut rows);
    // After an invalid answer, the tap drops its lines and repeats the request.
    let Ok(page) = read else { return };
    // `NaN` and infinite numbers are read, although JSON has none.
    let is_json = serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
    let is_near_json = text.contains("NaN") || text.contains("Infinity");
    assert!(is_json || is_near_json, "an answer that is not JSON was read");
    let tally = renderer.finish();
    let lines = std::str::from_utf8(&out).expect("lines are UTF-8");
    assert!(lines.is_empty() || lines.ends_with('\n'), "the last line is cut off");
    for line in lines.split_terminator('\n') {
        check_line(plan, line);
    }
    assert_eq!(tally.records, u64::try_from(lines.lines().count()).expect("a count"));
    assert!(tally.records + tally.null_keys + tally.not_rows + page.not_rows <= page.rows);
}

fn check_line(plan: &Plan, line: &str) {
    assert!(line.bytes().all(|byte| byte >= 0x20), "a control character in {line}");
    let message: Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert!(message["type"] == "RECORD" && message["stream"] == plan.name.as_str(), "{line}");
    let record = message["record"].as_object().expect("a record is an object");
    for key in &plan.keys {
        let is_there = record.get(key).is_some_and(|value| !value.is_null());
        assert!(is_there, "the key {key} is missing in {line}");
    }
    for name in record.keys() {
        let is_declared = plan.schema["properties"].get(name).is_some();
        assert!(is_declared, "{name} is not in the schema: {line}");
    }
    let declared = plan.schema["properties"].as_object().map_or(0, Map::len);
    assert_eq!(record.len(), declared, "a field is missing: {line}");
}

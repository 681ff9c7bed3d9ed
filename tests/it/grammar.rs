//! Property tests of the input: any content of a config, catalog or state is accepted or refused
//! with a message, and never causes a panic. `PROPTEST_CASES` sets the number of inputs.

use crate::harness::CORE;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tap_tiktok_ads::config::Config;
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::singer::bookmark::Bookmark;
use tap_tiktok_ads::singer::catalog;
use tap_tiktok_ads::singer::state::State;
use tap_tiktok_ads::sync::plan::plan;

/// Any JSON, with a high share of names and texts that have a meaning.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "bookmarks",
        "ads",
        "ad_insights",
        "partitions",
        "context",
        "advertiser_id",
        "replication_key_value",
        "singer_state",
        "value",
        "type",
        "streams",
        "tap_stream_id",
        "stream",
        "schema",
        "properties",
        "metadata",
        "breadcrumb",
        "selected",
        "inclusion",
        "key_properties",
        "table-key-properties",
        "format",
        "items",
        "1",
    ]);
    let texts = prop::sample::select(vec![
        "STATE",
        "2026-05-04T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "2026-99-01",
        "ads",
        "object",
        "integer",
        "date-time",
        "array",
        "",
        "\u{0}",
        "automatic",
        "+300000-01-01T00:00:00Z",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        texts.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        let name = prop_oneof![4 => names.clone().prop_map(str::to_owned), 1 => ".{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Replaces the value at a random place.
fn graft(into: &mut Value, path: &[prop::sample::Index], value: Value) {
    match (into, path) {
        (Value::Object(members), [place, rest @ ..]) if !members.is_empty() => {
            let name = members.keys().nth(place.index(members.len())).cloned().expect("within");
            graft(&mut members[&name], rest, value);
        }
        (Value::Array(items), [place, rest @ ..]) if !items.is_empty() => {
            let place = place.index(items.len());
            graft(&mut items[place], rest, value);
        }
        (place, _) => *place = value,
    }
}

fn config() -> Config {
    let settings = json!({"access_token": "t", "accounts": ["1"], "start_date": "2026-01-01"});
    Config::from_settings(settings.as_object().expect("an object").clone()).expect("valid")
}

proptest! {
    #[test]
    fn any_state_is_accepted_or_refused_with_its_place(value in any_json()) {
        let state = match State::parse(&value.to_string()) {
            Ok(state) => state,
            Err(error) => {
                prop_assert!(error.to_string().contains("state"), "{error}");
                return Ok(());
            }
        };
        for stream in CORE.iter() {
            match state.bookmark(stream.name, "1") {
                Ok(None) => {}
                Ok(Some(time)) => prop_assert_eq!(Bookmark::parse(&time.to_string()), Some(time)),
                Err(error) => {
                    let place = format!("/bookmarks/{}", stream.name);
                    prop_assert!(error.to_string().contains(&place), "{error}");
                }
            }
        }
    }

    #[test]
    fn any_catalog_is_planned_or_refused(
        value in any_json(), path in prop::collection::vec(any::<prop::sample::Index>(), 0..7),
    ) {
        let mut catalog = discover();
        graft(&mut catalog, &path, value);
        let planned = catalog::parse(catalog).and_then(|streams| plan(&streams, &config()));
        if let Err(error) = planned.map(drop) {
            prop_assert!(error.to_string().contains("catalog"), "{error}");
        }
    }

    #[test]
    fn any_setting_is_accepted_or_refused_by_name(
        value in any_json(), place in any::<prop::sample::Index>(),
    ) {
        let names = [
            "accounts", "start_date", "end_date", "sandbox", "page_size", "rate_limit",
            "request_timeout", "max_runtime", "base_url", "metrics", "user_agent", "ca_file",
            "attribution_window",
        ];
        let name = names[place.index(names.len())];
        let mut settings = json!({
            "access_token": "a-planted-token", "accounts": ["1"], "start_date": "2026-01-01",
        });
        settings[name] = value;
        let settings = settings.as_object().expect("an object").clone();
        if let Err(error) = Config::from_settings(settings) {
            let error = error.to_string();
            prop_assert!(error.contains(name) && !error.contains("planted"), "{error}");
        }
    }
}

//! The values of reports of all kinds: odd ones, attributes, and hours on the wall clock.

use crate::client::{code, config, start};
use crate::grid::{Ask, BREAKDOWN, GMV_MAX, INTEGRATED, VIDEO, as_pairs, asks};
use crate::kinds::{cell, key, odd, rows};
use fake_tiktok::{Options, WorldConfig};
use serde_json::Value;
use std::collections::HashSet;

#[test]
fn odd_values_are_there() {
    let server = odd();
    let asks = asks(&server);
    let texts = |find: &dyn Fn(&Ask) -> bool, metric: &str, more: &[(&str, &str)]| -> Vec<Value> {
        let ask = asks.iter().find(|ask| find(ask)).unwrap();
        let names = serde_json::to_string(&[metric]).unwrap();
        let params = ask.with(&[&[("metrics", names.as_str())], more].concat());
        rows(&server, ask.path, &params).iter().map(|row| row["metrics"][metric].clone()).collect()
    };
    let has = |name: &'static str| move |ask: &Ask| ask.key.iter().any(|key| key == name);
    let lists = texts(&has("ad_id_v2"), "ad_text_list", &[]);
    assert!(lists.iter().all(Value::is_array) && lists.iter().any(|list| list[1].is_string()));
    let of_ads = |ask: &Ask| ask.key == ["ad_id", "stat_time_day"];
    let floats = texts(&of_ads, "native_growth_total_purchase_value", &[]);
    assert!(floats.iter().any(|text| text.as_str().unwrap().contains("E+")), "{floats:?}");
    let masked = texts(&has("search_terms"), "impressions", &[]);
    assert!(masked.contains(&"<5".into()));
    let of_materials = |ask: &Ask| ask.path == BREAKDOWN;
    let rates = texts(&of_materials, "ctr", &[("start_date", "2026-02-01")]);
    assert!(rates.contains(&Value::Null) && rates.contains(&"-".into()));
    let of_hours = asks.iter().find(|ask| ask.key == ["ad_id", "stat_time_hour"]).unwrap();
    let hourly = rows(&server, INTEGRATED, &of_hours.params);
    assert!(hourly.iter().any(|row| cell(row, "stat_time_hour") == "-"));
    let seconds = asks.iter().find(|ask| ask.path == VIDEO).unwrap();
    for row in rows(&server, VIDEO, &seconds.params) {
        let length = row["info"]["duration"].as_u64().unwrap();
        let counts = row["metrics"]["view_count"].as_array().unwrap();
        assert!(length <= 60 && u64::try_from(counts.len()).unwrap() == length);
    }
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn attributes_of_gmv_max_are_had_of_one_thing_only_and_nulls_are_left_out() {
    let server = odd();
    let ask =
        asks(&server).into_iter().find(|ask| ask.path == GMV_MAX && ask.key[0] == "campaign_id");
    let ask = ask.unwrap();
    let metrics = r#"["cost","campaign_name","operation_status","schedule_end_time"]"#;
    let (code, message) = code(&server, GMV_MAX, &as_pairs(&ask.with(&[("metrics", metrics)])));
    assert_eq!((code, message.contains("one id")), (40002, true), "{message}");
    let campaigns: HashSet<_> = rows(&server, GMV_MAX, &ask.params)
        .iter()
        .map(|row| key(row, &ask.key)[0].clone())
        .collect();
    let mut left_out = 0;
    for campaign in campaigns {
        let filter = serde_json::json!({
            "gmv_max_promotion_types": ["PRODUCT"], "campaign_ids": [campaign]
        });
        let filter = filter.to_string();
        let params = ask.with(&[("metrics", metrics), ("filtering", &filter)]);
        for row in rows(&server, GMV_MAX, &params) {
            let metrics = row["metrics"].as_object().unwrap();
            assert!(metrics["campaign_name"].is_string());
            assert!(metrics.values().all(|value| !value.is_null()));
            left_out += usize::from(metrics.len() < 4);
        }
    }
    assert!(left_out > 0);
}

#[test]
fn hours_are_those_of_the_wall_clock() {
    let hours = |day: &str, repeated_hours| -> Vec<String> {
        let world = WorldConfig { repeated_hours, odd: false, delivery: 1.0, ..config() };
        let now = Some(time::macros::datetime!(2026-11-15 12:00 UTC));
        let server = start(WorldConfig { now, ..world }, Options::default());
        let asks = asks(&server);
        let ask = asks.iter().find(|ask| ask.key == ["advertiser_id", "stat_time_hour"]).unwrap();
        let params = ask.with(&[("start_date", day), ("end_date", day)]);
        let of_ads = asks.iter().find(|ask| ask.key == ["ad_id", "stat_time_hour"]).unwrap();
        let more = of_ads.with(&[("start_date", day), ("end_date", day)]);
        let all = [rows(&server, INTEGRATED, &params), rows(&server, INTEGRATED, &more)].concat();
        let columns = ["stat_time_hour".to_owned(), "advertiser_id".into(), "ad_id".into()];
        all.iter().map(|row| key(row, &columns).join(" ")).collect()
    };
    let of_hour =
        |all: &[String], hour: &str| all.iter().filter(|key| key[11..13] == *hour).count();
    let spring = hours("2026-03-08", false);
    assert_eq!((of_hour(&spring, "02"), of_hour(&spring, "03") > 0), (0, true));
    let (once, twice) = (hours("2026-11-01", false), hours("2026-11-01", true));
    let distinct = |all: &[String]| all.iter().collect::<HashSet<_>>().len();
    assert_eq!(distinct(&once), once.len());
    assert!(distinct(&twice) < twice.len());
    assert!(of_hour(&twice, "01") > of_hour(&once, "01"));
}

//! Totals of reports: the sums of all rows, and how options bend them.

use crate::client::{all_rows, get, of_first, server, start};
use fake_tiktok::{Options, Server, WorldConfig, additive_metrics};
use serde_json::{Value, json};

const PATH: &str = "report/integrated/get/";
const METRICS: &str =
    r#"["spend","impressions","conversion","secondary_goal_result","cpc","frequency","ad_name"]"#;

fn report<'a>(server: &'a Server, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut params = of_first(
        server,
        &[
            ("report_type", "BASIC"),
            ("data_level", "AUCTION_AD"),
            ("dimensions", r#"["ad_id","stat_time_day"]"#),
            ("metrics", METRICS),
            ("start_date", "2026-07-01"),
            ("end_date", "2026-07-15"),
            ("enable_total_metrics", "true"),
        ],
    );
    params.retain(|(key, _)| changes.iter().all(|(changed, _)| changed != key));
    params.extend(changes);
    params
}

fn totals(server: &Server, params: &[(&str, &str)]) -> Value {
    let answer = get(server, PATH, params).json();
    assert_eq!(answer["code"], 0, "{answer}");
    answer["data"]["total_metrics"].clone()
}

/// A decimal text in millionths; nothing for `-`.
fn micros(text: &Value) -> i128 {
    let text = text.as_str().unwrap();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole == "-" { 0 } else { format!("{whole}{fraction:0<6}").parse().unwrap() }
}

fn sum(rows: &[Value], metric: &str) -> i128 {
    rows.iter().map(|row| micros(&row["metrics"][metric])).sum()
}

#[test]
fn every_page_has_the_sums_of_all_rows() {
    let server = server();
    for dimensions in [r#"["ad_id","stat_time_day"]"#, r#"["ad_id"]"#] {
        let params = report(&server, &[("dimensions", dimensions)]);
        let rows = all_rows(&server, PATH, &params, 1000);
        let on_page = |page: &'static str| {
            totals(&server, &[params.as_slice(), &[("page", page), ("page_size", "5")]].concat())
        };
        let first = on_page("1");
        assert_eq!(first, on_page("2"));
        for metric in ["spend", "impressions", "conversion", "secondary_goal_result"] {
            assert_eq!(micros(&first[metric]), sum(&rows, metric), "{metric}");
        }
        assert!(sum(&rows, "spend") > sum(&rows[..5], "spend"), "more than a page");
        assert_eq!(first["ad_name"], "-");
        assert!(first.as_object().unwrap().values().all(Value::is_string) && first["cpc"] != "-");
    }
    let plain: Vec<_> = report(&server, &[("enable_total_metrics", "false")]);
    assert_eq!(totals(&server, &plain), Value::Null);
    let none = totals(
        &server,
        &report(&server, &[("start_date", "2019-01-01"), ("end_date", "2019-01-02")]),
    );
    assert_eq!(none["spend"], "0");
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn totals_are_exact_where_floats_are_not_and_the_library_says_which_add_up() {
    let config = WorldConfig { campaigns: 30, ads: 8, ..crate::client::config() };
    let server = start(config, Options::default());
    let params = report(&server, &[("metrics", r#"["spend"]"#), ("start_date", "2026-06-16")]);
    let rows = all_rows(&server, PATH, &params, 1000);
    assert!(
        rows.iter().any(|row| row["metrics"]["spend"].as_str().unwrap().len() > 18),
        "an amount that no float holds"
    );
    assert_eq!(micros(&totals(&server, &params)["spend"]), sum(&rows, "spend"));
    let additive = additive_metrics();
    assert!(additive.is_sorted() && additive.len() > 300, "{}", additive.len());
    for (name, adds_up) in [
        ("spend", true),
        ("clicks", true),
        ("conversion", true),
        ("reach", false),
        ("ctr", false),
        ("ad_name", false),
    ] {
        assert_eq!(additive.contains(&name), adds_up, "{name}");
    }
}

#[test]
fn the_days_alone_and_hours_have_totals_too() {
    let server = server();
    let account = [
        ("data_level", "AUCTION_ADVERTISER"),
        ("dimensions", r#"["stat_time_day"]"#),
        ("metrics", r#"["spend"]"#),
    ];
    let params = report(&server, &account);
    assert_eq!(
        micros(&totals(&server, &params)["spend"]),
        sum(&all_rows(&server, PATH, &params, 1000), "spend")
    );
    let params = report(
        &server,
        &[("dimensions", r#"["ad_id","stat_time_hour"]"#), ("start_date", "2026-07-15")],
    );
    assert_eq!(
        micros(&totals(&server, &params)["spend"]),
        sum(&all_rows(&server, PATH, &params, 1000), "spend")
    );
}

#[test]
fn a_total_may_differ_or_lag() {
    let server = server();
    let params = report(&server, &[]);
    let right = totals(&server, &params);
    server.set_options(|options| {
        options.total_offsets = vec![
            ("spend".into(), "0.01".into()),
            ("impressions".into(), "-3".into()),
            ("ad_name".into(), "1".into()),
        ];
    });
    let wrong = totals(&server, &params);
    assert_eq!(micros(&wrong["spend"]) - micros(&right["spend"]), 10_000);
    assert_eq!(micros(&right["impressions"]) - micros(&wrong["impressions"]), 3_000_000);
    assert_eq!((&wrong["conversion"], &wrong["ad_name"]), (&right["conversion"], &json!("-")));

    server.set_options(|options| {
        options.total_offsets.clear();
        options.lagging_totals = true;
    });
    // The world's today is the 15th.
    for (start, end) in
        [("2026-07-01", "2026-07-15"), ("2026-07-01", "2026-07-20"), ("2026-07-15", "2026-07-15")]
    {
        let params = report(&server, &[("start_date", start), ("end_date", end)]);
        let rows = all_rows(&server, PATH, &params, 1000);
        let old: Vec<_> = rows
            .iter()
            .filter(|row| row["dimensions"]["stat_time_day"] != "2026-07-15 00:00:00")
            .cloned()
            .collect();
        assert!(old.len() < rows.len());
        assert_eq!(
            micros(&totals(&server, &params)["spend"]),
            sum(&old, "spend"),
            "{start} to {end}"
        );
    }
}

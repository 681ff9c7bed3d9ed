//! What options of the server do to reports of any kind.

use crate::client::{code, config, get, of_first, start};
use crate::grid::{BREAKDOWN, GMV_MAX, INTEGRATED, as_pairs, asks, find};
use fake_tiktok::{Options, Server, WorldConfig};
use serde_json::Value;

/// Ids and days of rows, in their order.
fn keys(server: &Server, metrics: &str) -> Vec<String> {
    let params = of_first(
        server,
        &[
            ("report_type", "BASIC"),
            ("data_level", "AUCTION_AD"),
            ("dimensions", r#"["ad_id","stat_time_day"]"#),
            ("metrics", metrics),
            ("start_date", "2026-07-01"),
            ("end_date", "2026-07-14"),
            ("page_size", "1000"),
        ],
    );
    let answer = get(server, INTEGRATED, &params).json();
    assert_eq!(answer["code"], 0, "{answer}");
    let rows = answer["data"]["list"].as_array().unwrap().iter();
    rows.map(|row| row["dimensions"].to_string()).collect()
}

#[test]
fn options_change_the_order_and_leave_rows_out() {
    let server = start(config(), Options::default());
    let plain = keys(&server, r#"["spend"]"#);
    assert_eq!(plain, keys(&server, r#"["clicks"]"#));
    server.set_options(|options| options.shuffled_rows = true);
    let (one, two) = (keys(&server, r#"["spend"]"#), keys(&server, r#"["clicks"]"#));
    assert!(one != plain && one != two);
    let sorted = |mut keys: Vec<String>| {
        keys.sort();
        keys
    };
    assert_eq!((sorted(one.clone()), sorted(two)), (sorted(plain.clone()), sorted(plain.clone())));
    assert_eq!(one, keys(&server, r#"["spend"]"#), "the same order for the same metrics");
    server.set_options(|options| {
        options.shuffled_rows = false;
        options.rows_cut_by = vec!["clicks".into()];
        options.refused_metrics = vec!["likes".into()];
    });
    assert_eq!(keys(&server, r#"["spend"]"#), plain);
    assert_eq!(keys(&server, r#"["spend","clicks"]"#), plain[1..]);
    let asks = asks(&server);
    let breakdown = find(&asks, BREAKDOWN, "main_material_id stat_time_day");
    let params = breakdown.with(&[("metrics", r#"["likes"]"#)]);
    assert_eq!(code(&server, BREAKDOWN, &as_pairs(&params)).0, 40002);
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn rows_can_be_restated_between_two_requests() {
    let server = start(WorldConfig { restate_days: 30, ..config() }, Options::default());
    let asks = asks(&server);
    for ask in
        [find(&asks, GMV_MAX, "advertiser_id stat_time_day"), find(&asks, "BC", "stat_time_day")]
    {
        let rows =
            || -> Value { get(&server, ask.path, &as_pairs(&ask.params)).json()["data"].clone() };
        let before = rows();
        assert_eq!(before, rows());
        server.set_options(|options| options.restate_every = Some(1));
        rows();
        assert_ne!(before, rows());
        server.set_options(|options| options.restate_every = None);
    }
}

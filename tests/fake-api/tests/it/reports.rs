//! Reports over the wire: equal to the truth, additive, ordered, cut, and bounded.

use crate::client::{all_rows, code, config, get, of_first, server, start};
use fake_tiktok::{Level, Options, ReportQuery, Server, WorldConfig};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use time::macros::date;

const PATH: &str = "report/integrated/get/";
const ALL: &str =
    r#"[{"field_name":"ad_status","filter_type":"IN","filter_value":"[\"STATUS_ALL\"]"}]"#;

fn daily<'a>(server: &'a Server, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut params = of_first(
        server,
        &[
            ("report_type", "BASIC"),
            ("data_level", "AUCTION_AD"),
            ("dimensions", r#"["ad_id","stat_time_day"]"#),
            ("metrics", r#"["spend","impressions","campaign_id"]"#),
            ("start_date", "2026-06-20"),
            ("end_date", "2026-07-15"),
        ],
    );
    params.retain(|(key, _)| more.iter().all(|(changed, _)| changed != key));
    params.extend(more);
    params
}

fn query(server: &Server) -> ReportQuery {
    ReportQuery {
        advertiser_id: server.world().accounts()[0].advertiser_id.clone(),
        dimensions: vec!["ad_id".into(), "stat_time_day".into()],
        metrics: ["spend", "impressions", "campaign_id"].map(str::to_owned).to_vec(),
        start: Some(date!(2026 - 06 - 20)),
        end: Some(date!(2026 - 07 - 15)),
        ..ReportQuery::default()
    }
}

fn truth(server: &Server, query: &ReportQuery) -> Vec<String> {
    let rows = server.world().report(query).into_iter();
    rows.map(|row| {
        format!("{{\"dimensions\":{},\"metrics\":{}}}", row.dimensions.json(), row.metrics.json())
    })
    .collect()
}

fn texts(rows: &[Value]) -> Vec<String> {
    rows.iter().map(Value::to_string).collect()
}

/// Sums of the metric per entity, in thousandths.
fn sums(rows: &[Value], metric: &str) -> BTreeMap<String, i128> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let (whole, fraction) = row["metrics"][metric]
            .as_str()
            .unwrap()
            .split_once('.')
            .unwrap_or((row["metrics"][metric].as_str().unwrap(), "0"));
        let amount = whole.parse::<i128>().unwrap() * 1_000_000
            + format!("{fraction:0<6}").parse::<i128>().unwrap();
        *sums.entry(row["dimensions"]["ad_id"].as_str().unwrap().to_owned()).or_default() += amount;
    }
    sums
}

#[test]
fn pages_are_the_truth() {
    let server = server();
    for (params, query) in [
        (daily(&server, &[]), query(&server)),
        (
            daily(&server, &[("filtering", ALL)]),
            ReportQuery { include_deleted: true, ..query(&server) },
        ),
    ] {
        let whole = all_rows(&server, PATH, &params, 1000);
        assert_eq!(texts(&whole), truth(&server, &query));
        assert_eq!(whole, all_rows(&server, PATH, &params, 37));
    }
    let levels = [
        (Level::Campaign, r#"["campaign_id","stat_time_hour"]"#),
        (Level::Advertiser, r#"["advertiser_id","stat_time_hour"]"#),
    ];
    for (level, dimensions) in levels {
        let params = daily(
            &server,
            &[
                ("data_level", level.name()),
                ("dimensions", dimensions),
                ("start_date", "2026-07-15"),
                ("metrics", r#"["spend"]"#),
            ],
        );
        let query = ReportQuery {
            level,
            dimensions: serde_json::from_str(dimensions).unwrap(),
            metrics: vec!["spend".into()],
            start: Some(date!(2026 - 07 - 15)),
            ..query(&server)
        };
        let rows = truth(&server, &query);
        assert!(!rows.is_empty());
        assert_eq!(texts(&all_rows(&server, PATH, &params, 1000)), rows);
    }
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn sums_do_not_depend_on_how_a_window_is_split() {
    let server = server();
    let window = |start, end, dimensions| {
        all_rows(
            &server,
            PATH,
            &daily(
                &server,
                &[("start_date", start), ("end_date", end), ("dimensions", dimensions)],
            ),
            1000,
        )
    };
    let days = r#"["ad_id","stat_time_day"]"#;
    let whole = window("2026-06-20", "2026-07-15", days);
    let split =
        [window("2026-06-20", "2026-07-01", days), window("2026-07-02", "2026-07-15", days)]
            .concat();
    let one = window("2026-06-20", "2026-07-15", r#"["ad_id"]"#);
    for metric in ["spend", "impressions"] {
        assert_eq!(sums(&whole, metric), sums(&split, metric));
        assert_eq!(
            sums(&whole, metric),
            sums(&one, metric),
            "without days, a row is the sum of its days"
        );
    }
    assert!(
        sums(&split[1..], "impressions") != sums(&whole, "impressions"),
        "the comparison can fail"
    );
}

#[test]
fn deleted_top_view_and_promote_are_hidden_unless_asked_for() {
    let server = start(WorldConfig { campaigns: 12, ..config() }, Options::default());
    let ads = |filter: &str| -> HashSet<String> {
        let params = if filter.is_empty() {
            daily(&server, &[])
        } else {
            daily(&server, &[("filtering", filter)])
        };
        sums(&all_rows(&server, PATH, &params, 1000), "spend").into_keys().collect()
    };
    let id = &server.world().accounts()[0].advertiser_id;
    let entities = server.world().entities(fake_tiktok::Kind::Ad, id);
    let of = |wanted: &dyn Fn(&fake_tiktok::Entity) -> bool| -> HashSet<String> {
        entities.iter().filter(|ad| wanted(ad)).map(|ad| ad.id.clone()).collect()
    };
    assert_eq!(ads(""), of(&|ad| !ad.deleted && !ad.top_view && !ad.promote));
    assert_eq!(ads(ALL), of(&|ad| !ad.top_view && !ad.promote));
    let also = |field: &str, value: &str| {
        format!(
            r#"{},{{"field_name":"{field}","filter_type":"IN","filter_value":"[\"{value}\"]"}}]"#,
            &ALL[..ALL.len() - 1]
        )
    };
    assert_eq!(ads(&also("buying_type", "RESERVATION_TOP_VIEW")), of(&|ad| ad.top_view));
    assert_eq!(ads(&also("campaign_system_origins", "PROMOTE")), of(&|ad| !ad.top_view));
    let campaign = &entities[5].campaign_id;
    assert_eq!(
        ads(&also("campaign_ids", campaign)),
        of(&|ad| ad.campaign_id == *campaign && !ad.top_view && !ad.promote)
    );
}

#[test]
fn rows_are_ordered_on_request() {
    let server = server();
    let spends = |order: &str| -> Vec<f64> {
        let params = daily(&server, &[("order_field", "spend"), ("order_type", order)]);
        all_rows(&server, PATH, &params, 1000)
            .iter()
            .map(|row| row["metrics"]["spend"].as_str().unwrap().parse().unwrap())
            .collect()
    };
    assert!(spends("ASC").is_sorted());
    assert!(spends("DESC").is_sorted_by(|one, two| one >= two));
}

#[test]
fn the_lifetime_is_the_sum_of_everything() {
    let server =
        start(WorldConfig { first_day: date!(2026 - 07 - 01), ..config() }, Options::default());
    let days = all_rows(&server, PATH, &daily(&server, &[]), 1000);
    let lifetime = [("dimensions", r#"["ad_id"]"#), ("query_lifetime", "true")];
    let mut params = daily(&server, &lifetime);
    params.retain(|(key, _)| !key.ends_with("_date"));
    assert_eq!(sums(&all_rows(&server, PATH, &params, 1000), "spend"), sums(&days, "spend"));
}

#[test]
fn only_the_newest_ads_are_seen_and_a_header_says_so() {
    let server = start(config(), Options { ads_cut: Some(3), ..Options::default() });
    let answer = get(&server, PATH, &daily(&server, &[("page_size", "1000")]));
    assert!(answer.has_header("X-Tt-Ads-Throttle: 1"));
    let seen: Vec<_> =
        sums(answer.json()["data"]["list"].as_array().unwrap(), "spend").into_keys().collect();
    let id = &server.world().accounts()[0].advertiser_id;
    let shown = server
        .world()
        .entities(fake_tiktok::Kind::Ad, id)
        .into_iter()
        .filter(|ad| !ad.deleted && !ad.top_view && !ad.promote);
    let newest: Vec<_> = shown.collect();
    assert_eq!(seen, [&newest[2].id, &newest[1].id, &newest[0].id].map(Clone::clone));
    // The answer comes from the cache now, and must say the same.
    assert!(
        get(&server, PATH, &daily(&server, &[("page_size", "1000")]))
            .has_header("X-Tt-Ads-Throttle: 1")
    );

    let oldest = newest.last().unwrap();
    let filter = format!(
        r#"[{{"field_name":"ad_ids","filter_type":"IN","filter_value":"[\"{}\"]"}}]"#,
        oldest.id
    );
    let answer =
        get(&server, PATH, &daily(&server, &[("page_size", "1000"), ("filtering", &filter)]));
    assert!(!answer.has_header("X-Tt-Ads-Throttle: 1"));
    assert!(answer.text().contains(&oldest.id));
    let campaigns = daily(
        &server,
        &[
            ("data_level", "AUCTION_CAMPAIGN"),
            ("dimensions", r#"["campaign_id"]"#),
            ("metrics", r#"["spend"]"#),
        ],
    );
    assert!(!get(&server, PATH, &campaigns).has_header("X-Tt-Ads-Throttle: 1"));
}

#[test]
fn options_refuse_without_blaming_the_client() {
    let server = server();
    let refused = server.world().accounts()[1].advertiser_id.clone();
    server.set_options(|options| {
        options.too_large_rows = Some(50);
        options.refused_metrics = vec!["impressions".into()];
        options.refuse_top_view = true;
        options.refused_accounts = vec![refused.clone()];
    });
    assert_eq!(code(&server, PATH, &daily(&server, &[("metrics", r#"["spend"]"#)])).0, 40067);
    assert_eq!(
        code(
            &server,
            PATH,
            &daily(&server, &[("metrics", r#"["spend"]"#), ("start_date", "2026-07-14")])
        )
        .0,
        0
    );
    let (code_of_metric, message) = code(&server, PATH, &daily(&server, &[]));
    assert_eq!((code_of_metric, message.as_str()), (40002, "Invalid metric fields: [impressions]"));
    let top_view = [("filtering", r#"{"buying_types":["RESERVATION_TOP_VIEW"]}"#)];
    assert_eq!(code(&server, "campaign/get/", &of_first(&server, &top_view)).0, 40002);
    assert_eq!(code(&server, "campaign/get/", &[("advertiser_id", &refused)]).0, 40001);
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn a_restatement_shows_at_once() {
    let server = start(WorldConfig { restate_days: 30, ..config() }, Options::default());
    let before = all_rows(&server, PATH, &daily(&server, &[]), 1000);
    server.world().bump_epoch();
    let after = all_rows(&server, PATH, &daily(&server, &[]), 1000);
    assert_eq!(before.len(), after.len());
    assert_ne!(before, after);
}

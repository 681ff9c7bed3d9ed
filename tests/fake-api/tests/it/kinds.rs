//! Every kind of report: that it is served, is the truth, adds up, and has the same values whatever
//! metrics are asked for beside them.

use crate::client::{TOKEN_HEADER, code, config, get, send, start, target};
use crate::grid::{Ask, BID, CREATIVE, GMV_MAX, INTEGRATED, VIDEO, asks};
use fake_tiktok::{Options, Server, WorldConfig};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

fn odd() -> Server {
    start(config(), Options::default())
}

fn as_pairs(params: &[(String, String)]) -> Vec<(&str, &str)> {
    params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// All rows of a report, of all pages.
fn rows(server: &Server, path: &str, params: &[(String, String)]) -> Vec<Value> {
    let size = match path {
        VIDEO => "7",
        path if path.starts_with("smart_plus") => "100",
        _ => "1000",
    };
    let mut rows = Vec::new();
    for page in 1.. {
        let number = page.to_string();
        let mut params = as_pairs(params);
        if path != BID {
            params.extend([("page", number.as_str()), ("page_size", size)]);
        }
        let answer = get(server, path, &params).json();
        assert_eq!(answer["code"], 0, "{answer} {params:?}");
        if path == BID {
            return answer["data"]["bid_protection_records"].as_array().unwrap().clone();
        }
        rows.extend(answer["data"]["list"].as_array().unwrap().iter().cloned());
        if answer["data"]["page_info"]["total_page"].as_u64().unwrap() <= page {
            assert_eq!(answer["data"]["page_info"]["total_number"], rows.len());
            return rows;
        }
    }
    unreachable!()
}

/// The value of a column, wherever the row has it.
fn cell<'a>(row: &'a Value, name: &str) -> &'a Value {
    let places = [&row["dimensions"], &row["info"], &row["metrics"], row];
    places.into_iter().map(|place| &place[name]).find(|value| !value.is_null()).unwrap_or(&row["-"])
}

fn key(row: &Value, names: &[String]) -> Vec<String> {
    names.iter().map(|name| cell(row, name).as_str().unwrap_or_default().to_owned()).collect()
}

/// A number in millionths; nothing for texts that are no numbers.
fn micros(value: &Value) -> i128 {
    let text = value.as_str().unwrap_or_default();
    let (digits, exponent) = text.split_once("E+").unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent: usize = exponent.parse().unwrap();
    let fraction = format!("{fraction:0<width$}", width = exponent + 6);
    format!("{whole}{}", &fraction[..exponent + 6]).parse().unwrap_or(0)
}

/// Sums of a metric by all columns of the key but one.
fn sums(rows: &[Value], ask: &Ask, without: &str, metric: &str) -> BTreeMap<Vec<String>, i128> {
    let names: Vec<_> = ask.key.iter().filter(|name| *name != without).cloned().collect();
    let mut sums = BTreeMap::new();
    for row in rows {
        let key =
            key(row, &names).iter().map(|text| text[..text.len().min(10)].to_owned()).collect();
        *sums.entry(key).or_default() += micros(cell(row, metric));
    }
    sums
}

#[test]
fn all_reports_are_served_and_are_the_truth() {
    let server = odd();
    let asks = asks(&server);
    assert_eq!(asks.len(), 130);
    for ask in &asks {
        let rows = rows(&server, ask.path, &ask.params);
        assert!(!rows.is_empty(), "{} has no rows", ask.name());
        let keys: HashSet<_> = rows.iter().map(|row| key(row, &ask.key)).collect();
        assert_eq!(keys.len(), rows.len(), "{}: a key twice", ask.name());
        assert!(keys.iter().flatten().all(|part| !part.is_empty()), "{}", ask.name());

        let mut params = as_pairs(&ask.params);
        params.push(("path", ask.path));
        let target = target("", &params).replace("/open_api/v1.3/", "/_fake/truth/report");
        let truth = send(&server, "GET", &target, TOKEN_HEADER, "").unwrap().json();
        let truth: HashMap<_, _> =
            truth.as_array().unwrap().iter().map(|row| (key(row, &ask.key), row)).collect();
        assert_eq!(truth.len(), rows.len(), "{}", ask.name());
        for row in &rows {
            assert_eq!(Some(&row), truth.get(&key(row, &ask.key)), "{}", ask.name());
        }
    }
    assert_eq!(server.violations(), Vec::<String>::new());
}

/// Metrics that a report has, and the parameter that names them.
fn metrics_of(ask: &Ask) -> (&'static str, Vec<&'static str>) {
    let names = match (ask.path, ask.param("report_type")) {
        (INTEGRATED, Some("BC")) => {
            vec!["cash_spend", "voucher_spend", "tax_spend", "cashback_coupon_spend"]
        }
        (INTEGRATED, Some("TT_SHOP")) => vec!["spend", "billed_cost"],
        (GMV_MAX, _) => vec!["cost", "orders", "net_cost", "gross_revenue", "roi"],
        (VIDEO, _) => {
            return ("metrics_fields", vec!["view_count", "ctr", "clicks", "break_count"]);
        }
        (CREATIVE, _) => return ("metrics_fields", vec!["spend", "impressions", "clicks", "ctr"]),
        _ => vec!["spend", "impressions", "clicks", "conversion", "ctr", "cpm"],
    };
    ("metrics", names)
}

#[test]
fn values_do_not_depend_on_the_other_metrics() {
    let server = odd();
    for ask in asks(&server).iter().filter(|ask| ask.path != BID) {
        let (param, names) = metrics_of(ask);
        let of = |names: &[&str]| {
            let names = serde_json::to_string(names).unwrap();
            let rows = rows(&server, ask.path, &ask.with(&[(param, &names)]));
            rows.into_iter().map(|row| (key(&row, &ask.key), row)).collect::<BTreeMap<_, _>>()
        };
        let middle = names.len() / 2;
        let (whole, first, second) = (of(&names), of(&names[..middle]), of(&names[middle..]));
        assert!(whole.keys().eq(first.keys()) && whole.keys().eq(second.keys()), "{}", ask.name());
        for (key, row) in &whole {
            for (at, name) in names.iter().enumerate() {
                let part = if at < middle { &first[key] } else { &second[key] };
                let value = row["metrics"].get(*name);
                assert_eq!(value, part["metrics"].get(*name), "{} {name}", ask.name());
            }
        }
    }
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn breakdowns_and_hours_add_up_to_the_day() {
    let server = odd();
    let asks = asks(&server);
    let find = |report: &str, id: &str, more: &str| {
        let key: Vec<_> = [id, more].iter().flat_map(|part| part.split(' ')).collect();
        let found = asks
            .iter()
            .find(|ask| ask.key == key && ask.param("report_type").unwrap_or(ask.path) == report);
        found.unwrap_or_else(|| panic!("{report} {key:?}"))
    };
    let of_day = [("start_date", "2026-07-14"), ("end_date", "2026-07-14")];
    let names = |names| ("metrics", names);
    let usual = r#"["spend","impressions","clicks"]"#;
    for id in ["advertiser_id", "campaign_id", "adgroup_id", "ad_id", "ad_id_v2"] {
        let day = find("BASIC", id, "stat_time_day");
        let whole = rows(&server, day.path, &day.with(&[&of_day[..], &[names(usual)]].concat()));
        let mut cuts = vec![("BASIC", "stat_time_hour", "-")];
        if id != "ad_id_v2" {
            cuts.push(("BASIC", "country_code stat_time_day", "country_code"));
            cuts.push(("AUDIENCE", "country_code stat_time_day", "country_code"));
            cuts.push(("AUDIENCE", "ac stat_time_day", "ac"));
        }
        for (report, more, without) in cuts {
            let cut = find(report, id, more);
            let parts = cut.with(&[&of_day[..], &[names(usual)]].concat());
            let parts = rows(&server, cut.path, &parts);
            for metric in ["spend", "impressions", "clicks"] {
                let time = if without == "-" { "stat_time_hour" } else { without };
                let id_only = |sums: BTreeMap<Vec<String>, i128>| {
                    let by_id = sums.into_iter().map(|(key, sum)| (key[0].clone(), sum));
                    by_id.collect::<BTreeMap<_, _>>()
                };
                assert_eq!(
                    id_only(sums(&parts, cut, time, metric)),
                    id_only(sums(&whole, day, "stat_time_day", metric)),
                    "{} {metric}",
                    cut.name()
                );
            }
        }
    }
}

#[test]
fn levels_of_gmv_max_add_up_and_have_totals() {
    let server = odd();
    let asks: Vec<_> = asks(&server).into_iter().filter(|ask| ask.path == GMV_MAX).collect();
    let cost = |ask: &Ask| -> i128 {
        let params = ask.with(&[("enable_total_metrics", "true")]);
        let answer =
            get(&server, GMV_MAX, &[as_pairs(&params), vec![("page_size", "1000")]].concat());
        let answer = answer.json();
        let rows = answer["data"]["list"].as_array().unwrap();
        let sum = rows.iter().map(|row| micros(cell(row, "cost"))).sum();
        assert_eq!(micros(&answer["data"]["total_metrics"]["cost"]), sum, "{}", ask.name());
        sum
    };
    let costs: Vec<_> = asks.iter().map(cost).collect();
    assert_eq!(costs[0], costs[1] + costs[2], "the account is the sum of its campaigns");
    assert_eq!(costs[1], costs[5], "campaigns are the sums of their products");
    assert_eq!(costs[1], costs[6], "and of their creatives");
    assert_eq!(costs[2], costs[7], "live campaigns are the sums of their rooms");
    assert_eq!((costs[4] > 0, costs[4]), (true, costs[8]), "hour by hour, too");
    let dashes = |ask: &Ask| {
        let rows = rows(
            &server,
            GMV_MAX,
            &ask.with(&[("end_date", "2026-07-14"), ("start_date", "2026-06-15")]),
        );
        rows.iter().any(|row| cell(row, "orders") == "-")
    };
    assert!(dashes(&asks[7]), "orders of what cost nothing");
}

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
    let of_hours = asks.iter().find(|ask| ask.key == ["ad_id", "stat_time_hour"]).unwrap();
    let rows = rows(&server, INTEGRATED, &of_hours.params);
    assert!(rows.iter().any(|row| cell(row, "stat_time_hour") == "-"));
    let seconds = asks.iter().find(|ask| ask.path == VIDEO).unwrap();
    for row in self::rows(&server, VIDEO, &seconds.params) {
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
        // Of the few hours that an account has, those of many days.
        let params = ask.with(&[("start_date", day), ("end_date", day)]);
        let campaigns = asks.iter().find(|ask| ask.key == ["ad_id", "stat_time_hour"]).unwrap();
        let more = campaigns.with(&[("start_date", day), ("end_date", day)]);
        let all = [rows(&server, INTEGRATED, &params), rows(&server, INTEGRATED, &more)].concat();
        let key = ["stat_time_hour".to_owned(), "advertiser_id".into(), "ad_id".into()];
        all.iter().map(|row| self::key(row, &key).join(" ")).collect()
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

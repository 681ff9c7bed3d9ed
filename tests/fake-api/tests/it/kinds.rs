//! Every kind of report: that it is served, is the truth, adds up, and has the same values whatever
//! metrics are asked for beside them.

use crate::client::{TOKEN_HEADER, config, get, send, start, target};
use crate::grid::{Ask, BID, CREATIVE, GMV_MAX, INTEGRATED, VIDEO, as_pairs, asks};
use fake_tiktok::{Options, Server};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

pub(crate) fn odd() -> Server {
    start(config(), Options::default())
}

/// All rows of a report, of all pages.
pub(crate) fn rows(server: &Server, path: &str, params: &[(String, String)]) -> Vec<Value> {
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
pub(crate) fn cell<'a>(row: &'a Value, name: &str) -> &'a Value {
    let places = [&row["dimensions"], &row["info"], &row["metrics"], row];
    places.into_iter().map(|place| &place[name]).find(|value| !value.is_null()).unwrap_or(&row["-"])
}

pub(crate) fn key(row: &Value, names: &[String]) -> Vec<String> {
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
fn smart_plus_ads_are_the_sums_of_their_creatives() {
    let server = odd();
    let asks = asks(&server);
    let spend = |key: &[&str]| -> (BTreeMap<String, i128>, i128) {
        let ask = asks.iter().find(|ask| ask.key == key).unwrap();
        let mut by_id = BTreeMap::new();
        for row in rows(&server, ask.path, &ask.params) {
            *by_id.entry(self::key(&row, &ask.key)[0].clone()).or_default() +=
                micros(cell(&row, "spend"));
        }
        let sum = by_id.values().sum();
        (by_id, sum)
    };
    let (ads, creatives) =
        (spend(&["ad_id_v2", "stat_time_day"]), spend(&["ad_id", "stat_time_day"]));
    assert_eq!(ads.1, creatives.1);
    let alike = ads.0.keys().filter(|id| creatives.0.contains_key(*id)).count();
    assert!(alike > 0 && alike < ads.0.len() && ads.0.len() < creatives.0.len());
    assert!(creatives.0.iter().all(|(id, spend)| ads.0.get(id).is_none_or(|own| own == spend)));
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
fn totals_are_the_sums_of_all_rows() {
    let server = odd();
    let mut with_totals = 0;
    for ask in asks(&server) {
        let metric = if ask.path == GMV_MAX { "cost" } else { "spend" };
        let takes_totals = ask.path == GMV_MAX
            || ["BASIC", "TT_SHOP"].contains(&ask.param("report_type").unwrap_or(""));
        if !takes_totals {
            continue;
        }
        let params = ask.with(&[("enable_total_metrics", "true"), ("page_size", "3")]);
        let totals =
            get(&server, ask.path, &as_pairs(&params)).json()["data"]["total_metrics"].clone();
        let sum: i128 =
            rows(&server, ask.path, &ask.params).iter().map(|row| micros(cell(row, metric))).sum();
        assert!(sum > 0);
        assert_eq!(micros(&totals[metric]), sum, "{}", ask.name());
        with_totals += 1;
    }
    assert_eq!(with_totals, 16 + 11 + 3 + 2 + 9);
}

//! The limits that the API has besides requests a second, and reports that are too much for it.

use crate::client::{code, config, get, of_first, start};
use fake_tiktok::{Kind, Options, Server, WorldConfig};
use std::thread;
use std::time::{Duration, Instant};

const PATH: &str = "report/integrated/get/";

fn burst(server: &Server, path: &str, count: usize) -> Vec<i64> {
    let params = if path == "user/info/" { Vec::new() } else { of_first(server, &[]) };
    (0..count).map(|_| code(server, path, &params).0).collect()
}

#[test]
fn too_many_requests_in_a_minute_suspend_for_longer() {
    let minute_suspension = Duration::from_secs(1);
    let server =
        start(config(), Options { minute_limit: Some(3), minute_suspension, ..Options::default() });
    assert_eq!(burst(&server, "user/info/", 3), [0, 0, 0]);
    let (breach, message) = code(&server, "user/info/", &[]);
    assert_eq!((breach, message.as_str()), (40100, "App reaches the QPM limit."));
    thread::sleep(Duration::from_millis(600));
    assert!(code(&server, "user/info/", &[]).1.contains("temporarily restricted"));
    thread::sleep(Duration::from_millis(600));
    assert_eq!(burst(&server, "user/info/", 1), [40100], "the request in between prolonged it");
    thread::sleep(Duration::from_millis(1200));
    assert_eq!(burst(&server, "user/info/", 4), [0, 0, 0, 40100], "the minute begins anew");
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn an_endpoint_may_have_limits_of_its_own() {
    let suspension = Duration::from_millis(300);
    let path_limits = vec![("ad/get/".to_owned(), 2, 100), ("campaign/get/".to_owned(), 100, 3)];
    let server = start(
        config(),
        Options { path_limits, suspension, minute_suspension: suspension, ..Options::default() },
    );
    assert_eq!(burst(&server, "ad/get/", 3), [0, 0, 40100]);
    assert_eq!(burst(&server, "campaign/get/", 4), [0, 0, 0, 40100]);
    assert_eq!(burst(&server, "user/info/", 5), [0; 5], "the others go on");
    thread::sleep(Duration::from_secs(1));
    assert_eq!(burst(&server, "ad/get/", 1), [0]);
}

#[test]
fn a_day_has_so_many_requests() {
    let server = start(config(), Options { day_limit: Some(4), ..Options::default() });
    assert_eq!(burst(&server, "user/info/", 6), [0, 0, 0, 0, 40100, 40100]);
    assert_eq!(
        code(&server, "ad/get/", &of_first(&server, &[])),
        (40100, "App reaches the QPD limit.".to_owned())
    );
    server.set_options(|options| options.day_limit = None);
    assert_eq!(burst(&server, "user/info/", 1), [0]);
}

/// A daily report of the first account's ads, with a filter by ids.
fn report<'a>(server: &'a Server, filter: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut params = of_first(
        server,
        &[
            ("report_type", "BASIC"),
            ("data_level", "AUCTION_AD"),
            ("dimensions", r#"["ad_id","stat_time_day"]"#),
            ("start_date", "2026-07-01"),
            ("end_date", "2026-07-14"),
            ("page_size", "1000"),
        ],
    );
    params.extend((!filter.is_empty()).then_some(("filtering", filter)));
    params
}

fn by(field: &str, id: &str) -> String {
    format!(r#"[{{"field_name":"{field}","filter_type":"IN","filter_value":"[\"{id}\"]"}}]"#)
}

/// Two campaigns with two ad groups of four ads, all alive; the campaign and the ad group of the
/// oldest ad.
fn alive(options: Options) -> (Server, String, String) {
    let server = start(
        WorldConfig { deleted: 0.0, campaigns: 2, delivery: 1.0, odd: false, ..config() },
        options,
    );
    let ads = server.world().entities(Kind::Ad, &server.world().accounts()[0].advertiser_id);
    let oldest = ads.last().unwrap();
    let (campaign, adgroup) = (oldest.campaign_id.clone(), oldest.adgroup_id.clone().unwrap());
    (server, by("campaign_ids", &campaign), by("adgroup_ids", &adgroup))
}

#[test]
fn a_filter_lifts_the_cut_only_when_few_ads_are_left() {
    let (server, campaign, adgroup) = alive(Options { ads_cut: Some(5), ..Options::default() });
    for (filter, ads, is_cut) in
        [("", 5, true), (campaign.as_str(), 5, true), (adgroup.as_str(), 4, false)]
    {
        let answer = get(&server, PATH, &report(&server, filter));
        assert_eq!(answer.has_header("X-Tt-Ads-Throttle: 1"), is_cut, "{filter}");
        assert_eq!(answer.json()["data"]["page_info"]["total_number"], ads * 14, "{filter}");
    }
}

#[test]
fn reports_may_be_too_large_or_too_slow_until_they_are_filtered() {
    let (server, campaign, adgroup) =
        alive(Options { too_large_rows: Some(8 * 14), ..Options::default() });
    assert_eq!(
        [&*campaign, &*adgroup, ""].map(|filter| code(&server, PATH, &report(&server, filter)).0),
        [0, 0, 40067]
    );
    server.set_options(|options| {
        options.too_large_rows = None;
        options.time_out_rows = Some(4 * 14);
        options.time_out = Duration::from_millis(800);
    });
    let time = |filter: &str| {
        let begin = Instant::now();
        assert_eq!(code(&server, PATH, &report(&server, filter)).0, 0);
        begin.elapsed()
    };
    // Twice: the second answer comes from the cache.
    for filter in [&campaign, &campaign, ""] {
        assert!(time(filter) >= Duration::from_millis(800), "{filter}");
    }
    assert!(time(&adgroup) < Duration::from_millis(800));
    assert_eq!(server.violations(), Vec::<String>::new());
}

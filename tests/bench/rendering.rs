//! Rendering against its floor: the same text checked as UTF-8 and skipped as JSON by `serde_json`, which writes nothing. Pages come
//! from the fake API. The ratio is what counts, not the seconds: it fails above 2.0. `cargo bench --bench rendering`
#![allow(clippy::print_stdout, reason = "a bench prints its table")]
#![allow(clippy::unwrap_used, reason = "a bench may fail as a test does")]

use fake_tiktok::{Options, Server, TOKEN, World, WorldConfig};
use serde::de::IgnoredAny;
use serde_json::json;
use std::hint::black_box;
use std::time::{Duration, Instant};
use tap_tiktok_ads::api::page;
use tap_tiktok_ads::config::Config;
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::singer::catalog;
use tap_tiktok_ads::streams::Source;
use tap_tiktok_ads::sync::plan::{Plan, plan};
use tap_tiktok_ads::sync::render::Renderer;

/// CPU of rendering, at most, in units of the scan.
const BAR: f64 = 2.0;
const ROUNDS: usize = 8;
/// Text of one round, at least: longer than a scheduler's whim.
const BYTES: usize = 64 << 20;

fn main() {
    let world =
        WorldConfig { accounts: 1, campaigns: 10, adgroups: 20, ads: 5, delivery: 1.0, deleted: 0.0, odd: false, ..WorldConfig::default() };
    let server = Server::start(World::new(world), Options::default()).unwrap();
    println!("{:<34}{:>6}{:>9}{:>12}{:>12}{:>8}", "page", "rows", "kB", "scan MB/s", "render MB/s", "ratio");
    let mut worst: f64 = 0.0;
    for (stream, fields) in [
        ("ad_insights", None),
        ("ad_insights_by_country", None),
        ("adgroups", None),
        ("ads", None),
        ("ad_insights", Some(["spend", "clicks"])),
    ] {
        let plan = planned(&server, stream, fields.as_ref());
        // Everything is fetched, also where little is selected: that is the page whose rest must be skipped fast.
        let text = fetch(&server, &planned(&server, stream, None));
        let (rows, scan, render) = measure(&plan, &text);
        let ratio = render.as_secs_f64() / scan.as_secs_f64();
        worst = worst.max(ratio);
        let name = if fields.is_some() { format!("{stream}, 2 metrics of all") } else { stream.to_owned() };
        #[allow(clippy::cast_precision_loss, reason = "a speed for people")]
        let speed = |time: Duration| (BYTES / text.len() * text.len()) as f64 / 1e6 / time.as_secs_f64();
        println!("{name:<34}{rows:>6}{:>9}{:>12.0}{:>12.0}{ratio:>8.2}", text.len() / 1000, speed(scan), speed(render));
    }
    assert!(worst <= BAR, "rendering takes {worst:.2} times as long as the scan; the bar is {BAR}");
}

/// The plan of one stream, with all fields or a few.
fn planned(server: &Server, stream: &str, fields: Option<&[&str; 2]>) -> Plan {
    let mut catalog = discover();
    for entry in catalog["streams"].as_array_mut().unwrap() {
        let wanted = entry["tap_stream_id"] == stream;
        for metadata in entry["metadata"].as_array_mut().unwrap() {
            let name = metadata["breadcrumb"][1].as_str().map(str::to_owned);
            metadata["metadata"]["selected"] = json!(wanted && name.is_none_or(|n| fields.is_none_or(|f| f.contains(&n.as_str()))));
        }
    }
    let account = &server.world().accounts()[0].advertiser_id;
    let config = json!({"access_token": TOKEN, "accounts": [account], "start_date": "2026-01-01", "base_url": server.url()});
    let config = Config::from_settings(config.as_object().unwrap().clone()).unwrap();
    plan(&catalog::parse(catalog).unwrap(), &config).unwrap().remove(0)
}

/// The first page of a stream, as the API sends it.
fn fetch(server: &Server, plan: &Plan) -> String {
    let account = server.world().accounts()[0].advertiser_id.clone();
    let mut params = vec![("advertiser_id", account), ("page_size", "1000".to_owned())];
    if let Source::Report(report) = &plan.stream.source {
        params.extend([
            ("report_type", report.report_type.to_owned()),
            ("data_level", report.data_level.to_owned()),
            ("dimensions", json!(report.dimensions).to_string()),
            ("metrics", json!(plan.metrics()).to_string()),
            ("start_date", "2026-01-01".to_owned()),
            ("end_date", "2026-01-30".to_owned()),
        ]);
    }
    let url = format!("{}/open_api/v1.3/{}", server.url(), plan.stream.path());
    let mut answer = ureq::get(url).header("Access-Token", TOKEN).query_pairs(params).call().unwrap();
    answer.body_mut().with_config().limit(64 << 20).read_to_string().unwrap()
}

/// Rows of the page, and the least time of a round for the scan and for rendering.
fn measure(plan: &Plan, text: &str) -> (u64, Duration, Duration) {
    // Separate copies: a page comes from the network, not from the processor's cache.
    let pages: Vec<Vec<u8>> = (0..BYTES / text.len()).map(|_| text.as_bytes().to_vec()).collect();
    let (mut rows, mut lines) = (0, Vec::new());
    let (mut scan, mut render) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        scan = scan.min(time(&pages, |page| {
            black_box(serde_json::from_str::<IgnoredAny>(page).unwrap());
        }));
        render = render.min(time(&pages, |page| {
            lines.clear();
            let mut renderer = Renderer::new(&plan.recipe, "7000000000000000000", None);
            rows = page::read(page, "list", &mut renderer.page("2026-01-01T00:00:00Z", &mut lines)).unwrap().rows;
            assert_eq!(renderer.tally().records, rows);
        }));
    }
    (rows, scan, render)
}

fn time(pages: &[Vec<u8>], mut work: impl FnMut(&str)) -> Duration {
    let begun = Instant::now();
    for page in pages {
        work(std::str::from_utf8(page).unwrap());
    }
    begun.elapsed()
}

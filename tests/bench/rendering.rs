//! Measures rendering relative to a scan, which checks the same text as UTF-8 and lets `serde_json`
//! skip it. For comparison, also parses the text into a `serde_json::Value` and writes it.
//!
//! Pages come from the fake API. The library is called directly, without a process.

use super::joined;
use super::table::Table;
use super::world::{Scale, plain, serve};
use fake_tiktok::{Server, TOKEN, WorldConfig};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Instant;
use tap_tiktok_ads::api::page;
use tap_tiktok_ads::config::Config;
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::json::RowsAt;
use tap_tiktok_ads::render::Renderer;
use tap_tiktok_ads::singer::catalog;
use tap_tiktok_ads::sync::plan::{Plan, plan};

/// CPU time of rendering, at most, relative to the scan.
const LIMIT: f64 = 2.0;
/// Bytes of text in one round: enough to even out interruptions by the scheduler.
pub(crate) const BYTES: usize = 64 << 20;

pub(crate) fn run(table: &mut Table, scale: Scale) {
    let server = serve(WorldConfig {
        accounts: 1,
        campaigns: 10,
        adgroups: 20,
        ads: 5,
        top_view: 1,
        promote: 1,
        ..plain()
    });
    for (stream, fields) in [
        ("ad_insights", None),
        ("ad_insights_by_country", None),
        ("adgroups", None),
        ("ads", None),
        ("ad_insights", Some(["spend", "clicks"])),
    ] {
        let plan = planned(&server, stream, fields.as_ref());
        // All fields are requested, even if few are selected: skipping the others must be fast.
        let all = planned(&server, stream, None);
        let text = fetch(&server, &all, &all.metrics);
        let speeds = measure(&plan, &text, scale);
        let name = if fields.is_some() {
            format!("{stream}, 2 of all metrics")
        } else {
            stream.to_owned()
        };
        let page = format!("{} rows, {} kB", speeds.rows, text.len() / 1000);
        let more = format!("{page}; {:.0} of {:.0} MB/s", speeds.render, speeds.scan);
        table.at_most(
            &format!("{name}, render / scan"),
            speeds.scan / speeds.render,
            "",
            LIMIT,
            &more,
        );
        if fields.is_none() {
            let measured = format!("{:.2} ({:.0} MB/s)", speeds.scan / speeds.value, speeds.value);
            table.note(&format!("{name}, Value in and out / scan"), &measured);
        }
    }
    joined::rendering(table, &server, scale);
}

/// The plan of one stream, with all fields or some of them.
fn planned(server: &Server, stream: &str, fields: Option<&[&str; 2]>) -> Plan {
    let mut catalog = discover();
    for entry in catalog["streams"].as_array_mut().unwrap() {
        let wanted = entry["tap_stream_id"] == stream;
        for metadata in entry["metadata"].as_array_mut().unwrap() {
            let name = metadata["breadcrumb"][1].as_str().map(str::to_owned);
            metadata["metadata"]["selected"] = json!(
                wanted && name.is_none_or(|n| fields.is_none_or(|f| f.contains(&n.as_str())))
            );
        }
    }
    planned_of(server, catalog)
}

/// The plan of the only selected stream of a catalog.
pub(crate) fn planned_of(server: &Server, catalog: Value) -> Plan {
    let account = &server.world().accounts()[0].advertiser_id;
    let config = json!({
        "access_token": TOKEN,
        "accounts": [account],
        "start_date": "2025-01-01",
        "base_url": server.url(),
    });
    let config = Config::from_settings(config.as_object().unwrap().clone()).unwrap();
    plan(&catalog::parse(catalog).unwrap(), &config).unwrap().remove(0)
}

/// The first page of a stream, as the API returns it. If it is a report, it has these metrics.
pub(crate) fn fetch(server: &Server, plan: &Plan, metrics: &[String]) -> String {
    let account = server.world().accounts()[0].advertiser_id.clone();
    let mut params = vec![("advertiser_id", account), ("page_size", "1000".to_owned())];
    if let Some(report) = plan.stream.report() {
        params.extend([
            ("report_type", report.report_type.to_owned()),
            ("data_level", report.data_level.unwrap_or_default().to_owned()),
            ("dimensions", json!(report.dimensions).to_string()),
            ("metrics", json!(metrics).to_string()),
            ("start_date", "2025-01-01".to_owned()),
            ("end_date", "2025-01-30".to_owned()),
        ]);
    }
    let url = format!("{}/open_api/v1.3/{}", server.url(), plan.stream.call.path);
    let mut answer =
        ureq::get(url).header("Access-Token", TOKEN).query_pairs(params).call().unwrap();
    answer.body_mut().with_config().limit(64 << 20).read_to_string().unwrap()
}

/// The best speed of each method in MB/s.
struct Speeds {
    rows: u64,
    scan: f64,
    render: f64,
    value: f64,
}

fn measure(plan: &Plan, text: &str, scale: Scale) -> Speeds {
    // Separate copies, because a page from the network is not in the processor's cache either.
    let pages: Vec<Vec<u8>> = (0..BYTES / text.len()).map(|_| text.as_bytes().to_vec()).collect();
    let mut speeds = Speeds { rows: 0, scan: 0.0, render: 0.0, value: 0.0 };
    let mut lines = Vec::new();
    let constants = [("advertiser_id", "7000000000000000000".to_owned())];
    for round in 0..scale.pick(48, 32) {
        speeds.scan = speeds.scan.max(speed(&pages, |page| {
            black_box(serde_json::from_str::<IgnoredAny>(page).unwrap());
        }));
        speeds.render = speeds.render.max(speed(&pages, |page| {
            lines.clear();
            let mut renderer = Renderer::new(&plan.recipe, &constants, None);
            speeds.rows = page::read(
                page,
                RowsAt::Member("list"),
                &mut renderer.page("2026-01-01T00:00:00Z", &mut lines),
            )
            .unwrap()
            .rows;
            assert_eq!(renderer.tally().records, speeds.rows);
        }));
        // This is so slow that a few pages and rounds are enough.
        if round < 2 {
            speeds.value = speeds.value.max(speed(&pages[..pages.len() / 4], |page| {
                black_box(serde_json::from_str::<Value>(page).unwrap().to_string());
            }));
        }
    }
    speeds
}

fn speed(pages: &[Vec<u8>], mut work: impl FnMut(&str)) -> f64 {
    let begun = Instant::now();
    for page in pages {
        work(std::str::from_utf8(page).unwrap());
    }
    let bytes: usize = pages.iter().map(Vec::len).sum();
    bytes as f64 / 1e6 / begun.elapsed().as_secs_f64()
}

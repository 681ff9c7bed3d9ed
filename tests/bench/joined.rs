//! Measures reports with more metrics than TikTok takes in one request: the CPU time of storing the
//! rows of two requests and writing them as one record each, and the memory that this takes.

use super::memory::LIMIT as MEMORY_LIMIT;
use super::rendering::{BYTES, fetch, planned_of};
use super::table::Table;
use super::tap::Tap;
use super::world::{Scale, even, one_account};
use fake_tiktok::Server;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::{Duration, Instant};
use tap_tiktok_ads::api::page;
use tap_tiktok_ads::discovery::discover;
use tap_tiktok_ads::json::RowsAt;
use tap_tiktok_ads::render::{Join, Renderer, Store, StoredPage, StoredRows, Tally};
use tap_tiktok_ads::streams;
use tap_tiktok_ads::streams::dictionary::dictionary;
use tap_tiktok_ads::sync::plan::Plan;

const STREAM: &str = "ad_insights";
/// The metrics of two requests, of the size that the other benchmarks have.
const METRICS: usize = 180;
/// CPU time of joining, at most, relative to the scan of both answers.
const LIMIT: f64 = 3.0;

/// A catalog with that stream alone and so many metrics.
fn catalog() -> Value {
    let known: Value = serde_json::from_str(include_str!("../../schemas/metrics.json")).unwrap();
    let report = streams::find(STREAM).unwrap().report().unwrap();
    let mut catalog = discover();
    let entries = catalog["streams"].as_array_mut().unwrap();
    entries.retain(|entry| entry["tap_stream_id"] == STREAM);
    let properties = entries[0]["schema"]["properties"].as_object_mut().unwrap();
    let is_number = |name: &&String| known["metrics"][*name]["type"] == "number";
    let fits = |name: &&String| dictionary().fits(name, &report.grouping());
    for name in known["metrics"].as_object().unwrap().keys().filter(is_number).filter(fits) {
        // The id, currency and time zone of the account are no metrics either.
        if properties.len() < METRICS + report.dimensions.len() + 3 {
            let number = || json!({"type": ["null", "number"]});
            properties.entry(name.clone()).or_insert_with(number);
        }
    }
    let names: Vec<String> = properties.keys().cloned().collect();
    let mark =
        |name: &String| json!({"breadcrumb": ["properties", name], "metadata": {"selected": true}});
    let stream = json!({"breadcrumb": [], "metadata": {"selected": true}});
    entries[0]["metadata"] = [stream].into_iter().chain(names.iter().map(mark)).collect();
    catalog
}

pub(crate) fn rendering(table: &mut Table, server: &Server, scale: Scale) {
    let plan = planned_of(server, catalog());
    assert_eq!(plan.sides.iter().map(|side| side.metrics.len()).collect::<Vec<_>>(), [90, 90]);
    let [first, second] = [0, 1].map(|side| fetch(server, &plan, &plan.sides[side].metrics));
    let bytes = first.len() + second.len();
    // Separate copies, as when one request is measured.
    let copy = |_| [first.as_bytes().to_vec(), second.as_bytes().to_vec()];
    let pages: Vec<[Vec<u8>; 2]> = (0..BYTES / bytes).map(copy).collect();
    let (mut scan, mut join, mut rows) = (f64::MAX, f64::MAX, 0);
    for _ in 0..scale.pick(48, 32) {
        let begun = Instant::now();
        for page in pages.iter().flatten() {
            let page = std::str::from_utf8(page).unwrap();
            black_box(serde_json::from_str::<IgnoredAny>(page).unwrap());
        }
        scan = scan.min(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        for pages in &pages {
            rows = write(&plan, pages);
        }
        join = join.min(begun.elapsed().as_secs_f64());
    }
    let speed = |seconds: f64| (bytes * pages.len()) as f64 / 1e6 / seconds;
    let more = format!(
        "2 x {rows} rows, {} kB; {:.0} of {:.0} MB/s",
        bytes / 1000,
        speed(join),
        speed(scan)
    );
    table.at_most("two requests joined / scan of both", join / scan, "", LIMIT, &more);
}

/// Reads a page of each request and writes their records, as a worker does. Returns how many.
fn write(plan: &Plan, pages: &[Vec<u8>; 2]) -> u64 {
    let constants = [("advertiser_id", "7000000000000000000".to_owned())];
    let time = "2026-01-01T00:00:00Z";
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    let stores: Vec<Store> = plan
        .sides
        .iter()
        .zip(pages)
        .map(|(side, page)| {
            lines.clear();
            let mut renderer = Renderer::new(&side.recipe, &constants, None);
            let mut to_store = StoredRows::new(renderer.page(time, &mut lines), &mut rows);
            let (text, place) = (std::str::from_utf8(page).unwrap(), RowsAt::Member("list"));
            page::read(text, place, &mut to_store).unwrap();
            let mut store = Store::default();
            store.push(StoredPage::new(&lines, std::mem::take(&mut rows)));
            store
        })
        .collect();
    let requests = plan.sides.iter().map(|side| &side.recipe).zip(stores.iter().map(Some));
    let join = Join::new(Renderer::new(&plan.recipe, &constants, None), requests, time);
    let mut tally = Tally::default();
    lines.clear();
    join.rows().for_each(|row| join.push(&row, &mut tally, &mut lines));
    assert!(tally.records > 0 && tally.partly_answered == 0);
    tally.records
}

/// Rows of many accounts, and of one with windows that are too large to be held, each read by a
/// reader that is slower than the tap.
pub(crate) fn memory(table: &mut Table, scale: Scale) {
    let slow = Duration::from_millis(10);
    for (name, server, accounts, rows) in [
        ("even accounts", even(1000), 10, scale.pick(20_000, 10_000_u32)),
        ("large windows", one_account(1000), 1, scale.pick(20_000, 10_000)),
    ] {
        let days = u16::try_from(rows / 1000).unwrap();
        let mut tap = Tap::on(&server, accounts, days, &[STREAM]).with_catalog(&catalog());
        tap.concurrency(8).run(); // makes the pages
        let run = tap.concurrency(4).read_by(slow).delivered(rows.into());
        table.at_most(
            &format!("two requests joined, {name}, concurrency 4"),
            run.peak_mib(),
            " MiB",
            MEMORY_LIMIT,
            &run.told(rows.into()),
        );
    }
}

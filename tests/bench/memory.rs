//! Measures the memory of a run: with full pages, with a growing number of rows, with a reader that
//! is slower than the tap, with one huge page, and with a plan of hundreds of thousands of slices.

use super::joined;
use super::table::Table;
use super::tap::{Run, Tap};
use super::world::{Scale, empty, even, one_account};
use fake_tiktok::{Fault, FaultKind, Server, TOKEN};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Peak memory in MiB, at most, for all cases except the huge page.
pub(crate) const LIMIT: f64 = 48.0;
/// Peak memory with ten times the rows, at most, relative to the peak with the fewer rows.
const GROWTH: f64 = 1.1;
/// CPU time per row with ten times the rows, at most, relative to that with the fewer rows.
const FLATNESS: f64 = 1.25;

pub(crate) fn run(table: &mut Table, scale: Scale) {
    growth(table, scale);
    slow_reader(table, scale);
    huge_page(table);
    joined::memory(table, scale);
    planning(table, scale);
}

/// Ten thousand, a hundred thousand and a million rows, in pages of 1,000 rows and about 2 MB.
fn growth(table: &mut Table, scale: Scale) {
    let server = even(1000);
    let mut runs = Vec::new();
    for rows in scale.pick([10_000, 100_000, 1_000_000], [10_000, 20_000, 200_000_u32]) {
        let days = u16::try_from(rows / 1000).unwrap();
        let mut tap = Tap::on(&server, 10, days, &["ad_insights"]);
        tap.concurrency(8).run(); // fills the cache of the fake API
        let run = tap.concurrency(4).best(2).delivered(rows.into());
        table.note(&format!("{rows} rows, concurrency 4"), &run.told(rows.into()));
        runs.push((run, f64::from(rows)));
    }
    let (middle, most) = (&runs[1], &runs[2]);
    table.at_most("peak with the largest number of rows", most.0.peak_mib(), " MiB", LIMIT, "");
    let times = most.1 / middle.1;
    table.at_most(
        &format!("peak with {times} times the rows"),
        most.0.peak_mib() / middle.0.peak_mib(),
        "",
        GROWTH,
        "",
    );
    let per_row = |(run, rows): &(Run, f64)| run.cpu.as_secs_f64() / rows;
    table.at_most(
        &format!("CPU per row with {times} times the rows"),
        per_row(most) / per_row(middle),
        "",
        FLATNESS,
        "",
    );
}

/// The reader sleeps 10 ms before every 64 KiB, so that the buffers of the tap are soon full.
fn slow_reader(table: &mut Table, scale: Scale) {
    let read = |tap: &mut Tap, workers, rows| {
        tap.concurrency(workers).read_by(Duration::from_millis(10)).delivered(rows)
    };
    let server = even(1000);
    let rows = scale.pick(20_000, 10_000);
    let mut tap = Tap::on(&server, 10, rows / 1000, &["ad_insights"]);
    let rows = rows.into();
    tap.concurrency(8).run();
    let run = read(&mut tap, 4, rows);
    table.at_most("slow reader, concurrency 4", run.peak_mib(), " MiB", LIMIT, &run.told(rows));
    let run = read(&mut tap, 16, rows);
    table.note("slow reader, concurrency 16", &run.told(rows));
    let pages = scale.pick(20, 10);
    let server = one_account(pages * 100);
    let rows = 2000 * pages as u64;
    let mut tap = Tap::on(&server, 1, 20, &["ad_insights"]);
    tap.concurrency(8).run();
    let run = read(&mut tap, 4, rows);
    table.at_most(
        &format!("slow reader, 2 windows of {pages} pages"),
        run.peak_mib(),
        " MiB",
        LIMIT,
        &run.told(rows),
    );
}

/// One page of 1,000 rows and 40 MB: every ad has a very long name.
fn huge_page(table: &Table) {
    let server = one_account(1000);
    let mut tap = Tap::on(&server, 1, 1, &["ad_insights"]);
    tap.concurrency(1).run().delivered(1000);
    let page = last_page(&server);
    let name = "\"ad_name\":\"";
    let body = page.replace(name, &format!("{name}{}", "long ".repeat(7600)));
    let size = body.len() as f64 / f64::from(1 << 20);
    let fault = Fault {
        path: Some("report/integrated/get/".to_owned()),
        times: usize::MAX,
        kind: FaultKind::Body(body),
        ..Fault::default()
    };
    server.add_fault(fault);
    let run = tap.run().delivered(1000);
    let times = run.peak_mib() / size;
    table.note(
        &format!("one page of {size:.0} MiB"),
        &format!("{:.1} MiB, {times:.2} times the page", run.peak_mib()),
    );
}

/// The page that the tap requested last, uncompressed.
fn last_page(server: &Server) -> String {
    let request = server
        .requests()
        .into_iter()
        .rfind(|request| request.path == "report/integrated/get/")
        .unwrap();
    let url = format!("{}/open_api/v1.3/{}", server.url(), request.path);
    let mut answer =
        ureq::get(url).header("Access-Token", TOKEN).query_pairs(request.params).call().unwrap();
    answer.body_mut().with_config().limit(64 << 20).read_to_string().unwrap()
}

/// A thousand accounts, twelve streams and 24 windows without rows: about 200,000 empty answers.
fn planning(table: &mut Table, scale: Scale) {
    let accounts = scale.pick(1000, 200);
    let server = empty(accounts);
    let mut tap = Tap::on(&server, accounts, 720, &STREAMS).set("report_window", 30);
    let done = AtomicBool::new(false);
    let (run, requests) = thread::scope(|scope| {
        // Without this, the log and the cache of the fake API would grow by a gigabyte.
        let sweeper = scope.spawn(|| {
            let mut requests = 0;
            while !done.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(200));
                requests += server.requests().len();
                server.clear_log();
                server.set_options(|_| {});
            }
            requests
        });
        let run = tap.concurrency(4).run();
        done.store(true, Ordering::Relaxed);
        (run, sweeper.join().unwrap())
    });
    let told = format!(
        "about {requests} requests, cpu {:.1} s, wall time {:.1} s",
        run.cpu.as_secs_f64(),
        run.wall.as_secs_f64()
    );
    table.at_most(
        &format!("{accounts} accounts, 12 streams, 24 windows, no rows"),
        run.peak_mib(),
        " MiB",
        LIMIT,
        &told,
    );
}

const STREAMS: [&str; 12] = [
    "advertisers",
    "campaigns",
    "adgroups",
    "ads",
    "advertiser_insights",
    "campaign_insights",
    "adgroup_insights",
    "ad_insights",
    "ad_insights_by_age_and_gender",
    "ad_insights_by_country",
    "ad_insights_by_platform",
    "campaign_insights_by_province",
];

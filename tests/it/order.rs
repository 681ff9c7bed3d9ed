//! Output is the same at any concurrency, and a run makes no more requests than it needs.
//!
//! How many requests that is follows from the formula and the table in docs/streams.md.

use crate::catalogs::only;
use crate::docs;
use crate::harness::{CORE, END, START, Tap, serve, world};
use crate::truth::{self, Scope, kind};
use fake_tiktok::{Level, ReportQuery, Server, World, WorldConfig};
use std::collections::BTreeMap;
use std::time::Duration;
use tap_tiktok_ads::streams::{self, Per};

/// Lines without the one thing that differs between runs.
fn timeless(stdout: &str) -> Vec<&str> {
    stdout.lines().map(|line| line.split(",\"time_extracted\":\"").next().unwrap()).collect()
}

#[test]
fn output_is_the_same_at_any_concurrency() {
    let server = serve(WorldConfig { accounts: 3, ..world() });
    server.set_options(|options| options.latency_jitter = Duration::from_millis(8));
    let mut first: Option<String> = None;
    for concurrency in [1, 4, 16] {
        server.clear_log();
        let tap = Tap::on(&server)
            .set("end_date", "2026-05-03")
            .set("report_window", 2)
            .set("page_size", 60)
            .set("concurrency", concurrency);
        let run = tap.run().ended(0);
        assert!(
            server.peak_in_flight() <= concurrency,
            "{} in flight at {concurrency}",
            server.peak_in_flight()
        );
        assert!(
            concurrency == 1 || server.peak_in_flight() > 1,
            "nothing ran at once, so this shows nothing"
        );
        assert_eq!(server.violations(), [""; 0]);
        for stream in CORE.iter().filter(|_| concurrency == 16) {
            truth::check(
                server.world(),
                &run,
                stream.name,
                &Scope::of(server.world()).days(START, "2026-05-03"),
            );
        }
        let stdout = run.stdout;
        let before = first.get_or_insert_with(|| stdout.clone());
        let differs =
            timeless(before).iter().zip(timeless(&stdout)).position(|(one, other)| *one != other);
        assert_eq!(differs, None, "line {differs:?} differs at {concurrency}");
        assert_eq!(before.lines().count(), stdout.lines().count());
    }
}

/// What finds out, for each account, whether it has results of `TopView`: one request, and one more
/// where it has.
fn questions(stream: &streams::Stream, has_top_view: bool) -> usize {
    let is_below_account = stream.report().is_some_and(streams::Report::is_below_account);
    if is_below_account { 1 + usize::from(has_top_view) } else { 0 }
}

fn has_top_view(world: &World, account: &str) -> bool {
    let query = ReportQuery {
        advertiser_id: account.to_owned(),
        level: Level::Campaign,
        dimensions: vec!["campaign_id".to_owned()],
        top_view: true,
        ..ReportQuery::default()
    };
    !world.report(&query).is_empty()
}

/// The most rows per page that TikTok serves, for each list of a stream: the second one is that of
/// `TopView`.
fn page_caps(stream: &streams::Stream) -> &'static [usize] {
    if stream.per == Per::AccountBatch {
        &[]
    } else if stream.call.path == "adgroup/get/" {
        &[1000, 100]
    } else if stream.report().is_some_and(|report| !report.is_below_account()) {
        &[1000]
    } else {
        &[1000, 1000]
    }
}

/// The lists per account that docs/streams.md names for each stream: the most rows per page, and
/// whether every window has its own list.
fn promised() -> BTreeMap<String, Vec<(usize, bool)>> {
    let page = include_str!("../../docs/streams.md");
    let list = |call: &str| {
        let rows = call.split("pages of ").nth(1)?.split(' ').next()?.parse();
        Some((rows.expect("a number"), call.contains("per window")))
    };
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let name = cells.first()?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        Some((name, cells.last()?.split(';').filter_map(list).collect()))
    };
    let promised: BTreeMap<String, Vec<_>> =
        docs::block(page, "streams").lines().filter_map(row).collect();
    for stream in CORE.iter() {
        let lists = &promised[stream.name];
        let rows: Vec<_> = lists.iter().map(|(rows, _)| *rows).collect();
        assert_eq!(rows, page_caps(stream), "{}", stream.name);
        let is_report = stream.report().is_some();
        assert!(lists.iter().all(|(_, windowed)| *windowed == is_report), "{}", stream.name);
    }
    promised
}

/// The fewest requests that read each stream: the formula in docs/streams.md, computed with the
/// rows of the fake API.
fn fewest(
    server: &Server,
    page_size: usize,
    report_window: usize,
    days: usize,
) -> BTreeMap<&'static str, usize> {
    let world = server.world();
    let accounts: Vec<_> = world.accounts().iter().map(|a| a.advertiser_id.clone()).collect();
    let promised = promised();
    let calls = |rows: usize, most: usize| rows.div_ceil(page_size.min(most)).max(1);
    let of = |stream: &'static streams::Stream| -> usize {
        let lists = promised
            .get(stream.name)
            .unwrap_or_else(|| panic!("docs/streams.md has no {}", stream.name));
        let each = |account: &str| -> usize {
            let read = |(place, (most, windowed)): (usize, &(usize, bool))| match stream.report() {
                None => {
                    let all = world.entities(kind(stream.call.path), account);
                    calls(
                        all.iter().filter(|e| !e.deleted && e.top_view == (place == 1)).count(),
                        *most,
                    )
                }
                Some(_) if *windowed => {
                    let schema = streams::schema(stream);
                    let day = |n: usize| {
                        truth::day(START) + time::Duration::days(i64::try_from(n).unwrap())
                    };
                    let windows = (0..days)
                        .step_by(report_window)
                        .map(|first| (day(first), day((first + report_window).min(days) - 1)));
                    // The second list is that of TopView.
                    let scope = Scope {
                        top_view: place == 1,
                        only_top_view: place == 1,
                        ..Scope::of(world)
                    }
                    .only(account);
                    let rows = |days| {
                        truth::rows(world, stream.name, &schema, &Scope { days, ..scope.clone() })
                            .len()
                    };
                    windows.map(|days| calls(rows(days), *most)).sum()
                }
                _ => panic!("docs/streams.md: the requests of {} do not fit it", stream.name),
            };
            let has_top_view = has_top_view(world, account);
            let is_read = |place: &usize| *place == 0 || has_top_view || stream.call.is_deletable;
            let read = lists.iter().enumerate().filter(|(place, _)| is_read(place)).map(read);
            read.sum::<usize>() + questions(stream, has_top_view)
        };
        accounts.iter().map(|account| each(account)).sum()
    };
    CORE.iter().map(|stream| (stream.name, of(stream))).collect()
}

#[test]
fn requests_are_the_fewest() {
    let server = serve(WorldConfig { campaigns: 5, ..world() });
    for (page_size, window) in [(1000, 3), (11, 30)] {
        let wanted = fewest(&server, page_size, window, 5);
        for stream in CORE.iter().filter(|s| page_size > 11 || !s.name.contains("_by_")) {
            server.clear_log();
            let tap = Tap::on(&server)
                .set("page_size", page_size)
                .set("report_window", window)
                .set("end_date", END);
            tap.catalog(&only(&[stream.name])).run().ended(0);
            let requests = server.requests();
            let about = requests.iter().filter(|r| r.path == "advertiser/info/").count();
            // Nothing of an entity list goes by days, so nobody asks what day it is.
            assert_eq!(
                about,
                usize::from(!stream.call.is_deletable),
                "{}: advertiser/info/",
                stream.name
            );
            assert_eq!(
                requests.len() - about,
                wanted[stream.name],
                "{} at page_size {page_size}",
                stream.name
            );
        }
    }
}

#[test]
fn a_hundred_accounts_are_described_at_once() {
    let server =
        serve(WorldConfig { accounts: 201, campaigns: 0, top_view: 0, promote: 0, ..world() });
    let run = Tap::on(&server).catalog(&only(&["advertisers"])).run().ended(0);
    truth::check(server.world(), &run, "advertisers", &Scope::of(server.world()));
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn windows_are_full_and_every_day_is_read_once() {
    let server = serve(WorldConfig { campaigns: 1, ..world() });
    let tap = Tap::on(&server)
        .set("start_date", "2026-01-15")
        .set("end_date", "2026-04-30")
        .set("report_window", serde_json::Value::Null);
    let run = tap.catalog(&only(&["campaign_insights"])).run().ended(0);
    truth::check(
        server.world(),
        &run,
        "campaign_insights",
        &Scope::of(server.world()).days("2026-01-15", "2026-04-30"),
    );
    let account = server.world().accounts()[0].advertiser_id.clone();
    let is_window = |r: &fake_tiktok::Request| {
        r.param("start_date").is_some()
            && !r.param("filtering").is_some_and(|filter| filter.contains("TOP_VIEW"))
    };
    let asked = server
        .requests()
        .into_iter()
        .filter(|r| r.param("advertiser_id") == Some(&account) && is_window(r));
    let mut windows: Vec<_> = asked
        .map(|r| {
            (r.param("start_date").unwrap().to_owned(), r.param("end_date").unwrap().to_owned())
        })
        .collect();
    windows.sort();
    let wanted = [
        ("2026-01-15", "2026-02-13"),
        ("2026-02-14", "2026-03-15"),
        ("2026-03-16", "2026-04-14"),
        ("2026-04-15", "2026-04-30"),
    ];
    assert_eq!(windows, wanted.map(|(from, to)| (from.to_owned(), to.to_owned())));
}

//! How many requests a run of every report makes, by the formula of docs/streams.md: windows times
//! passes times batches of ids, for each owner, and what a run asks besides.

use crate::catalogs::of;
use crate::grid::within_a_day;
use crate::harness::{Fields, Run, Tap, serve, world};
use crate::truth;
use fake_tiktok::{Request, Server, WorldConfig};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tap_tiktok_ads::streams::{self, Buying, Per, REPORT, Replication, Stream};
use time::{Date, Duration, OffsetDateTime};

const GMV_MAX: &str = "gmv_max/report/get/";
const ACCOUNTS: usize = 3;
/// Days of the run, and the most days of a window.
const DAYS: u16 = 3;
const WINDOW: u16 = 2;

/// TikTok keeps some reports for 60 days only, so the days are recent ones.
fn first_day() -> Date {
    (OffsetDateTime::now_utc() - Duration::days(8)).date()
}

fn reports() -> Vec<&'static Stream> {
    let reports: Vec<_> = streams::all().iter().filter(|s| s.report().is_some()).collect();
    assert!(reports.len() >= 130, "{} reports", reports.len());
    reports
}

fn server(top_view: usize) -> Server {
    let world = WorldConfig { top_view, campaigns: 2, adgroups: 1, ads: 2, ..world() };
    serve(WorldConfig { accounts: ACCOUNTS, delivery: 1.0, deleted: 0.0, ..world })
}

fn run(server: &Server, streams: &[&'static Stream], first: Date) -> Run {
    let last = first + Duration::days(i64::from(DAYS) - 1);
    let tap = Tap::on(server)
        .set("start_date", first.to_string())
        .set("end_date", last.to_string())
        .set("report_window", WINDOW)
        .set("page_size", 1000)
        .set("concurrency", 16)
        .catalog(&of(streams.iter().copied()));
    within_a_day(server, || tap.run().ended(0))
}

/// The windows of a report.
fn windows(stream: &Stream) -> usize {
    match stream.replication {
        Replication::Window { days, .. } => DAYS.div_ceil(WINDOW.min(days)).into(),
        _ => 1,
    }
}

/// A parameter whose value is a JSON array of names.
fn names(request: &Request, name: &str) -> BTreeSet<String> {
    let json = request.param(name).unwrap_or("[]");
    serde_json::from_str::<Vec<String>>(json).unwrap_or_default().into_iter().collect()
}

/// Whether a request asks for the rows of a report.
fn asks(request: &Request, stream: &Stream) -> bool {
    let report = stream.report().expect("a report");
    let columns = stream.constants();
    let is_asked = |name: &&&str| **name == "advertiser_id" || !columns.contains(*name);
    let dimensions = report.dimensions.iter().filter(is_asked).map(|name| (*name).to_owned());
    let is_lifetime = stream.replication == Replication::Snapshot;
    let filtering: Value =
        serde_json::from_str(request.param("filtering").unwrap_or("{}")).expect("JSON");
    let has = |(name, json): &(&str, &str)| match name.split_once('.') {
        Some((_, member)) => {
            serde_json::from_str(json).is_ok_and(|value: Value| filtering[member] == value)
        }
        None => request.param(name) == Some(json.trim_matches('"')),
    };
    request.path == stream.call.path
        && (request.path != REPORT
            || request.param("report_type") == Some(report.report_type)
                && request.param("data_level") == report.data_level
                && request.param("query_lifetime").is_some() == is_lifetime
                && !is_probe(request))
        && (!report.asks_dimensions()
            || names(request, "dimensions").into_iter().eq(dimensions.collect::<BTreeSet<_>>()))
        && stream.call.passes.iter().any(|pass| pass.params.iter().all(has))
        && !is_for_ids(request, stream)
}

/// Whether a request asks for the ids of the rows of a report, with one metric.
fn is_for_ids(request: &Request, stream: &Stream) -> bool {
    let has_more = stream.report().is_some_and(|report| report.default_metrics().len() > 1);
    request.path == GMV_MAX && has_more && names(request, "metrics").len() == 1
}

/// Whether a request asks which campaigns of an account have results, to find TopView.
fn is_probe(request: &Request) -> bool {
    names(request, "metrics").into_iter().eq(["spend".to_owned()])
        && names(request, "dimensions").into_iter().eq(["campaign_id".to_owned()])
        && request.param("query_lifetime").is_some()
}

/// Rows of the streams whose ids other calls name.
struct Ids(Run);

impl Ids {
    fn rows(&self, stream: &str, account: &str) -> Vec<&Fields> {
        let is_of = |row: &&Fields| row.raw("advertiser_id").trim_matches('"') == account;
        self.0.records(stream).into_iter().filter(is_of).collect()
    }

    /// Requests for an account that take so many ids of a stream at once.
    fn batches(&self, stream: &str, account: &str, most: usize) -> usize {
        self.rows(stream, account).len().div_ceil(most)
    }

    /// The stores that calls of GMV Max name, one in each.
    fn stores(&self, account: &str) -> Vec<String> {
        let rows = self.rows("gmv_max_stores", account).into_iter();
        let usable = rows.filter(|row| row.raw("is_gmv_max_available") == "true");
        usable.map(|row| row.raw("store_id").to_owned()).collect()
    }

    /// Batches of products of a store, over all windows: those that have results in a window.
    fn products(&self, account: &str, store: &str, first: Date) -> usize {
        let mut windows = vec![BTreeSet::new(); DAYS.div_ceil(WINDOW).into()];
        let rows = self.rows("gmv_max_product_insights", account).into_iter();
        for row in rows.filter(|row| row.raw("store_id") == store) {
            let day = truth::day(&row.raw("stat_time_day")[1..11]);
            let place = usize::try_from((day - first).whole_days()).expect("a day of the run");
            windows[place / usize::from(WINDOW)].insert(row.raw("item_group_id"));
        }
        windows.iter().map(|products| products.len().div_ceil(100)).sum()
    }

    /// The requests of one window of a report for an account, by the ids that its calls name.
    fn calls(&self, stream: &Stream, account: &str) -> usize {
        let stores = self.stores(account).len();
        let campaigns = self.rows("gmv_max_campaigns", account).len();
        match stream.name {
            // One campaign in each call, because rows do not say which one they are of.
            "gmv_max_product_insights" => stores * campaigns,
            "gmv_max_live_room_insights" | "gmv_max_live_room_insights_hourly" => {
                stores * campaigns.div_ceil(100)
            }
            "video_performance" => self.batches("ads", account, 100),
            "bid_protection" => {
                self.batches("campaigns", account, 100) + self.batches("adgroups", account, 100)
            }
            _ if stream.call.path == GMV_MAX => stores,
            _ => 1,
        }
    }
}

/// The requests for the rows of a report.
fn formula(stream: &Stream, server: &Server, ids: &Ids, first: Date, top_view: usize) -> usize {
    if stream.per == Per::BusinessCenter {
        return server.world().business_centers().len() * windows(stream);
    }
    let has_top_view = stream.call.passes.iter().any(|pass| pass.buying == Some(Buying::TopView));
    let passes = 1 + if has_top_view { top_view } else { 0 };
    let of_account = |account: &String| match stream.name {
        "gmv_max_creative_insights" => {
            ids.stores(account).iter().map(|store| ids.products(account, store, first)).sum()
        }
        _ => passes * windows(stream) * ids.calls(stream, account),
    };
    crate::harness::ids(server).iter().map(of_account).sum()
}

#[test]
fn every_report_takes_the_requests_of_the_formula() {
    let parents = [
        "campaigns",
        "adgroups",
        "ads",
        "gmv_max_stores",
        "gmv_max_campaigns",
        "gmv_max_product_insights",
    ];
    for top_view in [0, 1] {
        let server = server(top_view);
        let first = first_day();
        let reports = reports();
        run(&server, &reports, first);
        assert_eq!(server.violations(), [""; 0]);
        let requests = server.requests();
        let parents = streams::all().iter().filter(|stream| parents.contains(&stream.name));
        let ids = Ids(run(&server, &parents.collect::<Vec<_>>(), first));
        let mut attributed = 0;
        let mut wrong = Vec::new();
        for stream in &reports {
            let wanted = formula(stream, &server, &ids, first, top_view);
            let sent = requests.iter().filter(|request| asks(request, stream)).count();
            attributed += sent;
            if sent != wanted || sent == 0 {
                wrong.push(format!("{}: {sent} requests instead of {wanted}", stream.name));
            }
        }
        assert!(wrong.is_empty(), "with {top_view} of TopView:\n{}", wrong.join("\n"));
        // What a run asks besides: each list of ids once for each account.
        let others = requests.iter().filter(|r| !reports.iter().any(|stream| asks(r, stream)));
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        for request in others {
            *found.entry(request.path.as_str()).or_default() += 1;
        }
        // Reports of products need one campaign in each call; lists of products take a hundred.
        let products = streams::find("gmv_max_live_room_insights").expect("a stream");
        let wanted = BTreeMap::from([
            ("advertiser/info/", 1),
            ("bc/get/", 1),
            ("campaign/get/", 2 * ACCOUNTS),
            ("adgroup/get/", 2 * ACCOUNTS),
            ("ad/get/", 2 * ACCOUNTS),
            ("gmv_max/store/list/", ACCOUNTS),
            ("gmv_max/campaign/get/", 2 * ACCOUNTS),
            // The products of each window.
            (GMV_MAX, formula(products, &server, &ids, first, top_view)),
            // Whether an account has results of TopView, and a second request if it has.
            (REPORT, (1 + top_view) * ACCOUNTS),
        ]);
        assert_eq!(found, wanted, "with {top_view} of TopView");
        let all: usize = wanted.values().sum();
        assert_eq!(attributed + all, requests.len(), "a request belongs to two reports");
    }
}

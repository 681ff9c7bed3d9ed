//! The table of faults on streams of every kind: lists under parents, lists of days, reports under
//! parents, and tasks. A fault that passes costs nothing; one that stays costs the rows of its
//! parent or owner only, is named, and the next run delivers them.

use super::table::{FaultCase, table};
use crate::catalogs::of;
use crate::harness::{Run, Tap, serve, world};
use crate::strike::Follows;
use fake_tiktok::{Fault, FaultKind, Server, Shape, WorldConfig};
use serde_json::json;
use std::collections::BTreeSet;
use tap_tiktok_ads::streams;
use time::macros::datetime;

/// The requests of a stream that have a fault.
struct Place {
    stream: &'static str,
    path: &'static str,
    /// The parameter of one parent or owner, and the column of its rows.
    param: &'static str,
    column: &'static str,
    /// The owner, whose rows are all missing after a temporary failure.
    owner: &'static str,
    /// The page, if it is a list.
    page: Option<u32>,
}

const fn list(stream: &'static str, path: &'static str, [param, column, owner]: Names) -> Place {
    Place { stream, path, param, column, owner, page: Some(2) }
}

const fn task(stream: &'static str, path: &'static str, [param, column, owner]: Names) -> Place {
    Place { stream, path, param, column, owner, page: None }
}

type Names = [&'static str; 3];
const ACCOUNT: Names = ["advertiser_id"; 3];
const CATALOG: Names = ["catalog_id", "catalog_id", "bc_id"];
const FORM: Names = ["page_id", "page_id", "advertiser_id"];

static LISTS: [Place; 3] = [
    list("catalog_products", "catalog/product/get/", CATALOG),
    list("advertiser_transactions", "advertiser/transaction/get/", ["bc_id"; 3]),
    list("gmv_max_advertiser_insights", "gmv_max/report/get/", ACCOUNT),
];
static TASKS: [Place; 5] = [
    task("leads", "page/lead/task/", FORM),
    task("leads", "page/lead/task/download/", ACCOUNT),
    task("changelog", "changelog/task/create/", ACCOUNT),
    task("changelog", "changelog/task/check/", ACCOUNT),
    task("changelog", "changelog/task/download/", ACCOUNT),
];

const DAYS: (&str, &str) = ("2026-03-25", "2026-05-09");

/// What follows from a fault that stays, where it is not what the table says.
#[rustfmt::skip]
const OTHERWISE: [(&str, &str, Follows); 18] = [
    // After a page of products that is refused, the rest is asked for by product set.
    ("HTTP 400", "catalog/product/get/", Follows::Ends(4, "only the beginning of a list")),
    ("HTTP 403", "catalog/product/get/", Follows::Ends(4, "only the beginning of a list")),
    ("HTTP 404", "catalog/product/get/", Follows::Ends(4, "only the beginning of a list")),
    // A list of days is asked for in smaller parts, which have no such page.
    ("no answer", "advertiser/transaction/get/", Follows::Nothing),
    ("slow body", "advertiser/transaction/get/", Follows::Nothing),
    ("a count shrinks by a page", "advertiser/transaction/get/", Follows::Ends(5, "rows on page")),
    ("a count shrinks by a page", "gmv_max/report/get/", Follows::Ends(4, "TikTok counts")),
    ("data is an array", "page/lead/task/", UNNAMED),
    ("20001 alone", "page/lead/task/", UNNAMED),
    ("20001 alone", "page/lead/task/download/", Follows::Ends(4, "no line names the column")),
    ("data is an array", "changelog/task/create/", UNNAMED),
    ("20001 alone", "changelog/task/create/", UNNAMED),
    ("data is an array", "changelog/task/check/", UNNAMED),
    ("20001 alone", "changelog/task/check/", UNNAMED),
    ("data is an array", "changelog/task/download/", UNKNOWN),
    ("20001 alone", "changelog/task/download/", UNKNOWN),
    ("null", "changelog/task/download/", UNKNOWN),
    ("an empty body", "changelog/task/download/", UNKNOWN),
];
/// An answer without a task or its status is not asked for again.
const UNNAMED: Follows = Follows::Ends(4, "the answer does not name the");
/// The task is made three times.
const UNKNOWN: Follows = Follows::Ends(4, "no form that is known, in each of 3 tasks");

fn follows(fault: &FaultCase, place: &Place) -> Follows {
    let is_it =
        |(name, path, _): &&(&str, &str, Follows)| *name == fault.name && place.path == *path;
    let is_report = streams::find(place.stream).is_some_and(|stream| stream.report().is_some());
    let otherwise = OTHERWISE.iter().find(is_it).map(|(.., follows)| *follows);
    otherwise.unwrap_or_else(|| (fault.stays)(is_report, 1))
}

/// Whether the fault can be at that place.
fn fits(fault: &FaultCase, place: &Place) -> bool {
    let is_slow = matches!((fault.kind)(2), FaultKind::Hang(_) | FaultKind::SlowBody(_));
    let is_of_lists = matches!(
        (fault.kind)(2),
        FaultKind::MissingPageInfo
            | FaultKind::PageInfo(_)
            | FaultKind::EmptyPage
            | FaultKind::RepeatPage
            | FaultKind::Shift(_)
            | FaultKind::Grow(_)
            | FaultKind::Shrink(_)
            | FaultKind::PartialRows(_)
            | FaultKind::WrongShape(Shape::ListIsObject | Shape::ListOfNumbers)
    );
    let is_of_json = matches!(
        (fault.kind)(2),
        FaultKind::InvalidJson | FaultKind::WrongShape(_) | FaultKind::CodeLast
    );
    // An empty file of leads is that of a form without leads.
    let is_csv = place.path == "page/lead/task/download/";
    let is_no_csv = is_csv && (is_of_json || fault.name == "an empty body");
    // Each attempt to create a task takes its time.
    let is_too_slow = is_slow && place.path != "changelog/task/check/";
    place.page.is_some() || !(is_of_lists || is_too_slow || is_no_csv)
}

fn tap(server: &Server, place: &Place) -> Tap {
    let tap = Tap::on(server).set("start_date", DAYS.0).set("end_date", DAYS.1);
    let tap = tap.set("report_window", 30).set("attribution_window", 0).set("page_size", 5);
    let tap = tap.set("lead_regions", json!(["us"]));
    tap.env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.0001")
        .catalog(&of([streams::find(place.stream).unwrap()]))
}

/// The different records of runs, without the time at which they were extracted.
fn records(runs: &[&Run]) -> BTreeSet<String> {
    let lines = runs.iter().flat_map(|run| run.stdout.lines());
    let records = lines.filter(|line| line.starts_with("{\"type\":\"RECORD\""));
    let record = |line: &str| line.split(",\"time_extracted\":").next().map(str::to_owned);
    records.filter_map(record).collect()
}

/// A place in a world, with the values of one of its requests.
struct Struck<'p> {
    place: &'p Place,
    server: Server,
    all: BTreeSet<String>,
    value: String,
    owner: String,
}

impl<'p> Struck<'p> {
    fn new(place: &'p Place) -> Self {
        let now = Some(datetime!(2026-05-10 12:00 UTC));
        // Leads of the libraries of Business Centers come for each account.
        let business_centers = if place.page.is_some() { 2 } else { 1 };
        let server = serve(WorldConfig { now, business_centers, ..world() });
        let all = records(&[&tap(&server, place).run().ended(0)]);
        let page = place.page.map(|page| page.to_string());
        let is_it = |request: &fake_tiktok::Request| {
            let is_page = page.is_none() || request.param("page") == page.as_deref();
            let names = |name: &str| request.param(name).is_some();
            request.path == place.path && is_page && names(place.param) && names(place.owner)
        };
        // Requests come in another order each time.
        let requests = server.requests().into_iter().filter(is_it);
        let least = requests.min_by_key(|request| request.param(place.param).map(str::to_owned));
        let request = least.expect("such a request");
        let of = |name: &str| request.param(name).unwrap_or_default().to_owned();
        Struck { place, all, value: of(place.param), owner: of(place.owner), server }
    }

    fn run(&self, fault: &FaultCase, times: usize) -> Run {
        self.server.clear_faults();
        self.server.add_fault(Fault {
            path: Some(self.place.path.to_owned()),
            page: self.place.page,
            param: Some((self.place.param.to_owned(), self.value.clone())),
            times,
            kind: (fault.kind)(2),
            ..Fault::default()
        });
        let is_slow = matches!((fault.kind)(2), FaultKind::Hang(_) | FaultKind::SlowBody(_));
        tap(&self.server, self.place).set("request_timeout", if is_slow { 0.7 } else { 60.0 }).run()
    }

    /// A fault that passes costs nothing.
    fn passes(&self, fault: &FaultCase) -> Result<(), String> {
        let run = self.run(fault, fault.spared);
        let found = records(&[&run]);
        if run.code != Some(0) || found != self.all {
            return Err(format!(
                "passing: exit {:?}, {} of {} rows: {}",
                run.code,
                found.len(),
                self.all.len(),
                run.cause()
            ));
        }
        Ok(())
    }

    /// A fault that stays costs what the table says.
    fn stays(&self, fault: &FaultCase) -> Result<(), String> {
        let (run, follows) = (self.run(fault, usize::MAX), follows(fault, self.place));
        let (exit, level, says) = match follows {
            Follows::Nothing => (0, "INFO", ""),
            Follows::Holds(says) => (0, "WARNING", says),
            Follows::Ends(exit, says) | Follows::EndsAccount(exit, says) => {
                (exit, "CRITICAL", says)
            }
        };
        let is_named = |line: &String| {
            line.starts_with(level) && line.contains(self.place.stream) && line.contains(says)
        };
        let names = if exit == 0 {
            run.stderr.iter().any(is_named)
        } else {
            is_named(&run.stderr[run.stderr.len() - 1])
        };
        let found = records(&[&run]);
        let (column, value) = match exit {
            0 => ("", ""),
            4 => (self.place.column, self.value.as_str()),
            _ => (self.place.owner, self.owner.as_str()),
        };
        let is_theirs =
            |row: &&String| row.contains(&format!("\"{column}\":\"{value}\"")) || fault.alone;
        let other = self.all.difference(&found).find(|row| !is_theirs(row));
        if run.code != Some(exit) || !names || other.is_some() || !found.is_subset(&self.all) {
            return Err(format!(
                "staying: not {follows:?} but exit {:?}, {} of {} rows, elsewhere {other:?}: {}",
                run.code,
                found.len(),
                self.all.len(),
                run.cause()
            ));
        }
        self.server.clear_faults();
        let next = tap(&self.server, self.place).state(run.state()).run();
        let lost = self.all.len() - records(&[&run, &next]).len();
        if next.code != Some(0) || lost > 0 {
            return Err(format!("the next run: exit {:?}, {lost} rows are lost", next.code));
        }
        Ok(())
    }
}

fn try_all(places: &[Place]) {
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (turn, place) in places.iter().enumerate() {
        let struck = Struck::new(place);
        let table = table();
        for (index, fault) in table.iter().enumerate().filter(|(_, fault)| fits(fault, place)) {
            let mut results = vec![struck.stays(fault)];
            // To save time, a fault passes at every second place.
            let is_repeated = follows(fault, place) != UNNAMED;
            if fault.spared > 0 && is_repeated && (turn + index).is_multiple_of(2) {
                results.push(struck.passes(fault));
            }
            tried += results.len();
            let of =
                |why: String| format!("{} {}, {}: {why}", place.stream, place.path, fault.name);
            wrong.extend(results.into_iter().filter_map(Result::err).map(of));
        }
        wrong.extend(struck.server.violations());
    }
    assert!(tried > 80, "{tried} faults");
    assert!(wrong.is_empty(), "{} of {tried} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn faults_on_lists_with_parents_and_days() {
    try_all(&LISTS);
}

#[test]
fn faults_on_tasks() {
    try_all(&TASKS);
}

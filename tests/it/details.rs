//! Streams whose rows have details: members that only a call for a single row returns.

use crate::catalogs::of;
use crate::failures::code;
use crate::harness::{Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, Request, Server};
use std::collections::BTreeSet;
use tap_tiktok_ads::streams;

const STREAM: &str = "gmv_max_campaigns";
const LIST: &str = "gmv_max/campaign/get/";
const DETAIL: &str = "campaign/gmv_max/info/";
/// A member that only details have.
const MEMBER: &str = "store_id";

fn tap(server: &Server) -> Tap {
    Tap::on(server).catalog(&of([streams::find(STREAM).unwrap()]))
}

fn text(raw: &str) -> String {
    raw.trim_matches('"').to_owned()
}

/// The ids of the delivered rows, with those whose details are missing.
fn delivered(run: &Run) -> (BTreeSet<String>, BTreeSet<String>) {
    let records = run.records(STREAM);
    let id = |record: &&&crate::harness::Fields| text(record.raw("campaign_id"));
    let lacking = records.iter().filter(|record| record.raw("placements") == "null");
    (records.iter().map(|record| id(&record)).collect(), lacking.map(|r| id(&r)).collect())
}

fn asked(server: &Server) -> Vec<Request> {
    server.requests().into_iter().filter(|request| request.path == DETAIL).collect()
}

#[test]
fn every_row_of_a_first_run_has_its_details() {
    let server = serve(world());
    let run = tap(&server).set("page_size", 4).run().ended(0);
    assert_eq!(server.violations(), [""; 0]);
    let details = server.rows(DETAIL);
    for record in run.records(STREAM) {
        let id = record.raw("campaign_id");
        let (_, detail) =
            details.iter().find(|(_, row)| row.get("campaign_id") == Some(id)).unwrap();
        let want = detail.get(MEMBER).unwrap_or("null");
        assert_eq!(record.raw(MEMBER), want, "{id}");
        let row = server.rows(LIST).into_iter().find(|(_, row)| row.get("campaign_id") == Some(id));
        let status = row.unwrap().1.get("operation_status").unwrap_or("null").to_owned();
        if status != "null" {
            assert_eq!(record.raw("operation_status"), status, "the row itself counts");
        }
    }
    let asked: Vec<String> =
        asked(&server).iter().map(|r| r.param("campaign_id").unwrap().to_owned()).collect();
    let (rows, _) = delivered(&run);
    assert_eq!(asked.len(), rows.len(), "one call for each row");
    assert_eq!(asked.into_iter().collect::<BTreeSet<_>>(), rows);
}

#[test]
fn only_rows_that_changed_get_their_details_again() {
    let server = serve(world());
    let first = tap(&server).run().ended(0);
    server.clear_log();
    let second = tap(&server).state(first.state()).run().ended(0);
    let (all, again) = (first.records(STREAM).len(), second.records(STREAM).len());
    assert!(again < all, "{again} of {all} rows come again");
    let asked: BTreeSet<String> =
        asked(&server).iter().map(|r| r.param("campaign_id").unwrap().to_owned()).collect();
    // Rows whose time of change only the detail has are asked for as well.
    assert!(asked.is_superset(&delivered(&second).0) && asked.len() < all, "{asked:?}");
}

#[test]
fn a_refused_detail_costs_its_members_only() {
    let server = serve(world());
    let whole = tap(&server).run().ended(0);
    let (rows, lacking) = delivered(&whole);
    let id = rows.iter().find(|id| !lacking.contains(*id)).unwrap();
    server.add_fault(Fault {
        path: Some(DETAIL.to_owned()),
        param: Some(("campaign_id".to_owned(), id.clone())),
        times: usize::MAX,
        kind: code(40002, "This campaign cannot be read."),
        ..Fault::default()
    });
    let run = tap(&server).run().ended(4);
    let (some, without) = delivered(&run);
    assert_eq!(some, rows);
    assert_eq!(without.difference(&lacking).collect::<Vec<_>>(), [id]);
    assert!(run.cause().contains(&format!("campaign_id {id}: {DETAIL}")), "{}", run.cause());
    // The next run asks again, because the bookmark stays.
    server.clear_faults();
    let next = tap(&server).state(run.state()).run().ended(0);
    assert!(delivered(&next).0.contains(id) && !delivered(&next).1.contains(id));
}

#[test]
fn details_that_need_a_permission_are_asked_for_once() {
    let server = serve(world());
    server.add_fault(Fault {
        path: Some(DETAIL.to_owned()),
        times: usize::MAX,
        kind: code(40001, "The developer app does not have the scope of this call."),
        ..Fault::default()
    });
    let run = tap(&server).set("concurrency", 1).set("page_size", 4).run().ended(4);
    assert!(!run.records(STREAM).is_empty());
    let lists = 2 * ids(&server).len();
    assert_eq!(asked(&server).len(), lists, "one call for each list");
    let says = run.stderr.iter().filter(|line| line.contains("and the next run asks again"));
    assert_eq!(says.count(), lists, "{}", run.stderr.join("\n"));
}

//! Lists that move while they are read: rows without an id, lists under parents, and lists of ids.
//! They are noticed, read once more in other pages, and no row is lost or delivered too often.

use crate::catalogs::of;
use crate::harness::{Fields, Run, Tap, serve, world};
use fake_tiktok::{Fault, FaultKind, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tap_tiktok_ads::streams;
use time::{Duration, OffsetDateTime};

const TRANSACTIONS: &str = "bc/transaction/get/";
const PRODUCTS: &str = "catalog/product/get/";

fn ago(days: i64) -> String {
    (OffsetDateTime::now_utc() - Duration::days(days)).date().to_string()
}

fn tap(server: &Server, stream: &str) -> Tap {
    let tap = Tap::on(server).set("start_date", ago(29)).set("end_date", ago(1));
    let tap = tap.set("report_window", 30).set("concurrency", 1);
    tap.catalog(&of([streams::find(stream).unwrap()]))
}

/// How often each record is there.
fn counted(run: &Run, stream: &str) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for Fields(record) in run.records(stream) {
        *counted.entry(format!("{record:?}")).or_insert(0) += 1;
    }
    counted
}

fn fault(path: &str, page: u32, times: usize, kind: FaultKind) -> Fault {
    Fault { path: Some(path.into()), page: Some(page), times, kind, ..Fault::default() }
}

/// An answer with a part of a list.
fn page(rows: &[Value], (number, size, total): (u64, u64, u64)) -> FaultKind {
    let pages = total.div_ceil(size);
    let info = json!({
        "page": number, "page_size": size, "total_number": total, "total_page": pages,
    });
    let data = json!({"list": rows, "page_info": info});
    FaultKind::Body(json!({"code": 0, "message": "OK", "data": data}).to_string())
}

#[test]
fn rows_without_an_id_that_move_to_the_next_page_are_noticed() {
    let server = serve(world());
    let tap = tap(&server, "bc_transactions").set("page_size", 4);
    let whole = counted(&tap.run().ended(0), "bc_transactions");
    assert!(whole.len() > 8, "{} rows", whole.len());
    for rows in [1, 2, -1] {
        server.clear_faults();
        server.add_fault(fault(TRANSACTIONS, 2, 1, FaultKind::Shift(rows)));
        let run = tap.run().ended(0);
        // Rows of both readings have the same ids, and there are no others.
        assert!(counted(&run, "bc_transactions").keys().eq(whole.keys()), "shifted by {rows}");
        assert!(run.said("INFO bc_transactions", "read once more") > 0);
    }
    // What moves each time may hide a row.
    server.clear_faults();
    server.add_fault(fault(TRANSACTIONS, 2, usize::MAX, FaultKind::Shift(1)));
    let run = tap.run().ended(4);
    assert!(run.cause().contains("of them different, also when read once more"), "{}", run.cause());
    let bookmarks = &run.state()["bookmarks"]["bc_transactions"];
    assert!(bookmarks.is_null(), "rows may be missing, so it stays: {bookmarks}");
}

#[test]
fn equal_rows_without_an_id_are_delivered_as_often_as_they_are_there() {
    let server = serve(world());
    let center = server.world().business_centers()[0].clone();
    let row = |amount: &str| json!({"date": ago(5), "amount": amount, "currency": "EUR"});
    let of = |amounts: [u64; 5]| amounts.map(|amount| row(&format!("{amount}.00")));
    let of_size = |size: u64, amounts: [u64; 5]| {
        let rows = of(amounts);
        for (place, rows) in rows.chunks(usize::try_from(size).unwrap()).enumerate() {
            let number = place as u64 + 1;
            server.add_fault(Fault {
                param: Some(("page_size".into(), size.to_string())),
                ..fault(
                    TRANSACTIONS,
                    u32::try_from(number).unwrap(),
                    usize::MAX,
                    page(rows, (number, size, 5)),
                )
            });
        }
    };
    // Both readings have a row twice, on different pages.
    of_size(3, [1, 2, 3, 2, 4]);
    of_size(2, [1, 2, 3, 2, 4]);
    let tap = tap(&server, "bc_transactions").set("page_size", 3).set("business_centers", [center]);
    let run = tap.run().ended(0);
    let amounts = |run: &Run| {
        let mut amounts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in run.records("bc_transactions") {
            let ids = amounts.entry(record.raw("amount").to_owned()).or_default();
            if !ids.contains(&record.raw("row_id").to_owned()) {
                ids.push(record.raw("row_id").to_owned());
            }
        }
        amounts.into_values().map(|ids| ids.len()).collect::<Vec<_>>()
    };
    assert_eq!(amounts(&run), [1, 2, 1, 1]);
    // The second reading does not have it twice, so the first one did by mistake.
    server.clear_faults();
    of_size(3, [1, 2, 3, 2, 4]);
    of_size(2, [1, 2, 3, 5, 4]);
    assert_eq!(amounts(&tap.run().ended(0)), [1, 1, 1, 1, 1]);
}

#[test]
fn lists_under_parents_are_read_once_more_in_other_pages() {
    let server = serve(world());
    let tap = tap(&server, "catalog_products").set("page_size", 4);
    let whole = counted(&tap.run().ended(0), "catalog_products");
    // A page that comes twice in each reading of the same size does not do so in another one.
    server.add_fault(Fault {
        param: Some(("page_size".into(), "4".into())),
        ..fault(PRODUCTS, 2, usize::MAX, FaultKind::RepeatPage)
    });
    server.clear_log();
    let run = tap.run().ended(0);
    assert_eq!(counted(&run, "catalog_products"), whole);
    let asked = server.requests();
    assert!(asked.iter().any(|r| r.path == PRODUCTS && r.param("page_size") == Some("3")));
}

#[test]
fn a_list_that_stays_odd_costs_its_parent_only() {
    let server = serve(world());
    let tap = tap(&server, "catalog_products").set("page_size", 4);
    let whole = tap.run().ended(0);
    let long = server.requests().into_iter().filter(|r| r.path == PRODUCTS);
    let long = long.filter(|r| r.param("page") == Some("2"));
    let catalog = long.map(|r| r.param("catalog_id").unwrap().to_owned()).next().unwrap();
    let of_others = |run: &Run| {
        let records = run.records("catalog_products").into_iter();
        records.filter(|record| !record.raw("catalog_id").contains(&catalog)).count()
    };
    let partial = FaultKind::PartialRows("1 of 2 shards".into());
    for (page, kind, exit, says) in [
        (1, partial, 4, "1 of 2 shards"),
        (2, FaultKind::RepeatPage, 4, "also when read once more"),
        (2, FaultKind::Shift(1), 4, "also when read once more"),
        (1, FaultKind::Shrink(1), 0, "its bookmark stays"),
    ] {
        server.clear_faults();
        server.add_fault(Fault {
            param: Some(("catalog_id".into(), catalog.clone())),
            ..fault(PRODUCTS, page, usize::MAX, kind.clone())
        });
        let run = tap.run().ended(exit);
        assert_eq!(of_others(&run), of_others(&whole), "{kind:?}");
        let all = (run.records("catalog_products").len(), of_others(&run));
        assert!(all.0 > all.1, "what came of the list is delivered: {kind:?}");
        let is_said = |line: &String| line.contains(says) && (exit == 0 || line.contains(&catalog));
        assert!(run.stderr.iter().any(is_said), "{kind:?}: {}", run.stderr.join("\n"));
    }
}

#[test]
fn keys_that_come_twice_in_both_readings_are_delivered() {
    let server = serve(world());
    let tap = tap(&server, "catalog_products");
    tap.run().ended(0);
    let asked = server.requests().into_iter().find(|r| r.path == PRODUCTS).unwrap();
    let catalog = asked.param("catalog_id").unwrap().to_owned();
    let row = |title: &str| json!({"product_id": "7", "title": title});
    let rows = [row("one"), row("two")];
    for size in [500, 334] {
        server.add_fault(Fault {
            param: Some(("page_size".into(), size.to_string())),
            ..fault(PRODUCTS, 1, usize::MAX, page(&rows, (1, size, 2)))
        });
    }
    let run = tap.run().ended(4);
    assert!(run.stderr.iter().any(|line| {
        line.contains("1 rows have the key of another row") && line.contains(&catalog)
    }));
    let titles: Vec<_> = run.records("catalog_products");
    assert!(titles.len() > 1 && titles.iter().any(|record| record.raw("title") == "\"two\""));
}

#[test]
fn a_long_list_under_a_parent_is_read_page_by_page() {
    let server = serve(world());
    let tap = tap(&server, "catalog_products").set("page_size", 1);
    tap.run().ended(0);
    let asked = server.requests().into_iter().find(|r| r.path == PRODUCTS).unwrap();
    let catalog = asked.param("catalog_id").unwrap().to_owned();
    let row = |id: &str| json!({"product_id": id, "title": "x".repeat(900_000)});
    for (number, id) in ["7", "8", "9"].into_iter().enumerate() {
        let number = number as u64 + 1;
        server.add_fault(Fault {
            param: Some(("catalog_id".into(), catalog.clone())),
            ..fault(
                PRODUCTS,
                u32::try_from(number).unwrap(),
                usize::MAX,
                page(&[row(id)], (number, 1, 3)),
            )
        });
    }
    server.clear_log();
    let run = tap.run().ended(0);
    let is_long = |record: &&Fields| record.raw("title").len() > 900_000;
    let long = run.records("catalog_products").into_iter().filter(is_long);
    let ids: Vec<_> = long.map(|record| record.raw("product_id").to_owned()).collect();
    assert_eq!(ids, ["\"7\"", "\"8\"", "\"9\""]);
    // Its first page tells that it is too long to be held.
    let pages = server.requests().into_iter().filter(|r| r.param("catalog_id") == Some(&catalog));
    let pages: Vec<_> = pages.map(|r| r.param("page").unwrap_or("1").to_owned()).collect();
    assert_eq!(pages, ["1", "1", "2", "3"]);
}

#[test]
fn ids_are_compared_with_the_count_of_different_rows() {
    let server = serve(world());
    let tap = tap(&server, "bc_account_budget_changelog");
    let whole = counted(&tap.run().ended(0), "bc_account_budget_changelog");
    let requests = server.requests();
    let asked: Vec<_> = requests.iter().filter(|r| r.path == "bc/asset/get/").collect();
    let asset = |id: &str| json!({"asset_type": "ADVERTISER", "asset_id": id});
    // An account comes twice, in place of another one.
    let account = server.world().accounts()[0].advertiser_id.clone();
    let rows = [asset(&account), asset(&account)];
    server.add_fault(fault("bc/asset/get/", 1, 1, page(&rows, (1, 50, 2))));
    server.clear_log();
    let run = tap.run().ended(0);
    assert_eq!(counted(&run, "bc_account_budget_changelog"), whole);
    let again = server.requests().into_iter().filter(|r| r.path == "bc/asset/get/");
    let sizes: Vec<_> = again.map(|r| r.param("page_size").unwrap().to_owned()).collect();
    assert_eq!(sizes[..2], ["50", "34"]);
    assert_eq!(sizes.len(), asked.len() + 1);
}

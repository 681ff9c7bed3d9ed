//! What lists of rows have in common: parents, windows, odd values, shapes, and rows that are the
//! same for the same seed.

use crate::client::{code, config, get, of_first, send, server};
use crate::requests::{ask, base, facts, rows, truth, windows};
use fake_tiktok::{Row, World, WorldConfig, listed_paths};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

fn text(row: &Row, name: &str) -> String {
    row.get(name).unwrap_or_default().trim_matches('"').to_owned()
}

#[test]
fn equal_seeds_make_equal_rows_and_other_seeds_others() {
    let rows = |seed: u64| {
        let world = World::new(WorldConfig { seed, ..config() });
        let account = world.accounts()[0].advertiser_id.clone();
        let center = world.business_centers().remove(0);
        let mut all = Vec::new();
        for path in ["pixel/list/", "page/get/", "comment/list/"] {
            all.extend(world.listed(path, &account).iter().map(Row::json));
        }
        all.extend(world.listed("catalog/product/get/", &center).iter().map(Row::json));
        all
    };
    assert_eq!(rows(1), rows(1));
    let (one, two): (HashSet<_>, HashSet<_>) =
        (rows(1).into_iter().collect(), rows(2).into_iter().collect());
    assert_eq!(one.intersection(&two).count(), 0);
}

#[test]
fn the_parents_of_every_row_exist() {
    let world = World::new(config());
    let account = world.accounts()[0].advertiser_id.clone();
    let center = world.business_centers().remove(0);
    let mut orphans = Vec::new();
    let mut checked = 0;
    for path in listed_paths() {
        let facts = facts(path);
        let sources = facts["rows"]["sources"].as_array().cloned();
        let sources = sources.unwrap_or_else(|| vec![facts["rows"].clone()]);
        let params = &facts["params"];
        let owner = if params.get("bc_id").is_some() { &center } else { &account };
        let ids: HashSet<_> = sources
            .iter()
            .filter_map(|source| Some((source["parent"].as_str()?, source["id"].as_str())))
            .flat_map(|(parent, id)| match (parent, id) {
                ("business_centers", _) => world.business_centers(),
                ("advertiser/info/", _) => {
                    world.accounts().iter().map(|one| one.advertiser_id.clone()).collect()
                }
                (parent, id) => {
                    let rows = world.listed(parent, owner);
                    rows.iter().map(|row| text(row, id.unwrap())).collect()
                }
            })
            .collect();
        for row in world.listed(path, owner) {
            if row.get("_parent").is_some() {
                checked += 1;
                let parent = text(&row, "_parent");
                if !ids.contains(&parent) {
                    orphans.push(format!("{path}: {parent}"));
                }
            }
        }
    }
    assert!(checked > 500, "{checked}");
    assert_eq!(orphans, Vec::<String>::new());
}

#[test]
fn some_parents_have_no_rows() {
    let world = World::new(config());
    let center = world.business_centers().remove(0);
    let parents = world.listed("catalog/get/", &center);
    let with_rows: HashSet<_> =
        world.listed("catalog/set/get/", &center).iter().map(|row| text(row, "_parent")).collect();
    assert!(with_rows.len() > 2 && with_rows.len() < parents.len());
}

#[test]
fn values_are_odd_where_the_world_is() {
    let forms = |odd: bool| {
        let world = World::new(WorldConfig { odd, ..config() });
        let center = world.business_centers().remove(0);
        let feeds = world.listed("catalog/feed/get/", &center);
        let numbers = feeds.iter().filter(|row| !row.get("feed_id").unwrap().starts_with('"'));
        let members: HashSet<_> =
            world.listed("bc/member/get/", &center).iter().map(|row| row.0.len()).collect();
        let nulls = world
            .listed("bc/member/get/", &center)
            .iter()
            .filter(|row| row.0.iter().any(|(_, raw)| raw == "null"))
            .count();
        (numbers.count() > 0, members.len() > 1, nulls > 0)
    };
    assert_eq!(forms(true), (true, true, true));
    assert_eq!(forms(false), (false, false, true));
}

#[test]
fn rows_that_are_sums_depend_on_the_window() {
    let server = server();
    for path in ["pixel/event/stats/", "bc/account/cost/get/"] {
        let facts = facts(path);
        let mut params = base(&server, &facts);
        windows(&facts, &mut params);
        if path.starts_with("pixel") {
            let id = &server.world().accounts()[0].advertiser_id;
            let pixels = server.world().listed("pixel/list/", id);
            let ids: Vec<_> = pixels[..10].iter().map(|row| text(row, "pixel_id")).collect();
            params.insert("pixel_ids".to_owned(), json!(ids));
        }
        let first = ask(&server, path, &params);
        assert_eq!(first["code"], 0, "{first}");
        assert!(!rows(&facts, &first).is_empty());
        assert_eq!(ask(&server, path, &params)["data"], first["data"]);
        for object in ["date_range", "filtering"] {
            if let Some(window) = params.get_mut(object) {
                window["start_date"] = window["end_date"].clone();
            }
        }
        let day = ask(&server, path, &params);
        assert_eq!(rows(&facts, &day).len(), rows(&facts, &first).len());
        assert_ne!(day["data"], first["data"], "{path}");
    }
}

#[test]
fn windows_have_defaults_both_ends_and_a_history() {
    let server = server();
    let bc = server.world().business_centers().remove(0);
    let change_log = |filtering: Option<&str>| {
        let mut params = vec![("bc_id", bc.as_str()), ("page_size", "50")];
        params.extend(filtering.map(|filtering| ("filtering", filtering)));
        get(&server, "changelog/get/", &params).json()
    };
    let total = |answer: &Value| answer["data"]["page_info"]["total_number"].as_u64().unwrap();
    let week = r#"{"start_date":"2026-07-09","end_date":"2026-07-15"}"#;
    let all = r#"{"start_date":"2026-02-01","end_date":"2026-07-15"}"#;
    assert_eq!(total(&change_log(None)), total(&change_log(Some(week))));
    assert!(total(&change_log(Some(all))) > total(&change_log(None)));
    for (filtering, part) in [
        (r#"{"start_date":"2026-07-09"}"#, "both or none"),
        (r#"{"start_date":"2026-07-09","end_date":"2026-07-08"}"#, "is before"),
        (r#"{"start_date":"2026-7-9","end_date":"2026-07-15"}"#, "a date"),
        (r#"{"start_date":"2025-07-09","end_date":"2026-07-15"}"#, "max time span is 183 days"),
    ] {
        let answer = change_log(Some(filtering));
        assert_eq!(answer["code"], 40002);
        assert!(answer["message"].as_str().unwrap().contains(part), "{answer}");
    }
    let id = server.world().accounts()[0].advertiser_id.clone();
    let ads = server.world().listed("ad/get/", &id);
    let ad = text(&ads[0], "ad_id");
    let filtering = r#"{"start_date":"2026-05-01","end_date":"2026-05-20"}"#;
    let params = of_first(&server, &[("ad_id", &ad), ("filtering", filtering)]);
    let (code, message) = code(&server, "creative_fatigue/get/", &params);
    assert_eq!(code, 40002);
    assert!(message.contains("within the last 60 days"), "{message}");
}

#[test]
fn every_business_center_names_its_list_in_its_own_way() {
    let server = server();
    let centers = server.world().business_centers();
    let names: Vec<_> = centers
        .iter()
        .map(|id| {
            let data = get(&server, "bc/account/transaction/get/", &[("bc_id", id)]).json();
            data["data"].as_object().unwrap().keys().next().unwrap().clone()
        })
        .collect();
    assert_eq!(names, ["transaction_list", "transaction"]);
}

#[test]
fn reviews_are_an_object_by_the_ids_asked_for() {
    let server = server();
    let id = server.world().accounts()[0].advertiser_id.clone();
    let ads = server.world().listed("ad/get/", &id);
    let ids: Vec<_> = ads[..3].iter().map(|row| text(row, "ad_id")).collect();
    let asked = json!(ids).to_string();
    let reviews = get(&server, "ad/review_info/", &of_first(&server, &[("ad_ids", &asked)]));
    let json = reviews.json();
    let named: BTreeSet<_> = json["data"]["ad_review_map"].as_object().unwrap().keys().collect();
    assert_eq!(named, ids.iter().collect());
    let unknown = get(&server, "ad/review_info/", &of_first(&server, &[("ad_ids", r#"["77"]"#)]));
    assert_eq!(unknown.json()["data"]["ad_review_map"], json!({}));
}

#[test]
fn pages_of_a_library_need_its_id() {
    let server = server();
    let library = server.world().libraries().remove(0);
    let pages = |params: &[(&str, &str)]| get(&server, "page/get/", params).json();
    let total = |answer: &Value| answer["data"]["page_info"]["total_number"].as_u64().unwrap();
    let of_library = pages(&[("library_id", &library)]);
    let of_account = pages(&of_first(&server, &[]));
    assert!(total(&of_library) > 0 && total(&of_account) > 0);
    assert_ne!(of_library["data"]["list"], of_account["data"]["list"]);
    let both = of_first(&server, &[("library_id", &library)]);
    for wrong in [pages(&both), pages(&[])] {
        assert_eq!(wrong["code"], 40002);
        assert!(wrong["message"].as_str().unwrap().contains("exactly one of"), "{wrong}");
    }
}

#[test]
fn the_truth_knows_owners_filters_and_hidden_members() {
    let server = server();
    let ask = |query: &str| {
        let target = format!("/_fake/truth/playable/get/{query}");
        send(&server, "GET", &target, "", "").unwrap().json().as_array().unwrap().clone()
    };
    let owners = |rows: &[Value]| {
        rows.iter().map(|row| row["owner"].to_string()).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(owners(&ask("")), 2);
    let id = &server.world().accounts()[0].advertiser_id;
    let of_first = ask(&format!("?advertiser_id={id}"));
    assert_eq!(owners(&of_first), 1);
    assert_eq!(of_first.len(), server.world().listed("playable/get/", id).len());
    let deleted = ask(&format!("?advertiser_id={id}&operation_status=DELETED"));
    assert!(!deleted.is_empty() && deleted.len() < of_first.len());
    let products = truth(&server, "catalog/product/get/", &server.world().business_centers()[0]);
    assert!(products.iter().all(|row| row["hidden"]["_catalog_id"].is_string()));
    assert!(products.iter().all(|row| row["row"].get("_catalog_id").is_none()));
    assert_eq!(send(&server, "GET", "/_fake/truth/nothing/", "", "").unwrap().status, 404);
}

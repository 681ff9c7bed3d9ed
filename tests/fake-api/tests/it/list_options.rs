//! What options of the server do to lists: smaller caps, and refusals of scopes, paths, parents and
//! Business Centers; and faults that hit one of them.

use crate::client::{all_rows, code, config, get, of_first, server, start};
use fake_tiktok::{Fault, FaultKind, Options, Row, Server, Shape, WorldConfig};
use serde_json::json;
use std::collections::BTreeSet;

fn with(options: Options) -> Server {
    start(WorldConfig { odd: false, ..config() }, options)
}

fn text(row: &Row, name: &str) -> String {
    row.get(name).unwrap_or_default().trim_matches('"').to_owned()
}

#[test]
fn caps_cut_lists_but_not_what_is_asked_for_by_id() {
    let caps = vec![("file/image/ad/search/".to_owned(), 12), ("file/music/get/".to_owned(), 500)];
    let server = with(Options { caps, ..Options::default() });
    let path = "file/image/ad/search/";
    let id = server.world().accounts()[0].advertiser_id.clone();
    let all = server.world().listed(path, &id);
    let newest = all_rows(&server, path, &of_first(&server, &[]), 10);
    assert_eq!(newest.len(), 12);
    let last = newest.iter().filter_map(|row| row["modify_time"].as_str()).min().unwrap();
    let cut = all.iter().filter(|row| row.get("modify_time").is_some_and(|raw| raw[1..] > *last));
    assert!(cut.count() <= 12);
    let old = of_first(&server, &[("filtering", r#"{"image_ids":["img1","ad-site/1"]}"#)]);
    let old: BTreeSet<_> = all_rows(&server, path, &old, 10)
        .iter()
        .map(|row| row["image_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(old, ["ad-site/1", "img1"].map(str::to_owned).into());

    let page = |page| [("page", page), ("page_size", "250")];
    assert_eq!(code(&server, "file/music/get/", &of_first(&server, &page("2"))).0, 0);
    let (refused, message) = code(&server, "file/music/get/", &of_first(&server, &page("3")));
    assert_eq!(refused, 40002);
    assert!(message.contains("must not exceed 500"), "{message}");
}

#[test]
fn options_refuse_scopes_paths_parents_and_business_centers() {
    let centers = server().world().business_centers();
    let server = with(Options {
        refused_scopes: vec!["Read Pixels".to_owned(), "Test Leads".to_owned()],
        refused_paths: vec!["creative_fatigue/get/".to_owned()],
        refused_business_centers: vec![centers[1].clone()],
        ..Options::default()
    });
    let (refused, message) = code(&server, "pixel/list/", &of_first(&server, &[]));
    assert_eq!(refused, 40001);
    assert!(message.contains("does not grant you") && message.contains("pixel/list/"), "{message}");
    assert!(message.contains("Read Pixels"), "{message}");
    let forms = server.world().listed("page/get/", &server.world().accounts()[0].advertiser_id);
    let form = text(&forms[0], "page_id");
    let fields = of_first(&server, &[("page_id", &form)]);
    assert_eq!(code(&server, "page/field/get/", &fields).0, 0, "one of two scopes is enough");
    assert_eq!(code(&server, "creative_fatigue/get/", &[]).0, 40118);
    let center = |index: usize| code(&server, "catalog/get/", &[("bc_id", &centers[index])]);
    assert_eq!(center(0).0, 0);
    assert_eq!(
        center(1),
        (40001, format!("No permission to operate business center {}", centers[1]))
    );
    let listed = get(&server, "bc/get/", &[]).json();
    assert_eq!(listed["data"]["page_info"]["total_number"], 2, "it is listed all the same");

    let catalogs = server.world().listed("catalog/get/", &centers[0]);
    let ids: Vec<_> = catalogs.iter().map(|row| text(row, "catalog_id")).collect();
    server.set_options(|options| options.refused_parents.push(ids[1].clone()));
    let sets = |id: &str| {
        code(&server, "catalog/set/get/", &[("bc_id", &centers[0]), ("catalog_id", id)]).0
    };
    assert_eq!((sets(&ids[0]), sets(&ids[1])), (0, 40001));
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn faults_hit_a_business_center_and_every_shape_of_list() {
    let server = server();
    let centers = server.world().business_centers();
    server.add_fault(Fault {
        param: Some(("bc_id".to_owned(), centers[1].clone())),
        times: usize::MAX,
        ..Fault::default()
    });
    let balance = |index: usize| code(&server, "bc/balance/get/", &[("bc_id", &centers[index])]).0;
    assert_eq!((balance(0), balance(1)), (0, 50000));
    server.clear_faults();

    let pixels = of_first(&server, &[("page_size", "5"), ("page", "2")]);
    let page = |kind: Option<FaultKind>| {
        server.clear_faults();
        if let Some(kind) = kind {
            server.add_fault(Fault { kind, ..Fault::default() });
        }
        get(&server, "pixel/list/", &pixels).json()["data"].clone()
    };
    let honest = page(None);
    assert_eq!(honest["pixels"].as_array().unwrap().len(), 5);
    let repeated = page(Some(FaultKind::RepeatPage));
    assert_ne!(repeated["pixels"], honest["pixels"]);
    assert_eq!(repeated["page_info"], honest["page_info"]);
    assert_eq!(page(Some(FaultKind::EmptyPage))["pixels"], json!([]));
    assert_eq!(page(Some(FaultKind::Grow(3)))["page_info"]["total_number"], 26);
    let misshapen = page(Some(FaultKind::WrongShape(Shape::ListIsObject)));
    assert_eq!(misshapen["pixels"], json!({}));
}

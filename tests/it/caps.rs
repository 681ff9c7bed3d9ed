//! Lists of which TikTok returns only a part: how their other rows are read, and what is said about
//! those that cannot be. The fake's caps are smaller than TikTok's, so that worlds stay small.

use crate::catalogs::of;
use crate::failures::code;
use crate::harness::{Run, Tap, ids, serve, world};
use fake_tiktok::{Fault, FaultKind, Options, Server, World, WorldConfig};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tap_tiktok_ads::streams;

const IMAGES: &str = "file/image/ad/search/";
const VIDEOS: &str = "file/video/ad/search/";
const PRODUCTS: &str = "catalog/product/get/";

fn capped(caps: &[(&str, usize)], config: WorldConfig) -> Server {
    let caps = caps.iter().map(|(path, most)| ((*path).to_owned(), *most)).collect();
    Server::start(World::new(config), Options { caps, ..Options::default() }).expect("a port")
}

fn tap(server: &Server, names: &[&str]) -> Tap {
    let streams = names.iter().map(|name| streams::find(name).expect("a stream"));
    Tap::on(server).catalog(&of(streams))
}

/// How often each id of an owner was delivered.
fn delivered(run: &Run, stream: &str, owner: &str, id: &str) -> BTreeMap<(String, String), usize> {
    let mut found = BTreeMap::new();
    for record in run.records(stream) {
        let text = |name: &str| serde_json::from_str::<String>(record.raw(name)).unwrap();
        *found.entry((text(owner), text(id))).or_insert(0) += 1;
    }
    found
}

/// What a list of an account shows: the rows that changed last, at most `most`.
fn listed(server: &Server, path: &str, account: &str, id: &str, most: usize) -> BTreeSet<String> {
    let mut rows = server.world().listed(path, account);
    rows.sort_by_key(|row| std::cmp::Reverse(row.get("modify_time").map(str::to_owned)));
    let text = |raw: Option<&str>| raw.unwrap_or("null").trim_matches('"').to_owned();
    rows.iter().take(most).map(|row| text(row.get(id))).collect()
}

/// The ids that the ads of an account name, deleted ones included.
fn used(server: &Server, account: &str, member: &str) -> BTreeSet<String> {
    let ads = server.world().listed("ad/get/", account);
    let named = ads.iter().filter_map(|ad| ad.get(member)).flat_map(|raw| {
        match serde_json::from_str(raw).unwrap() {
            Value::Array(ids) => ids,
            id => vec![id],
        }
    });
    named.filter_map(|id| id.as_str().map(str::to_owned)).collect()
}

#[test]
fn older_images_and_videos_are_read_by_the_ids_that_ads_use() {
    // An account has more than a hundred ads with a video, which are too many for one request.
    let config = WorldConfig { campaigns: 10, adgroups: 4, ads: 6, accounts: 2, ..world() };
    let server = capped(&[(IMAGES, 12), (VIDEOS, 8)], config);
    let run = tap(&server, &["images", "videos"]).set("page_size", 5).run().ended(0);
    assert_eq!(server.violations(), [""; 0]);
    for (stream, path, id, member, most) in [
        ("images", IMAGES, "image_id", "image_ids", 12),
        ("videos", VIDEOS, "video_id", "video_id", 8),
    ] {
        let found = delivered(&run, stream, "advertiser_id", id);
        let twice: Vec<_> = found.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        for account in ids(&server) {
            let listed = listed(&server, path, &account, id, most);
            assert_eq!(listed.len(), most);
            let others: BTreeSet<_> =
                used(&server, &account, member).difference(&listed).cloned().collect();
            assert!(!others.is_empty(), "the ads of {account} use nothing beyond the cap");
            let wanted: BTreeSet<_> = listed.union(&others).cloned().collect();
            let of_account = found.keys().filter(|(owner, _)| *owner == account);
            assert_eq!(of_account.map(|(_, id)| id.clone()).collect::<BTreeSet<_>>(), wanted);
            let by_id: Vec<Vec<String>> = server
                .requests()
                .iter()
                .filter(|r| r.path == path && r.param("advertiser_id") == Some(&account))
                .filter_map(|request| {
                    let filter: Value = serde_json::from_str(request.param("filtering")?).unwrap();
                    Some(serde_json::from_value(filter[format!("{id}s")].clone()).unwrap())
                })
                .collect();
            let asked: BTreeSet<String> = by_id.iter().flatten().cloned().collect();
            assert_eq!(asked, others, "what the list had is not asked for again");
            // Pages of five rows: the ids of a request come in several pages.
            let full = by_id.iter().filter(|ids| ids.len() == 100).count();
            assert!(stream == "images" || full > 0, "no request names a hundred ids");
        }
    }
}

#[test]
fn a_run_from_a_state_asks_for_the_ids_of_ads_that_changed() {
    let server = capped(&[(IMAGES, 12)], world());
    let first = tap(&server, &["images"]).run().ended(0);
    server.clear_log();
    let second = tap(&server, &["images"]).state(first.state()).run().ended(0);
    let requests = server.requests();
    let ads: Vec<_> = requests.iter().filter(|request| request.path == "ad/get/").collect();
    assert!(!ads.is_empty());
    for request in ads {
        let filter = request.param("filtering").unwrap_or_default();
        assert!(filter.contains("modified_after"), "all ads are read again: {filter}");
    }
    let (all, again) = (first.records("images").len(), second.records("images").len());
    assert!(again < all, "{again} of {all} images come again");
}

#[test]
fn images_need_no_permission_for_ads_while_tiktok_lists_them_all() {
    let server = serve(world());
    server.set_options(|options| options.refused_scopes = vec!["Read Ads".to_owned()]);
    let run = tap(&server, &["images"]).run().ended(0);
    assert_eq!(run.records("images").len(), server.rows(IMAGES).len());
    assert_eq!(run.said("INFO", "whether its list lacks rows is not known"), ids(&server).len());
}

#[test]
fn products_beyond_the_cap_are_read_by_product_set() {
    // A set has at most 11 products, and a catalog up to 33.
    let server = capped(&[(PRODUCTS, 12)], world());
    let run = tap(&server, &["catalog_products"]).set("page_size", 4).run().ended(0);
    let found = delivered(&run, "catalog_products", "bc_id", "product_id");
    assert!(found.values().all(|times| *times == 1), "{found:?}");
    assert_eq!(found.len(), server.rows(PRODUCTS).len());
    assert!(server.requests().iter().any(|request| request.param("product_set_ids").is_some()));
    let others: Vec<_> = server
        .violations()
        .into_iter()
        .filter(|violation| !violation.contains("must not exceed 12"))
        .collect();
    assert_eq!(others, [""; 0]);
}

#[test]
fn a_cap_that_cannot_be_passed_is_named() {
    let server = capped(&[(PRODUCTS, 8), ("file/music/get/", 500)], world());
    let tap = tap(&server, &["catalog_products", "music", "regions"]).set("page_size", 4);
    let run = tap.set("page_size", 4).run().ended(4);
    let all = server.rows(PRODUCTS).len();
    let found = delivered(&run, "catalog_products", "bc_id", "product_id");
    assert!(found.values().all(|times| *times == 1), "{found:?}");
    assert!(found.len() < all && found.len() > all / 2, "{} of {all}", found.len());
    let named = |stream: &str| {
        let says = |line: &&String| {
            line.contains(&format!("{stream}, ")) && line.contains("only the beginning of a list")
        };
        run.stderr.iter().filter(says).count()
    };
    assert!(named("catalog_products") > 0, "{}", run.stderr.join("\n"));
    assert_eq!(named("music"), ids(&server).len(), "{}", run.stderr.join("\n"));
    assert_eq!(run.records("music").len(), 500 * ids(&server).len());
    assert!(!run.records("regions").is_empty(), "other streams are read");
}

#[test]
fn a_refused_product_set_costs_its_rows() {
    let server = capped(&[(PRODUCTS, 12)], world());
    let asked = tap(&server, &["catalog_products"]).set("page_size", 4);
    let whole = asked.run().ended(0).records("catalog_products").len();
    let requests = server.requests();
    let set = requests.iter().find_map(|request| request.param("product_set_ids")).unwrap();
    let set = serde_json::from_str::<Vec<String>>(set).unwrap().remove(0);
    server.add_fault(Fault {
        path: Some(PRODUCTS.to_owned()),
        param: Some(("product_set_ids".to_owned(), set.clone())),
        times: usize::MAX,
        kind: code(40002, "This set cannot be read."),
        ..Fault::default()
    });
    let run = asked.run().ended(4);
    let some = run.records("catalog_products").len();
    assert!(some <= whole && some > whole / 2, "{some} of {whole}");
    assert!(run.stderr.iter().any(|line| line.contains(&set)), "no line names {set}");
}

#[test]
fn an_identity_of_two_business_centers_comes_once() {
    let server = serve(world());
    let (account, centers) = (&ids(&server)[0], server.world().business_centers());
    let rows = server.world().listed("identity/get/", account);
    let of_first = |row: &&fake_tiktok::Row| {
        row.get("identity_authorized_bc_id") == Some(&format!("\"{}\"", centers[0]))
    };
    let rows: Vec<_> = rows.iter().filter(of_first).map(fake_tiktok::Row::json).collect();
    assert!(rows.len() > 1, "the first Business Center has {} identities", rows.len());
    let count = rows.len();
    // The second Business Center is linked to the same identities.
    server.add_fault(Fault {
        path: Some("identity/get/".to_owned()),
        param: Some(("identity_authorized_bc_id".to_owned(), centers[1].clone())),
        advertiser_id: Some(account.clone()),
        times: usize::MAX,
        kind: FaultKind::Body(format!(
            "{{\"code\":0,\"message\":\"OK\",\"request_id\":\"1\",\"data\":\
             {{\"identity_list\":[{}],\"page_info\":{{\"page\":1,\"page_size\":100,\
             \"total_number\":{count},\"total_page\":1}}}}}}",
            rows.join(",")
        )),
        ..Fault::default()
    });
    let run = tap(&server, &["identities"]).run().ended(0);
    let found = delivered(&run, "identities", "advertiser_id", "identity_id");
    assert!(found.values().all(|times| *times == 1), "{found:?}");
    let of_account = found.keys().filter(|(owner, _)| owner == account).count();
    let others = server.world().listed("identity/get/", account).len() - count;
    assert_eq!(of_account, others, "those of the second Business Center are replaced");
}

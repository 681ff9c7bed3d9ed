//! Listing accounts and entities: pages, what is hidden, filters and fields.

use crate::client::{all_rows, code, config, get, of_first, server, start};
use fake_tiktok::{APP_ID, Entity, Kind, Options, SECRET, Server, WorldConfig};
use serde_json::Value;
use std::collections::HashSet;

const KINDS: [(Kind, &str, &str); 3] = [
    (Kind::Campaign, "campaign/get/", "campaign_id"),
    (Kind::Adgroup, "adgroup/get/", "adgroup_id"),
    (Kind::Ad, "ad/get/", "ad_id"),
];

fn truth(server: &Server, kind: Kind, wanted: impl Fn(&Entity) -> bool) -> Vec<String> {
    let id = &server.world().accounts()[0].advertiser_id;
    server
        .world()
        .entities(kind, id)
        .into_iter()
        .filter(|entity| wanted(entity))
        .map(|entity| entity.id)
        .collect()
}

fn ids(rows: &[Value], key: &str) -> Vec<String> {
    rows.iter().map(|row| row[key].as_str().unwrap().to_owned()).collect()
}

fn listed(server: &Server, path: &str, key: &str, filtering: &str) -> Vec<String> {
    ids(&all_rows(server, path, &of_first(server, &[("filtering", filtering)]), 100), key)
}

#[test]
fn pages_cover_every_row_once_in_the_order_of_ids() {
    let server = start(WorldConfig { odd: false, ..config() }, Options::default());
    for (kind, path, key) in KINDS {
        for size in [1, 7, 1000] {
            let rows = all_rows(&server, path, &of_first(&server, &[]), size);
            assert_eq!(
                ids(&rows, key),
                truth(&server, kind, |entity| !entity.deleted
                    && !entity.top_view
                    && !entity.promote)
            );
        }
    }
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn rows_are_sent_as_they_are() {
    let server = start(config(), Options::default());
    let filter = [("filtering", r#"{"primary_status":"STATUS_ALL"}"#), ("page_size", "1000")];
    let answer = get(&server, "ad/get/", &of_first(&server, &filter));
    let id = &server.world().accounts()[0].advertiser_id;
    for ad in server.world().entities(Kind::Ad, id).iter().filter(|ad| !ad.top_view && !ad.promote)
    {
        assert!(answer.text().contains(&ad.row.json()), "{}", ad.id);
    }
}

#[test]
fn defaults_hide_deleted_top_view_and_promote() {
    let server = start(WorldConfig { odd: false, campaigns: 12, ..config() }, Options::default());
    for (kind, path, key) in KINDS {
        let ordinary = |entity: &Entity| !entity.top_view && !entity.promote;
        let deleted = truth(&server, kind, |entity| entity.deleted && ordinary(entity));
        assert!(!deleted.is_empty());
        assert_eq!(listed(&server, path, key, r#"{"primary_status":"STATUS_DELETE"}"#), deleted);
        assert_eq!(
            listed(&server, path, key, r#"{"primary_status":"STATUS_ALL"}"#),
            truth(&server, kind, ordinary)
        );
        let top_view = r#"{"buying_types":["RESERVATION_TOP_VIEW"],"primary_status":"STATUS_ALL"}"#;
        assert_eq!(
            listed(&server, path, key, top_view),
            truth(&server, kind, |entity| entity.top_view)
        );
        let promote = r#"{"campaign_system_origins":["PROMOTE"],"primary_status":"STATUS_ALL"}"#;
        assert_eq!(
            listed(&server, path, key, promote),
            truth(&server, kind, |entity| entity.promote)
        );
        let both = r#"{"campaign_system_origins":["TT_ADS_PLATFORM","PROMOTE"],
            "primary_status":"STATUS_ALL"}"#;
        assert_eq!(
            listed(&server, path, key, both),
            truth(&server, kind, |entity| !entity.top_view)
        );
    }
}

#[test]
fn filters_by_id_status_and_time_choose() {
    let server = start(WorldConfig { odd: false, campaigns: 12, ..config() }, Options::default());
    let shown = |ad: &Entity| !ad.deleted && !ad.top_view && !ad.promote;
    let id = server.world().accounts()[0].advertiser_id.clone();
    let ads = server.world().entities(Kind::Ad, &id);
    let one = ads.iter().find(|ad| shown(ad)).unwrap();
    let by_campaign = format!(r#"{{"campaign_ids":["{}"]}}"#, one.campaign_id);
    assert_eq!(
        listed(&server, "ad/get/", "ad_id", &by_campaign),
        truth(&server, Kind::Ad, |ad| shown(ad) && ad.campaign_id == one.campaign_id)
    );

    let time =
        ads.iter().filter(|ad| shown(ad)).filter_map(|ad| ad.modify_time.clone()).min().unwrap();
    let after = listed(&server, "ad/get/", "ad_id", &format!(r#"{{"modified_after":"{time}"}}"#));
    let late = |ad: &Entity| ad.modify_time.as_ref().is_none_or(|at| *at > time);
    assert_eq!(after, truth(&server, Kind::Ad, |ad| shown(ad) && late(ad)));

    let is = |ad: &Entity, state: &str| ad.row.get("operation_status") == Some(state);
    let disabled = listed(&server, "ad/get/", "ad_id", r#"{"primary_status":"STATUS_DISABLE"}"#);
    assert_eq!(disabled, truth(&server, Kind::Ad, |ad| shown(ad) && is(ad, "\"DISABLE\"")));
    assert!(!disabled.is_empty());
    let delivering =
        listed(&server, "ad/get/", "ad_id", r#"{"secondary_status":"AD_STATUS_DELIVERY_OK"}"#);
    assert_eq!(delivering, truth(&server, Kind::Ad, |ad| shown(ad) && is(ad, "\"ENABLE\"")));
    let traffic = listed(&server, "ad/get/", "ad_id", r#"{"objective_type":"TRAFFIC"}"#);
    assert!(!traffic.is_empty() && traffic.len() < ads.len());

    let created = |ad: &Entity| ad.row.get("create_time").unwrap().trim_matches('"').to_owned();
    let time = created(one);
    let range =
        format!(r#"{{"creation_filter_start_time":"{time}","creation_filter_end_time":"{time}"}}"#);
    assert_eq!(
        listed(&server, "ad/get/", "ad_id", &range),
        truth(&server, Kind::Ad, |ad| shown(ad) && created(ad) == time)
    );
}

#[test]
fn fields_and_null_exclusion_restrict_rows() {
    let server = start(WorldConfig { odd: false, ..config() }, Options::default());
    let fields = of_first(
        &server,
        &[
            ("fields", r#"["ad_id","page_id"]"#),
            ("exclude_field_types_in_response", r#"["NULL_FIELD"]"#),
        ],
    );
    let rows = all_rows(&server, "ad/get/", &fields, 1000);
    let widths: HashSet<_> = rows.iter().map(|row| row.as_object().unwrap().len()).collect();
    assert_eq!(widths, [1, 2].into(), "page_id is null on some ads");
}

#[test]
fn an_empty_list_may_be_null() {
    let server = start(
        WorldConfig { campaigns: 0, top_view: 0, promote: 0, ..config() },
        Options::default(),
    );
    let data = |path: &str| get(&server, path, &of_first(&server, &[])).json()["data"].clone();
    assert_eq!(data("campaign/get/")["list"], Value::Null);
    assert_eq!(data("adgroup/get/")["list"], Value::Array(Vec::new()));
    assert_eq!(data("campaign/get/")["page_info"]["total_page"], 0);
}

#[test]
fn accounts_are_listed_and_described() {
    let server = server();
    let list =
        get(&server, "oauth2/advertiser/get/", &[("app_id", APP_ID), ("secret", SECRET)]).json();
    let listed = ids(list["data"]["list"].as_array().unwrap(), "advertiser_id");
    let known: Vec<_> =
        server.world().accounts().iter().map(|account| account.advertiser_id.clone()).collect();
    assert_eq!(listed, known);
    let both = format!(r#"["{}","{}"]"#, known[1], known[0]);
    let info = get(&server, "advertiser/info/", &[("advertiser_ids", &both)]);
    let rows = [&known[1], &known[0]].map(|id| server.world().advertiser(id).json());
    assert!(
        info.text().contains(&format!("\"list\":[{}]}}", rows.join(","))),
        "in the order asked for, without page_info"
    );
    let few = get(
        &server,
        "advertiser/info/",
        &[("advertiser_ids", &both), ("fields", r#"["timezone"]"#)],
    )
    .json();
    assert_eq!(few["data"]["list"][0].as_object().unwrap().len(), 1);
    assert_eq!(code(&server, "user/info/", &[]).0, 0);
    assert_eq!(server.violations(), Vec::<String>::new());
}

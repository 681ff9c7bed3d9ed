//! The data itself: determinism, clocks, and the values that must be there.

use crate::client::config;
use fake_tiktok::{Kind, Level, ReportQuery, ReportType, World, WorldConfig};
use serde_json::Value;
use std::collections::HashSet;
use time::macros::{date, datetime};

fn report(world: &World) -> ReportQuery {
    ReportQuery {
        advertiser_id: world.accounts()[0].advertiser_id.clone(),
        dimensions: vec!["ad_id".into(), "stat_time_day".into()],
        metrics: ["spend", "impressions", "conversion", "cpc", "campaign_budget"]
            .map(str::to_owned)
            .to_vec(),
        start: Some(date!(2026 - 07 - 01)),
        end: Some(date!(2026 - 07 - 14)),
        ..ReportQuery::default()
    }
}

#[test]
fn equal_settings_make_equal_worlds_and_another_seed_another_one() {
    let (one, two) = (World::new(config()), World::new(config()));
    let other = World::new(WorldConfig { seed: 2, ..config() });
    let rows = |world: &World| {
        let id = &world.accounts()[0].advertiser_id;
        let mut rows = vec![world.advertiser(id).json()];
        for kind in [Kind::Campaign, Kind::Adgroup, Kind::Ad] {
            rows.extend(world.entities(kind, id).into_iter().map(|entity| entity.row.json()));
        }
        rows.extend(world.report(&report(world)).into_iter().map(|row| row.metrics.json()));
        rows
    };
    assert_eq!(rows(&one), rows(&two));
    assert_ne!(rows(&one), rows(&other));
}

#[test]
fn the_real_clock_changes_no_entity() {
    let world = World::new(WorldConfig::default());
    let id = &world.accounts()[0].advertiser_id;
    let times: Vec<_> =
        world.entities(Kind::Ad, id).into_iter().filter_map(|ad| ad.modify_time).collect();
    assert!(!times.is_empty());
    assert!(times.iter().all(|time| time.as_str() <= "2026-06-30 00:00:00"), "{times:?}");
}

#[test]
fn today_is_that_of_the_zone() {
    let zones = ["America/New_York", "Asia/Singapore", "Etc/GMT-14", "Etc/GMT+12"]
        .map(str::to_owned)
        .to_vec();
    let now = Some(datetime!(2026-07-15 02:00 UTC));
    let world = World::new(WorldConfig { accounts: 4, zones, now, ..config() });
    let todays: Vec<_> =
        world.accounts().iter().map(|account| world.today(&account.advertiser_id)).collect();
    assert_eq!(
        todays,
        [
            date!(2026 - 07 - 14),
            date!(2026 - 07 - 15),
            date!(2026 - 07 - 15),
            date!(2026 - 07 - 14)
        ]
    );
}

#[test]
fn ids_are_unique_and_descend() {
    let world = World::new(WorldConfig { accounts: 3, ..config() });
    let mut seen = HashSet::new();
    for account in world.accounts() {
        assert_eq!(account.advertiser_id.len(), 19);
        for (kind, digits) in [(Kind::Campaign, 16), (Kind::Adgroup, 18), (Kind::Ad, 19)] {
            let entities = world.entities(kind, &account.advertiser_id);
            assert!(entities.iter().all(|entity| entity.id.len() == digits));
            assert!(entities.is_sorted_by(|one, two| one.id > two.id));
            assert!(entities.into_iter().all(|entity| seen.insert(entity.id)));
        }
    }
}

#[test]
fn a_deleted_parent_deletes_its_children() {
    let world = World::new(WorldConfig { campaigns: 30, deleted: 0.3, ..config() });
    let id = &world.accounts()[0].advertiser_id;
    let gone = |kind| {
        world.entities(kind, id).into_iter().filter(|entity| entity.deleted).map(|entity| entity.id)
    };
    let (campaigns, adgroups): (HashSet<_>, HashSet<_>) =
        (gone(Kind::Campaign).collect(), gone(Kind::Adgroup).collect());
    assert!(!campaigns.is_empty() && campaigns.len() < 32);
    let mut own = 0;
    for ad in world.entities(Kind::Ad, id) {
        let parent =
            campaigns.contains(&ad.campaign_id) || adgroups.contains(&ad.adgroup_id.unwrap());
        assert!(ad.deleted || !parent);
        own += usize::from(ad.deleted && !parent);
    }
    assert!(own > 0);
}

#[test]
fn an_account_with_eight_ads_shows_every_odd_value() {
    let world = World::new(WorldConfig { campaigns: 1, adgroups: 2, ads: 4, ..config() });
    let id = &world.accounts()[0].advertiser_id;
    let ads = world.entities(Kind::Ad, id);
    let text: String = ads.iter().filter(|ad| !ad.deleted).map(|ad| ad.row.json()).collect();
    for odd in [
        "\\u0000",
        "\\ud83d\"",
        "[\n  \"img1\"",
        "{\"text\":\"first\",\"text\":\"second\"",
        "\"ad\\u005fformat\":",
        "line\\nline",
        "\u{2028}",
    ] {
        assert!(text.contains(odd), "{odd:?} is missing");
    }
    let twice = ads
        .iter()
        .filter(|ad| ad.row.0.iter().filter(|(key, _)| key == "display_name").count() == 2);
    assert_eq!(twice.count(), 1);
    assert!(
        ads.iter().all(|ad| ad.promote || ad.row.get("ad_format").is_some()),
        "get() sees through escapes"
    );
    assert!(ads.iter().any(|ad| ad.row.get("campaign_id") == Some(&ad.campaign_id)), "a number");
    let pages: HashSet<_> =
        ads.iter().map(|ad| ad.row.get("page_id").is_some_and(|page| page.len() == 19)).collect();
    assert_eq!(pages.len(), 2);

    let plain = World::new(WorldConfig { odd: false, ..config() });
    let ads = plain.entities(Kind::Ad, &plain.accounts()[0].advertiser_id);
    assert!(ads.iter().all(|ad| serde_json::from_str::<Value>(&ad.row.json()).is_ok()));
    assert!(ads.iter().all(|ad| !ad.row.json().contains("\\u0000")));
}

#[test]
fn smart_plus_ads_lack_the_time_or_say_null() {
    let world = World::new(WorldConfig { campaigns: 20, smart_plus: 0.5, ..config() });
    let ads = world.entities(Kind::Ad, &world.accounts()[0].advertiser_id);
    let raw: HashSet<_> = ads
        .iter()
        .filter(|ad| !ad.promote)
        .map(|ad| ad.row.get("modify_time").map(|raw| raw == "null"))
        .collect();
    assert_eq!(raw.len(), 3, "present, null, and missing");
    assert!(
        ads.iter().all(|ad| ad.modify_time.is_some()
            == ad.row.get("modify_time").is_some_and(|raw| raw != "null"))
    );
}

#[test]
fn promote_campaigns_have_six_fields() {
    let world = World::new(config());
    let campaigns = world.entities(Kind::Campaign, &world.accounts()[0].advertiser_id);
    let promote: Vec<_> = campaigns.iter().filter(|campaign| campaign.promote).collect();
    assert_eq!(promote.len(), 1);
    assert_eq!(promote[0].row.0.len(), 6);
    assert_eq!(campaigns.iter().filter(|campaign| campaign.top_view).count(), 1);
}

#[test]
fn a_new_epoch_restates_the_last_days_only() {
    let world = World::new(WorldConfig { restate_days: 3, ..config() });
    let query = ReportQuery { end: None, ..report(&world) };
    let before = world.report(&query);
    world.bump_epoch();
    let after = world.report(&query);
    assert_eq!(before.len(), after.len());
    let mut restated = HashSet::new();
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old.dimensions, new.dimensions);
        if old.metrics != new.metrics {
            restated.insert(new.dimensions.get("stat_time_day").unwrap().to_owned());
        }
    }
    // The account's today is the 15th.
    let days: HashSet<_> =
        ["13", "14", "15"].map(|day| format!("\"2026-07-{day} 00:00:00\"")).into();
    assert_eq!(restated, days);
}

#[test]
fn no_rows_before_the_first_day_nor_after_today_nor_after_this_hour() {
    let world =
        World::new(WorldConfig { first_day: date!(2026 - 07 - 10), delivery: 1.0, ..config() });
    let query = ReportQuery {
        start: Some(date!(2026 - 07 - 01)),
        end: Some(date!(2026 - 07 - 30)),
        ..report(&world)
    };
    let days: HashSet<_> = world
        .report(&query)
        .iter()
        .map(|row| row.dimensions.get("stat_time_day").unwrap()[9..11].to_owned())
        .collect();
    assert_eq!(days, ["10", "11", "12", "13", "14", "15"].map(str::to_owned).into());

    let hours = ReportQuery {
        dimensions: vec!["ad_id".into(), "stat_time_hour".into()],
        start: query.end,
        ..query
    };
    assert!(world.report(&hours).is_empty());
    let today = ReportQuery { start: Some(date!(2026 - 07 - 15)), ..hours };
    let rows = world.report(&today);
    // Noon in UTC is 8 o'clock in New York.
    let last = rows.iter().map(|row| row.dimensions.get("stat_time_hour").unwrap()).max().unwrap();
    assert_eq!(last, "\"2026-07-15 08:00:00\"");
}

#[test]
fn values_take_the_forms_seen() {
    let world = World::new(WorldConfig { campaigns: 20, ..config() });
    let metrics = [
        "spend",
        "conversion",
        "secondary_goal_result",
        "dpa_target_audience_type",
        "cost_per_conversion",
        "ad_name",
    ];
    let query = ReportQuery { metrics: metrics.map(str::to_owned).to_vec(), ..report(&world) };
    let rows = world.report(&query);
    let has = |name: &str, fits: &dyn Fn(&str) -> bool| {
        rows.iter().any(|row| fits(row.metrics.get(name).unwrap()))
    };
    assert!(has("spend", &|raw| raw.ends_with("0\"")), "trailing zeros");
    assert!(has("spend", &|raw| raw.len() > 20), "more digits than a float holds");
    assert!(
        has("conversion", &|raw| raw.ends_with(".000\""))
            && has("conversion", &|raw| !raw.contains('.'))
    );
    assert!(
        has("secondary_goal_result", &|raw| raw == "\"-\"")
            && has("secondary_goal_result", &|raw| raw != "\"-\"")
    );
    assert!(has("dpa_target_audience_type", &|raw| raw == "null"));
    assert!(
        rows.iter().all(|row| row
            .metrics
            .0
            .iter()
            .all(|(_, raw)| raw.starts_with('"') || raw == "null"))
    );
}

#[test]
fn audience_rows_cover_the_pools() {
    let world = World::new(config());
    let query = ReportQuery {
        report_type: ReportType::Audience,
        level: Level::Campaign,
        dimensions: ["campaign_id", "gender", "age"].map(str::to_owned).to_vec(),
        metrics: vec!["spend".into()],
        ..report(&world)
    };
    let rows = world.report(&query);
    let pairs: HashSet<_> =
        rows.iter().map(|row| (row.dimensions.get("age"), row.dimensions.get("gender"))).collect();
    assert_eq!(pairs.len(), 21);
    let keys: Vec<_> = rows[0].dimensions.0.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["age", "campaign_id", "gender"]);
}

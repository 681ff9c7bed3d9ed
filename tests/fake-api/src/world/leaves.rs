//! What reports that are not about the account's own entities are about: the smallest things that
//! their numbers belong to, with the ids of all that these are part of. A report puts together
//! the leaves that have the same ids, so that reports of all levels add up.

use super::query::{ReportQuery, ReportType};
use super::row::quote;
use super::tree::{Node, Tree};
use super::{Account, World, smart_plus};
use crate::random::{mix, text};

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) hash: u64,
    /// Names and raw JSON values.
    pub(super) ids: Vec<(&'static str, String)>,
    pub(super) deleted: bool,
    /// The position of the ad that it belongs to.
    pub(super) ad: Option<usize>,
}

impl Leaf {
    fn new(hash: u64, ids: &[(&'static str, &str)]) -> Self {
        let ids = ids.iter().map(|(name, value)| (*name, quote(value))).collect();
        Self { hash, ids, deleted: false, ad: None }
    }

    fn of_ad(self, ad: &Node) -> Self {
        Self { ad: Some(ad.ordinal), ..self }
    }

    pub(super) fn id(&self, name: &str) -> Option<&str> {
        self.ids.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }

    fn adds(mut self, name: &'static str, raw: String) -> Self {
        self.ids.push((name, raw));
        self
    }
}

/// An id of 19 digits, made of what it is for.
pub(super) fn made_id(hash: u64, what: &str, number: usize) -> String {
    let hash = mix(mix(hash, text(what)), u64::try_from(number).unwrap_or_default());
    format!("7{:018}", hash % 1_000_000_000_000_000_000)
}

/// All leaves of a report's owner.
pub(super) fn of(world: &World, account: &Account, tree: &Tree, query: &ReportQuery) -> Vec<Leaf> {
    let id = account.advertiser_id.as_str();
    let owner = mix(world.config().seed, text(id));
    match query.report_type {
        ReportType::Basic | ReportType::Audience => smart_plus::ads(tree),
        ReportType::Playable => (0..3)
            .map(|number| made_id(owner, "playable", number))
            .map(|playable| Leaf::new(text(&playable), &[("playable_id", &playable)]))
            .collect(),
        ReportType::TtShop => shop(id, tree),
        ReportType::Bc => world
            .accounts_of(&query.bc_id)
            .into_iter()
            .flat_map(|account| {
                let tree = world.tree(account);
                let of =
                    |ad: &Node| Leaf::new(ad.hash, &[("advertiser_id", &account.advertiser_id)]);
                tree.ads.iter().map(of).collect::<Vec<_>>()
            })
            .collect(),
        ReportType::GmvMax => gmv_max(world, id),
        ReportType::SmartPlusMaterial => smart_plus::materials(id, tree),
        ReportType::Creative => creative(account, tree),
        ReportType::VideoPerformance => videos(tree),
        ReportType::BidProtection => protected(tree),
    }
}

/// Every other campaign sells in a shop.
fn shop(account: &str, tree: &Tree) -> Vec<Leaf> {
    let sells = |ad: &&Node| ad.campaign.is_multiple_of(2);
    let leaf = |ad: &Node| {
        let campaign = &tree.campaigns[ad.campaign].id;
        let ids = [("advertiser_id", account), ("campaign_id", campaign)];
        Leaf::new(mix(ad.hash, text("shop")), &ids).of_ad(ad)
    };
    tree.ads.iter().filter(sells).map(leaf).collect()
}

/// The first stores have campaigns of GMV Max, all others have none.
const ADVERTISED_STORES: usize = 2;

/// The GMV Max campaigns of an account, each of one store: products with posts, or live rooms.
fn gmv_max(world: &World, account: &str) -> Vec<Leaf> {
    let stores = world.stores();
    let campaigns = world.samples("gmv_max/campaign/get/", account, None);
    let advertised = stores.iter().take(ADVERTISED_STORES).cycle();
    let leaves = campaigns.rows.iter().zip(advertised).flat_map(|(row, store)| {
        let member = |name: &str| row.get(name).unwrap_or_default().trim_matches('"').to_owned();
        let (of_store, campaign) = (text(store), member("campaign_id"));
        let is_live = member("_promotion") == "LIVE_GMV_MAX";
        let deleted = member("_state") == "DELETE";
        let leaf = move |(item_group, item, room): (String, String, String)| {
            let ids = [
                ("advertiser_id", account),
                ("store_id", store),
                ("promotion_type", if is_live { "LIVE" } else { "PRODUCT" }),
                ("campaign_id", &campaign),
                ("item_group_id", &item_group),
                ("item_id", &item),
                ("room_id", &room),
            ];
            let ids: Vec<_> = ids.into_iter().filter(|(_, id)| !id.is_empty()).collect();
            let hash = text(&format!("{campaign} {item_group} {item} {room}"));
            Leaf { deleted, ..Leaf::new(hash, &ids) }
        };
        let parts = (0..2).flat_map(move |part| {
            if is_live {
                return vec![(String::new(), String::new(), made_id(of_store, "room", part))];
            }
            let group = made_id(of_store, "item group", part);
            let posts = (0..2).map(|post| made_id(text(&group), "item", post));
            // What cannot be told to be of a post is the product card's.
            let items = posts.chain(["-1".to_owned()]);
            items.map(|item| (group.clone(), item, String::new())).collect()
        });
        parts.map(leaf).collect::<Vec<_>>()
    });
    leaves.collect()
}

/// The materials of ads, of each type a few that the ads share.
fn creative(account: &Account, tree: &Tree) -> Vec<Leaf> {
    let owner = text(&account.advertiser_id);
    let types =
        [("VIDEO", "video_id", 3), ("IMAGE", "image_id", 2), ("INSTANT_PAGE", "page_id", 2)];
    let leaves = types.into_iter().flat_map(|(kind, own_id, count)| {
        tree.ads.iter().map(move |ad| {
            let number = ad.ordinal % count;
            let material = made_id(owner, kind, number);
            let used = tree.ads.iter().filter(|other| other.ordinal % count == number);
            let used: Vec<_> = used.map(|ad| quote(&ad.id)).collect();
            let name = format!("tent_15s_{number}.mp4");
            let ids = [
                ("material_id", material.as_str()),
                ("material_type", kind),
                ("material_name", &name),
                (own_id, &format!("v10033g50000{number}")),
                ("create_time", "2026-03-02T08:09:00Z"),
                ("source", "UPLOADED"),
                ("currency", &account.currency),
            ];
            Leaf::new(mix(ad.hash, text(kind)), &ids)
                .adds("country_code", "[\"DE\",\"AT\"]".to_owned())
                .adds("placement", "[\"PLACEMENT_TIKTOK\"]".to_owned())
                .adds("num_ads", used.len().to_string())
                .adds("related_ad_ids", format!("[{}]", used.join(",")))
        })
    });
    leaves.collect()
}

/// One video an ad, of at most a minute.
fn videos(tree: &Tree) -> Vec<Leaf> {
    let leaf = |ad: &Node| {
        let (campaign, adgroup) = (&tree.campaigns[ad.campaign].id, &tree.adgroups[ad.adgroup].id);
        let video = format!("v10033g50000{:012x}", mix(ad.hash, 8) >> 16);
        let material = made_id(ad.hash, "material", 0);
        let ids = [
            ("campaign_id", campaign.as_str()),
            ("adgroup_id", adgroup),
            ("ad_id", &ad.id),
            ("video_id", &video),
            ("material_id", &material),
        ];
        Leaf::new(ad.hash, &ids).adds("duration", seconds(ad.hash).to_string()).of_ad(ad)
    };
    tree.ads.iter().map(leaf).collect()
}

/// How long the video of an ad is.
pub(super) fn seconds(hash: u64) -> u64 {
    5 + mix(hash, 9) % 56
}

fn protected(tree: &Tree) -> Vec<Leaf> {
    let of = |level: &'static str, nodes: &[Node]| -> Vec<Leaf> {
        let leaf =
            |node: &Node| Leaf::new(node.hash, &[("data_level", level), ("query_id", &node.id)]);
        nodes.iter().map(leaf).collect()
    };
    [of("CAMPAIGN", &tree.campaigns), of("ADGROUP", &tree.adgroups)].concat()
}

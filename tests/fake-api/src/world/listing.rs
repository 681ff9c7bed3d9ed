//! All rows of an endpoint for one owner, hidden ones included. Campaigns, ad groups and ads are
//! looked at without making their rows, because lists of them are long.

use super::row::{Row, quote};
use super::samples::Samples;
use super::tree::{Modified, Node, Tree};
use super::{Account, Kind, World};
use crate::facts;
use std::borrow::Cow;
use std::sync::Arc;

/// The rows of an endpoint.
pub(crate) enum Listing<'a> {
    Tree { world: &'a World, account: &'a Account, tree: Arc<Tree>, kind: Kind },
    Rows(Vec<Row>),
    Samples(Arc<Samples>),
}

/// One of them.
pub(crate) enum Item<'a> {
    Node { world: &'a World, account: &'a Account, tree: &'a Tree, kind: Kind, node: &'a Node },
    Row(&'a Row),
}

impl World {
    /// The rows of an endpoint that these accounts have.
    ///
    /// # Panics
    /// When the endpoint has no file of facts, or the file no rows.
    pub(crate) fn listing(
        &self,
        path: &str,
        owners: &[String],
        window: Option<[String; 2]>,
    ) -> Listing<'_> {
        let file = facts::find(path).unwrap_or_else(|| panic!("no endpoint {path}"));
        let rows = &file.json["rows"];
        let kind = match rows["world"].as_str() {
            Some("campaign") => Kind::Campaign,
            Some("adgroup") => Kind::Adgroup,
            Some("ad") => Kind::Ad,
            Some("advertiser") => {
                return Listing::Rows(owners.iter().map(|id| self.advertiser(id)).collect());
            }
            Some("authorized") => {
                let rows = self.accounts.iter().map(|account| {
                    Row::new(&[
                        ("advertiser_id", &quote(&account.advertiser_id)),
                        ("advertiser_name", &quote(&account.name)),
                    ])
                });
                return Listing::Rows(rows.collect());
            }
            _ => {
                let owner = owners.first().map_or("", String::as_str);
                return Listing::Samples(self.samples(path, owner, window));
            }
        };
        let account = self.known(&owners[0]);
        Listing::Tree { world: self, account, tree: self.tree(account), kind }
    }
}

impl Listing<'_> {
    /// Whether all of these are parents of rows, with or without rows.
    pub(crate) fn has_parents(&self, ids: &[String]) -> bool {
        matches!(self, Self::Samples(samples) if ids.iter().all(|id| samples.parents.contains(id)))
    }

    /// The rows in the order of the API: of campaigns, ad groups and ads the highest id first.
    pub(crate) fn items(&self) -> Vec<Item<'_>> {
        match self {
            Self::Rows(rows) => rows.iter().map(Item::Row).collect(),
            Self::Samples(samples) => samples.rows.iter().map(Item::Row).collect(),
            Self::Tree { world, account, tree, kind } => {
                let nodes = tree.nodes(*kind).iter().rev();
                nodes.map(|node| Item::Node { world, account, tree, kind: *kind, node }).collect()
            }
        }
    }
}

impl Item<'_> {
    /// The row as the API has it, with the members that only filters see.
    pub(crate) fn row(&self) -> Row {
        match self {
            Self::Row(row) => (*row).clone(),
            Self::Node { world, account, tree, kind, node } => {
                world.row(account, tree, *kind, node)
            }
        }
    }

    /// Whether it is the campaign of an id.
    pub(crate) fn is_campaign(&self, id: &str) -> bool {
        matches!(self, Self::Node { kind: Kind::Campaign, node, .. } if node.id == id)
    }

    /// A member as raw JSON text. Names that begin with an underscore are seen by filters only.
    pub(crate) fn member(&self, name: &str) -> Option<Cow<'_, str>> {
        let Self::Node { tree, kind, node, .. } = self else {
            return self.of_row(name);
        };
        let campaign = &tree.campaigns[node.campaign];
        let own_name = format!("{}_name", kind.word());
        match name {
            "_state" => Some(state(node).into()),
            "_buying_type" if node.top_view => Some("RESERVATION_TOP_VIEW".into()),
            "_buying_type" => Some("AUCTION".into()),
            "_origin" if node.promote => Some("PROMOTE".into()),
            "_origin" => Some("TT_ADS_PLATFORM".into()),
            "campaign_id" => Some(campaign.id.as_str().into()),
            "adgroup_id" => Some(tree.adgroups[node.adgroup].id.as_str().into()),
            "ad_id" => Some(node.id.as_str().into()),
            "create_time" => Some(node.create_time.as_str().into()),
            "modify_time" => match &node.modified {
                Modified::At(time) => Some(time.as_str().into()),
                Modified::Null | Modified::KeyMissing => None,
            },
            _ if name == own_name => Some(node.name.as_str().into()),
            _ => self.of_row(name),
        }
    }

    fn of_row(&self, name: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Row(row) => row.get(name).map(Cow::from),
            // The objective of ad groups and ads is that of their campaign.
            Self::Node { world, account, tree, node, .. } if name == "objective_type" => {
                let campaign = &tree.campaigns[node.campaign];
                let row = world.row(account, tree, Kind::Campaign, campaign);
                row.get(name).map(|raw| raw.to_owned().into())
            }
            Self::Node { .. } => self.row().get(name).map(|raw| raw.to_owned().into()),
        }
    }
}

fn state(node: &Node) -> &'static str {
    match (node.deleted, node.enabled) {
        (true, _) => "DELETE",
        (false, true) => "ENABLE",
        (false, false) => "DISABLE",
    }
}

//! Entities as tests see them: a row with what filters know about it.
//! Dispatches to the file that makes rows of the kind.

use super::row::Row;
use super::tree::{Modified, Node, Tree};
use super::{Account, WorldConfig, adgroup, ads, campaign};

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A campaign.
    Campaign,
    /// An ad group.
    Adgroup,
    /// An ad.
    Ad,
}

impl Kind {
    /// The word that ids and status fields of the kind start with.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Adgroup => "adgroup",
            Self::Ad => "ad",
        }
    }
}

/// A campaign, an ad group or an ad.
#[derive(Debug, Clone)]
pub struct Entity {
    /// The row as the API sends it.
    pub row: Row,
    /// Hidden unless deleted ones are asked for.
    pub deleted: bool,
    /// Hidden unless `TopView` is asked for.
    pub top_view: bool,
    /// Hidden unless Promote is asked for.
    pub promote: bool,
    /// Its id.
    pub id: String,
    /// The id of its campaign.
    pub campaign_id: String,
    /// The id of its ad group; none for a campaign.
    pub adgroup_id: Option<String>,
    /// When it changed; none for Promote and some Smart+ ads.
    pub modify_time: Option<String>,
}

pub(super) fn entity(
    config: &WorldConfig,
    account: &Account,
    tree: &Tree,
    kind: Kind,
    node: &Node,
) -> Entity {
    let adgroup_id = (kind != Kind::Campaign).then(|| tree.adgroups[node.adgroup].id.clone());
    Entity {
        row: row(config, account, tree, kind, node),
        deleted: node.deleted,
        top_view: node.top_view,
        promote: node.promote,
        id: node.id.clone(),
        campaign_id: tree.campaigns[node.campaign].id.clone(),
        adgroup_id,
        modify_time: match &node.modified {
            Modified::At(time) => Some(time.clone()),
            Modified::KeyMissing | Modified::Null => None,
        },
    }
}

pub(super) fn row(
    config: &WorldConfig,
    account: &Account,
    tree: &Tree,
    kind: Kind,
    node: &Node,
) -> Row {
    match kind {
        Kind::Campaign => campaign::row(account, node),
        Kind::Adgroup => adgroup::row(account, tree, node),
        Kind::Ad => ads::row(config, account, tree, node),
    }
}

/// The end that rows of all kinds share: statuses and times.
pub(super) fn set_state(row: &mut Row, kind: Kind, node: &Node) {
    let enabled = node.enabled && !node.deleted;
    let word = kind.word().to_uppercase();
    let state = match (node.deleted, enabled, kind) {
        (true, _, _) => "DELETE",
        (false, false, _) => "DISABLE",
        (false, true, Kind::Campaign) => "ENABLE",
        (false, true, _) => "DELIVERY_OK",
    };
    row.set("operation_status", if enabled { "\"ENABLE\"" } else { "\"DISABLE\"" });
    row.set("secondary_status", format!("\"{word}_STATUS_{state}\""));
    row.set("create_time", format!("\"{}\"", node.create_time));
    match &node.modified {
        Modified::At(time) => row.set("modify_time", format!("\"{time}\"")),
        Modified::Null => row.set("modify_time", "null"),
        Modified::KeyMissing => {}
    }
}

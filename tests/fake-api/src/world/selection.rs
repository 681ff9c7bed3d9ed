//! Which campaigns, ad groups or ads a query looks at.

use super::Kind;
use super::query::{Level, ReportQuery};
use super::tree::{Node, Tree};
use std::collections::HashSet;

/// The entities a query looks at, by their positions, oldest first, and whether some were cut.
pub(super) fn select(tree: &Tree, query: &ReportQuery) -> (Vec<u32>, bool) {
    let kind = match query.level {
        Level::Advertiser => return (vec![0], false),
        Level::Campaign => Kind::Campaign,
        Level::Adgroup => Kind::Adgroup,
        Level::Ad => Kind::Ad,
    };
    let campaigns: HashSet<_> = query.campaign_ids.iter().collect();
    let adgroups: HashSet<_> = query.adgroup_ids.iter().collect();
    let ads: HashSet<_> = query.ad_ids.iter().collect();
    let wanted = |node: &&Node| {
        (query.include_deleted || !node.deleted)
            && node.top_view == query.top_view
            && (query.promote || !node.promote)
            && (campaigns.is_empty() || campaigns.contains(&tree.campaigns[node.campaign].id))
            && (adgroups.is_empty() || adgroups.contains(&tree.adgroups[node.adgroup].id))
            && (ads.is_empty() || ads.contains(&node.id))
    };
    let all: Vec<_> = tree.nodes(kind).iter().filter(wanted).map(|node| node.ordinal).collect();
    let newest = query.newest_ads.filter(|_| kind == Kind::Ad).unwrap_or(all.len());
    let skipped = all.len().saturating_sub(newest);
    let positions = all[skipped..]
        .iter()
        .map(|&ordinal| u32::try_from(ordinal).expect("fewer than 4 billion entities"));
    (positions.collect(), skipped > 0)
}

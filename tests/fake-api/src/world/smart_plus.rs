//! Upgraded Smart+: the ads of every other campaign are creatives of one Smart+ ad for each ad
//! group, which is put together from materials. Makes the leaves of reports about them.

use super::leaves::{Leaf, made_id};
use super::row::quote;
use super::tree::{Node, Tree};
use crate::random::{mix, text};

/// The id of the Smart+ ad that an ad is a creative of; its own id if it is none.
fn ad_id_v2<'a>(tree: &Tree, ad: &'a Node) -> std::borrow::Cow<'a, str> {
    let is_creative = ad.campaign.is_multiple_of(2) && !ad.top_view && !ad.promote;
    if is_creative {
        made_id(tree.adgroups[ad.adgroup].hash, "smart plus ad", 0).into()
    } else {
        ad.id.as_str().into()
    }
}

/// All ads as creatives of theirs.
pub(super) fn ads(tree: &Tree) -> Vec<Leaf> {
    let leaf = |ad: &Node| Leaf {
        hash: ad.hash,
        ids: vec![("ad_id_v2", quote(&ad_id_v2(tree, ad)))],
        deleted: ad.deleted,
        ad: Some(ad.ordinal),
    };
    tree.ads.iter().map(leaf).collect()
}

/// What Smart+ ads are put together from: each creative with one of two texts and calls to action.
pub(super) fn materials(account: &str, tree: &Tree) -> Vec<Leaf> {
    let creatives = tree.ads.iter().filter(|ad| ad_id_v2(tree, ad) != ad.id);
    let leaf = |ad: &Node, number: usize| {
        let (campaign, adgroup) = (&tree.campaigns[ad.campaign], &tree.adgroups[ad.adgroup]);
        let of_ad = |what: &str, number| made_id(adgroup.hash, what, number);
        let kind = ["VIDEO_NON_SPARK_ADS", "CAROUSEL_NON_SPARK_ADS"][ad.ordinal % 2];
        let ids = [
            ("advertiser_id", account.to_owned()),
            ("campaign_id", campaign.id.clone()),
            ("adgroup_id", adgroup.id.clone()),
            ("smart_plus_ad_id", ad_id_v2(tree, ad).into_owned()),
            ("main_material_id", made_id(ad.hash, "main material", 0)),
            ("main_material_type", kind.to_owned()),
            ("ad_text_entity_id", of_ad("text", number)),
            ("ad_text_entity_type", "AD_TEXT".to_owned()),
            ("call_to_action_entity_id", of_ad("call to action", number)),
            ("call_to_action_entity_type", "CALL_TO_ACTION".to_owned()),
            ("interactive_add_on_entity_id", of_ad("add-on", 0)),
            ("interactive_add_on_entity_type", "INTERACTIVE_ADD_ON".to_owned()),
        ];
        Leaf {
            hash: mix(ad.hash, text(["one", "two"][number])),
            ids: ids.into_iter().map(|(name, id)| (name, quote(&id))).collect(),
            deleted: false,
            ad: Some(ad.ordinal),
        }
    };
    creatives.flat_map(|ad| [leaf(ad, 0), leaf(ad, 1)]).collect()
}

//! The resources of the group `core`: accounts and what is advertised in them.

use super::call::{Buying, Call, Pass};
use super::{ADVERTISER_INFO, Fields, Group, Per, Replication, Stream};

const ORDINARY: Pass = Pass { buying: Some(Buying::Ordinary), page_size: 1000, optional: None };
const TOP_VIEW: Pass =
    Pass { buying: Some(Buying::TopView), page_size: 1000, optional: Some("top_view") };

const PASSES: &[Pass] = &[ORDINARY, TOP_VIEW];
/// TikTok caps the page at 100 where `TopView` ad groups are asked for.
const ADGROUP_PASSES: &[Pass] = &[ORDINARY, Pass { page_size: 100, ..TOP_VIEW }];

pub(super) fn streams() -> Vec<Stream> {
    vec![
        Stream {
            name: "advertisers",
            group: Group::Core,
            about: "Ad accounts with currency, time zone, balance and status".into(),
            per: Per::AccountBatch,
            call: Call { path: ADVERTISER_INFO, rows: "list", passes: &[], is_deletable: false },
            replication: Replication::FullTable,
            keys: vec!["advertiser_id"],
            fields: Fields::Declared(include_str!("../../schemas/streams/advertisers.json")),
            permission: "Read Ad Account Information",
            in_sandbox: false,
        },
        advertised(
            "campaigns",
            "Campaigns, with TopView and Promote",
            "campaign_id",
            ("campaign/get/", PASSES, false),
            include_str!("../../schemas/streams/campaigns.json"),
            "Read Campaigns",
        ),
        advertised(
            "adgroups",
            "Ad groups: targeting, budget, bid and schedule",
            "adgroup_id",
            ("adgroup/get/", ADGROUP_PASSES, false),
            include_str!("../../schemas/streams/adgroups.json"),
            "Read Ad Groups",
        ),
        advertised(
            "ads",
            "Ads, of Upgraded Smart+ their creatives",
            "ad_id",
            ("ad/get/", PASSES, true),
            include_str!("../../schemas/streams/ads.json"),
            "Read Ads",
        ),
    ]
}

/// Campaigns, ad groups or ads. Of the call: the path, the passes, and whether it takes
/// `modified_after`.
fn advertised(
    name: &'static str,
    about: &str,
    key: &'static str,
    (path, passes, is_filtered): (&'static str, &'static [Pass], bool),
    schema: &'static str,
    permission: &'static str,
) -> Stream {
    Stream {
        name,
        group: Group::Core,
        about: about.into(),
        per: Per::Account,
        call: Call { path, rows: "list", passes, is_deletable: true },
        replication: Replication::Incremental { key: "modify_time", is_filtered },
        keys: vec![key],
        fields: Fields::Declared(schema),
        permission,
        in_sandbox: true,
    }
}

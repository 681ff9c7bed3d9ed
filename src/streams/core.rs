//! The resources of the group `core`: accounts and what is advertised in them.

use super::call::{Buying, PASS, Pass};
use super::resource::{resource, schema};
use super::{ADVERTISER_INFO, Per, Replication, Stream};

const ORDINARY: Pass = Pass { buying: Some(Buying::Ordinary), ..PASS };
const TOP_VIEW: Pass = Pass { buying: Some(Buying::TopView), optional: Some("top_view"), ..PASS };

const PASSES: &[Pass] = &[ORDINARY, TOP_VIEW];
/// TikTok limits pages to 100 rows if `TopView` ad groups are requested.
const ADGROUP_PASSES: &[Pass] = &[ORDINARY, Pass { page_size: Some(100), ..TOP_VIEW }];

pub(super) fn streams() -> Vec<Stream> {
    vec![
        resource(
            "advertisers",
            "Ad accounts with currency, time zone, balance and status",
            ADVERTISER_INFO,
            &["advertiser_id"],
            schema!("advertisers"),
        )
        .per(Per::AccountBatch)
        .whole()
        .needs("Read Ad Account Information"),
        resource(
            "campaigns",
            "Campaigns, with TopView and Promote",
            "campaign/get/",
            &["campaign_id"],
            schema!("campaigns"),
        )
        .advertised(PASSES)
        .needs("Read Campaigns"),
        resource(
            "adgroups",
            "Ad groups: targeting, budget, bid and schedule",
            "adgroup/get/",
            &["adgroup_id"],
            schema!("adgroups"),
        )
        .advertised(ADGROUP_PASSES)
        .needs("Read Ad Groups"),
        Stream {
            replication: Replication::Incremental { key: "modify_time", is_filtered: true },
            ..resource(
                "ads",
                "Ads, of Upgraded Smart+ their creatives",
                "ad/get/",
                &["ad_id"],
                schema!("ads"),
            )
            .advertised(PASSES)
            .needs("Read Ads")
        },
    ]
}

impl Stream {
    fn advertised(self, passes: &'static [Pass]) -> Self {
        self.pages(1000).passes(passes).deletable().incremental("modify_time").sandboxed()
    }
}

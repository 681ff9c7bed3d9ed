//! The resources of the group `smart_plus`: Upgraded Smart+ and automated creative optimisation.

use super::call::{PARENT, Parent};
use super::resource::{in_group, resource, schema};
use super::{Group, Stream};

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::SmartPlus,
        vec![
            resource(
                "smart_plus_campaigns",
                "Upgraded Smart+ campaigns",
                "smart_plus/campaign/get/",
                &["campaign_id"],
                schema!("smart_plus_campaigns"),
            )
            .pages(1000)
            .deletable()
            .incremental("modify_time")
            .needs("Read Campaigns"),
            resource(
                "smart_plus_adgroups",
                "Upgraded Smart+ ad groups",
                "smart_plus/adgroup/get/",
                &["adgroup_id"],
                schema!("smart_plus_adgroups"),
            )
            .pages(1000)
            .deletable()
            .incremental("modify_time")
            .needs("Read Ad Groups"),
            resource(
                "smart_plus_ads",
                "Upgraded Smart+ ads with their creatives",
                "smart_plus/ad/get/",
                &["smart_plus_ad_id"],
                schema!("smart_plus_ads"),
            )
            .deletable()
            .incremental("modify_time")
            .needs("Read Ads"),
            resource(
                "legacy_smart_plus_campaigns",
                "Smart+ campaigns of the older kind",
                "campaign/spc/get/",
                &["campaign_id"],
                schema!("legacy_smart_plus_campaigns"),
            )
            .whole()
            .parents(&[&[Parent {
                stream: "campaigns",
                id: "campaign_id",
                param: "campaign_ids",
                most: 100,
                only: Some(("is_smart_performance_campaign", &["true", "1"])),
                ..PARENT
            }]])
            .needs("Read Campaigns"),
            resource(
                "aco_ads",
                "Ads of automated creative optimisation, by ad group",
                "ad/aco/get/",
                &["adgroup_id"],
                schema!("aco_ads"),
            )
            .whole()
            .parents(&[&[Parent {
                stream: "adgroups",
                id: "adgroup_id",
                param: "adgroup_ids",
                most: 100,
                only: Some(("creative_material_mode", &["SMART_CREATIVE"])),
                ..PARENT
            }]])
            .needs("Read Ads"),
        ],
    )
}

//! The resources of the group `reviews`: reviews, diagnoses and fatigue of ads.

use super::call::{Days, PARENT, Parent};
use super::resource::{days, in_group, resource, schema};
use super::{Group, Stream};
use crate::json::RowsAt;

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Reviews,
        vec![
            resource(
                "ad_reviews",
                "Results of the review of ads",
                "ad/review_info/",
                &["ad_id"],
                schema!("ad_reviews"),
            )
            .rows(RowsAt::Keyed("ad_review_map"))
            .whole()
            .parents(&[&[Parent {
                stream: "ads",
                id: "ad_id",
                param: "ad_ids",
                most: 20,
                ..PARENT
            }]])
            .needs("Read Ads"),
            resource(
                "adgroup_reviews",
                "Results of the review of ad groups",
                "adgroup/review_info/",
                &["adgroup_id"],
                schema!("adgroup_reviews"),
            )
            .rows(RowsAt::Keyed("ad_group_review_map"))
            .whole()
            .parents(&[&[Parent {
                stream: "adgroups",
                id: "adgroup_id",
                param: "adgroup_ids",
                most: 20,
                ..PARENT
            }]])
            .needs("Read Ad Groups"),
            resource(
                "smart_plus_ad_reviews",
                "Results of the review of Upgraded Smart+ ads",
                "smart_plus/ad/review_info/",
                &["smart_plus_ad_id"],
                schema!("smart_plus_ad_reviews"),
            )
            .list("smart_plus_ad_review_infos")
            .whole()
            .parents(&[&[Parent {
                stream: "smart_plus_ads",
                id: "smart_plus_ad_id",
                param: "smart_plus_ad_ids",
                most: 20,
                ..PARENT
            }]])
            .needs("Read Ads"),
            resource(
                "adgroup_diagnoses",
                "Diagnoses of ad groups, day by day",
                "tool/diagnosis/get/",
                &["advertiser_id", "adgroup_id", "read_date"],
                schema!("adgroup_diagnoses"),
            )
            .list("results")
            .whole()
            .snapshot()
            .needs("Ad Diagnosis"),
            resource(
                "creative_fatigue",
                "Fatigue of ads by day",
                "creative_fatigue/get/",
                &["advertiser_id", "ad_id", "date"],
                schema!("creative_fatigue"),
            )
            .pages(500)
            .parents(&[&[Parent { stream: "ads", id: "ad_id", param: "ad_id", ..PARENT }]])
            .windows(
                "date",
                30,
                Days {
                    is_exclusive: true,
                    history: Some(60),
                    ..days("filtering.start_date", "filtering.end_date")
                },
            )
            .needs("Creative Fatigue Insight"),
        ],
    )
}

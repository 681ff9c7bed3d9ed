//! The resources of the group `gmv_max`: GMV Max.

use super::call::{PARENT, PASS, Parent, Pass};
use super::resource::{in_group, resource, schema};
use super::{Group, Stream};

/// The filters of the two types of campaigns, one of which each call must have.
const PRODUCTS: (&str, &str) = ("filtering.gmv_max_promotion_types", "[\"PRODUCT_GMV_MAX\"]");
const LIVE: (&str, &str) = ("filtering.gmv_max_promotion_types", "[\"LIVE_GMV_MAX\"]");

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::GmvMax,
        vec![
            resource(
                "gmv_max_stores",
                "Stores of GMV Max",
                "gmv_max/store/list/",
                &["advertiser_id", "store_id"],
                schema!("gmv_max_stores"),
            )
            .list("store_list")
            .whole()
            .needs("GMV MAX Store Management"),
            resource(
                "gmv_max_campaigns",
                "GMV Max campaigns with their settings",
                "gmv_max/campaign/get/",
                &["campaign_id"],
                schema!("gmv_max_campaigns"),
            )
            .passes(&[
                Pass { params: &[PRODUCTS], ..PASS },
                Pass { params: &[LIVE], ..PASS },
                Pass {
                    params: &[PRODUCTS, ("filtering.primary_status", "\"STATUS_DELETE\"")],
                    is_of_deleted: true,
                    ..PASS
                },
                Pass {
                    params: &[LIVE, ("filtering.primary_status", "\"STATUS_DELETE\"")],
                    is_of_deleted: true,
                    ..PASS
                },
            ])
            .deletable()
            .incremental("modify_time")
            .detailed("campaign/gmv_max/info/", "campaign_id")
            .needs("Read Campaigns"),
            resource(
                "gmv_max_sessions",
                "Live sessions of GMV Max campaigns",
                "campaign/gmv_max/session/list/",
                &["advertiser_id", "session_id"],
                schema!("gmv_max_sessions"),
            )
            .list("session_list")
            .whole()
            .parents(&[&[Parent {
                stream: "gmv_max_campaigns",
                id: "campaign_id",
                in_passes: Some(PRODUCTS),
                param: "campaign_id",
                ..PARENT
            }]])
            .needs("GMV MAX Session"),
            resource(
                "gmv_max_identities",
                "Identities of GMV Max stores",
                "gmv_max/identity/get/",
                &["advertiser_id", "store_id", "identity_type", "identity_id"],
                schema!("gmv_max_identities"),
            )
            .list("identity_list")
            .whole()
            .parents(&[&[Parent {
                stream: "gmv_max_stores",
                id: "store_id",
                param: "store_id",
                also: &[("store_authorized_bc_id", "store_authorized_bc_id")],
                column: Some("store_id"),
                ..PARENT
            }]])
            .needs("GMV MAX Identity And Video"),
            resource(
                "gmv_max_videos",
                "Videos of GMV Max stores",
                "gmv_max/video/get/",
                &["advertiser_id", "store_id", "item_id"],
                schema!("gmv_max_videos"),
            )
            .list("item_list")
            .pages(50)
            .parents(&[&[Parent {
                stream: "gmv_max_stores",
                id: "store_id",
                param: "store_id",
                also: &[("store_authorized_bc_id", "store_authorized_bc_id")],
                column: Some("store_id"),
                ..PARENT
            }]])
            .needs("GMV MAX Identity And Video"),
        ],
    )
}

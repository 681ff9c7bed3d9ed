//! The resources of the group `catalogs`: catalogs and stores.

use super::call::{PARENT, Parent, Rest};
use super::resource::{in_group, resource, schema};
use super::{Group, Per, Stream};

/// A set of products, which may be in others as well.
const PRODUCT_SET: Parent =
    Parent { stream: "product_sets", id: "product_set_id", param: "product_set_ids", ..PARENT };

/// Where a feed comes from, with its user name and password, which addresses may hold too.
const FEED_SOURCE: &[&str] =
    &["last_update_param", "source", "uri", "username", "user_name", "password"];

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Catalogs,
        vec![
            resource(
                "catalogs",
                "Catalogs",
                "catalog/get/",
                &["bc_id", "catalog_id"],
                schema!("catalogs"),
            )
            .per(Per::BusinessCenter)
            .incremental("update_time")
            .needs("Read Catalogs"),
            resource(
                "product_sets",
                "Product sets of catalogs",
                "catalog/set/get/",
                &["bc_id", "catalog_id", "product_set_id"],
                schema!("product_sets"),
            )
            .per(Per::BusinessCenter)
            .whole()
            .parents(&[&[Parent {
                stream: "catalogs",
                id: "catalog_id",
                param: "catalog_id",
                ..PARENT
            }]])
            .needs("Get Catalog Set"),
            resource(
                "catalog_feeds",
                "Feeds of catalogs",
                "catalog/feed/get/",
                &["bc_id", "catalog_id", "feed_id"],
                schema!("catalog_feeds"),
            )
            .per(Per::BusinessCenter)
            .list("feed_list")
            .whole()
            .parents(&[&[Parent {
                stream: "catalogs",
                id: "catalog_id",
                param: "catalog_id",
                column: Some("catalog_id"),
                ..PARENT
            }]])
            .withholding(FEED_SOURCE)
            .needs("Get Feed"),
            resource(
                "catalog_products",
                "Products of catalogs",
                "catalog/product/get/",
                &["bc_id", "catalog_id", "product_id"],
                schema!("catalog_products"),
            )
            .per(Per::BusinessCenter)
            .pages(500)
            .parents(&[&[Parent {
                stream: "catalogs",
                id: "catalog_id",
                param: "catalog_id",
                column: Some("catalog_id"),
                ..PARENT
            }]])
            .capped(100_000, Rest::ByPart(&PRODUCT_SET))
            .needs("Catalog Products"),
            resource(
                "stores",
                "TikTok Shop stores",
                "store/list/",
                &["advertiser_id", "store_id", "store_authorized_bc_id"],
                schema!("stores"),
            )
            .list("stores")
            .whole()
            .needs("Onsite Commerce Store"),
            resource(
                "store_products",
                "Products of stores",
                "store/product/get/",
                &["advertiser_id", "store_id", "item_group_id"],
                schema!("store_products"),
            )
            .list("store_products")
            .parents(&[&[Parent {
                stream: "stores",
                id: "store_id",
                param: "store_id",
                also: &[("bc_id", "store_authorized_bc_id")],
                ..PARENT
            }]])
            .needs("Onsite Commerce Store"),
        ],
    )
}

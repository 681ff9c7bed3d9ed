//! The resources of the group `business_center`: Business Centers.

use super::call::{PASS, Pass};
use super::resource::{days, in_group, resource, schema};
use super::{Group, Made, Per, Stream};

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::BusinessCenter,
        vec![
            resource(
                "authorized_advertisers",
                "Accounts that the token reaches",
                "oauth2/advertiser/get/",
                &["advertiser_id"],
                schema!("authorized_advertisers"),
            )
            .per(Per::App)
            .without_owner()
            .whole()
            .needs("Read Ad Account Information"),
            resource(
                "business_centers",
                "Business Centers",
                "bc/get/",
                &["bc_id"],
                schema!("business_centers"),
            )
            .per(Per::Once)
            .without_owner()
            .pages(50)
            .made(&[("bc_id", Made::Inside("bc_info.bc_id"))])
            .needs("Read Business Center"),
            resource(
                "bc_assets",
                "Assets of Business Centers",
                "bc/asset/get/",
                &["bc_id", "asset_type", "asset_id"],
                schema!("bc_assets"),
            )
            .per(Per::BusinessCenter)
            .pages(50)
            .passes(&[
                Pass { params: &[("asset_type", "\"ADVERTISER\"")], ..PASS },
                Pass { params: &[("asset_type", "\"CATALOG\"")], ..PASS },
                Pass { params: &[("asset_type", "\"DOMAIN\"")], ..PASS },
                Pass { params: &[("asset_type", "\"LEAD\"")], ..PASS },
                Pass { params: &[("asset_type", "\"PIXEL\"")], ..PASS },
                Pass { params: &[("asset_type", "\"STOREFRONT\"")], ..PASS },
                Pass { params: &[("asset_type", "\"TIKTOK_SHOP\"")], ..PASS },
                Pass { params: &[("asset_type", "\"TT_ACCOUNT\"")], ..PASS },
            ])
            .needs("Business Center Asset"),
            resource(
                "bc_asset_groups",
                "Asset groups of Business Centers",
                "bc/asset_group/list/",
                &["bc_id", "asset_group_id"],
                schema!("bc_asset_groups"),
            )
            .per(Per::BusinessCenter)
            .list("asset_groups")
            .pages(50)
            .needs("Asset Group"),
            resource(
                "bc_members",
                "Members of Business Centers",
                "bc/member/get/",
                &["bc_id", "user_id"],
                schema!("bc_members"),
            )
            .per(Per::BusinessCenter)
            .pages(20)
            .needs("Business Center Member Management"),
            resource(
                "bc_partners",
                "Partners of Business Centers",
                "bc/partner/get/",
                &["bc_id", "partner_id"],
                schema!("bc_partners"),
            )
            .per(Per::BusinessCenter)
            .pages(50)
            .made(&[("partner_id", Made::Of("bc_id"))])
            .needs("Business Center Partner Management"),
            resource(
                "bc_changelog",
                "Changes in Business Centers",
                "changelog/get/",
                &["bc_id", "time", "row_id"],
                schema!("bc_changelog"),
            )
            .per(Per::BusinessCenter)
            .list("changelog_list")
            .pages(50)
            .made(&[("row_id", Made::RowId)])
            .windows("time", 30, days("filtering.start_date", "filtering.end_date"))
            .needs("Change Log"),
        ],
    )
}

//! The resources of the group `creative`: images, videos, posts and identities.

use super::call::{PARENT, PASS, Parent, Pass, Rest};
use super::resource::{in_group, resource, schema};
use super::{Group, Made, Stream};

/// TikTok lists the images and the videos that changed last.
const LIBRARY: u64 = 10_000;

/// Ads, also deleted ones, which may use older images and videos.
const ADS: Parent = Parent {
    stream: "ads",
    asking: &[("filtering.primary_status", "\"STATUS_ALL\"")],
    most: 100,
    ..PARENT
};

/// The images of an ad.
const IMAGES: Parent = Parent { id: "image_ids", param: "filtering.image_ids", ..ADS };

/// The video of an ad.
const VIDEOS: Parent = Parent { id: "video_id", param: "filtering.video_ids", ..ADS };

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Creative,
        vec![
            resource(
                "images",
                "Images of the library",
                "file/image/ad/search/",
                &["advertiser_id", "image_id"],
                schema!("images"),
            )
            .incremental("modify_time")
            .capped(LIBRARY, Rest::ById(&[IMAGES]))
            .needs("Read Image Library"),
            resource(
                "videos",
                "Videos of the library",
                "file/video/ad/search/",
                &["advertiser_id", "video_id"],
                schema!("videos"),
            )
            .incremental("modify_time")
            .capped(LIBRARY, Rest::ById(&[VIDEOS]))
            .needs("Read Video Library"),
            resource(
                "music",
                "Music that ads can use",
                "file/music/get/",
                &["advertiser_id", "music_id"],
                schema!("music"),
            )
            .list("musics")
            .pages(1000)
            .capped(100_000, Rest::Unreachable)
            .needs("Read music library"),
            resource(
                "creative_portfolios",
                "Portfolios of creatives",
                "creative/portfolio/list/",
                &["advertiser_id", "creative_portfolio_id"],
                schema!("creative_portfolios"),
            )
            .list("creative_portfolios")
            .needs("CTA Recommendation"),
            resource(
                "spark_ads",
                "TikTok posts that are authorised for Spark Ads",
                "tt_video/list/",
                &["advertiser_id", "item_id"],
                schema!("spark_ads"),
            )
            .pages(50)
            .made(&[("item_id", Made::Inside("item_info.item_id"))])
            .needs("Authorize TikTok Posts"),
            resource(
                "identities",
                "Identities under which ads appear",
                "identity/get/",
                &["advertiser_id", "identity_type", "identity_id"],
                schema!("identities"),
            )
            .list("identity_list")
            .passes(&[
                Pass { params: &[("identity_type", "\"CUSTOMIZED_USER\"")], ..PASS },
                Pass { params: &[("identity_type", "\"AUTH_CODE\"")], ..PASS },
                Pass { params: &[("identity_type", "\"TT_USER\"")], ..PASS },
                Pass {
                    params: &[("identity_type", "\"BC_AUTH_TT\"")],
                    parents: &[&[Parent {
                        stream: "business_centers",
                        id: "bc_info.bc_id",
                        param: "identity_authorized_bc_id",
                        shares_rows: true,
                        ..PARENT
                    }]],
                    ..PASS
                },
            ])
            .sandboxed()
            .needs("Query Identity"),
            resource(
                "playables",
                "Playable ads",
                "playable/get/",
                &["advertiser_id", "playable_id"],
                schema!("playables"),
            )
            .pages(500)
            .passes(&[
                Pass { params: &[("operation_status", "\"SAVED\"")], ..PASS },
                Pass { params: &[("operation_status", "\"UPLOADED\"")], ..PASS },
                Pass { params: &[("operation_status", "\"DELETED\"")], ..PASS },
            ])
            .needs("Read Playable Ads"),
        ],
    )
}

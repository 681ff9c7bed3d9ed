//! The resources of the group `pixels`: pixels, apps and conversions.

use super::call::{PARENT, PASS, Parent, Pass};
use super::resource::{days, in_group, resource, schema};
use super::{Group, Made, Stream};
use crate::json::RowsAt;

/// A pair of objective and optimization goal. TikTok refuses pairs that have no events.
macro_rules! pair {
    ($objective:literal, $goal:literal) => {
        Pass {
            params: &[("objective_type", $objective), ("optimization_goal", $goal)],
            columns: &[("objective_type", $objective), ("optimization_goal", $goal)],
            is_empty_if_refused: true,
            ..PASS
        }
    };
}

const PAIRS: &[Pass] = &[
    pair!("CONVERSIONS", "CONVERT"),
    pair!("WEB_CONVERSIONS", "CONVERT"),
    pair!("WEB_CONVERSIONS", "VALUE"),
    pair!("LEAD_GENERATION", "LEAD_GENERATION"),
    pair!("LEAD_GENERATION", "CONVERT"),
    pair!("TRAFFIC", "CLICK"),
    pair!("TRAFFIC", "TRAFFIC_LANDING_PAGE_VIEW"),
    pair!("PRODUCT_SALES", "CONVERT"),
    pair!("PRODUCT_SALES", "VALUE"),
    pair!("APP_PROMOTION", "INSTALL"),
    pair!("APP_PROMOTION", "IN_APP_EVENT"),
    pair!("ENGAGEMENT", "PAGE_VISIT"),
];

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Pixels,
        vec![
            resource(
                "pixels",
                "Pixels with their events",
                "pixel/list/",
                &["advertiser_id", "pixel_id"],
                schema!("pixels"),
            )
            .list("pixels")
            .pages(20)
            .needs("Read Pixels"),
            resource(
                "pixel_event_stats",
                "Events of pixels by day",
                "pixel/event/stats/",
                &["advertiser_id", "pixel_id", "pixel_event_type", "custom_event_type", "date"],
                schema!("pixel_event_stats"),
            )
            .rows(RowsAt::Inside("list", "statistics", "pixel_id"))
            .whole()
            .parents(&[&[Parent {
                stream: "pixels",
                id: "pixel_id",
                param: "pixel_ids",
                most: 10,
                ..PARENT
            }]])
            .made(&[("pixel_id", Made::Around)])
            .windows("date", 1, days("date_range.start_date", "date_range.end_date"))
            .stamped("date")
            .needs("Pixel Level Reporting"),
            resource(
                "pixel_instant_page_events",
                "Events of instant pages, by objective and goal",
                "pixel/instant_page/event/",
                &["advertiser_id", "business_type", "objective_type", "optimization_goal"],
                schema!("pixel_instant_page_events"),
            )
            .whole()
            .passes(PAIRS)
            .needs("Create and Update Pixels"),
            resource(
                "custom_conversions",
                "Custom conversions",
                "custom_conversion/list/",
                &["advertiser_id", "custom_conversion_id"],
                schema!("custom_conversions"),
            )
            .pages(1000)
            .parents(&[
                &[Parent {
                    stream: "pixels",
                    id: "pixel_id",
                    param: "event_source_id",
                    with: &[("event_source_type", "\"PIXEL\"")],
                    ..PARENT
                }],
                &[Parent {
                    stream: "apps",
                    id: "app_platform_id",
                    param: "event_source_id",
                    with: &[("event_source_type", "\"APP\"")],
                    ..PARENT
                }],
            ])
            .incremental("update_time")
            .needs("Custom Conversion Management"),
            resource(
                "offline_event_sets",
                "Sets of offline events",
                "offline/get/",
                &["advertiser_id", "event_set_id"],
                schema!("offline_event_sets"),
            )
            .list("event_set_list")
            .whole()
            .needs("Offline Events Management"),
            resource(
                "crm_event_sets",
                "Sets of CRM events",
                "crm/list/",
                &["advertiser_id", "event_set_id"],
                schema!("crm_event_sets"),
            )
            .list("crm_event_sets")
            .whole()
            .needs("CRM Event Management"),
            resource("apps", "Apps", "app/list/", &["advertiser_id", "app_id"], schema!("apps"))
                .list("apps")
                .whole()
                .needs("Read Apps"),
        ],
    )
}

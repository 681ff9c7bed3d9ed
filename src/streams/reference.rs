//! The resources of the group `reference`: lists that ads refer to.

use super::call::{PASS, Pass};
use super::resource::{in_group, resource, schema};
use super::{Group, Made, Per, Stream};
use crate::json::RowsAt;

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Reference,
        vec![
            resource(
                "locations",
                "Places that ads can target",
                "tool/region/",
                &["location_id"],
                schema!("locations"),
            )
            .per(Per::Once)
            .list("region_info")
            .whole()
            .passes(&[Pass {
                params: &[
                    ("placements", "[\"PLACEMENT_TIKTOK\"]"),
                    ("objective_type", "\"TRAFFIC\""),
                    ("level_range", "\"ALL\""),
                ],
                ..PASS
            }])
            .needs("none"),
            resource("regions", "Regions", "search/region/", &["region_id"], schema!("regions"))
                .per(Per::Once)
                .list("region_list")
                .whole()
                .needs("none"),
            resource(
                "languages",
                "Languages that ads can target",
                "tool/language/",
                &["code"],
                schema!("languages"),
            )
            .per(Per::Once)
            .list("languages")
            .whole()
            .needs("none"),
            resource(
                "interest_categories",
                "Interest categories",
                "tool/interest_category/",
                &["interest_category_id"],
                schema!("interest_categories"),
            )
            .per(Per::Once)
            .list("interest_categories")
            .whole()
            .passes(&[Pass { params: &[("version", "2")], ..PASS }])
            .needs("none"),
            resource(
                "action_categories",
                "Categories of behaviour",
                "tool/action_category/",
                &["action_category_id", "action_scene"],
                schema!("action_categories"),
            )
            .per(Per::Once)
            .list("action_categories")
            .whole()
            .needs("none"),
            resource(
                "device_models",
                "Device models",
                "tool/device_model/",
                &["device_model_id"],
                schema!("device_models"),
            )
            .per(Per::Once)
            .list("device_models")
            .whole()
            .needs("none"),
            resource(
                "carriers",
                "Mobile carriers",
                "tool/carrier/",
                &["carrier_id"],
                schema!("carriers"),
            )
            .per(Per::Once)
            .rows(RowsAt::Inside("countries", "carriers", "country_code"))
            .whole()
            .made(&[("country_code", Made::Around)])
            .needs("none"),
            resource(
                "os_versions",
                "Versions of operating systems",
                "tool/os_version/",
                &["os_id"],
                schema!("os_versions"),
            )
            .per(Per::Once)
            .list("os_versions")
            .whole()
            .passes(&[
                Pass { params: &[("os_type", "\"ANDROID\"")], ..PASS },
                Pass { params: &[("os_type", "\"IOS\"")], ..PASS },
            ])
            .needs("none"),
            resource(
                "timezones",
                "Time zones",
                "tool/timezone/",
                &["timezone"],
                schema!("timezones"),
            )
            .per(Per::Once)
            .list("timezones")
            .whole()
            .needs("none"),
        ],
    )
}

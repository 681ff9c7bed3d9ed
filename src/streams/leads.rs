//! The resources of the group `leads`: instant pages and forms.

use super::call::{PARENT, PASS, Parent, Pass};
use super::resource::{in_group, resource, schema};
use super::{Group, Made, Per, Stream};
use crate::json::RowsAt;

/// Pages of all types: by default, TikTok only returns forms.
const BUSINESS_TYPES: &str = r#"["LEAD_GEN", "STORE_FRONT", "APP_PROFILE_PAGE",
    "TIKTOK_INSTANT_PAGE", "SHOP_ADS_PLP", "SHOP_ADS_PDP", "POP_UP_FORM"]"#;

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Leads,
        vec![
            resource(
                "pages",
                "Instant pages and forms",
                "page/get/",
                &["advertiser_id", "page_id"],
                schema!("pages"),
            )
            .passes(&[
                Pass {
                    params: &[("page_status", "\"EDITED\""), ("business_types", BUSINESS_TYPES)],
                    parents: &[
                        &[],
                        &[Parent {
                            stream: "page_libraries",
                            id: "library_id",
                            param: "library_id",
                            ..PARENT
                        }],
                    ],
                    ..PASS
                },
                Pass {
                    params: &[("page_status", "\"PUBLISHED\""), ("business_types", BUSINESS_TYPES)],
                    parents: &[
                        &[],
                        &[Parent {
                            stream: "page_libraries",
                            id: "library_id",
                            param: "library_id",
                            ..PARENT
                        }],
                    ],
                    ..PASS
                },
            ])
            .incremental("update_time")
            .needs("Instant Page Management"),
            resource(
                "page_libraries",
                "Libraries of instant pages",
                "page/library/get/",
                &["library_id"],
                schema!("page_libraries"),
            )
            .per(Per::Once)
            .without_owner()
            .pages(50)
            .needs("Instant Page Management"),
            resource(
                "page_fields",
                "Questions of forms",
                "page/field/get/",
                &["advertiser_id", "page_id"],
                schema!("page_fields"),
            )
            .rows(RowsAt::Data)
            .whole()
            .parents(&[&[Parent {
                stream: "pages",
                id: "page_id",
                param: "page_id",
                column: Some("page_id"),
                ..PARENT
            }]])
            .made(&[("page_id", Made::Inside("meta.page_id"))])
            .needs("Leads Retrieval or Test Leads"),
        ],
    )
}

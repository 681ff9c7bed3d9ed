//! The resources of the group `leads`: instant pages and forms.

use super::call::{PARENT, PASS, Parent, Pass};
use super::resource::{in_group, resource, schema};
use super::{FileForm, Group, Made, Per, Questions, Stream, Task};
use crate::json::RowsAt;

/// Pages of all types: by default, TikTok only returns forms.
const BUSINESS_TYPES: &str = r#"["LEAD_GEN", "STORE_FRONT", "APP_PROFILE_PAGE",
    "TIKTOK_INSTANT_PAGE", "SHOP_ADS_PLP", "SHOP_ADS_PDP", "POP_UP_FORM"]"#;

/// A library, whose pages belong to no account.
const LIBRARY: Parent = Parent {
    stream: "page_libraries",
    id: "library_id",
    param: "library_id",
    replaces_owner: true,
    ..PARENT
};

/// A page, of an account or of a library.
const PAGE: Parent =
    Parent { stream: "pages", id: "page_id", param: "page_id", column: Some("page_id"), ..PARENT };

/// A form.
const FORM: Parent = Parent {
    stream: "pages",
    id: "page_id",
    param: "page_id",
    asking: &[("business_types", r#"["LEAD_GEN"]"#)],
    ..PARENT
};

/// The columns of leads that are no questions.
const NO_QUESTIONS: &[&str] = &[
    "lead_id",
    "lead_source",
    "create_time",
    "page_id",
    "page_name",
    "form_id",
    "form_name",
    "campaign_id",
    "campaign_name",
    "adgroup_id",
    "adgroup_name",
    "ad_id",
    "ad_name",
];

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
                    parents: &[&[], &[LIBRARY]],
                    ..PASS
                },
                Pass {
                    params: &[("page_status", "\"PUBLISHED\""), ("business_types", BUSINESS_TYPES)],
                    parents: &[&[], &[LIBRARY]],
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
            .parents(&[&[PAGE], &[LIBRARY, PAGE]])
            .made(&[("page_id", Made::Inside("meta.page_id"))])
            .needs("Leads Retrieval or Test Leads"),
            resource(
                "leads",
                "What people entered into forms",
                "page/lead/task/",
                &["advertiser_id", "lead_id"],
                schema!("leads"),
            )
            .rows(RowsAt::Data)
            .whole()
            .parents(&[
                &[Parent { column: Some("page_id"), ..FORM }],
                &[LIBRARY, Parent { column: Some("page_id"), ..FORM }],
            ])
            .task(Task {
                check: "page/lead/task/",
                download: "page/lead/task/download/",
                form: FileForm::File,
                region_header: Some("x-lead-region"),
                landmark: "lead_id",
                renamed: &[
                    ("created_time", "create_time"),
                    ("ad_group_id", "adgroup_id"),
                    ("ad_group_name", "adgroup_name"),
                ],
                questions: Some(Questions { field: "field_data", others: NO_QUESTIONS }),
            })
            .needs("Test Leads"),
        ],
    )
}

//! The resources of the group `rules`: automated rules, labels and tests.

use super::call::{PARENT, PASS, Paging, Parent, Pass};
use super::resource::{in_group, resource, schema};
use super::{Group, Made, Stream};
use crate::json::RowsAt;

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Rules,
        vec![
            resource(
                "optimizer_rules",
                "Automated rules",
                "optimizer/rule/list/",
                &["advertiser_id", "rule_id"],
                schema!("optimizer_rules"),
            )
            .list("rules")
            .paging(Paging::PagesOrWhole(20))
            .passes(&[
                Pass { params: &[("filtering.status", "\"ON\"")], ..PASS },
                Pass { params: &[("filtering.status", "\"OFF\"")], ..PASS },
                Pass { params: &[("filtering.status", "\"DELETED\"")], ..PASS },
            ])
            .needs("Read Automated Rules and their Execution Results"),
            resource(
                "optimizer_rule_results",
                "What automated rules did",
                "optimizer/rule/result/list/",
                &["advertiser_id", "rule_id", "row_id"],
                schema!("optimizer_rule_results"),
            )
            .list("rules")
            .paging(Paging::PagesOrWhole(20))
            .made(&[("row_id", Made::RowId)])
            .needs("Read Automated Rules and their Execution Results"),
            resource(
                "campaign_labels",
                "Labels of campaigns",
                "campaign_label/get/",
                &["advertiser_id", "campaign_label_id"],
                schema!("campaign_labels"),
            )
            .pages(1000)
            .needs("Campaign Label"),
            resource(
                "split_test_results",
                "Results of split tests",
                "split_test/result/get/",
                &["advertiser_id", "split_test_group_id"],
                schema!("split_test_results"),
            )
            .rows(RowsAt::Data)
            .whole()
            .parents(&[&[Parent {
                stream: "adgroups",
                id: "split_test_group_id",
                param: "split_test_group_id",
                ..PARENT
            }]])
            .needs("Split Test"),
            resource(
                "negative_keywords",
                "Negative keywords of search ads",
                "search_ad/negative_keyword/get/",
                &["advertiser_id", "object_type", "object_id", "keyword_id"],
                schema!("negative_keywords"),
            )
            .list("keywords")
            .pages(50)
            .passes(&[Pass { is_empty_if_refused: true, ..PASS }])
            .parents(&[
                &[Parent {
                    stream: "campaigns",
                    id: "campaign_id",
                    param: "object_id",
                    only: Some(("is_search_campaign", &["true", "1"])),
                    with: &[("object_type", "\"CAMPAIGN\"")],
                    column: Some("object_id"),
                    ..PARENT
                }],
                &[Parent {
                    stream: "adgroups",
                    id: "adgroup_id",
                    param: "object_id",
                    with: &[("object_type", "\"ADGROUP\"")],
                    column: Some("object_id"),
                    ..PARENT
                }],
            ])
            .needs("Search Ads Negative Keywords"),
        ],
    )
}

//! The resources of the group `audiences`: audiences.

use super::call::{PARENT, Parent};
use super::resource::{in_group, resource, schema};
use super::{Group, Made, Stream};

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Audiences,
        vec![
            resource(
                "custom_audiences",
                "Custom audiences",
                "dmp/custom_audience/list/",
                &["advertiser_id", "audience_id"],
                schema!("custom_audiences"),
            )
            .needs("Read Custom Audiences"),
            resource(
                "custom_audience_details",
                "Custom audiences with their history",
                "dmp/custom_audience/get/",
                &["advertiser_id", "audience_id"],
                schema!("custom_audience_details"),
            )
            .whole()
            .parents(&[&[Parent {
                stream: "custom_audiences",
                id: "audience_id",
                param: "custom_audience_ids",
                most: 100,
                ..PARENT
            }]])
            .made(&[("audience_id", Made::Inside("audience_details.audience_id"))])
            .needs("Read Custom Audiences"),
            resource(
                "saved_audiences",
                "Saved audiences",
                "dmp/saved_audience/list/",
                &["advertiser_id", "saved_audience_id"],
                schema!("saved_audiences"),
            )
            .list("saved_audiences")
            .needs("Read Custom Audiences"),
            resource(
                "custom_audience_apply_log",
                "Ad groups to which custom audiences were applied",
                "dmp/custom_audience/apply/log/",
                &["advertiser_id", "audience_id", "adgroup_id", "action_timestamp"],
                schema!("custom_audience_apply_log"),
            )
            .pages(20)
            .parents(&[&[Parent {
                stream: "custom_audiences",
                id: "audience_id",
                param: "custom_audience_ids",
                most: 100,
                ..PARENT
            }]])
            .needs("Read Custom Audiences"),
            resource(
                "custom_audience_share_log",
                "Accounts with which custom audiences are shared",
                "dmp/custom_audience/share/log/",
                &["advertiser_id", "custom_audience_id", "shared_advertiser_id"],
                schema!("custom_audience_share_log"),
            )
            .whole()
            .parents(&[&[Parent {
                stream: "custom_audiences",
                id: "audience_id",
                param: "custom_audience_id",
                ..PARENT
            }]])
            .needs("Read Custom Audiences"),
        ],
    )
}

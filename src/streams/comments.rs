//! The resources of the group `comments`: comments.

use super::call::{PARENT, Parent};
use super::resource::{days, in_group, resource, schema};
use super::{Group, Stream};

pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Comments,
        vec![
            resource(
                "comments",
                "Comments on ads",
                "comment/list/",
                &["advertiser_id", "comment_id"],
                schema!("comments"),
            )
            .list("comments")
            .parents(&[&[Parent {
                stream: "adgroups",
                id: "adgroup_id",
                param: "search_value",
                with: &[("search_field", "\"ADGROUP_ID\"")],
                ..PARENT
            }]])
            .windows("create_time", 30, days("start_time", "end_time"))
            .needs("Read Comments"),
        ],
    )
}

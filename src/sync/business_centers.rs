//! The Business Centers that the token reaches.

use super::id_list::{self, Wanted};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::request::{PageOf, Request};
use crate::streams;

/// Asks TikTok for the ids of all Business Centers, as the stream of them does.
pub(crate) fn look_up(client: &Client) -> Result<Vec<String>, ApiError> {
    let Some(call) = streams::find("business_centers").map(|stream| stream.call) else {
        return Ok(Vec::new());
    };
    let page = |size| PageOf { number: 1, size, may_be_whole: false };
    let request = Request {
        page: call.paging.most().map(page),
        ..Request::list(call.path, call.rows, Vec::new())
    };
    let wanted = Wanted::key("bc_info.bc_id");
    let found = id_list::read(client, &mut Vec::new(), request, &wanted)?;
    Ok(found.into_iter().map(|(id, _)| id.into()).collect())
}

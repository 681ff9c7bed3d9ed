//! The stream of the setting `verify`: what the tap found when it compared the rows that it
//! delivered with TikTok's totals.

use super::resource::{resource, schema};
use super::{Per, Stream};

/// The stream, which is listed while `verify` is on.
pub(super) fn stream() -> Stream {
    resource(
        "verification",
        "Comparisons of delivered rows with TikTok's totals, by account, stream, window and metric",
        "",
        &[
            "advertiser_id",
            "stream",
            "window_start",
            "window_end",
            "compared",
            "metric",
            "read_date",
        ],
        schema!("verification"),
    )
    .per(Per::Run)
}

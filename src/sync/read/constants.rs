//! What all rows of a list have in common and TikTok does not send: the account, its currency and
//! time zone, and the day that was asked for.

use super::reader::Slice;
use crate::render::Constants;
use crate::singer::bookmark::Bookmark;
use crate::streams::Per;
use crate::sync::windows::Window;

/// The constants of a list of a slice. What is not known is left out, and becomes null.
pub(crate) fn constants(slice: &Slice, window: Option<Window>) -> Constants {
    let (account, per) = (slice.open_account(), slice.plan.stream.per);
    let value = |name: &'static str| {
        let value = match name {
            "advertiser_id" if per == Per::Account => Some(slice.account.to_owned()),
            "bc_id" if per == Per::BusinessCenter => Some(slice.account.to_owned()),
            "currency" => account.and_then(|a| a.currency.clone()),
            "timezone" => account.and_then(|a| a.zone_name.clone()),
            "date" => window.map(|w| Bookmark::of_day(w.start).to_string()),
            "read_date" => {
                let started = slice.context.started;
                let today = account.map_or_else(|| started.date(), |a| a.today(started));
                Some(Bookmark::of_day(today).to_string())
            }
            _ => None,
        };
        value.map(|value| (name, value))
    };
    slice.plan.stream.constants().into_iter().filter_map(value).collect()
}

//! Values that all rows of a list have in common and TikTok does not send: the account, its
//! currency and time zone, and the requested day.

use crate::render::Constants;
use crate::singer::bookmark::Bookmark;
use crate::streams::{Per, Stream};
use crate::sync::account::Account;
use crate::sync::windows::Window;
use time::OffsetDateTime;

/// The constants of a list of an owner, of a run that started at `started`. What is not known is
/// left out, and becomes null.
pub(crate) fn constants(
    stream: &Stream,
    owner: &str,
    account: Option<&Account>,
    started: OffsetDateTime,
    window: Option<Window>,
) -> Constants {
    let value = |name: &'static str| {
        let value = match name {
            "advertiser_id" if stream.per == Per::Account => Some(owner.to_owned()),
            "bc_id" if stream.per == Per::BusinessCenter => Some(owner.to_owned()),
            "currency" => account.and_then(|a| a.currency.clone()),
            "timezone" => account.and_then(|a| a.zone_name.clone()),
            "date" => window.map(|w| Bookmark::of_day(w.start).to_string()),
            "read_date" => {
                let today = account.map_or_else(|| started.date(), |a| a.today(started));
                Some(Bookmark::of_day(today).to_string())
            }
            _ => None,
        };
        value.map(|value| (name, value))
    };
    stream.constants().into_iter().filter_map(value).collect()
}

//! What the server's options do to a report before it is made: refusals, cuts and the sandbox.

use super::api::Context;
use super::envelope::Refusal;
use super::params::Params;
use crate::{Level, ReportQuery, ReportType};
use time::Date;
use time::macros::date;

/// The days that TikTok's sandbox has reports of.
const SANDBOX_DAYS: (Date, Date) = (date!(2020 - 12 - 08), date!(2020 - 12 - 19));

/// Applies them to a query that is right.
pub(crate) fn apply(
    context: &Context,
    params: &Params,
    query: &mut ReportQuery,
) -> Result<(), Refusal> {
    let options = &context.options;
    if options.sandbox {
        let of_sandbox = matches!(query.report_type, ReportType::Basic | ReportType::Audience);
        let not = if !of_sandbox {
            Some(format!("report_type {}", query.report_type.name()))
        } else if query.level == Level::Advertiser {
            Some("data_level AUCTION_ADVERTISER".to_owned())
        } else if params.is_true("enable_total_metrics") {
            Some("enable_total_metrics".to_owned())
        } else {
            None
        };
        if let Some(not) = not {
            let message = format!("{not} is not supported in sandbox");
            return Err(Refusal::by_option(40009, message));
        }
        query.start = Some(query.start.unwrap_or(Date::MIN).max(SANDBOX_DAYS.0));
        query.end = Some(query.end.unwrap_or(Date::MAX).min(SANDBOX_DAYS.1));
    }
    if query.top_view && options.refuse_top_view {
        return Err(Refusal::by_option(
            40002,
            "filtering: buying_type: RESERVATION_TOP_VIEW is not supported for this advertiser",
        ));
    }
    let refused: Vec<_> = query
        .metrics
        .iter()
        .filter(|name| options.refused_metrics.contains(name))
        .map(String::as_str)
        .collect();
    let in_own_words =
        |usual: String| Refusal::by_option(40002, options.refusal_text.clone().unwrap_or(usual));
    if !refused.is_empty() {
        return Err(in_own_words(format!("Invalid metric fields: [{}]", refused.join(", "))));
    }
    if query.promote && options.refuse_promote {
        return Err(in_own_words("filtering: campaign_system_origins is not supported".to_owned()));
    }
    query.newest_ads = options.ads_cut;
    Ok(())
}

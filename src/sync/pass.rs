//! The two passes that together give all rows of a report below the account, and of the lists by
//! which such a report is narrowed: TikTok leaves out Promote and `TopView` unless asked for them.

use serde_json::{Map, Value, json};

/// How the campaigns of a pass were bought. TikTok does not take both in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Buying {
    /// Auction and reach-and-frequency campaigns, those boosted from the app (Promote) included.
    Ordinary,
    /// `TopView` campaigns.
    TopView,
}

/// Campaigns made in the ads platform, and those boosted from the app.
const ORIGINS: [&str; 2] = ["TT_ADS_PLATFORM", "PROMOTE"];
const TOP_VIEW: [&str; 1] = ["RESERVATION_TOP_VIEW"];
/// The name of the report filter that lets Promote in.
pub(crate) const ORIGINS_FILTER: &str = "campaign_system_origins";

impl Buying {
    /// The condition of a report: the field's name and its values.
    pub(crate) fn report_filter(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Buying::Ordinary => (ORIGINS_FILTER, &ORIGINS),
            Buying::TopView => ("buying_type", &TOP_VIEW),
        }
    }

    /// The members of `filtering` of a list of campaigns, ad groups or ads, deleted ones included.
    pub(crate) fn list_filter(self) -> Map<String, Value> {
        let own = match self {
            Buying::Ordinary => ("campaign_system_origins", json!(ORIGINS)),
            Buying::TopView => ("buying_types", json!(TOP_VIEW)),
        };
        [("primary_status", json!("STATUS_ALL")), own]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    }
}

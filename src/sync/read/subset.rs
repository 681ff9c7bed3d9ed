//! Parts of an account for reports that are too large for one answer: by campaign, then by ad
//! group, then by ad.

/// What a report is split by, step by step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The filter of the report.
    pub filter: &'static str,
    /// The filter of the next step's list.
    pub list_filter: &'static str,
    /// The endpoint that lists what the filter names, below `/open_api/v1.3/`.
    pub path: &'static str,
    /// The member of its rows that holds the id.
    pub id: &'static str,
    /// Ids per request. TikTok accepts a hundred, but recommends thirty campaigns.
    pub most: usize,
    /// The levels of reports whose rows belong to one of them.
    pub levels: &'static [&'static str],
}

/// The steps, each inside the one before it.
pub(crate) static STEPS: [Step; 3] = [
    Step {
        filter: "campaign_ids",
        list_filter: "filtering.campaign_ids",
        path: "campaign/get/",
        id: "campaign_id",
        most: 30,
        levels: &["AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"],
    },
    Step {
        filter: "adgroup_ids",
        list_filter: "filtering.adgroup_ids",
        path: "adgroup/get/",
        id: "adgroup_id",
        most: 100,
        levels: &["AUCTION_ADGROUP", "AUCTION_AD"],
    },
    Step {
        filter: "ad_ids",
        list_filter: "filtering.ad_ids",
        path: "ad/get/",
        id: "ad_id",
        most: 100,
        levels: &["AUCTION_AD"],
    },
];

/// A part of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subset {
    /// All of it.
    All,
    /// The entities with these ids, at the step of that place.
    Ids(usize, Vec<String>),
}

impl Subset {
    /// The filter for it: its name and the ids.
    pub(crate) fn filter(&self) -> Option<(&'static str, &[String])> {
        match self {
            Subset::All => None,
            Subset::Ids(step, ids) => Some((STEPS[*step].filter, ids)),
        }
    }

    /// What it is split by, for messages.
    pub(crate) fn name(&self) -> &'static str {
        self.filter().map_or("account", |(name, _)| name)
    }
}

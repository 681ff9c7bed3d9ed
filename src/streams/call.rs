//! The calls that bring the rows of a stream: an endpoint, where its answers hold the rows, and the
//! passes that together show all of them.

/// An endpoint, and how it is called.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Below `/open_api/v1.3/`, with its slash at the end: without it TikTok answers 404.
    pub path: &'static str,
    /// The member of `data` that holds the rows.
    pub rows: &'static str,
    /// Calls that together show all rows. Each is paged by itself.
    pub passes: &'static [Pass],
    /// Whether rows can be deleted. TikTok hides those unless they are asked for
    /// (`filtering.primary_status`), and rows get `current_status`, as in the Python tap.
    pub is_deletable: bool,
}

/// One call for a part of a list.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// What it asks for that is hidden by default.
    pub buying: Option<Buying>,
    /// Rows a page that TikTok gives at most.
    pub page_size: u64,
    /// The name of the pass in the state, if a refusal leaves out the pass and not the stream. The
    /// state keeps a bookmark of its own for a pass that was refused.
    pub optional: Option<&'static str>,
}

/// How campaigns were bought. TikTok leaves out Promote and `TopView` unless asked for them, in
/// lists and in reports, and does not take both in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Buying {
    /// Auction and reach-and-frequency campaigns, and those boosted from the app (Promote).
    Ordinary,
    /// `TopView` campaigns.
    TopView,
}

const ORIGINS: &[&str] = &["TT_ADS_PLATFORM", "PROMOTE"];
const TOP_VIEW: &[&str] = &["RESERVATION_TOP_VIEW"];

impl Buying {
    /// The name of the filter that lets Promote in, in lists and in reports.
    pub const ORIGINS_FILTER: &'static str = "campaign_system_origins";

    /// The filter of a list: a member of `filtering` with its values.
    pub fn list_filter(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Buying::Ordinary => (Self::ORIGINS_FILTER, ORIGINS),
            Buying::TopView => ("buying_types", TOP_VIEW),
        }
    }

    /// The filter of a report: the name of a condition with its values.
    pub fn report_filter(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Buying::Ordinary => (Self::ORIGINS_FILTER, ORIGINS),
            Buying::TopView => ("buying_type", TOP_VIEW),
        }
    }
}

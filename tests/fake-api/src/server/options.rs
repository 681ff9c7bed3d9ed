//! How the server behaves as long as nothing is wrong. Misbehaviour is in `fault`.

use std::time::Duration;

/// Behaviour of the server.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, not the states of one")]
pub struct Options {
    /// Time every answer takes at least.
    pub latency: Duration,
    /// Up to this much more, different for every request.
    pub latency_jitter: Duration,
    /// Compresses bodies above 1 KiB for clients that accept it.
    pub gzip: bool,
    /// Requests a second. The next one gets 40100.
    pub rate_limit: Option<u32>,
    /// How long everything gets 40100 after a breach of [`Self::rate_limit`]; requests meanwhile
    /// prolong it.
    pub suspension: Duration,
    /// Requests a minute. The next one gets 40100.
    pub minute_limit: Option<u32>,
    /// How long everything gets 40100 after a breach of [`Self::minute_limit`]; requests meanwhile
    /// prolong it. The minute begins anew then.
    pub minute_suspension: Duration,
    /// Requests until everything gets 40100 with the text of the daily limit;
    /// [`crate::Server::set_options`] counts anew.
    pub day_limit: Option<u32>,
    /// Limits of single endpoints: a path such as `report/integrated/get/`, requests a second,
    /// requests a minute. A breach suspends that path only, for the times above.
    pub path_limits: Vec<(String, u32, u32)>,
    /// Behaves like TikTok's sandbox: fewer endpoints, and report data of December 2020 only.
    pub sandbox: bool,
    /// Totals that differ from the sum of the rows: a metric, and the decimal text that is added to
    /// its total (at most six digits after the point, a minus sign if need be). Only for metrics
    /// that are numbers.
    pub total_offsets: Vec<(String, String)>,
    /// Totals come without the rows of today.
    pub lagging_totals: bool,
    /// Reports with more rows get 40067.
    pub too_large_rows: Option<usize>,
    /// Reports with more rows take the time of [`Self::time_out`] longer.
    pub time_out_rows: Option<usize>,
    /// How long reports above [`Self::time_out_rows`] take.
    pub time_out: Duration,
    /// An ad-level report sees only so many of the newest ads, of those that its filter lets
    /// through.
    pub ads_cut: Option<usize>,
    /// Metrics refused with 40002, as for an account that may not have them.
    pub refused_metrics: Vec<String>,
    /// The text of such refusals, instead of one that names the metrics.
    pub refusal_text: Option<String>,
    /// Rows of a report come in an order that depends on its metrics.
    pub shuffled_rows: bool,
    /// Reports with one of these metrics come without their first row.
    pub rows_cut_by: Vec<String>,
    /// After so many requests, and after as many again, a new epoch restates the last days (see
    /// [`crate::WorldConfig::restate_days`]).
    pub restate_every: Option<u64>,
    /// Refuses the report filter that lets Promote in.
    pub refuse_promote: bool,
    /// Campaigns that no list shows, although reports have their rows.
    pub unlisted_campaigns: Vec<String>,
    /// Refuses to list `TopView`, as for an account that may not have it.
    pub refuse_top_view: bool,
    /// Accounts refused with 40001.
    pub refused_accounts: Vec<String>,
    /// Business Centers refused with 40001.
    pub refused_business_centers: Vec<String>,
    /// Ids of parents, such as a catalog or a form: requests that name one are refused with 40001.
    pub refused_parents: Vec<String>,
    /// Permissions that the app does not have, in the words of its page, such as `Read Pixels`:
    /// endpoints that need them are refused with 40001.
    pub refused_scopes: Vec<String>,
    /// Paths refused with 40118, as for an account that is not on the allowlist.
    pub refused_paths: Vec<String>,
    /// Caps of single endpoints instead of TikTok's: a path such as `file/image/ad/search/`, and
    /// the rows that a list has at most, or page times page size.
    pub caps: Vec<(String, usize)>,
    /// How often a task is still running when it is asked for.
    pub task_polls: usize,
    /// Tasks that fail, the first ones.
    pub failing_tasks: usize,
    /// How long the result of a task can be downloaded.
    pub task_life: Duration,
}

impl Options {
    /// The cap of a path, if it is not TikTok's.
    pub(crate) fn cap(&self, path: &str) -> Option<usize> {
        self.caps.iter().find(|(capped, _)| capped == path).map(|(_, most)| *most)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            latency_jitter: Duration::ZERO,
            gzip: true,
            rate_limit: None,
            suspension: Duration::from_secs(1),
            minute_limit: None,
            minute_suspension: Duration::from_secs(300),
            day_limit: None,
            path_limits: Vec::new(),
            sandbox: false,
            total_offsets: Vec::new(),
            lagging_totals: false,
            too_large_rows: None,
            time_out_rows: None,
            time_out: Duration::from_secs(600),
            ads_cut: None,
            refused_metrics: Vec::new(),
            refusal_text: None,
            shuffled_rows: false,
            rows_cut_by: Vec::new(),
            restate_every: None,
            refuse_promote: false,
            unlisted_campaigns: Vec::new(),
            refuse_top_view: false,
            refused_accounts: Vec::new(),
            refused_business_centers: Vec::new(),
            refused_parents: Vec::new(),
            refused_scopes: Vec::new(),
            refused_paths: Vec::new(),
            caps: Vec::new(),
            task_polls: 1,
            failing_tasks: 0,
            task_life: Duration::from_secs(600),
        }
    }
}

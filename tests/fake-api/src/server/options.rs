//! How the server behaves as long as nothing is wrong. Misbehaviour is in `fault`.

use std::time::Duration;

/// Behaviour of the server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Time every answer takes at least.
    pub latency: Duration,
    /// Up to this much more, different for every request.
    pub latency_jitter: Duration,
    /// Compresses bodies above 1 KiB for clients that accept it.
    pub gzip: bool,
    /// Requests a second. The next one gets 40100.
    pub rate_limit: Option<u32>,
    /// How long everything gets 40100 after a breach; requests meanwhile prolong it.
    pub suspension: Duration,
    /// Behaves like TikTok's sandbox: fewer endpoints, and report data of December 2020 only.
    pub sandbox: bool,
    /// Reports with more rows get 40067.
    pub too_large_rows: Option<usize>,
    /// An ad-level report without an id filter sees only so many of the newest ads.
    pub ads_cut: Option<usize>,
    /// Metrics refused with 40002, as for an account that may not have them.
    pub refused_metrics: Vec<String>,
    /// Refuses to list `TopView`, as for an account that may not have it.
    pub refuse_top_view: bool,
    /// Accounts refused with 40001.
    pub refused_accounts: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            latency_jitter: Duration::ZERO,
            gzip: true,
            rate_limit: None,
            suspension: Duration::from_secs(1),
            sandbox: false,
            too_large_rows: None,
            ads_cut: None,
            refused_metrics: Vec::new(),
            refuse_top_view: false,
            refused_accounts: Vec::new(),
        }
    }
}

//! A fault on a single page, and what it may cost.

use super::{SECOND, STREAMS};
use fake_tiktok::{Fault, FaultKind};

/// What follows from a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follows {
    /// Every row arrives.
    Nothing,
    /// Every row arrives, but with a warning the bookmark of the list stays, so that the next run
    /// reads it again.
    Holds(&'static str),
    /// The rest of the stream is missing for this account, with an exit code and a message.
    Ends(i32, &'static str),
    /// The same, and later streams of the account are missing too.
    EndsAccount(i32, &'static str),
}

/// A fault on one page of one account.
#[derive(Debug)]
pub(crate) struct Strike {
    pub name: String,
    pub stream: &'static str,
    pub page: u32,
    pub kind: FaultKind,
    pub times: usize,
    pub follows: Follows,
    /// Whether the run cannot go on.
    pub ends_run: bool,
    /// Whether rows may come twice.
    pub repeats: bool,
}

impl Strike {
    pub(super) fn cost(&self) -> Option<(i32, &'static str)> {
        match self.follows {
            Follows::Nothing | Follows::Holds(_) => None,
            Follows::Ends(exit, says) | Follows::EndsAccount(exit, says) => Some((exit, says)),
        }
    }

    pub(super) fn fault(&self, account: &str) -> Fault {
        let is_report = self.stream != STREAMS[0];
        Fault {
            path: Some(if is_report { "report/integrated/get/" } else { "campaign/get/" }.into()),
            advertiser_id: Some(account.to_owned()),
            page: Some(self.page),
            start_date: is_report.then(|| SECOND.to_owned()),
            times: self.times,
            kind: self.kind.clone(),
            ..Fault::default()
        }
    }

    /// Whether a stream of an account is incomplete because of this fault, which is on `account`.
    pub(super) fn costs(&self, account: &str, part: (&str, &str)) -> bool {
        let later = matches!(self.follows, Follows::EndsAccount(..)) && self.stream == STREAMS[0];
        part.1 == account && self.cost().is_some() && (part.0 == self.stream || later)
    }
}

//! Why one try brought nothing, and what is done about it: one table for what happens on the way.
//! What TikTok's own codes mean is in `codes`.

use super::certificate;
use super::codes::{Action, decide, is_time_out};
use super::error::{ApiError, Outcome};
use super::page::Page;
use crate::words::foreign;
use ureq::Timeout;

/// What happens on the way, by where it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No name, no connection, a reset, an answer that never came.
    NoAnswer,
    /// A certificate of an authority that is not trusted.
    UnknownIssuer,
    /// A certificate of another host.
    WrongName,
    /// A certificate that is no longer valid, or not yet.
    Expired,
    /// A certificate with another fault.
    Certificate,
    /// The connection, or the compressed data, ended in the body.
    BrokenOff,
    /// No answer, or no more of it, within `request_timeout`; or a gateway that says so.
    TimedOut,
    /// HTTP 429.
    Throttled,
    /// HTTP 5xx.
    ServerError,
    /// HTTP 3xx.
    Redirect,
    /// Another status, without an envelope.
    NotFound,
    /// A page of a proxy.
    Html,
    /// More bytes than any answer has.
    TooLong,
    /// No JSON, not the shape of an answer, or paging that contradicts itself.
    Malformed,
}

const NETWORK: &str = "check the network and run again; the state is kept";
const ISSUER: &str = "set `ca_file` to the authorities to trust, such as that of a proxy which opens encrypted connections; where it is set, \
                      check that it holds the right ones";
const NAME: &str = "check `base_url`, and what sends requests for this name elsewhere; `ca_file` does not help against it";
const DATES: &str = "check the clock of this machine; if it is right, the certificate has to be renewed, and so may have to be `ca_file`";
const LATER: &str = "run again later; the state is kept";

/// What is done about each, and what people can do.
static FAULTS: [(Fault, Action, &str); 14] = [
    (Fault::NoAnswer, Action::Retry, NETWORK),
    (Fault::UnknownIssuer, Action::StopRun, ISSUER),
    (Fault::WrongName, Action::StopRun, NAME),
    (Fault::Expired, Action::StopRun, DATES),
    (Fault::Certificate, Action::StopRun, ISSUER),
    (Fault::BrokenOff, Action::Retry, NETWORK),
    (Fault::TimedOut, Action::Retry, NETWORK),
    (Fault::Throttled, Action::Pause, "lower `rate_limit`, or see what else uses the app"),
    (Fault::ServerError, Action::Retry, LATER),
    (Fault::Redirect, Action::Refuse, "redirects are not followed; check `base_url`"),
    (Fault::NotFound, Action::Refuse, "check `base_url`"),
    (Fault::Html, Action::Retry, LATER),
    (Fault::TooLong, Action::Refuse, "lower `page_size` or `report_window`"),
    (Fault::Malformed, Action::Retry, LATER),
];

/// Why one try brought nothing.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What to do about it.
    pub action: Action,
    /// Whether TikTok took too long. It locks an app out that repeats such a report.
    pub is_time_out: bool,
    code: Option<i64>,
    message: String,
    request_id: String,
    remedy: &'static str,
}

impl Trouble {
    /// Trouble on the way, with what is known of it in words.
    pub(super) fn of(fault: Fault, message: String) -> Self {
        let (action, remedy) = FAULTS
            .iter()
            .find(|(of, ..)| *of == fault)
            .map_or((Action::Retry, LATER), |(_, a, r)| (*a, *r));
        Trouble {
            action,
            is_time_out: fault == Fault::TimedOut,
            code: None,
            message,
            request_id: String::new(),
            remedy,
        }
    }

    /// No answer came from `place`.
    pub(super) fn on_the_way(error: &ureq::Error, place: &str) -> Self {
        if let Some((fault, words)) = certificate::fault_of(error) {
            return Self::of(fault, format!("{place} {words}"));
        }
        let words = match error {
            ureq::Error::Io(error) => error.to_string(),
            ureq::Error::HostNotFound => "the name is not known".to_owned(),
            other => other.to_string(),
        };
        Self::of(
            if is_over(error) { Fault::TimedOut } else { Fault::NoAnswer },
            format!("no answer from {place}: {words}"),
        )
    }

    /// The answer did not come to its end.
    pub(super) fn in_the_body(error: &std::io::Error) -> Self {
        let inner = error.get_ref().and_then(|e| e.downcast_ref::<ureq::Error>());
        let is_over = inner.is_some_and(is_over) || error.kind() == std::io::ErrorKind::TimedOut;
        Self::of(
            if is_over { Fault::TimedOut } else { Fault::BrokenOff },
            format!("the answer broke off: {error}"),
        )
    }

    /// What happened, for people.
    pub(super) fn words(&self) -> String {
        let message = foreign(&self.message);
        self.code
            .map_or_else(|| message.clone(), |code| format!("TikTok answered {code} \"{message}\""))
    }

    /// What it comes to when it is final.
    pub(super) fn error(self, path: &'static str, outcome: Outcome) -> ApiError {
        ApiError {
            outcome,
            code: self.code,
            message: self.message,
            request_id: self.request_id,
            path,
            remedy: self.remedy,
        }
    }
}

/// Whether TikTok took too long. What was never sent it did not begin to work on.
fn is_over(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::Timeout(when) if !matches!(when, Timeout::Resolve | Timeout::Connect))
}

impl From<Page> for Trouble {
    fn from(page: Page) -> Self {
        let (action, remedy) = decide(page.code, &page.message);
        let is_time_out = is_time_out(page.code);
        Trouble {
            action,
            is_time_out,
            code: Some(page.code),
            message: page.message,
            request_id: page.request_id,
            remedy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_fault_once() {
        for (place, (fault, ..)) in FAULTS.iter().enumerate() {
            assert_eq!(*fault as usize, place);
        }
    }
}

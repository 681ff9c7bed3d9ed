//! Why one try of a call failed. A table has the cause of each incident between the tap and TikTok;
//! `codes` has the causes of TikTok's return codes.

use super::cause::Cause;
use super::certificate;
use super::codes::{cause_of, is_time_out};
use super::error::ApiError;
use super::page::Page;
use crate::words::foreign;
use ureq::Timeout;

/// What can happen to a request and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Incident {
    /// An unknown host, no connection, a reset, or no answer.
    NoAnswer,
    /// A certificate of an authority that is not trusted.
    UnknownIssuer,
    /// A certificate of another host.
    WrongName,
    /// A certificate that is no longer valid, or not yet.
    Expired,
    /// A certificate with another fault.
    Certificate,
    /// The connection or the compressed data ended within the body.
    BrokenOff,
    /// The answer did not arrive within `request_timeout`, or a gateway reported a time-out.
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
    /// A body that is larger than any answer.
    TooLong,
    /// A body that is not JSON or not an answer, or paging that contradicts itself.
    Malformed,
}

const NETWORK: &str = "check the network and run again; the state is kept";
const ISSUER: &str = "set `ca_file` to the authorities to trust, such as that of a proxy which \
                      opens encrypted connections; where it is set, check that it holds the right \
                      ones";
const NAME: &str = "check `base_url`, and what sends requests for this name elsewhere; `ca_file` \
                    does not help against it";
const DATES: &str = "check the clock of this machine; if it is right, the certificate has to be \
                     renewed, and so may have to be `ca_file`";
const LATER: &str = "run again later; the state is kept";

/// The cause of each, and what the user can do.
static INCIDENTS: [(Incident, Cause, &str); 14] = [
    (Incident::NoAnswer, Cause::Passing, NETWORK),
    (Incident::UnknownIssuer, Cause::Unauthorized, ISSUER),
    (Incident::WrongName, Cause::Unauthorized, NAME),
    (Incident::Expired, Cause::Unauthorized, DATES),
    (Incident::Certificate, Cause::Unauthorized, ISSUER),
    (Incident::BrokenOff, Cause::Passing, NETWORK),
    (Incident::TimedOut, Cause::TimedOut, NETWORK),
    (Incident::Throttled, Cause::Throttled, "lower `rate_limit`, or see what else uses the app"),
    (Incident::ServerError, Cause::Passing, LATER),
    (Incident::Redirect, Cause::Refused, "redirects are not followed; check `base_url`"),
    (Incident::NotFound, Cause::Refused, "check `base_url`"),
    (Incident::Html, Cause::Passing, LATER),
    (Incident::TooLong, Cause::Refused, "lower `page_size` or `report_window`"),
    (Incident::Malformed, Cause::Passing, LATER),
];

/// Why one try failed.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What happened.
    pub cause: Cause,
    code: Option<i64>,
    message: String,
    request_id: String,
    remedy: &'static str,
    /// The HTTP status of the answer, if that is what is wrong with it.
    pub http_status: Option<u16>,
}

impl Trouble {
    /// An incident, with a description.
    pub(super) fn of(incident: Incident, message: String) -> Self {
        let (cause, remedy) = INCIDENTS
            .iter()
            .find(|(of, ..)| *of == incident)
            .map_or((Cause::Passing, LATER), |(_, cause, remedy)| (*cause, *remedy));
        let request_id = String::new();
        Trouble { cause, code: None, message, request_id, remedy, http_status: None }
    }

    /// An answer with an HTTP status that says what is wrong.
    pub(super) fn of_status(incident: Incident, status: u16) -> Self {
        let trouble = Self::of(incident, format!("the answer has HTTP status {status}"));
        Trouble { http_status: Some(status), ..trouble }
    }

    /// No answer came from `place`.
    pub(super) fn on_the_way(error: &ureq::Error, place: &str) -> Self {
        if let Some((incident, words)) = certificate::incident_of(error) {
            return Self::of(incident, format!("{place} {words}"));
        }
        let words = match error {
            ureq::Error::Io(error) => error.to_string(),
            ureq::Error::HostNotFound => "the name is not known".to_owned(),
            other => other.to_string(),
        };
        Self::of(
            if is_over(error) { Incident::TimedOut } else { Incident::NoAnswer },
            format!("no answer from {place}: {words}"),
        )
    }

    /// The answer ended too early.
    pub(super) fn in_the_body(error: &std::io::Error) -> Self {
        let inner = error.get_ref().and_then(|e| e.downcast_ref::<ureq::Error>());
        let is_over = inner.is_some_and(is_over) || error.kind() == std::io::ErrorKind::TimedOut;
        Self::of(
            if is_over { Incident::TimedOut } else { Incident::BrokenOff },
            format!("the answer broke off: {error}"),
        )
    }

    /// What happened, for messages.
    pub(super) fn words(&self) -> String {
        let message = foreign(&self.message);
        self.code
            .map_or_else(|| message.clone(), |code| format!("TikTok answered {code} \"{message}\""))
    }

    /// The error of a call to `path` that is not made again.
    pub(super) fn error(self, path: &'static str) -> ApiError {
        ApiError {
            cause: self.cause,
            code: self.code,
            message: self.message,
            request_id: self.request_id,
            path,
            remedy: self.remedy,
        }
    }
}

/// Whether TikTok took too long. It does not count if the request was never sent.
fn is_over(error: &ureq::Error) -> bool {
    let is_before = |when: &Timeout| matches!(when, Timeout::Resolve | Timeout::Connect);
    matches!(error, ureq::Error::Timeout(when) if !is_before(when))
}

impl From<Page> for Trouble {
    fn from(page: Page) -> Self {
        let (cause, remedy) = cause_of(page.code, &page.message);
        Trouble {
            cause: if is_time_out(page.code) { Cause::TimedOut } else { cause },
            code: Some(page.code),
            message: page.message,
            request_id: page.request_id,
            remedy,
            http_status: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_incident_once() {
        for (place, (incident, ..)) in INCIDENTS.iter().enumerate() {
            assert_eq!(*incident as usize, place);
        }
    }
}

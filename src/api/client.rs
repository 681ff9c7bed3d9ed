//! Requests: sent in their turn, answered or tried again, and failed with a reason. It owns the
//! connection and the tries; what is in an answer is read by whoever asked.

use super::codes::{Action, decide};
use super::error::{ApiError, Outcome};
use super::limits::Limits;
use super::pacing::{Halt, PAUSES, Pacing};
use super::page::Page;
use super::proxy;
use super::trouble::{Fault, Trouble};
use super::tunnel;
use crate::config::Config;
use crate::error::InputError;
use crate::words::foreign;
use anyhow::{Context, Result};
use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, parse_pem};

/// An answer may not be larger, also not unpacked.
const MOST_BYTES: u64 = 256 << 20;
/// Comes with a report that left ads out; TikTok says so in no other way.
const CUT: &str = "x-tt-ads-throttle";
/// How often passing trouble is met before a call is given up.
const TRIES: u32 = 6;
/// Waits during maintenance, in seconds.
const MAINTENANCE: [u64; 3] = [60, 120, 300];
/// Multiplies every pause, for tests. Taken on loopback only: nobody should hurry TikTok.
const PAUSE_SCALE: &str = "TAP_TIKTOK_ADS_PAUSE_SCALE";

/// One call: an endpoint with its parameters.
#[derive(Debug)]
pub struct Request {
    /// Below `/open_api/v1.3/`, with its slash at the end.
    pub path: &'static str,
    /// Names and values, not yet encoded; arrays and objects as JSON text.
    pub params: Vec<(&'static str, String)>,
    /// Whether a time-out means that it asks for too much: TikTok locks an app out that repeats a
    /// timed-out report.
    pub shrinks: bool,
}

impl Request {
    /// The account that it asks about; nothing if it asks about several.
    fn account(&self) -> &str {
        self.params.iter().find(|(name, _)| *name == "advertiser_id").map_or("", |(_, id)| id)
    }
}

/// The way to TikTok, for all workers.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    /// Host and port that are asked, for people.
    place: String,
    base: String,
    token: crate::config::Secret,
    pacing: Pacing,
    halt: Arc<Halt>,
    requests: AtomicU64,
}

/// What is known of a call while it is tried.
#[derive(Default)]
struct Tries {
    spent: u32,
    account_pauses: usize,
    waits: usize,
}

impl Client {
    /// A client for a configuration. Requests end when `halt` is told.
    pub fn new(config: &Config, halt: Arc<Halt>) -> Result<Self> {
        let tls = TlsConfig::builder().root_certs(root_certs(config)?).build();
        let (host, port) = config.host_and_port();
        // A proxy of the environment is for hosts elsewhere: what stays on this machine would leave
        // it, and without encryption.
        let proxy = if config.is_loopback() { None } else { proxy::of_environment(host, port)? };
        let (proxy, variable) = proxy.unzip();
        let settings = Agent::config_builder()
            .proxy(proxy)
            // The code in the body decides, also under another status.
            .http_status_as_error(false)
            // The token travels in a header of its own, which a redirect would carry to another
            // host.
            .max_redirects(0)
            .https_only(!config.base_url.starts_with("http:"))
            .timeout_connect(Some(Duration::from_secs(10).min(config.request_timeout)))
            .timeout_per_call(Some(config.request_timeout))
            .max_idle_connections(config.concurrency + 1)
            .max_idle_connections_per_host(config.concurrency + 1)
            .user_agent(config.user_agent.as_str())
            .tls_config(tls)
            .build();
        let set = if config.is_elsewhere() { " (`base_url`)" } else { "" };
        let through =
            variable.map_or(String::new(), |name| format!(" through the proxy in {name}"));
        let scale = std::env::var(PAUSE_SCALE)
            .ok()
            .filter(|_| config.is_loopback())
            .and_then(|s| s.parse().ok())
            .unwrap_or(1.0);
        Ok(Client {
            agent: if variable.is_some() { tunnel::agent(settings) } else { settings.new_agent() },
            place: format!("{host}:{port}{set}{through}"),
            base: format!("{}/open_api/v1.3/", config.base_url),
            token: config.access_token.clone(),
            pacing: Pacing::new(Limits::new(config.rate_limit, config.sandbox), scale),
            halt,
            requests: AtomicU64::new(0),
        })
    }

    /// Requests sent so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Makes a call and has `read` read its answer, as often as it takes. `read` gets the text of
    /// an answer and says what it found, or why the answer cannot be trusted; it must begin anew
    /// each time. `body` is a buffer to be used again.
    pub fn call(
        &self,
        request: &Request,
        body: &mut Vec<u8>,
        read: &mut dyn FnMut(&str) -> Result<Page, String>,
    ) -> Result<Page, ApiError> {
        let mut tries = Tries::default();
        loop {
            let Some(start) = self.pacing.turn(request.path, request.account(), &self.halt) else {
                return Err(halted(request));
            };
            self.requests.fetch_add(1, Ordering::Relaxed);
            let answer = self
                .send(request, body)
                .and_then(|is_cut| Ok(Page { is_cut, ..understand(body, read)? }));
            if let Ok(page) = &answer {
                let (action, remedy) = decide(page.code, &page.message);
                if matches!(action, Action::Accept | Action::AcceptPart) {
                    self.pacing.answered(request.path, start);
                    if action == Action::AcceptPart {
                        log::warn!(
                            "{}: {remedy}: \"{}\" (request {})",
                            request.path,
                            foreign(&page.message),
                            foreign(&page.request_id)
                        );
                    }
                    return answer.map_err(|_| halted(request));
                }
            }
            let trouble = answer.map_or_else(|trouble| trouble, Trouble::from);
            self.wait(request, trouble, start, &mut tries)?;
        }
    }

    /// Whether the answer says that it is cut. Its body is in `body`.
    fn send(&self, request: &Request, body: &mut Vec<u8>) -> Result<bool, Trouble> {
        let url = format!("{}{}", self.base, request.path);
        let call = self
            .agent
            .get(url)
            .header("Access-Token", self.token.expose())
            .query_pairs(request.params.iter().map(|(k, v)| (*k, v.as_str())));
        let mut response = call.call().map_err(|e| Trouble::on_the_way(&e, &self.place))?;
        let status = response.status().as_u16();
        let is_cut = response
            .headers()
            .get(CUT)
            .is_some_and(|value| !matches!(value.as_bytes(), b"" | b"0" | b"false"));
        body.clear();
        // The library counts compressed bytes.
        let mut reader =
            response.body_mut().with_config().limit(MOST_BYTES).reader().take(MOST_BYTES + 1);
        reader.read_to_end(body).map_err(|e| Trouble::in_the_body(&e))?;
        if body.len() as u64 > MOST_BYTES {
            *body = Vec::new();
            return Err(Trouble::of(
                Fault::TooLong,
                format!("the answer is longer than {} MiB", MOST_BYTES >> 20),
            ));
        }
        let fault = match status {
            200 => return Ok(is_cut),
            429 => Fault::Throttled,
            408 | 504 | 524 => Fault::TimedOut,
            500.. => Fault::ServerError,
            // An error with an envelope says more than its status.
            _ if body.starts_with(b"{") => return Ok(is_cut),
            300..400 => Fault::Redirect,
            _ => Fault::NotFound,
        };
        Err(Trouble::of(fault, format!("the answer has HTTP status {status}")))
    }

    /// Waits as long as the trouble asks for.
    fn wait(
        &self,
        request: &Request,
        trouble: Trouble,
        start: Instant,
        tries: &mut Tries,
    ) -> Result<(), ApiError> {
        if request.shrinks && trouble.is_time_out {
            self.pacing.timed_out();
        }
        let pause = match trouble.action {
            Action::Pause => self.pacing.pause(request.path, start),
            Action::PauseAccount => {
                tries.account_pauses += 1;
                let pause = PAUSES
                    .get(tries.account_pauses - 1)
                    .map(|s| self.pacing.scaled(Duration::from_secs(*s)));
                pause.inspect(|pause| self.pacing.hold(request.path, request.account(), *pause))
            }
            Action::Wait => {
                tries.waits += 1;
                MAINTENANCE
                    .get(tries.waits - 1)
                    .map(|s| self.pacing.scaled(Duration::from_secs(*s)))
            }
            Action::Retry if request.shrinks && trouble.is_time_out => {
                return Err(trouble.error(request.path, Outcome::TimedOut));
            }
            Action::Retry => {
                tries.spent += 1;
                (tries.spent < TRIES).then(|| self.pacing.scaled(backoff(tries.spent)))
            }
            final_action => return Err(trouble.error(request.path, Outcome::of(final_action))),
        };
        let Some(pause) = pause else {
            // Every other request would meet the same.
            let outcome = if matches!(trouble.action, Action::Pause | Action::Wait) {
                Outcome::EndRun
            } else {
                Outcome::Spent
            };
            return Err(trouble.error(request.path, outcome));
        };
        log::info!(
            "{}: {}; next try in {:.1} s",
            request.path,
            trouble.words(),
            pause.as_secs_f64()
        );
        if self.halt.sleep_until(Instant::now() + pause) { Ok(()) } else { Err(halted(request)) }
    }
}

/// Checks the text of an answer once and has it read.
fn understand(
    body: &[u8],
    read: &mut dyn FnMut(&str) -> Result<Page, String>,
) -> Result<Page, Trouble> {
    let (text, mended) = mend(body);
    let page = read(&text).map_err(|why| {
        if text.trim_start().starts_with('<') {
            Trouble::of(Fault::Html, format!("the answer is HTML instead of JSON: {why}"))
        } else {
            Trouble::of(Fault::Malformed, format!("the answer cannot be trusted: {why}"))
        }
    })?;
    Ok(Page { mended, ..page })
}

/// A body as text. Each sequence of bytes that is no UTF-8 becomes U+FFFD; they are counted.
fn mend(body: &[u8]) -> (Cow<'_, str>, u64) {
    if let Ok(text) = std::str::from_utf8(body) {
        return (Cow::Borrowed(text), 0);
    }
    let (mut text, mut mended) = (String::with_capacity(body.len() + 16), 0);
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            mended += 1;
        }
    }
    (Cow::Owned(text), mended)
}

/// Seconds doubling from 1 to 60, each drawn from its upper half so that workers do not come back
/// together.
fn backoff(attempt: u32) -> Duration {
    let most = 2_f64.powi(i32::try_from(attempt - 1).unwrap_or(6)).min(60.0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    Duration::from_secs_f64(most * (0.5 + 0.5 * f64::from(nanos % 1000) / 1000.0))
}

fn root_certs(config: &Config) -> Result<RootCerts> {
    let Some(path) = &config.ca_file else { return Ok(RootCerts::WebPki) };
    let name = || {
        InputError(format!(
            "config: `ca_file` {} is not a PEM file with certificates",
            path.display()
        ))
    };
    let pem = std::fs::read(path).with_context(name)?;
    let certificates: Vec<Certificate<'static>> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(name().into());
    }
    Ok(RootCerts::from(certificates))
}

fn halted(request: &Request) -> ApiError {
    ApiError {
        outcome: Outcome::Halted,
        code: None,
        message: "stopped".to_owned(),
        request_id: String::new(),
        path: request.path,
        remedy: "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn broken_utf_8_costs_itself() {
        for (bytes, want, times) in [
            (&b"ab\xf0\x9f\x9ac"[..], "ab\u{fffd}c", 1),
            (b"\xff", "\u{fffd}", 1),
            (b"\xe9\"", "\u{fffd}\"", 1),
            (b"ok", "ok", 0),
        ] {
            assert_eq!(mend(bytes), (want.into(), times), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_become_the_text_that_the_library_makes_of_them(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let (text, mended) = mend(&bytes);
            prop_assert_eq!(&text, &String::from_utf8_lossy(&bytes));
            prop_assert_eq!(mended == 0, std::str::from_utf8(&bytes).is_ok());
        }
    }
}

//! Sends requests when the rate limits allow it, and repeats them after temporary failures. It
//! reads the envelope of an answer; the caller passes the reader for its rows.

use super::cause::{Cause, Retry};
use super::codes::{PARTIAL, cause_of};
use super::connection;
use super::error::ApiError;
use super::limits::Limits;
use super::pacing::{Halt, PAUSES, Pacing};
use super::page::Page;
use super::request::{Method, PageOf, Request};
use super::traffic::Traffic;
use super::trouble::{Incident, Trouble};
use crate::config::Config;
use crate::json::Reader;
use crate::logging::metrics;
use crate::words::foreign;
use anyhow::Result;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use ureq::http::Response;
use ureq::{Agent, Body};

/// The most bytes of an answer, compressed or not.
const MOST_BYTES: u64 = 256 << 20;
/// The header of a report that leaves out ads. TikTok indicates that in no other way.
const CUT: &str = "x-tt-ads-throttle";
/// How often a call is tried if it fails temporarily.
const TRIES: u32 = 6;
/// Waits during maintenance, in seconds.
const MAINTENANCE: [u64; 3] = [60, 120, 300];
/// Multiplies every pause and interval, for tests. It only works for loopback addresses, so that
/// nobody can ask TikTok too fast.
const PAUSE_SCALE: &str = "TAP_TIKTOK_ADS_PAUSE_SCALE";

/// Makes requests, for all workers.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    /// Host and port of the requests, for messages.
    place: String,
    base: String,
    token: crate::config::Secret,
    pacing: Pacing,
    halt: Arc<Halt>,
    /// Its requests, and what they wait for.
    pub traffic: Traffic,
    per_second: f64,
}

/// An answer whose body was received.
#[derive(Clone, Copy)]
struct Received {
    /// Whether it says that it leaves out ads.
    is_cut: bool,
    status: u16,
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
        let (agent, place) = connection::agent(config)?;
        let scale = std::env::var(PAUSE_SCALE)
            .ok()
            .filter(|_| config.is_loopback())
            .and_then(|s| s.parse().ok())
            .unwrap_or(1.0);
        let limits = Limits::new(config.rate_limit, config.sandbox);
        Ok(Client {
            agent,
            place,
            base: format!("{}/open_api/v1.3/", config.base_url),
            token: config.access_token.clone(),
            per_second: limits.app.per_second,
            pacing: Pacing::new(limits, scale),
            halt,
            traffic: Traffic::default(),
        })
    }

    /// The most requests per second.
    pub fn per_second(&self) -> f64 {
        self.per_second
    }

    /// The length of an interval in this process.
    pub fn scaled(&self, interval: Duration) -> Duration {
        self.pacing.scaled(interval)
    }

    /// Makes a call, several times if it fails temporarily, and lets `reader` read the rows of the
    /// answer. `body` is a buffer that is reused. An error means that TikTok refused the call, or
    /// that all tries failed.
    pub fn call<R: Reader>(
        &self,
        request: &Request,
        body: &mut Vec<u8>,
        reader: &mut R,
    ) -> Result<Page, ApiError> {
        self.attempt(request, body, &mut |body| request.read_body(body, reader))
    }

    /// Makes a call for a file, which is in `body` afterwards.
    pub fn download(&self, request: &Request, body: &mut Vec<u8>) -> Result<Page, ApiError> {
        self.attempt(request, body, &mut |body| request.read_file(body))
    }

    /// Waits between two calls. Returns `false` if the run ended.
    pub fn rest(&self, pause: Duration) -> bool {
        self.halt.sleep_until(Instant::now() + self.pacing.scaled(pause))
    }

    /// Makes a call until its answer can be used, or no further try can help.
    fn attempt(
        &self,
        request: &Request,
        body: &mut Vec<u8>,
        read: &mut dyn FnMut(&[u8]) -> Result<Page, Trouble>,
    ) -> Result<Page, ApiError> {
        let mut tries = Tries::default();
        loop {
            let turn = self.pacing.turn(request.path, request.account(), &self.halt);
            let Some(start) = turn else { return Err(ApiError::halted(request.path)) };
            self.traffic.sent(request.path);
            let sent = Instant::now();
            let answer = self.send(request, body);
            let status = answer.as_ref().map_or_else(|why| why.http_status, |got| Some(got.status));
            let answer = answer.and_then(|got| Ok(Page { is_cut: got.is_cut, ..read(body)? }));
            let succeeded = answer.as_ref().is_ok_and(is_usable);
            metrics::http_request_duration(request.path, status, sent.elapsed(), succeeded);
            let trouble = match answer {
                Ok(page) if is_usable(&page) => {
                    self.pacing.answered(request.path, start);
                    if page.code == PARTIAL {
                        say_partial(request, &page);
                    }
                    return Ok(page);
                }
                Ok(page) => Trouble::from(page),
                Err(trouble) => trouble,
            };
            self.wait(request, trouble, start, &mut tries)?;
        }
    }

    /// Sends a request. The body of the answer is in `body` afterwards.
    fn send(&self, request: &Request, body: &mut Vec<u8>) -> Result<Received, Trouble> {
        let answer = match request.method {
            Method::Get => self.send_get(request),
            Method::Post => self.send_post(request),
        };
        self.receive(answer, body)
    }

    /// Reads an answer into `body`.
    fn receive(
        &self,
        answer: Result<Response<Body>, ureq::Error>,
        body: &mut Vec<u8>,
    ) -> Result<Received, Trouble> {
        let mut response = answer.map_err(|e| Trouble::on_the_way(&e, &self.place))?;
        let status = response.status().as_u16();
        let is_cut = response
            .headers()
            .get(CUT)
            .is_some_and(|value| !matches!(value.as_bytes(), b"" | b"0" | b"false"));
        let received = Received { is_cut, status };
        body.clear();
        // The library counts compressed bytes.
        let mut reader =
            response.body_mut().with_config().limit(MOST_BYTES).reader().take(MOST_BYTES + 1);
        reader.read_to_end(body).map_err(|e| Trouble::in_the_body(&e))?;
        if body.len() as u64 > MOST_BYTES {
            *body = Vec::new();
            return Err(Trouble::of(
                Incident::TooLong,
                format!("the answer is longer than {} MiB", MOST_BYTES >> 20),
            ));
        }
        let incident = match status {
            200 => return Ok(received),
            429 => Incident::Throttled,
            408 | 504 | 524 => Incident::TimedOut,
            500.. => Incident::ServerError,
            // The envelope of an error has more information than its HTTP status.
            _ if body.starts_with(b"{") => return Ok(received),
            300..400 => Incident::Redirect,
            _ => Incident::NotFound,
        };
        Err(Trouble::of_status(incident, status))
    }

    fn send_get(&self, request: &Request) -> Result<Response<Body>, ureq::Error> {
        let mut call = self
            .agent
            .get(format!("{}{}", self.base, request.path))
            .header("Access-Token", self.token.expose())
            .query_pairs(request.params.iter().map(|(k, v)| (*k, v.as_str())));
        if let Some(PageOf { number, size, .. }) = request.page {
            call = call.query("page", number.to_string()).query("page_size", size.to_string());
        }
        if let Some((name, value)) = &request.header {
            call = call.header(*name, value);
        }
        call.call()
    }

    fn send_post(&self, request: &Request) -> Result<Response<Body>, ureq::Error> {
        let mut call = self
            .agent
            .post(format!("{}{}", self.base, request.path))
            .content_type("application/json");
        if request.once.is_none() {
            call = call.header("Access-Token", self.token.expose());
        }
        if let Some((name, value)) = &request.header {
            call = call.header(*name, value);
        }
        call.send(request.body())
    }

    /// Waits before the next try, or returns an error if there is none.
    fn wait(
        &self,
        request: &Request,
        trouble: Trouble,
        start: Instant,
        tries: &mut Tries,
    ) -> Result<(), ApiError> {
        if request.once.is_some() {
            return Err(trouble.error(request.path));
        }
        let is_time_out = request.is_report && trouble.cause == Cause::TimedOut;
        if let Some(pause) = is_time_out.then(|| self.pacing.timed_out()).flatten() {
            self.traffic.pauses("several reports timed out".to_owned(), pause);
        }
        let seconds = |pauses: &[u64], taken: usize| {
            pauses.get(taken).map(|s| self.pacing.scaled(Duration::from_secs(*s)))
        };
        let pause = match trouble.cause.retry() {
            Retry::Soon if is_time_out => None,
            Retry::Soon => {
                tries.spent += 1;
                (tries.spent < TRIES).then(|| self.pacing.scaled(backoff(tries.spent)))
            }
            Retry::AfterPause => self.pacing.pause(request.path, start),
            Retry::AfterAccountPause => {
                tries.account_pauses += 1;
                seconds(&PAUSES, tries.account_pauses - 1)
                    .inspect(|pause| self.pacing.hold(request.path, request.account(), *pause))
            }
            Retry::AfterMaintenance => {
                tries.waits += 1;
                seconds(&MAINTENANCE, tries.waits - 1)
            }
            Retry::Never => None,
        };
        let Some(pause) = pause else { return Err(trouble.error(request.path)) };
        let reason = format!("{}: {}", request.path, trouble.words());
        log::info!("{reason}; next try in {:.1} s", pause.as_secs_f64());
        self.traffic.repeats(reason, pause);
        let goes_on = self.halt.sleep_until(Instant::now() + pause);
        if goes_on { Ok(()) } else { Err(ApiError::halted(request.path)) }
    }
}

/// Whether the rows of an answer can be used.
fn is_usable(page: &Page) -> bool {
    page.code == 0 || page.code == PARTIAL
}

/// Warns that TikTok delivered only a part of what was requested.
fn say_partial(request: &Request, page: &Page) {
    let (_, remedy) = cause_of(page.code, &page.message);
    let (message, id) = (foreign(&page.message), foreign(&page.request_id));
    log::warn!("{}: {remedy}: \"{message}\" (request {id})", request.path);
}

/// Seconds that double from 1 to 60, each chosen randomly from its upper half so that workers do
/// not all continue at the same time.
fn backoff(attempt: u32) -> Duration {
    let most = 2_f64.powi(i32::try_from(attempt - 1).unwrap_or(6)).min(60.0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    Duration::from_secs_f64(most * (0.5 + 0.5 * f64::from(nanos % 1000) / 1000.0))
}

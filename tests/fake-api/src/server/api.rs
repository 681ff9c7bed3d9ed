//! From a request to its reply: the checks every endpoint shares, then the endpoint, then faults.
//! Owns that order, which is TikTok's as far as it is known.

use super::cache::{Body, Cache, gzip};
use super::connection::Reply;
use super::endpoints::{self, Endpoint};
use super::envelope::{self, Answer, Data, Refusal};
use super::fault_kind::FaultKind;
use super::http::{Head, split_target};
use super::limiter::Refused;
use super::list_facts;
use super::params::Params;
use super::tasks::Tasks;
use super::{APP_ID, Options, Shared, TOKEN, lock, request, tamper};
use crate::{Account, World, random};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const BASE: &str = "/open_api/v1.3/";
/// Smaller bodies are not worth compressing.
const GZIP_FROM: usize = 1 << 10;

/// What endpoints may use.
pub(crate) struct Context<'a> {
    pub(crate) world: &'a World,
    pub(crate) options: Options,
    pub(crate) cache: &'a Mutex<Cache>,
    pub(crate) tasks: &'a Mutex<Tasks>,
    /// Answers of another moment are stale: the hour and the epoch.
    pub(crate) moment: String,
}

impl<'a> Context<'a> {
    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self {
            world: &shared.world,
            options: shared.options(),
            cache: &shared.cache,
            tasks: &shared.tasks,
            moment: shared.world.moment(),
        }
    }

    /// An account the token may read.
    pub(crate) fn account(&self, id: &str) -> Result<&'a Account, Refusal> {
        let message = format!("No permission to operate advertiser {id}");
        if self.options.refused_accounts.iter().any(|refused| refused == id) {
            return Err(Refusal::by_option(40001, message));
        }
        self.world.account(id).ok_or_else(|| Refusal::of(40001, message))
    }
}

/// A reply, and how long it takes.
pub(crate) struct Outcome {
    pub(crate) reply: Reply,
    pub(crate) wait: Duration,
}

/// Answers an API request and notes it in the journal.
pub(crate) fn answer(shared: &Shared, head: &Head, body: &[u8]) -> Outcome {
    let context = Context::new(shared);
    let (path, mut params) = split_target(&head.target).unwrap_or_else(|| {
        lock(&shared.journal).violate(format!("the query is not UTF-8: {}", head.target));
        (head.target.split('?').next().unwrap_or_default(), Vec::new())
    });
    let below = path.strip_prefix(BASE);
    let path = below.unwrap_or(path);
    let endpoint = below.and_then(endpoints::find);
    let facts = below.and_then(list_facts::find);
    let method = facts.map_or("GET", |facts| facts.method);
    let readable = method == "GET" || request::read(head, body, &mut params);
    if let Some(facts) = facts {
        request::read_headers(head, facts, &mut params);
    }
    let number = lock(&shared.journal).arrive(&head.method, path, params.clone());
    let latency = context.options.latency + jitter(context.options.latency_jitter, number);
    let restate_every = context.options.restate_every;
    let (reply, code, hang) = match endpoint {
        None => (not_found(shared, path), None, Duration::ZERO),
        Some(_) if head.method != method => {
            lock(&shared.journal)
                .violate(format!("{path}: {} is not allowed, only {method}", head.method));
            (Reply::plain(405, "text/plain", "405 method not allowed"), None, Duration::ZERO)
        }
        Some(_) if !readable => {
            let why = "the body is no JSON object of type application/json";
            lock(&shared.journal).violate(format!("{path}: {why}"));
            let id = envelope::request_id(number);
            let body = envelope::failure(40000, why, &id);
            (Reply::plain(200, "application/json", body), Some(40000), Duration::ZERO)
        }
        Some(endpoint) => {
            let call = Call { shared, context, endpoint, head, params, number };
            call.reply()
        }
    };
    if restate_every.is_some_and(|every| every > 0 && number.is_multiple_of(every)) {
        shared.world.bump_epoch();
    }
    lock(&shared.journal).answered(number, code);
    Outcome { reply, wait: latency + hang }
}

fn not_found(shared: &Shared, path: &str) -> Reply {
    let why = if endpoints::find(&format!("{path}/")).is_some() {
        "the slash at its end is missing"
    } else {
        "no such path"
    };
    lock(&shared.journal).violate(format!("{path}: {why}"));
    Reply::plain(404, "text/plain", "404 page not found")
}

fn jitter(most: Duration, number: u64) -> Duration {
    let part = u32::try_from(random::mix(number, 88) % 1000).expect("below 1000");
    most * part / 1000
}

/// A call of an endpoint.
struct Call<'a> {
    shared: &'a Shared,
    context: Context<'a>,
    endpoint: &'static Endpoint,
    head: &'a Head,
    params: Vec<(String, String)>,
    number: u64,
}

impl Call<'_> {
    fn reply(self) -> (Reply, Option<i64>, Duration) {
        if let Err(refusal) = self.admit() {
            return (self.refuse(&refusal), Some(refusal.code), Duration::ZERO);
        }
        let fault = lock(&self.shared.faults).take(self.endpoint.path, &self.params);
        match fault {
            None => self.honest(Duration::ZERO),
            Some(FaultKind::Hang(time)) => self.honest(time),
            Some(FaultKind::Code { code, message }) => {
                // The request is checked all the same: faults must not hide violations.
                drop(self.evaluate());
                let refusal = Refusal::by_option(code, message);
                (self.refuse(&refusal), Some(code), Duration::ZERO)
            }
            Some(FaultKind::Http { status, content_type, body }) => {
                drop(self.evaluate());
                (Reply::plain(status, &content_type, body), None, Duration::ZERO)
            }
            Some(FaultKind::Body(body)) => {
                drop(self.evaluate());
                (Reply::plain(200, "application/json", body), None, Duration::ZERO)
            }
            Some(kind) => self.tampered(&kind),
        }
    }

    /// Rate and token come before everything else.
    fn admit(&self) -> Result<(), Refusal> {
        let options = &self.context.options;
        let checked = lock(&self.shared.limiter).check(self.endpoint.path, options);
        checked.map_err(|refused| {
            let message = match refused {
                Refused::Second => "Too many requests. Please retry in some time.".to_owned(),
                Refused::Minute => "App reaches the QPM limit.".to_owned(),
                Refused::Day => "App reaches the QPD limit.".to_owned(),
                Refused::Suspended => {
                    format!(
                        "Due to too many requests, requests from App {APP_ID} are temporarily \
                         restricted."
                    )
                }
            };
            Refusal::by_option(40100, message)
        })?;
        match self.head.header("access-token") {
            None | Some("") => return Err(self.noted(Refusal::of(40104, "Access token is empty."))),
            Some(TOKEN) => {}
            Some(_) => {
                return Err(self
                    .noted(Refusal::of(40105, "Access token is incorrect or has been revoked.")));
            }
        }
        if options.sandbox && !self.endpoint.sandbox {
            return Err(Refusal::by_option(
                40008,
                format!("{} is not supported in sandbox", self.endpoint.path),
            ));
        }
        self.permit(options)
    }

    /// What the options take away from the app.
    fn permit(&self, options: &Options) -> Result<(), Refusal> {
        let path = self.endpoint.path;
        if options.refused_paths.iter().any(|refused| refused == path) {
            let why = format!("The app or the advertiser is not on the allowlist of {path}");
            return Err(Refusal::by_option(40118, why));
        }
        let scopes = list_facts::find(path).map_or(&[][..], |facts| &facts.scopes);
        let refused = |scope: &&str| options.refused_scopes.iter().any(|refused| refused == scope);
        if !scopes.is_empty() && scopes.iter().all(refused) {
            let why = format!(
                "The advertiser does not grant you the permission to {} {BASE}{path}: {}",
                self.head.method,
                scopes.join(", ")
            );
            return Err(Refusal::by_option(40001, why));
        }
        Ok(())
    }

    fn noted(&self, refusal: Refusal) -> Refusal {
        if refusal.violation {
            lock(&self.shared.journal)
                .violate(format!("{}: {}", self.endpoint.path, refusal.message));
        }
        refusal
    }

    fn evaluate(&self) -> Result<(Answer, Params), Refusal> {
        let params = Params::check(self.endpoint, self.params.clone());
        let answer = params
            .and_then(|params| Ok(((self.endpoint.handler)(&self.context, &params)?, params)));
        answer.map_err(|refusal| self.noted(refusal))
    }

    fn honest(&self, hang: Duration) -> (Reply, Option<i64>, Duration) {
        let mut sorted = self.params.clone();
        sorted.sort();
        let request = format!("{} {} {sorted:?}", self.context.moment, self.endpoint.path);
        let gzips = self.context.options.gzip && self.head.accepts_gzip();
        let key = format!("{gzips} {request}");
        // What a task answers depends on when it is asked.
        let keeps =
            self.params.iter().all(|(name, _)| name != "task_id") && self.head.method == "GET";
        let cached = lock(&self.shared.cache).body(&key).filter(|_| keeps);
        let body = match cached {
            Some(body) => body,
            None => match self.evaluate() {
                Err(refusal) => return (self.refuse(&refusal), Some(refusal.code), hang),
                Ok((Answer { data: Data::File { content_type, bytes }, .. }, _)) => {
                    let reply = Reply::plain(200, content_type, bytes);
                    return (reply, Some(0), hang);
                }
                Ok((answer, _)) => {
                    let id = envelope::request_id(random::text(&request));
                    let plain = envelope::success(&answer.data, &id).into_bytes();
                    let gzipped = gzips && plain.len() > GZIP_FROM;
                    let bytes = Arc::new(if gzipped { gzip(&plain) } else { plain });
                    let body =
                        Body { bytes, gzipped, throttled: answer.throttled, wait: answer.wait };
                    if keeps {
                        lock(&self.shared.cache).keep_body(key, body.clone());
                    }
                    body
                }
            },
        };
        let mut reply = self.json(Vec::new());
        reply.throttled = body.throttled;
        reply.gzipped = body.gzipped;
        reply.body = body.bytes;
        (reply, Some(0), hang + body.wait)
    }

    /// An answer with something wrong about it. Refused requests are answered honestly.
    fn tampered(&self, kind: &FaultKind) -> (Reply, Option<i64>, Duration) {
        let (mut answer, params) = match self.evaluate() {
            Ok(evaluated) => evaluated,
            Err(refusal) => return (self.refuse(&refusal), Some(refusal.code), Duration::ZERO),
        };
        if let Some(params) = tamper::other_rows(kind, &params)
            && let Ok(mut other) = (self.endpoint.handler)(&self.context, &params)
            && let (Some(rows), Some(other)) = (answer.data.rows_mut(), other.data.rows_mut())
        {
            rows.clone_from(other);
        }
        tamper::change(kind, &mut answer.data);
        let mut reply = match answer.data {
            Data::File { content_type, bytes } => Reply::plain(200, content_type, bytes),
            data => self.json(tamper::write(kind, &data, &envelope::request_id(self.number))),
        };
        reply.throttled = answer.throttled;
        tamper::spoil_delivery(kind, &mut reply, self.head.accepts_gzip());
        (reply, tamper::code(kind), answer.wait)
    }

    fn refuse(&self, refusal: &Refusal) -> Reply {
        let id = envelope::request_id(self.number);
        self.json(envelope::failure(refusal.code, &refusal.message, &id).into_bytes())
    }

    fn json(&self, body: Vec<u8>) -> Reply {
        let log_id = Some(envelope::request_id(self.number));
        Reply { log_id, ..Reply::plain(200, "application/json", body) }
    }
}

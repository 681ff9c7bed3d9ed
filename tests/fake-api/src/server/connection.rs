//! One connection: reads request after request and delivers the answers, whole or broken.
//! Owns the socket; what to answer comes from `api` and `admin`.

use super::api::Outcome;
use super::http::{self, Head};
use super::{Shared, admin, api, consent, lock};
use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// How many pieces a slow body is cut into.
const PIECES: u32 = 40;

/// What is sent back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Arc<Vec<u8>>,
    pub(crate) gzipped: bool,
    pub(crate) throttled: bool,
    pub(crate) log_id: Option<String>,
    /// Where the client should go instead.
    pub(crate) location: Option<String>,
    pub(crate) delivery: Delivery,
}

/// How it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// Only the first half of the promised bytes.
    Half,
    /// Nothing: the connection is reset.
    Reset,
    /// Nothing: the connection ends.
    Nothing,
    /// The body in small pieces over this time.
    Slow(Duration),
}

impl Reply {
    pub(crate) fn plain(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            body: Arc::new(body.into()),
            gzipped: false,
            throttled: false,
            log_id: None,
            location: None,
            delivery: Delivery::Whole,
        }
    }
}

/// Serves a connection until either side ends it. Errors of the socket are the client's business.
pub(crate) fn serve(shared: &Shared, mut stream: TcpStream, id: u64) {
    drop(stream.set_nodelay(true));
    while let Ok(Some(head)) = http::read_head(&mut stream) {
        let path = head.target.split('?').next().unwrap_or_default();
        let is_api = !path.starts_with("/_fake/") && !path.starts_with(consent::BASE);
        let next = if is_api {
            serve_api(shared, &mut stream, &head, id)
        } else {
            serve_other(shared, &mut stream, &head, id)
        };
        if !matches!(next, Ok(true)) || shared.stopping() {
            return;
        }
    }
}

/// True when the connection goes on.
fn serve_other(shared: &Shared, stream: &mut TcpStream, head: &Head, id: u64) -> io::Result<bool> {
    let body = http::finish_head(stream, head)?;
    let reply = if head.target.starts_with(consent::BASE) {
        consent::answer(shared, head)
    } else {
        admin::answer(shared, head, &body, id)
    };
    deliver(shared, stream, &reply)?;
    Ok(head.keeps_alive())
}

fn serve_api(shared: &Shared, stream: &mut TcpStream, head: &Head, id: u64) -> io::Result<bool> {
    // A client that ends before its body is complete has not made a request.
    let body = http::read_body(stream, head)?;
    let outcome = api::answer(shared, head, &body);
    let next = send(shared, stream, head, id, &outcome);
    lock(&shared.journal).leave();
    next
}

/// True when the connection goes on.
fn send(
    shared: &Shared,
    stream: &mut TcpStream,
    head: &Head,
    id: u64,
    outcome: &Outcome,
) -> io::Result<bool> {
    shared.sleep(outcome.wait);
    if outcome.reply.delivery == Delivery::Reset {
        shared.forget(id);
        return Ok(false);
    }
    // Nothing may stay unread: that would reset the connection.
    http::finish_request(stream)?;
    if outcome.reply.delivery == Delivery::Nothing {
        return Ok(false);
    }
    deliver(shared, stream, &outcome.reply)?;
    Ok(head.keeps_alive() && outcome.reply.delivery != Delivery::Half)
}

fn deliver(shared: &Shared, stream: &mut TcpStream, reply: &Reply) -> io::Result<()> {
    let mut headers = vec![("Content-Type", reply.content_type.as_str())];
    if reply.gzipped {
        headers.push(("Content-Encoding", "gzip"));
    }
    if reply.throttled {
        headers.push(("X-Tt-Ads-Throttle", "1"));
    }
    if let Some(log_id) = &reply.log_id {
        headers.push(("X-Tt-Logid", log_id));
    }
    if let Some(location) = &reply.location {
        headers.push(("Location", location));
    }
    let length = reply.body.len();
    let sent = match reply.delivery {
        Delivery::Half => length / 2,
        Delivery::Slow(_) => 0,
        _ => length,
    };
    http::write_answer(stream, reply.status, &headers, length, &reply.body[..sent])?;
    if let Delivery::Slow(time) = reply.delivery {
        let pieces = u32::try_from(length).unwrap_or(u32::MAX).clamp(1, PIECES);
        for piece in
            reply.body.chunks(length.div_ceil(usize::try_from(pieces).expect("32 bits")).max(1))
        {
            shared.sleep(time / pieces);
            stream.write_all(piece)?;
        }
    }
    Ok(())
}

//! One connection: reads request after request and delivers the answers, whole or broken.
//! Owns the socket; what to answer comes from `api` and `admin`.

use super::http::{self, Head};
use super::{Shared, admin, api, lock};
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is sent back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Arc<Vec<u8>>,
    pub(crate) gzipped: bool,
    pub(crate) throttled: bool,
    pub(crate) log_id: Option<String>,
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
            delivery: Delivery::Whole,
        }
    }
}

/// Serves a connection until either side ends it. Errors of the socket are the client's business.
pub(crate) fn serve(shared: &Shared, mut stream: TcpStream, id: u64) {
    drop(stream.set_nodelay(true));
    while let Ok(Some(head)) = http::read_head(&mut stream) {
        let api = !head.target.starts_with("/_fake/");
        let next = if api {
            let next = serve_api(shared, &mut stream, &head, id);
            lock(&shared.journal).leave();
            next
        } else {
            serve_admin(shared, &mut stream, &head)
        };
        if !matches!(next, Ok(true)) || shared.stopping() {
            return;
        }
    }
}

/// True when the connection goes on.
fn serve_admin(shared: &Shared, stream: &mut TcpStream, head: &Head) -> io::Result<bool> {
    let body = http::finish_head(stream, head)?;
    deliver(stream, &admin::answer(shared, head, &body))?;
    Ok(head.keeps_alive())
}

fn serve_api(shared: &Shared, stream: &mut TcpStream, head: &Head, id: u64) -> io::Result<bool> {
    let outcome = api::answer(shared, head);
    sleep(shared, outcome.wait);
    if outcome.reply.delivery == Delivery::Reset {
        shared.forget(id);
        return Ok(false);
    }
    http::finish_head(stream, head)?;
    deliver(stream, &outcome.reply)?;
    Ok(head.keeps_alive() && outcome.reply.delivery == Delivery::Whole)
}

fn deliver(stream: &mut TcpStream, reply: &Reply) -> io::Result<()> {
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
    let length = reply.body.len();
    let sent = if reply.delivery == Delivery::Half { length / 2 } else { length };
    http::write_answer(stream, reply.status, &headers, length, &reply.body[..sent])
}

/// Sleeps in short steps, so that stopping the server does not wait for a hang.
fn sleep(shared: &Shared, time: Duration) {
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || shared.stopping() {
            return;
        }
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
}

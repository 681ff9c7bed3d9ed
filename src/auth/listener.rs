//! Receives the redirect of the browser on a port of this machine.

use super::arrival::Arrival;
use super::page::Page;
use crate::error::input;
use anyhow::Result;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

/// The longest head of a request that is read.
const LONGEST: u64 = 16 << 10;
/// How long a browser may take for its request. It also opens connections that it does not use.
const PATIENCE: Duration = Duration::from_secs(10);

/// A browser that waits for a page.
#[derive(Debug)]
pub(super) struct Browser(TcpStream);

impl Browser {
    /// Shows a page. If the browser went away, nobody misses it.
    pub(super) fn show(mut self, page: &Page) {
        let _ = answer(&mut self.0, "200 OK", &page.html());
    }
}

/// The open port.
#[derive(Debug)]
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
}

impl Listener {
    /// Opens a port for programs of this machine only.
    pub(super) fn open(port: u16) -> Result<Self> {
        let error = |error: io::Error| {
            let why = match error.kind() {
                ErrorKind::AddrInUse => "is taken by another program".to_owned(),
                _ => format!("cannot be opened ({error})"),
            };
            input(format!(
                "auth: port {port} {why}, so the code cannot be received there; end that program, \
                 use another redirect URL of the app with `--redirect-url`, or use `--paste` and \
                 paste the address to which TikTok redirects"
            ))
        };
        let mut sockets = vec![TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(error)?];
        // Browsers may try this address of `localhost` first. Not every machine has it.
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(socket) => sockets.push(socket),
            Err(failure) if failure.kind() == ErrorKind::AddrInUse => return Err(error(failure)),
            Err(_) => {}
        }
        Ok(Listener { sockets })
    }

    /// Sends the query of every redirect to `path`, until the process ends.
    pub(super) fn start(self, path: &str, arrivals: &Sender<Arrival>) {
        let path: Arc<str> = path.into();
        for socket in self.sockets {
            let (path, arrivals) = (Arc::clone(&path), arrivals.clone());
            thread::spawn(move || {
                for stream in socket.incoming().flatten() {
                    let (path, arrivals) = (Arc::clone(&path), arrivals.clone());
                    thread::spawn(move || receive(stream, &path, &arrivals));
                }
            });
        }
    }
}

fn receive(mut stream: TcpStream, path: &str, arrivals: &Sender<Arrival>) {
    let Some(target) = read_target(&mut stream) else { return };
    let (asked, query) = target.split_once('?').unwrap_or((&target, ""));
    if asked == path && !query.is_empty() {
        // If nobody waits any more, the connection is closed.
        let _ = arrivals.send(Arrival::Redirect(query.to_owned(), Browser(stream)));
    } else {
        let _ = answer(&mut stream, "404 Not Found", "<!doctype html><title>Not found</title>");
    }
}

/// Reads the head of a request and returns what it asks for.
fn read_target(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let (mut head, mut piece) = (Vec::new(), [0; 1024]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&piece[..read]);
        if head.len() as u64 > LONGEST {
            return None;
        }
    }
    let head = String::from_utf8_lossy(&head);
    let mut words = head.split_whitespace();
    (words.next() == Some("GET")).then(|| words.next().map(str::to_owned)).flatten()
}

/// The address of the page has the code, which must not be kept or passed on.
fn answer(stream: &mut TcpStream, status: &str, html: &str) -> io::Result<()> {
    let length = html.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Length: {length}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
         Connection: close\r\n\r\n{html}"
    )?;
    stream.flush()
}

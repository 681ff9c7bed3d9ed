//! Proxies of the environment: they are used, skipped for hosts in `NO_PROXY`, or refused by name,
//! but never ignored silently.
//!
//! The tests bring a proxy for `CONNECT`, SOCKS 5 and SOCKS 4. That requests to this machine use no
//! proxy is tested in `process`.

use crate::harness::Tap;
use crate::tls::{HOST, TlsServer, against, data};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A proxy that connects every client to one port of this machine.
struct Proxy {
    port: u16,
    /// The first piece of bytes of each connection.
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Proxy {
    fn to(target: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&heard);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let all = Arc::clone(&all);
                thread::spawn(move || serve(client, target, &all));
            }
        });
        Proxy { port, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard
            .lock()
            .unwrap()
            .iter()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    }
}

fn serve(mut client: TcpStream, target: u16, heard: &Mutex<Vec<Vec<u8>>>) -> Option<()> {
    let read = |client: &mut TcpStream| -> Option<Vec<u8>> {
        let mut buffer = [0; 4096];
        let size = client.read(&mut buffer).ok().filter(|size| *size > 0)?;
        Some(buffer[..size].to_vec())
    };
    let first = read(&mut client)?;
    let version = first[0];
    heard.lock().unwrap().push(first);
    match version {
        5 => {
            client.write_all(&[5, 0]).ok()?;
            read(&mut client)?;
            client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).ok()?;
        }
        4 => client.write_all(&[0, 90, 0, 0, 0, 0, 0, 0]).ok()?,
        // Like some proxies, this one looks only at the first piece.
        _ if heard.lock().unwrap().last()?.ends_with(b"\r\n\r\n") => {
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
        }
        _ => return None,
    }
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).ok()?;
    let (mut up, mut down) = (client.try_clone().ok()?, server.try_clone().ok()?);
    let mut back = server;
    thread::spawn(move || std::io::copy(&mut up, &mut down));
    std::io::copy(&mut back, &mut client).ok().map(drop)
}

fn tap() -> Tap {
    against(&format!("https://{HOST}")).set("ca_file", data("authority.pem"))
}

#[test]
fn every_variable_and_kind_of_proxy_is_used() {
    let server = TlsServer::start("server.pem");
    for name in ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]
    {
        let proxy = Proxy::to(server.port);
        let run = tap().env(name, &format!("http://127.0.0.1:{}", proxy.port)).run().ended(0);
        assert_eq!(run.streams(), ["campaigns"]);
        let heard = proxy.heard();
        assert!(
            !heard.is_empty()
                && heard
                    .iter()
                    .all(|line| line.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n"))),
            "{heard:?}"
        );
    }
    for kind in ["socks5h", "socks4a"] {
        let proxy = Proxy::to(server.port);
        tap().env("HTTPS_PROXY", &format!("{kind}://127.0.0.1:{}", proxy.port)).run().ended(0);
        assert!(!proxy.heard().is_empty(), "{kind}");
    }
}

#[test]
fn the_password_of_a_proxy_is_sent_but_never_shown() {
    let server = TlsServer::start("server.pem");
    let proxy = Proxy::to(server.port);
    let run = tap()
        .env("HTTPS_PROXY", &format!("http://user:planted%20word@127.0.0.1:{}", proxy.port))
        .arg("-vv")
        .run()
        .ended(0);
    // `user:planted word`
    assert!(
        proxy
            .heard()
            .iter()
            .all(|head| head.contains("Proxy-Authorization: Basic dXNlcjpwbGFudGVkIHdvcmQ=")),
        "{:?}",
        proxy.heard()
    );
    assert!(!run.stderr.concat().contains("planted"), "{}", run.stderr.join("\n"));
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_by_name() {
    for (value, part) in [
        ("htp://user:planted@127.0.0.1:1", "`htp`"),
        ("socks6://user:planted@127.0.0.1:1", "`socks6`"),
        ("http://user:plan ted@127.0.0.1:1", "scheme://"),
    ] {
        let run = tap().env("HTTPS_PROXY", value).run().ended(2);
        assert!(
            run.cause().contains("HTTPS_PROXY") && run.cause().contains(part),
            "{}",
            run.cause()
        );
        assert!(run.stdout.is_empty() && !run.cause().contains("plan"), "{}", run.cause());
    }
}

#[test]
fn hosts_of_no_proxy_are_reached_without_it() {
    // The tap does not recognize this address as loopback, so by default a proxy would be used.
    // The certificate is for other names.
    let server = TlsServer::start("server.pem");
    let run = |list: &str, proxy: &Proxy| {
        let tap = against(&format!("https://[::ffff:127.0.0.1]:{}", server.port))
            .set("ca_file", data("authority.pem"));
        tap.env("HTTPS_PROXY", &format!("http://127.0.0.1:{}", proxy.port))
            .env("NO_PROXY", list)
            .run()
            .ended(3)
    };
    for list in ["*", "localhost, ::ffff:127.0.0.1", &format!("[::ffff:127.0.0.1]:{}", server.port)]
    {
        let proxy = Proxy::to(server.port);
        assert!(!run(list, &proxy).cause().contains("through the proxy"), "{list}");
        assert_eq!(proxy.heard().len(), 0, "{list}");
    }
    for list in ["", "other.invalid", "[::ffff:127.0.0.1]:1"] {
        let proxy = Proxy::to(server.port);
        let run = run(list, &proxy);
        let place = format!(
            "[::ffff:127.0.0.1]:{} (`base_url`) through the proxy in HTTPS_PROXY",
            server.port
        );
        assert!(run.cause().contains(&place), "{}", run.cause());
        assert!(!proxy.heard().is_empty(), "{list}");
    }
}

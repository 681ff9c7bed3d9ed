//! Certificates: a valid one is accepted, and the error of an invalid one is explained at once,
//! without a retry.
//!
//! The tests bring a TLS server with one fixed answer. `data/make` creates its certificates.

use crate::catalogs::only;
use crate::harness::{Run, Tap, serve, world};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The host of the certificates, in addition to 127.0.0.1.
pub(crate) const HOST: &str = "api.example.invalid";
const EMPTY: &str = concat!(
    r#"{"code":0,"message":"OK","request_id":"r","data":{"list":[],"page_info":"#,
    r#"{"page":1,"page_size":1000,"total_number":0,"total_page":0}}}"#
);

/// The path of a file of certificates.
pub(crate) fn data(name: &str) -> String {
    format!("{}/tests/it/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A server that answers every request with an empty list. It lives as long as the tests.
pub(crate) struct TlsServer {
    pub port: u16,
    connections: Arc<AtomicUsize>,
}

impl TlsServer {
    /// Starts a server with the certificate of a file.
    pub(crate) fn start(certificate: &str) -> Self {
        let certificates =
            CertificateDer::pem_file_iter(data(certificate)).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(data("server.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        let config =
            Arc::new(config.with_no_client_auth().with_single_cert(certificates, key).unwrap());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                seen.fetch_add(1, Ordering::SeqCst);
                let config = Arc::clone(&config);
                thread::spawn(move || {
                    answer(StreamOwned::new(ServerConnection::new(config).unwrap(), stream));
                });
            }
        });
        TlsServer { port, connections }
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

fn answer(mut stream: StreamOwned<ServerConnection, TcpStream>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..read]);
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                EMPTY.len()
            );
            if stream
                .write_all(format!("{head}{EMPTY}").as_bytes())
                .and_then(|()| stream.flush())
                .is_err()
            {
                return;
            }
        }
    }
}

/// Runs one stream against a host.
pub(crate) fn against(url: &str) -> Tap {
    Tap::on(&serve(world()))
        .catalog(&only(&["campaigns"]))
        .set("accounts", "7298114450012340001")
        .set("base_url", url)
}

fn refused(server: &TlsServer, tap: &Tap, words: &str) -> Run {
    let before = server.connections.load(Ordering::SeqCst);
    let run = tap.run().ended(3);
    assert!(run.cause().contains(words) && run.cause().contains("`ca_file`"), "{}", run.cause());
    assert!(!run.cause().contains("check the network"), "{}", run.cause());
    assert_eq!(server.connections.load(Ordering::SeqCst) - before, 1, "it was tried again");
    assert_eq!(run.state()["bookmarks"], serde_json::json!({}));
    run
}

#[test]
fn a_certificate_of_an_authority_in_ca_file_is_accepted() {
    let server = TlsServer::start("server.pem");
    let run = against(&server.url()).set("ca_file", data("authority.pem")).run().ended(0);
    assert_eq!(run.streams(), ["campaigns"]);
}

#[test]
fn the_error_of_a_certificate_is_reported_at_once() {
    let trusting = |server: &TlsServer| {
        against(&server.url()).set("ca_file", data("authority.pem")).set("concurrency", 1)
    };
    let server = TlsServer::start("server.pem");
    refused(
        &server,
        &against(&server.url()).set("concurrency", 1),
        "of an authority that is not trusted",
    );
    refused(
        &server,
        &trusting(&server).set("base_url", format!("https://localhost:{}", server.port)),
        "for another name (api.example.invalid",
    );
    for (certificate, words) in
        [("expired.pem", "that has expired"), ("early.pem", "that is not valid yet")]
    {
        let server = TlsServer::start(certificate);
        let run = refused(&server, &trusting(&server), words);
        assert!(
            run.cause().contains(&format!("127.0.0.1:{} (`base_url`)", server.port)),
            "{}",
            run.cause()
        );
    }
}

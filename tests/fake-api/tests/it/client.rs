//! A small HTTP client that shows everything: status, headers, bytes as they came.
//! Owns talking to the server; expectations are in the tests.

use fake_tiktok::{Options, Server, TOKEN, World, WorldConfig};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use time::macros::datetime;

/// Noon in UTC of a day all test worlds agree on.
pub(crate) fn config() -> WorldConfig {
    WorldConfig { now: Some(datetime!(2026-07-15 12:00 UTC)), ..WorldConfig::default() }
}

pub(crate) fn start(config: WorldConfig, options: Options) -> Server {
    Server::start(World::new(config), options).unwrap()
}

/// A server of a world without odd values, some of which `serde_json` cannot read.
pub(crate) fn server() -> Server {
    start(WorldConfig { odd: false, ..config() }, Options::default())
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn has_header(&self, line: &str) -> bool {
        self.headers.lines().any(|header| header.eq_ignore_ascii_case(line))
    }

    pub(crate) fn length(&self) -> usize {
        let line = self.headers.lines().find(|line| line.starts_with("Content-Length: ")).unwrap();
        line["Content-Length: ".len()..].parse().unwrap()
    }

    pub(crate) fn unzipped(&self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        GzDecoder::new(self.bytes.as_slice()).read_to_end(&mut out).map(|_| out)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

/// Sends a request with headers of its own, on a connection of its own.
pub(crate) fn send(
    server: &Server,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(server.url().trim_start_matches("http://"))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let length = body.len();
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    )?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let headers = String::from_utf8(bytes[..end].to_vec()).unwrap();
    Ok(Answer {
        status: headers[9..12].parse().unwrap(),
        headers,
        bytes: bytes[end + 4..].to_vec(),
    })
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

pub(crate) fn target(path: &str, params: &[(&str, &str)]) -> String {
    let pairs: Vec<_> =
        params.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
    format!("/open_api/v1.3/{path}?{}", pairs.join("&"))
}

pub(crate) const TOKEN_HEADER: &str = "Access-Token: fake-access-token\r\n";

pub(crate) fn try_get(server: &Server, path: &str, params: &[(&str, &str)]) -> io::Result<Answer> {
    send(server, "GET", &target(path, params), &format!("Access-Token: {TOKEN}\r\n"), "")
}

pub(crate) fn get(server: &Server, path: &str, params: &[(&str, &str)]) -> Answer {
    try_get(server, path, params).unwrap()
}

/// The code and the message of an answer.
pub(crate) fn code(server: &Server, path: &str, params: &[(&str, &str)]) -> (i64, String) {
    let json = get(server, path, params).json();
    (json["code"].as_i64().unwrap(), json["message"].as_str().unwrap().to_owned())
}

/// The first account, and the parameters given added to it.
pub(crate) fn of_first<'a>(
    server: &'a Server,
    params: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let id = ("advertiser_id", server.world().accounts()[0].advertiser_id.as_str());
    std::iter::once(id).chain(params.iter().copied()).collect()
}

/// All pages of a listing, as raw rows in one array.
pub(crate) fn all_rows(
    server: &Server,
    path: &str,
    params: &[(&str, &str)],
    size: usize,
) -> Vec<Value> {
    let size = size.to_string();
    let mut rows = Vec::new();
    for page in 1.. {
        let number = page.to_string();
        let mut params = params.to_vec();
        params.extend([("page", number.as_str()), ("page_size", size.as_str())]);
        let json = get(server, path, &params).json();
        assert_eq!(json["code"], 0, "{json}");
        let info = &json["data"]["page_info"];
        rows.extend(json["data"]["list"].as_array().cloned().unwrap_or_default());
        if page >= info["total_page"].as_u64().unwrap() {
            assert_eq!(info["total_number"], rows.len());
            return rows;
        }
    }
    unreachable!()
}

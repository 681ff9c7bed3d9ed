//! HTTP/1.1 on a socket: as much of it as the API and its clients need.
//! Owns reading heads and writing answers; knows nothing of paths or codes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

const LONGEST_HEAD: usize = 1 << 20;
const LONGEST_BODY: usize = 1 << 20;

/// Request line and headers.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn accepts_gzip(&self) -> bool {
        self.header("accept-encoding").is_some_and(|value| value.contains("gzip"))
    }

    pub(crate) fn keeps_alive(&self) -> bool {
        self.header("connection").is_none_or(|value| !value.eq_ignore_ascii_case("close"))
    }
}

/// Reads a head but for its last byte, which [`finish_head`] takes: a socket closed with unread
/// data resets the connection, and that is the only way to do so without unsafe code.
/// None means that the client went away between requests.
pub(crate) fn read_head(stream: &mut TcpStream) -> io::Result<Option<Head>> {
    let mut text = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let seen = match stream.peek(&mut buffer) {
            Ok(0) if text.is_empty() => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(seen) => seen,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let before = text.len();
        text.extend_from_slice(&buffer[..seen]);
        let from = before.saturating_sub(3);
        let end = text[from..].windows(4).position(|bytes| bytes == b"\r\n\r\n");
        let taken = end.map_or(seen, |end| from + end + 3 - before);
        stream.read_exact(&mut buffer[..taken])?;
        text.truncate(before + taken);
        if end.is_some() {
            return parse(&text).map(Some);
        }
        if text.len() > LONGEST_HEAD {
            return Err(ErrorKind::InvalidData.into());
        }
    }
}

/// Reads the byte that [`read_head`] left, and the body.
pub(crate) fn finish_head(stream: &mut TcpStream, head: &Head) -> io::Result<Vec<u8>> {
    let mut body = read_body(stream, head)?;
    if let Some(last) = body.len().checked_sub(1) {
        stream.read_exact(&mut body[last..])?;
    } else {
        stream.read_exact(&mut [0])?;
    }
    Ok(body)
}

/// Reads the body, but leaves the last byte of the request unread, as [`read_head`] does. With a
/// body this is to be called once, and [`finish_request`] after it.
pub(crate) fn read_body(stream: &mut TcpStream, head: &Head) -> io::Result<Vec<u8>> {
    let length = head.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    if length > LONGEST_BODY {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; length];
    if let Some(last) = length.checked_sub(1) {
        stream.read_exact(&mut [0])?;
        stream.read_exact(&mut body[..last])?;
        if stream.peek(&mut body[last..])? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(body)
}

/// Reads the last byte of a request.
pub(crate) fn finish_request(stream: &mut TcpStream) -> io::Result<()> {
    stream.read_exact(&mut [0])
}

fn parse(text: &[u8]) -> io::Result<Head> {
    let text = std::str::from_utf8(text).map_err(|_| ErrorKind::InvalidData)?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(ErrorKind::InvalidData.into());
    };
    let headers = lines.filter_map(|line| line.split_once(':'));
    Ok(Head {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers
            .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect(),
    })
}

/// Status line, headers and `length` bytes promised; then the bytes given, which may be fewer.
pub(crate) fn write_answer(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(&str, &str)],
    length: usize,
    body: &[u8],
) -> io::Result<()> {
    let reason = match status {
        200 => "OK",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    };
    let mut out = format!("HTTP/1.1 {status} {reason}\r\n");
    for (key, value) in headers {
        out.push_str(key);
        out.push_str(": ");
        out.push_str(value);
        out.push_str("\r\n");
    }
    let mut out = format!("{out}Content-Length: {length}\r\n\r\n").into_bytes();
    // Small answers go out in one packet.
    if body.len() < 16 << 10 {
        out.extend_from_slice(body);
        return stream.write_all(&out);
    }
    stream.write_all(&out)?;
    stream.write_all(body)
}

/// Splits a target into its path and its decoded parameters; none when they are not UTF-8.
pub(crate) fn split_target(target: &str) -> Option<(&str, Vec<(String, String)>)> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let params = pairs.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode(key)?, decode(value)?))
    });
    Some((path, params.collect::<Option<_>>()?))
}

fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(out).ok()
}

//! The redirect URL of the app, and what TikTok adds to it: the code, and the `state` that shows
//! that the redirect answers to this run.

use crate::error::input;
use anyhow::Result;
use percent_encoding::percent_decode_str;

/// A redirect URL.
#[derive(Debug)]
pub(super) struct Redirect {
    /// As it is registered.
    pub url: String,
    /// Its port and path if it leads to this machine, where its code can be received.
    pub local: Option<(u16, String)>,
}

impl Redirect {
    /// Reads a URL of the command line.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let wrong = || {
            input(format!(
                "`--redirect-url` \"{}\" is not a URL such as http://localhost:8765/; give one of \
                 the redirect URLs of the app",
                crate::words::foreign(url)
            ))
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains('#');
        if !matches!(scheme, "http" | "https") || rest.is_empty() || !is_plain {
            return Err(wrong());
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (place, path) = rest.split_at(end);
        let path = path.split('?').next().filter(|path| !path.is_empty()).unwrap_or("/");
        let (host, port) = place.rsplit_once(':').unwrap_or((place, "80"));
        let is_local = scheme == "http" && matches!(host, "localhost" | "127.0.0.1");
        let local = if is_local {
            Some((port.parse().map_err(|_| wrong())?, path.to_owned()))
        } else {
            None
        };
        Ok(Redirect { url: url.to_owned(), local })
    }
}

/// What a redirected URL, or a text that was pasted, holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The code.
    Code(String),
    /// A redirect of another run, or of somebody else.
    OtherState,
    /// A redirect of this run without a code.
    NoCode,
    /// A text that is neither an address nor a code.
    Neither,
}

/// The fewest characters of a code. TikTok's have about 40, and whatever else stands on the stdin
/// of a script should not be sent to TikTok.
const SHORTEST: usize = 16;

/// Reads the query of a redirected URL.
pub(super) fn read_query(query: &str, state: &str) -> Answer {
    let value = |wanted: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut values = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| decode(value));
        values.next().filter(|value| !value.is_empty())
    };
    if value("state").as_deref() != Some(state) {
        return Answer::OtherState;
    }
    value("auth_code").map_or(Answer::NoCode, Answer::Code)
}

/// Reads a line that was pasted: the whole redirected URL, or the code alone, which has no state.
pub(super) fn read_pasted(line: &str, state: &str) -> Answer {
    let line = line.trim();
    let query = line.split_once('?').map(|(_, query)| query);
    match query.or_else(|| line.contains("auth_code=").then_some(line)) {
        Some(query) => read_query(query.split('#').next().unwrap_or_default(), state),
        None if line.contains("://") => Answer::NoCode,
        None if is_code(line) => Answer::Code(line.to_owned()),
        None => Answer::Neither,
    }
}

fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=%".contains(&byte);
    text.len() >= SHORTEST && text.bytes().all(is_part)
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_from_a_url_or_alone() {
        let code = |code: &str| Answer::Code(code.to_owned());
        for (line, want) in [
            ("0123456789abcdef", code("0123456789abcdef")),
            ("  0123456789abcdef \r\n", code("0123456789abcdef")),
            ("abc123", Answer::Neither),
            ("echo 0123456789abcdef", Answer::Neither),
            ("http://localhost:8765/?auth_code=a%2Bb&state=s", code("a+b")),
            ("https://example.com/x?state=s&auth_code=ab#top", code("ab")),
            ("auth_code=ab&state=s", code("ab")),
            ("http://localhost/?auth_code=ab&state=t", Answer::OtherState),
            ("http://localhost/?auth_code=ab", Answer::OtherState),
            ("http://localhost/?state=s", Answer::NoCode),
            ("http://localhost/?state=s&auth_code=", Answer::NoCode),
            ("http://localhost/", Answer::NoCode),
        ] {
            assert_eq!(read_pasted(line, "s"), want, "{line}");
        }
    }

    #[test]
    fn a_redirect_to_this_machine_has_a_port_and_a_path() {
        for (url, want) in [
            ("http://localhost:8765/", Some((8765, "/"))),
            ("http://127.0.0.1:9000/back?x=1", Some((9000, "/back"))),
            ("http://localhost", Some((80, "/"))),
            ("https://localhost:8765/", None),
            ("https://example.com/back", None),
            ("http://localhost.example.com/", None),
        ] {
            let local = Redirect::parse(url).expect(url).local;
            assert_eq!(local, want.map(|(port, path)| (port, path.to_owned())), "{url}");
        }
        for wrong in
            ["localhost:8765", "ftp://x/", "http://", "http://localhost:port/", "http://a b/"]
        {
            assert!(Redirect::parse(wrong).is_err(), "{wrong}");
        }
    }
}

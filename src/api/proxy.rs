//! The proxy from the environment: which variable counts, and whether the host is excluded. A
//! variable that cannot be understood is an error, because requests would otherwise bypass the
//! proxy without notice.

use crate::error::input;
use crate::logging;
use anyhow::Result;
use std::env;
use std::net::IpAddr;
use ureq::Proxy;

/// The first one that is set counts, in this order, as in ureq.
const NAMES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
/// Variables with the hosts that are reached without a proxy.
const EXCEPT: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// A proxy, and the variable that names it.
pub(super) type Named = (Proxy, &'static str);

/// The proxy to a host, if there is one.
pub(super) fn of_environment(host: &str, port: u16) -> Result<Option<Named>> {
    choose(host, port, |name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn choose(
    host: &str,
    port: u16,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Named>> {
    let set = |name: &str| {
        variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let Some((name, value)) = NAMES.into_iter().find_map(|name| Some((name, set(name)?))) else {
        return Ok(None);
    };
    if EXCEPT.into_iter().find_map(set).is_some_and(|list| is_excepted(host, port, &list)) {
        return Ok(None);
    }
    match Proxy::new(&value) {
        Ok(proxy) => {
            logging::hide(proxy.password().map(str::to_owned));
            Ok(Some((proxy, name)))
        }
        Err(_) => Err(input(format!("the environment variable {name} {}", fault(&value)))),
    }
}

fn fault(value: &str) -> String {
    let is_of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    let kind = value.split_once("://").map(|(kind, _)| kind.to_lowercase());
    match kind {
        Some(kind) if !known.contains(&kind.as_str()) && kind.bytes().all(is_of_scheme) => {
            let known = known.join(", ");
            format!("sets a proxy of the kind `{kind}`, which is not supported; use one of {known}")
        }
        _ => "does not hold the address of a proxy; expected \
              scheme://[user:password@]host[:port], with special characters of the password as %XX"
            .to_owned(),
    }
}

/// Whether a list such as `localhost, .example.com, example.org:8443, *` names a host. A name
/// stands for all names below it too.
fn is_excepted(host: &str, port: u16, list: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_lowercase();
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let (name, at) = with_port(entry);
        let name = name
            .trim_start_matches('*')
            .trim_start_matches('.')
            .trim_end_matches('.')
            .to_lowercase();
        let is_below = host
            .strip_suffix(name.as_str())
            .is_some_and(|above| above.is_empty() || above.ends_with('.'));
        at.is_none_or(|at| at == port) && (entry == "*" || !name.is_empty() && is_below)
    })
}

/// The name and the port of an entry; an address of IPv6 has colons of its own.
fn with_port(entry: &str) -> (&str, Option<u16>) {
    if entry.parse::<IpAddr>().is_ok() {
        return (entry, None);
    }
    match entry.rsplit_once(':').and_then(|(name, port)| Some((name, port.parse().ok()?))) {
        Some((name, port)) => (name.trim_matches(['[', ']']), Some(port)),
        None => (entry.trim_matches(['[', ']']), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(variables: &[(&str, &str)]) -> Result<Option<(String, &'static str)>> {
        let value = |name: &str| {
            variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        };
        choose("api.example.com", 443, value)
            .map(|found| found.map(|(proxy, name)| (proxy.uri().to_string(), name)))
    }

    #[test]
    fn the_first_variable_that_is_set_counts() {
        let chosen = |variables: &[(&str, &str)]| {
            choice(variables).expect("a proxy or none").map(|(_, name)| name)
        };
        assert_eq!(chosen(&[]), None);
        for name in NAMES {
            assert_eq!(chosen(&[(name, "http://p:1")]), Some(name));
            assert_eq!(chosen(&[(name, " ")]), None);
        }
        assert_eq!(
            chosen(&[("HTTPS_PROXY", "http://p:1"), ("ALL_PROXY", "http://q:1")]),
            Some("ALL_PROXY")
        );
        assert_eq!(
            chosen(&[("HTTPS_PROXY", "http://p:1"), ("ALL_PROXY", "")]),
            Some("HTTPS_PROXY")
        );
    }

    #[test]
    fn every_kind_is_used_or_refused() {
        for good in [
            "http://p:1",
            "https://p",
            "p:3128",
            "socks4://p:1",
            "socks4a://p",
            "socks5://u:pw@p:1",
            "SOCKS5H://p:1",
        ] {
            assert!(choice(&[("ALL_PROXY", good)]).expect(good).is_some(), "{good}");
        }
        for (bad, part) in [
            ("htp://u:planted@p:1", "`htp`"),
            ("socks6://planted", "`socks6`"),
            ("http://", "host"),
            ("http://u:pl an@p", "host"),
            ("planted secret://x", "host"),
        ] {
            let error = choice(&[("HTTPS_PROXY", bad)]).expect_err(bad).to_string();
            assert!(
                error.contains("HTTPS_PROXY") && error.contains(part) && !error.contains("planted"),
                "{error}"
            );
        }
    }

    #[test]
    fn hosts_that_are_excepted_are_reached_without_it() {
        for (list, want) in [
            ("*", true),
            ("api.example.com", true),
            ("API.Example.com", true),
            (".example.com", true),
            ("*.example.com", true),
            ("example.com", true),
            ("localhost, .example.com", true),
            ("localhost .example.com", true),
            ("api.example.com:443", true),
            ("*.example.com:443", true),
            ("*:443", false),
            ("api.example.com:8443", false),
            ("le.com", false),
            ("api.example.com.evil.net", false),
            ("pi.example.com", false),
            ("", false),
            (" , ", false),
            (".", false),
        ] {
            assert_eq!(
                choice(&[("ALL_PROXY", "http://p:1"), ("NO_PROXY", list)]).expect(list).is_none(),
                want,
                "{list}"
            );
        }
        for (host, list, want) in [
            ("[2001:db8::1]", "2001:db8::1", true),
            ("[2001:db8::1]", "[2001:db8::1]:443", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.1:80", false),
        ] {
            assert_eq!(is_excepted(host, 443, list), want, "{host} {list}");
        }
    }
}

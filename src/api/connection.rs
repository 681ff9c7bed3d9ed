//! Connections to TikTok: certificates, proxies, time-outs and what is never done, such as
//! following a redirect.

use super::proxy;
use super::tunnel;
use crate::config::Config;
use crate::error::InputError;
use anyhow::{Context, Result};
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, parse_pem};

/// The agent that makes connections for a configuration, and the host and port that it connects to,
/// for messages. An error means that the file of certificate authorities or a proxy cannot be used.
pub(super) fn agent(config: &Config) -> Result<(Agent, String)> {
    let tls = TlsConfig::builder().root_certs(root_certs(config)?).build();
    let (host, port) = config.host_and_port();
    // A proxy of the environment is not used for this machine: requests to it would leave it, and
    // without encryption.
    let proxy = if config.is_loopback() { None } else { proxy::of_environment(host, port)? };
    let (proxy, variable) = proxy.unzip();
    let settings = Agent::config_builder()
        .proxy(proxy)
        // The code in the body decides, even if the HTTP status is an error.
        .http_status_as_error(false)
        // The token travels in a header of its own, which a redirect would carry to another
        // host.
        .max_redirects(0)
        .https_only(!config.base_url.starts_with("http:"))
        .timeout_connect(Some(Duration::from_secs(10).min(config.request_timeout)))
        .timeout_per_call(Some(config.request_timeout))
        .max_idle_connections(config.concurrency + 1)
        .max_idle_connections_per_host(config.concurrency + 1)
        .user_agent(config.user_agent.as_str())
        .tls_config(tls)
        .build();
    let agent = if variable.is_some() { tunnel::agent(settings) } else { settings.new_agent() };
    let set = if config.is_elsewhere() { " (`base_url`)" } else { "" };
    let through = variable.map_or(String::new(), |name| format!(" through the proxy in {name}"));
    Ok((agent, format!("{host}:{port}{set}{through}")))
}

fn root_certs(config: &Config) -> Result<RootCerts> {
    let Some(path) = &config.ca_file else { return Ok(RootCerts::WebPki) };
    let name = || {
        InputError(format!(
            "config: `ca_file` {} is not a PEM file with certificates",
            path.display()
        ))
    };
    let pem = std::fs::read(path).with_context(name)?;
    let certificates: Vec<Certificate<'static>> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(name().into());
    }
    Ok(RootCerts::from(certificates))
}

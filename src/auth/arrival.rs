//! Waits for the code, which comes with a redirect of the browser or is pasted.

use super::listener::Browser;
use super::page::Page;
use super::redirect::{Answer, read_pasted, read_query};
use super::watch::LOOK;
use crate::error::{Exit, failed, input};
use crate::signals::Signals;
use anyhow::Result;
use std::sync::mpsc::{Receiver, RecvTimeoutError};

/// What can arrive.
#[derive(Debug)]
pub(super) enum Arrival {
    /// The query of a redirect, and the browser that waits for a page.
    Redirect(String, Browser),
    /// A line of stdin.
    Pasted(String),
    /// The end of stdin.
    End,
}

/// A code, and the browser that waits to hear what comes of it.
pub(super) type Arrived = (String, Option<Browser>);

const NO_CODE: &str = "TikTok redirected without a code, so consent was not given; run `auth` \
                       again and confirm";
const OTHER_STATE: &str = "the redirect does not belong to this run, because its `state` is \
                           another one; open the address that this run printed";

/// Waits for a code. `listens` says whether redirects can arrive, which makes the end of stdin
/// unimportant.
pub(super) fn wait(
    arrivals: &Receiver<Arrival>,
    state: &str,
    listens: bool,
    signals: &Signals,
) -> Result<Arrived> {
    loop {
        let arrival = match arrivals.recv_timeout(LOOK) {
            Ok(arrival) => arrival,
            Err(RecvTimeoutError::Timeout) if !signals.received() => continue,
            Err(_) => return Err(failed(Exit::Transient, "auth: told to stop; nothing was done")),
        };
        match arrival {
            Arrival::Redirect(query, browser) => match read_query(&query, state) {
                Answer::Code(code) => return Ok((code, Some(browser))),
                Answer::NoCode => {
                    browser.show(&Page::of_failure(NO_CODE));
                    return Err(failed(Exit::Denied, format!("auth: {NO_CODE}")));
                }
                // Anybody can send a redirect, so it must not end the run.
                Answer::OtherState => {
                    browser.show(&Page::of_failure(OTHER_STATE));
                    log::warn!("auth: ignored: {OTHER_STATE}");
                }
                // Only a pasted text can be something else.
                Answer::Neither => {}
            },
            Arrival::Pasted(line) => match read_pasted(&line, state) {
                Answer::Code(code) => return Ok((code, None)),
                Answer::NoCode => {
                    return Err(input(
                        "auth: the pasted address has no `auth_code`; paste the address to which \
                         TikTok redirects after you confirmed, or the code alone",
                    ));
                }
                Answer::OtherState => return Err(input(format!("auth: {OTHER_STATE}"))),
                // It is not shown, because it may be a secret.
                Answer::Neither => log::warn!(
                    "auth: a pasted line is ignored, because it is neither an address nor a code; \
                     paste the address to which TikTok redirects"
                ),
            },
            Arrival::End if listens => {}
            Arrival::End => {
                return Err(input(
                    "auth: stdin ended before a code was pasted; run `auth` in a terminal, or use \
                     a redirect URL of this machine",
                ));
            }
        }
    }
}

//! What the user types or pastes: the secret of the app, and the code or the redirected URL.

use super::arrival::Arrival;
use super::prompt;
use crate::error::input;
use anyhow::Result;
use std::io::{self, IsTerminal};
use std::sync::mpsc::Sender;
use std::thread;

/// Asks for the secret of the app. A terminal does not show what is typed.
pub(super) fn ask_secret() -> Result<String> {
    let mut line = String::new();
    if io::stdin().is_terminal() {
        prompt::say("Enter the secret of the app; it is not shown:");
        line = rpassword::read_password().unwrap_or_default();
    } else {
        // At the end of the input, the line stays empty.
        io::stdin().read_line(&mut line).unwrap_or_default();
    }
    let secret = line.trim();
    if secret.is_empty() {
        return Err(input(
            "auth: the secret of the app is missing; set `secret` in the config, set \
             TAP_TIKTOK_ADS_SECRET and use `--config ENV`, or pass it as the first line of stdin",
        ));
    }
    Ok(secret.to_owned())
}

/// Sends every line that is pasted, and then the end of the input.
pub(super) fn start(arrivals: &Sender<Arrival>) {
    let arrivals = arrivals.clone();
    thread::spawn(move || {
        for line in io::stdin().lines() {
            let Ok(line) = line else { break };
            if !line.trim().is_empty() && arrivals.send(Arrival::Pasted(line)).is_err() {
                return;
            }
        }
        // If nobody waits any more, the end does not matter.
        let _ = arrivals.send(Arrival::End);
    });
}

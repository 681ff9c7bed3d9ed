//! Writes log lines to stderr, in the format that Singer tools or Meltano expect, and removes
//! secrets from them. On a terminal, lines are written above the progress display.

mod format;
mod level;
pub(crate) mod metrics;
pub(crate) mod stream;

use crate::words::escape;
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::io::Write;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Texts that are replaced in every message.
static HIDDEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Writes a line while the display is out of its way.
pub(crate) type Screen = Box<dyn Fn(&dyn Fn()) + Send>;

/// The display on the terminal, if there is one.
static SCREEN: Mutex<Option<Screen>> = Mutex::new(None);

static LOGGER: OnceLock<Logger> = OnceLock::new();

/// Starts logging. `verbosity` is the number of `-v` minus that of `-q`. If it is 0, the level
/// comes from `TAP_TIKTOK_ADS_LOGLEVEL`, else `LOGLEVEL`, else the file that Meltano names in
/// `SINGER_SDK_LOG_CONFIG`, else it is `info`.
pub fn start(verbosity: i16) {
    let meltano = level::Meltano::read();
    let logger = LOGGER.get_or_init(|| Logger { structured: meltano.wants_json() });
    // If the logger was set before, as in a test that calls `run` twice, the first one stays.
    let _ = log::set_logger(logger);
    let (level, unknown) = level::level(verbosity, &meltano);
    log::set_max_level(level);
    if let Some(unknown) = unknown {
        log::warn!("{unknown}");
    }
}

/// Removes `secret` from all later messages.
pub(crate) fn hide(secret: Option<String>) {
    let Some(secret) = secret.filter(|s| s.len() > 3) else { return };
    let mut hidden = lock(&HIDDEN);
    if !hidden.contains(&secret) {
        hidden.push(secret);
    }
}

/// Replaces the hidden secrets in a text.
pub(crate) fn redact(text: &str) -> String {
    let mut message = text.to_owned();
    for secret in lock(&HIDDEN).iter() {
        if message.contains(secret.as_str()) {
            message = message.replace(secret.as_str(), "(redacted)");
        }
    }
    message
}

/// Logs the last line of a run that failed, which tells users the cause.
pub fn fatal(message: &str) {
    log::error!(target: "fatal", "{message}");
}

/// Whether a display on the terminal would disturb nobody: lines are for people, and not only
/// warnings are wanted.
pub(crate) fn is_for_people() -> bool {
    log::max_level() >= LevelFilter::Info && !LOGGER.get().is_some_and(|logger| logger.structured)
}

/// From now on, lines are written through `screen`; with `None`, directly.
pub(crate) fn write_above(screen: Option<Screen>) {
    *lock(&SCREEN) = screen;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
struct Logger {
    structured: bool,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata) -> bool {
        // Libraries log requests, and their URLs contain ids of accounts.
        matches!(metadata.target(), "metrics" | "fatal")
            || metadata.target().starts_with("tap_tiktok_ads")
    }

    fn log(&self, record: &Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let screen = lock(&SCREEN);
        // Metrics are for programs. The display shows people the same.
        let is_shown = screen.is_some() && log::max_level() <= LevelFilter::Info;
        if is_shown && record.target() == "metrics" {
            return;
        }
        let message = escape(&redact(&record.args().to_string()).replace('\n', " "));
        let line = if self.structured {
            format::structured(record, &message)
        } else {
            format!("{} {message}", format::level_name(record))
        };
        // There is no way to report that stderr is closed.
        let write = || drop(writeln!(std::io::stderr().lock(), "{line}"));
        match &*screen {
            Some(screen) => screen(&write),
            None => write(),
        }
    }

    fn flush(&self) {}
}

/// Whether lines of a level are written at all.
fn is_written(level: Level) -> bool {
    level <= log::max_level()
}

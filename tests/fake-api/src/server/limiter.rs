//! The limits of requests a second, a minute and a day. Owns counting and suspension, not the
//! answer.

use super::{APP_ID, Options};
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Somewhat below a second and a minute: a client that spaces its requests evenly must not be
/// refused because one of them travelled a little faster than the one before.
const SECOND: Duration = Duration::from_millis(900);
const MINUTE: Duration = Duration::from_millis(59_900);

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was one too many in a second.
    Second,
    /// It was one too many in a minute.
    Minute,
    /// The requests of the day are used up.
    Day,
    /// It came during a suspension, and prolonged it.
    Suspended,
}

impl Refused {
    /// The message that TikTok sends.
    pub(crate) fn message(self) -> String {
        match self {
            Refused::Second => "Too many requests. Please retry in some time.".to_owned(),
            Refused::Minute => "App reaches the QPM limit.".to_owned(),
            Refused::Day => "App reaches the QPD limit.".to_owned(),
            Refused::Suspended => format!(
                "Due to too many requests, requests from App {APP_ID} are temporarily restricted."
            ),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Limiter {
    day: u32,
    app: Meter,
    paths: HashMap<&'static str, Meter>,
}

impl Limiter {
    /// Counts a request, unless it is refused.
    pub(crate) fn check(&mut self, path: &'static str, options: &Options) -> Result<(), Refused> {
        if options.day_limit.is_some_and(|limit| self.day >= limit) {
            return Err(Refused::Day);
        }
        self.day += 1;
        let times = [options.suspension, options.minute_suspension];
        self.app.check([options.rate_limit, options.minute_limit], times)?;
        match options.path_limits.iter().find(|(limited, ..)| limited == path) {
            Some((_, second, minute)) => {
                self.paths.entry(path).or_default().check([Some(*second), Some(*minute)], times)
            }
            None => Ok(()),
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The requests that share a limit.
#[derive(Debug, Default)]
struct Meter {
    /// Of the last second, and of the last minute.
    recent: [VecDeque<Instant>; 2],
    /// Until when, and how much later if a request comes before.
    suspended: Option<(Instant, Duration)>,
}

impl Meter {
    /// Limits and suspensions of the second and the minute.
    fn check(
        &mut self,
        limits: [Option<u32>; 2],
        suspensions: [Duration; 2],
    ) -> Result<(), Refused> {
        let now = Instant::now();
        if let Some((_, time)) = self.suspended.filter(|(until, _)| now < *until) {
            self.suspended = Some((now + time, time));
            return Err(Refused::Suspended);
        }
        let windows = [(SECOND, Refused::Second), (MINUTE, Refused::Minute)];
        // The minute first: its suspension is the longer one.
        for index in [1, 0] {
            let Some(limit) = limits[index] else { continue };
            let (window, refused) = windows[index];
            let recent = &mut self.recent[index];
            while recent.front().is_some_and(|&then| now.duration_since(then) >= window) {
                recent.pop_front();
            }
            if recent.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                self.suspended = Some((now + suspensions[index], suspensions[index]));
                if refused == Refused::Minute {
                    recent.clear();
                }
                return Err(refused);
            }
        }
        for (recent, _) in self.recent.iter_mut().zip(limits).filter(|(_, limit)| limit.is_some()) {
            recent.push_back(now);
        }
        Ok(())
    }
}

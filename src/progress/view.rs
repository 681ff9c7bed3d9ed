//! The progress of a run in words: lines for the display, and one line for the log.

use super::Status;
use std::time::Duration;

/// Too little is known before so many thousandths of the work are done, and this time is over.
const ESTIMATED_FROM: (u32, Duration) = (20, Duration::from_secs(3));

/// What was sent to TikTok, and why nothing is sent now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    /// Requests so far.
    pub sent: u64,
    /// The most requests per second.
    pub per_second: f64,
    /// Why requests wait, and how much longer.
    pub pause: Option<(String, Duration)>,
}

/// The progress at one time.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub status: Status,
    pub requests: Requests,
    /// Requests per second of late.
    pub rate: f64,
    /// The time since the run began.
    pub elapsed: Duration,
}

impl View {
    /// The line for the log.
    pub(super) fn line(&self) -> String {
        let place = match self.status.place.as_str() {
            "" => "the run starts",
            place => place,
        };
        let parts = [Some(self.streams()), Some(self.records()), Some(self.sent()), self.pause()];
        let parts: Vec<String> = parts.into_iter().flatten().chain(self.left()).collect();
        format!("progress: {place}; {}", parts.join("; "))
    }

    /// The lines of the display: what is delivered; behind the bar, how far it is; and requests.
    pub(super) fn lines(&self) -> [String; 3] {
        let far = [Some(self.streams()), Some(self.records()), self.left()];
        let sent = [Some(self.sent()), self.pause()];
        let joined = |parts: &[Option<String>]| {
            parts.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        [self.status.place.clone(), joined(&far), joined(&sent)]
    }

    fn streams(&self) -> String {
        format!("{} of {} streams done", self.status.streams_done, self.status.streams)
    }

    fn records(&self) -> String {
        format!("{} rows", self.status.records)
    }

    fn sent(&self) -> String {
        let Requests { sent, per_second, .. } = self.requests;
        format!("{sent} requests, {:.1} a second of {per_second}", self.rate)
    }

    fn pause(&self) -> Option<String> {
        let (reason, left) = self.requests.pause.as_ref()?;
        Some(format!("pause for {} more: {reason}", time(*left)))
    }

    /// An estimate of the time that is left, from the share that is done.
    fn left(&self) -> Option<String> {
        let done = self.status.done;
        if done < ESTIMATED_FROM.0 || self.elapsed < ESTIMATED_FROM.1 {
            return None;
        }
        let left = self.elapsed * 1000_u32.saturating_sub(done) / done;
        Some(format!("about {} left", time(left)))
    }
}

/// A time in its two largest units: `1 h 5 min`, `40 s`.
fn time(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(done: u32, seconds: u64, pause: Option<(&str, u64)>) -> View {
        View {
            status: Status {
                streams: 26,
                streams_done: 2,
                place: "ads, account 7".to_owned(),
                records: 1234,
                done,
            },
            requests: Requests {
                sent: 82,
                per_second: 8.0,
                pause: pause.map(|(reason, left)| (reason.to_owned(), Duration::from_secs(left))),
            },
            rate: 7.94,
            elapsed: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn a_line_says_everything() {
        assert_eq!(
            view(250, 30, Some(("ad/get/: busy", 28))).line(),
            "progress: ads, account 7; 2 of 26 streams done; 1234 rows; 82 requests, 7.9 a second \
             of 8; pause for 28 s more: ad/get/: busy; about 1 min 30 s left"
        );
        let lines = view(250, 30, None).lines();
        assert_eq!(lines[0], "ads, account 7");
        assert_eq!(lines[1], "2 of 26 streams done, 1234 rows, about 1 min 30 s left");
        assert_eq!(lines[2], "82 requests, 7.9 a second of 8");
    }

    #[test]
    fn nothing_is_estimated_before_it_can_be() {
        for (done, seconds, want) in [
            (0, 500, None),
            (500, 1, None),
            (500, 7200, Some("about 2 h 0 min left")),
            (1000, 7, Some("about 0 s left")),
        ] {
            assert_eq!(view(done, seconds, None).left().as_deref(), want, "{done}");
        }
    }
}

//! Windows of time in requests: two parameters that belong together, how long they may be, how far
//! back they may reach, and which window applies without them.

use super::envelope::Refusal;
use super::fact_params::{number, parts};
use super::param_values::DATE_FORMAT;
use super::params::Params;
use crate::facts::expect_keys;
use serde_json::Value;
use time::{Date, Duration};

/// The window of an endpoint.
pub(crate) struct Window {
    from: Vec<String>,
    until: Vec<String>,
    /// Both ends counted.
    most_days: Option<usize>,
    /// So many days up to today, for requests without a window.
    default_days: Option<usize>,
    /// No earlier than so many days ago.
    history_days: Option<usize>,
}

impl Window {
    pub(crate) fn read(path: &str, json: &Value) -> Self {
        let known = ["from", "until", "most_days", "default_days", "history_days"];
        expect_keys(path, json, &known);
        let at = |name: &str| json[name].as_str().map(parts).expect("the name of a parameter");
        Self {
            from: at("from"),
            until: at("until"),
            most_days: number(&json["most_days"]),
            default_days: number(&json["default_days"]),
            history_days: number(&json["history_days"]),
        }
    }

    /// Checks the window of a request, or sets the one that applies without it.
    pub(crate) fn check(&self, params: &mut Params, today: Date) -> Result<(), Refusal> {
        let [from, until] = [&self.from, &self.until].map(|at| params.at(at));
        let (from, until) = match (from, until) {
            (Some(from), Some(until)) => (from, until),
            (None, None) => {
                if let Some(days) = self.default_days {
                    let day = |date: Date| date.format(DATE_FORMAT).expect("a plain format");
                    params.set_default(&self.from, day(today - length(days) + length(1)));
                    params.set_default(&self.until, day(today));
                }
                return Ok(());
            }
            _ => {
                let why = format!("{} and {}: both or none", self.name(), self.until.join("."));
                return Err(Refusal::wrong(why));
            }
        };
        let (Some(from), Some(until)) = (day(&from), day(&until)) else {
            return Err(Refusal::wrong(format!("{}: must be a date, YYYY-MM-DD", self.name())));
        };
        if until < from {
            let why = format!("{} is before {}", self.until.join("."), self.name());
            return Err(Refusal::wrong(why));
        }
        if let Some(most) = self.most_days.filter(|most| until - from >= length(*most)) {
            let why = format!("{}: max time span is {most} days", self.name());
            return Err(Refusal::wrong(why));
        }
        if let Some(most) = self.history_days.filter(|most| today - from > length(*most)) {
            let why = format!("{}: must be within the last {most} days", self.name());
            return Err(Refusal::wrong(why));
        }
        Ok(())
    }

    /// The window as text, for rows that are sums over it.
    pub(crate) fn text(&self, params: &Params) -> Option<[String; 2]> {
        let text = |at| params.at(at).and_then(|value| value.as_str().map(str::to_owned));
        Some([text(&self.from)?, text(&self.until)?])
    }

    fn name(&self) -> String {
        self.from.join(".")
    }
}

/// The day of a date or a time.
fn day(value: &Value) -> Option<Date> {
    Date::parse(value.as_str()?.get(..10)?, DATE_FORMAT).ok()
}

fn length(days: usize) -> Duration {
    Duration::days(i64::try_from(days).unwrap_or(i64::MAX))
}

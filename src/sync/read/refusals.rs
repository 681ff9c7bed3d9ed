//! What TikTok refuses of a report, remembered by stream and account: metrics, and the filter that
//! lets Promote in. A name that is refused is left out; the report itself goes on without it.

use super::part::Part;
use super::reader::Slice;
use crate::api::error::{ApiError, Outcome};
use crate::api::page::NoRows;
use crate::streams::Report;
use crate::streams::dictionary::dictionary;
use crate::sync::pass::ORIGINS_FILTER;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Requests of one row that a stream and account may cost, to find out what is refused.
const MOST_PROBES: u32 = 40;
/// Codes of a request that is wrong in itself.
const WRONG_REQUEST: [i64; 2] = [40000, 40002];

/// What was refused in this run, by stream and account.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<(usize, usize), Refused>>);

#[derive(Debug, Default)]
struct Refused {
    metrics: HashSet<String>,
    origins: bool,
    top_view: bool,
    probes: u32,
}

impl Refusals {
    fn lock(&self) -> MutexGuard<'_, HashMap<(usize, usize), Refused>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether TikTok finds a request wrong in itself.
pub(crate) fn is_wrong_request(error: &ApiError) -> bool {
    error.outcome == Outcome::Refused
        && error.code.is_some_and(|code| WRONG_REQUEST.contains(&code))
}

impl Slice<'_, '_> {
    /// The metrics to ask for: those of the plan without those that TikTok refused for this
    /// account.
    pub(crate) fn metrics(&self) -> Vec<String> {
        let refused = self.memory.refusals.lock();
        let refused = refused.get(&(self.job.plan, self.job.account));
        let is_refused =
            |name: &&String| refused.is_some_and(|refused| refused.metrics.contains(*name));
        self.plan.metrics.iter().filter(|name| !is_refused(name)).cloned().collect()
    }

    /// Whether Promote may be asked for.
    pub(crate) fn takes_origins(&self) -> bool {
        !self.refused(|refused| refused.origins)
    }

    /// Whether the stream's reports of `TopView` are refused.
    pub(crate) fn refuses_top_view(&self) -> bool {
        self.refused(|refused| refused.top_view)
    }

    /// Remembers that they are.
    pub(crate) fn refuse_top_view(&self, error: &ApiError) {
        if !self.refuse(|refused| std::mem::replace(&mut refused.top_view, true)) {
            log::info!(
                "{}: TikTok refuses this report of TopView, which is left out: {error}",
                self.place()
            );
        }
    }

    /// Finds out what of a refused report TikTok refuses, and leaves it out from now on. `false`:
    /// it is about something else, or cannot be found within a bound.
    pub(crate) fn learn(
        &mut self,
        report: &Report,
        part: &Part,
        asked: &[String],
        error: &ApiError,
    ) -> Result<bool, ApiError> {
        if !is_wrong_request(error) {
            return Ok(false);
        }
        let takes_origins = part.takes_origins(report) && self.takes_origins();
        if takes_origins && error.message.contains(ORIGINS_FILTER) {
            self.drop_origins(error);
            return Ok(true);
        }
        let named = named(&error.message, asked);
        if !named.is_empty() {
            self.drop_metrics(&named, error);
            return Ok(true);
        }
        if self.accepts(report, part, asked, takes_origins)? {
            // The first row is answered, so neither a name nor a filter is wrong.
            return Ok(false);
        }
        if takes_origins && self.accepts(report, part, asked, false)? {
            self.drop_origins(error);
            return Ok(true);
        }
        let takes_origins = takes_origins && self.takes_origins();
        for suspects in
            [self.refused_elsewhere(asked), unknown(asked), at_position(&error.message, asked)]
        {
            let others: Vec<String> =
                asked.iter().filter(|name| !suspects.contains(name)).cloned().collect();
            if !suspects.is_empty() && self.accepts(report, part, &others, takes_origins)? {
                self.drop_metrics(&suspects, error);
                return Ok(true);
            }
        }
        match self.search(report, part, asked, takes_origins)? {
            Some(metric) => {
                self.drop_metrics(&[metric], error);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Finds a refused metric among those asked for, by halves.
    fn search(
        &mut self,
        report: &Report,
        part: &Part,
        asked: &[String],
        origins: bool,
    ) -> Result<Option<String>, ApiError> {
        let (mut good, mut suspects) = (Vec::new(), asked.to_vec());
        while suspects.len() > 1 {
            let rest = suspects.split_off(suspects.len() / 2);
            let half = [good.as_slice(), &suspects].concat();
            if self.accepts(report, part, &half, origins)? {
                (good, suspects) = (half, rest);
            }
        }
        let Some(metric) = suspects.pop() else { return Ok(None) };
        // Unless something is accepted without it, it is not the metric that is refused.
        let others: Vec<String> =
            asked.iter().filter(|name| **name != metric).take(1).cloned().collect();
        let is_found = !good.is_empty() || self.accepts(report, part, &others, origins)?;
        let is_sure = self.refused(|refused| refused.probes <= MOST_PROBES);
        Ok((is_found && is_sure).then_some(metric))
    }

    /// Whether TikTok answers the first row of a report with these metrics. `false` also once too
    /// many rows were asked for.
    fn accepts(
        &mut self,
        report: &Report,
        part: &Part,
        metrics: &[String],
        origins: bool,
    ) -> Result<bool, ApiError> {
        let probes = self.refuse(|refused| {
            refused.probes += 1;
            refused.probes
        });
        if probes > MOST_PROBES {
            return Ok(false);
        }
        match self.first_page(self.params(report, part, metrics, origins), 1, &mut NoRows) {
            Ok(_) => Ok(true),
            Err(error) if is_wrong_request(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Metrics that TikTok refused in this stream for other accounts.
    fn refused_elsewhere(&self, asked: &[String]) -> Vec<String> {
        let all = self.memory.refusals.lock();
        let of_stream = |name: &&String| {
            all.iter().any(|((plan, _), refused)| {
                *plan == self.job.plan && refused.metrics.contains(*name)
            })
        };
        asked.iter().filter(of_stream).cloned().collect()
    }

    fn drop_metrics(&self, metrics: &[String], error: &ApiError) {
        for metric in metrics {
            if self.refuse(|refused| refused.metrics.insert(metric.clone())) {
                log::warn!(
                    "{}, account {}: TikTok refuses the metric `{metric}` in this report; it is left out of this run: \"{}\"",
                    self.plan.name,
                    self.account,
                    error.message
                );
            }
        }
    }

    fn drop_origins(&self, error: &ApiError) {
        if !self.refuse(|refused| std::mem::replace(&mut refused.origins, true)) {
            log::info!(
                "{}, account {}: TikTok refuses to include Promote in this report; it is left out: \"{}\"",
                self.plan.name,
                self.account,
                error.message
            );
        }
    }

    fn refused(&self, what: impl FnOnce(&Refused) -> bool) -> bool {
        self.memory.refusals.lock().get(&(self.job.plan, self.job.account)).is_some_and(what)
    }

    fn refuse<T>(&self, change: impl FnOnce(&mut Refused) -> T) -> T {
        change(self.memory.refusals.lock().entry((self.job.plan, self.job.account)).or_default())
    }
}

/// Metrics asked for that a message names. A metric whose name is an ordinary word, such as
/// `reach`, is taken for named only where the message speaks of metrics, or quotes the word.
fn named(message: &str, asked: &[String]) -> Vec<String> {
    let lower = message.to_lowercase();
    let speaks_of_metrics = lower.contains("metric");
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let is_named = |metric: &&String| {
        message.match_indices(metric.as_str()).any(|(at, found)| {
            let before = message[..at].chars().next_back();
            let after = message[at + found.len()..].chars().next();
            let is_word = !before.is_some_and(is_part) && !after.is_some_and(is_part);
            let is_quoted = matches!(before, Some('\'' | '"' | '`' | '['))
                || matches!(after, Some('\'' | '"' | '`' | ']'));
            is_word && (speaks_of_metrics || is_quoted || metric.contains('_'))
        })
    };
    asked.iter().filter(is_named).cloned().collect()
}

/// Metrics that the dictionary does not know.
fn unknown(asked: &[String]) -> Vec<String> {
    asked.iter().filter(|metric| dictionary().metric(metric).is_none()).cloned().collect()
}

/// The metric at the position that a message points to, from 0: `metrics.1`, `metrics[1]`.
fn at_position(message: &str, asked: &[String]) -> Vec<String> {
    let positions = message.match_indices("metrics").filter_map(|(at, found)| {
        let digits = message[at + found.len()..].strip_prefix(['.', '[', '/', ':'])?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse::<usize>().ok()
    });
    let mut found: Vec<String> =
        positions.filter_map(|position| asked.get(position)).cloned().collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Vec<String> {
        ["spend", "conversion", "reach", "cost_per_click"].map(str::to_owned).into()
    }

    #[test]
    fn names_are_found_in_every_shape_of_message() {
        for (message, want) in [
            ("Invalid metric fields: [complete_payment, conversion]", &["conversion"][..]),
            ("Invalid metric fields: ['conversion']", &["conversion"]),
            ("Unsupported fields: cost_per_click, spend", &["cost_per_click"]),
            ("metrics: spend and conversion cannot be combined", &["spend", "conversion"]),
            ("You reach the limit of conversion events", &[]),
            ("'reach' is not supported", &["reach"]),
            ("metrics.1: Invalid value.", &[]),
            ("metric real_conversion is unknown", &[]),
        ] {
            assert_eq!(named(message, &asked()), want, "{message}");
        }
    }

    #[test]
    fn positions_count_from_zero() {
        for (message, want) in [
            ("metrics.1: Invalid value.", &["conversion"][..]),
            ("metrics[3]: Invalid value.", &["cost_per_click"]),
            ("metrics.9: Invalid value.", &[]),
            ("metrics: Unsupported metric for this data level.", &[]),
        ] {
            assert_eq!(at_position(message, &asked()), want, "{message}");
        }
    }
}

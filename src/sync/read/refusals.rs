//! Finds out what TikTok refuses of a report: metrics, and the filter that includes Promote. A
//! refused name is left out from then on, and the report is read without it.

use super::memory::Refused;
use super::part::{Asked, Part, params};
use super::reader::Slice;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::json::{Last, NoRows};
use crate::streams::dictionary::dictionary;
use crate::streams::{Buying, Report};
use crate::sync::windows::Window;
use crate::words::foreign;

/// The most requests of one row that a stream and account may use to find out what is refused.
const MOST_PROBES: u32 = 40;
/// Return codes for a wrong request.
const WRONG_REQUEST: [i64; 2] = [40000, 40002];

/// Whether TikTok says that the request is wrong.
pub(crate) fn is_wrong_request(error: &ApiError) -> bool {
    error.cause == Cause::Refused && error.code.is_some_and(|code| WRONG_REQUEST.contains(&code))
}

/// What to request now: the metrics of the plan, or of one of its `sides`, without those that
/// TikTok refused for this account, and whether to include Promote.
pub(crate) fn asked(slice: &Slice, side: Option<usize>) -> Asked {
    Asked {
        metrics: metrics(slice, side),
        origins: takes_origins(slice),
        deleted: slice.context.includes_deleted(slice.plan),
    }
}

/// The metrics of the plan, or of one of its `sides`, without those that TikTok refused for this
/// account.
pub(crate) fn metrics(slice: &Slice, side: Option<usize>) -> Vec<String> {
    let plan = slice.plan;
    accepted(slice, side.map_or(&plan.metrics, |side| &plan.sides[side].metrics))
}

/// Metrics without those that TikTok refused for this account.
pub(crate) fn accepted(slice: &Slice, metrics: &[String]) -> Vec<String> {
    let refused = slice.memory.refused();
    let refused = refused.get(&(slice.job.plan, slice.job.partition));
    let is_refused =
        |name: &&String| refused.is_some_and(|refused| refused.metrics.contains(*name));
    metrics.iter().filter(|name| !is_refused(name)).cloned().collect()
}

/// Whether Promote can be requested.
pub(crate) fn takes_origins(slice: &Slice) -> bool {
    !refused(slice, |refused| refused.origins)
}

/// Whether the stream's reports of `TopView` are refused.
pub(crate) fn refuses_top_view(slice: &Slice) -> bool {
    refused(slice, |refused| refused.top_view)
}

/// Remembers that they are refused.
pub(crate) fn refuse_top_view(slice: &Slice, error: &ApiError) {
    if !refuse(slice, |refused| std::mem::replace(&mut refused.top_view, true)) {
        log::info!(
            "{}: TikTok refuses this report of TopView, which is left out: {error}",
            slice.place()
        );
    }
}

/// Leaves out the metrics that a refusal names. Returns `false` if it names none.
pub(crate) fn drop_named(slice: &Slice, error: &ApiError) -> bool {
    let named = named(&error.message, &metrics(slice, None));
    drop_metrics(slice, &named, error);
    !named.is_empty()
}

/// Finds out what TikTok refuses of a report, and leaves it out from now on. Returns `false` if the
/// refusal is about something else, or if the limit of requests is reached.
pub(crate) fn learn(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    asked: &Asked,
    error: &ApiError,
) -> Result<bool, ApiError> {
    if !is_wrong_request(error) {
        return Ok(false);
    }
    let mut asked = Asked { origins: asked.origins && part.takes_origins(report), ..asked.clone() };
    // Another window of the account may have been refused for the same reason meanwhile.
    let is_less = accepted(slice, &asked.metrics).len() < asked.metrics.len();
    if is_less || asked.origins && !takes_origins(slice) {
        return Ok(true);
    }
    if asked.origins && error.message.contains(Buying::ORIGINS_FILTER) {
        drop_origins(slice, error);
        return Ok(true);
    }
    let named = named(&error.message, &asked.metrics);
    if !named.is_empty() {
        drop_metrics(slice, &named, error);
        return Ok(true);
    }
    if accepts(slice, report, part, &asked)? {
        // TikTok answers with the first row, so neither a name nor a filter is wrong.
        return Ok(false);
    }
    if asked.origins && accepts(slice, report, part, &Asked { origins: false, ..asked.clone() })? {
        drop_origins(slice, error);
        return Ok(true);
    }
    asked.origins &= takes_origins(slice);
    for suspects in [
        refused_elsewhere(slice, &asked.metrics),
        unknown(&asked.metrics),
        at_position(&error.message, &asked.metrics),
    ] {
        let others = asked.metrics.iter().filter(|name| !suspects.contains(name));
        let others = Asked { metrics: others.cloned().collect(), ..asked.clone() };
        if !suspects.is_empty() && accepts(slice, report, part, &others)? {
            drop_metrics(slice, &suspects, error);
            return Ok(true);
        }
    }
    let found = search(slice, report, part, &asked)?;
    if let Some(metric) = &found {
        drop_metrics(slice, std::slice::from_ref(metric), error);
    }
    Ok(found.is_some())
}

/// Finds a refused metric among the requested ones by halving.
fn search(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    asked: &Asked,
) -> Result<Option<String>, ApiError> {
    let with = |metrics: Vec<String>| Asked { metrics, ..asked.clone() };
    let (mut good, mut suspects) = (Vec::new(), asked.metrics.clone());
    while suspects.len() > 1 {
        let rest = suspects.split_off(suspects.len() / 2);
        let half = [good.as_slice(), &suspects].concat();
        if accepts(slice, report, part, &with(half.clone()))? {
            (good, suspects) = (half, rest);
        }
    }
    let Some(metric) = suspects.pop() else { return Ok(None) };
    // It is only the metric that is refused if the request works without it.
    let other = asked.metrics.iter().filter(|name| **name != metric).take(1).cloned().collect();
    let is_found = !good.is_empty() || accepts(slice, report, part, &with(other))?;
    let is_sure = refused(slice, |refused| refused.probes <= MOST_PROBES);
    Ok((is_found && is_sure).then_some(metric))
}

/// Whether TikTok answers with the first row of a report. Also `false` when the limit of requests
/// is reached.
fn accepts(
    slice: &mut Slice,
    report: &Report,
    part: &Part,
    asked: &Asked,
) -> Result<bool, ApiError> {
    let probes = refuse(slice, |refused| {
        refused.probes += 1;
        refused.probes
    });
    if probes > MOST_PROBES {
        return Ok(false);
    }
    let params = params(slice, report, part, asked);
    match slice.first_page(params, 1, &mut Last(NoRows)) {
        Ok(_) => Ok(true),
        Err(error) if is_wrong_request(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Metrics that TikTok refused in this stream for other accounts.
fn refused_elsewhere(slice: &Slice, asked: &[String]) -> Vec<String> {
    let all = slice.memory.refused();
    let is_refused = |name: &&String| {
        all.iter()
            .any(|((plan, _), refused)| *plan == slice.job.plan && refused.metrics.contains(*name))
    };
    asked.iter().filter(is_refused).cloned().collect()
}

fn drop_metrics(slice: &Slice, metrics: &[String], error: &ApiError) {
    for metric in metrics {
        if refuse(slice, |refused| refused.metrics.insert(metric.clone())) {
            log::warn!(
                "{}: TikTok refuses the metric `{metric}` in this report; it is left out of this \
                 run: \"{}\"",
                slice.owner_place(),
                error.message
            );
        }
    }
}

fn drop_origins(slice: &Slice, error: &ApiError) {
    if !refuse(slice, |refused| std::mem::replace(&mut refused.origins, true)) {
        log::info!(
            "{}: TikTok refuses to include Promote in this report; it is left out: \"{}\"",
            slice.owner_place(),
            error.message
        );
    }
}

fn refused(slice: &Slice, what: impl FnOnce(&Refused) -> bool) -> bool {
    slice.memory.refused().get(&(slice.job.plan, slice.job.partition)).is_some_and(what)
}

fn refuse<T>(slice: &Slice, change: impl FnOnce(&mut Refused) -> T) -> T {
    let mut all = slice.memory.refused();
    change(all.entry((slice.job.plan, slice.job.partition)).or_default())
}

/// Describes an error of the report of a window, for messages.
pub(crate) fn trouble(slice: &Slice, window: Option<Window>, error: &ApiError) -> String {
    let days = window.map_or(String::new(), |w| format!(", {} to {}", w.start, w.end));
    format!("{}{days}: {}", slice.owner_place(), foreign(&error.message))
}

/// The requested metrics that a message names. A metric whose name is an ordinary word, such as
/// `reach`, only counts as named if the message mentions metrics or quotes the word.
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

//! The setting `metrics`: additional metrics, for all reports or for those of one stream, data
//! level or report type.

use super::dictionary::{Dictionary, dictionary};
use super::nearest::hint;
use super::{Report, Stream};
use serde_json::Value;
use std::collections::BTreeSet;

/// Which reports get metrics.
#[derive(Clone, Copy)]
enum For<'s> {
    /// All that can have them, except custom reports with metrics of their own.
    All,
    /// The report of one stream.
    Stream(&'s str),
    /// The reports of one data level or report type, with the same exception.
    Kind(&'s str),
}

/// Adds the metrics of the setting to the reports that can have them. Metrics that are not in the
/// dictionary are added with a warning. An error describes what is wrong with the setting.
pub(super) fn add(streams: &mut [Stream], setting: &Value) -> Result<(), String> {
    let mut unknown = BTreeSet::new();
    if setting.is_array() {
        add_to(streams, For::All, setting, &mut unknown)?;
    }
    for (key, names) in setting.as_object().into_iter().flatten() {
        let target = target(streams, key)?;
        add_to(streams, target, names, &mut unknown)?;
    }
    warn_unknown("`metrics`", unknown.iter().copied());
    Ok(())
}

/// The reports that a key of the setting names.
fn target<'k>(streams: &[Stream], key: &'k str) -> Result<For<'k>, String> {
    if let Some(stream) = streams.iter().find(|stream| stream.name == key) {
        return match stream.report() {
            Some(_) => Ok(For::Stream(key)),
            None => Err(format!("`metrics` names `{key}`, which is no report and has no metrics")),
        };
    }
    let reports = || streams.iter().filter_map(Stream::report);
    let kinds = || reports().flat_map(|r| [Some(r.report_type), r.data_level]).flatten();
    if kinds().any(|kind| kind == key) {
        return Ok(For::Kind(key));
    }
    let known = streams.iter().filter(|s| s.report().is_some()).map(|s| s.name).chain(kinds());
    Err(format!(
        "`metrics` names `{key}`, which is no stream, data level or report type{}",
        hint(key, known)
    ))
}

fn add_to<'n>(
    streams: &mut [Stream],
    target: For,
    names: &'n Value,
    unknown: &mut BTreeSet<&'n str>,
) -> Result<(), String> {
    let names: Vec<&str> =
        names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for name in &names {
        if !is_known(name)? {
            unknown.insert(name);
        }
    }
    for stream in streams {
        let name = stream.name;
        let Some(report) = stream.report_mut() else { continue };
        let is_meant = match target {
            For::All => report.settings.metrics.is_none(),
            For::Stream(stream) => name == stream,
            For::Kind(kind) => {
                report.settings.metrics.is_none()
                    && (report.report_type == kind || report.data_level == Some(kind))
            }
        };
        if !is_meant {
            continue;
        }
        let (right, wrong): (Vec<_>, Vec<_>) =
            names.iter().partition(|name| dictionary().fits(name, &report.grouping()));
        if matches!(target, For::Stream(_)) && !wrong.is_empty() {
            log::warn!(
                "config: `metrics` names metrics that `{name}` cannot have; they are left out: {}",
                reasons(&wrong, report)
            );
        }
        for metric in right {
            if !report.settings.more_metrics.iter().any(|known| known == metric) {
                report.settings.more_metrics.push(metric.to_owned());
            }
        }
    }
    Ok(())
}

/// Whether the dictionary has a metric. A dimension is an error.
pub(super) fn is_known(name: &str) -> Result<bool, String> {
    if dictionary().metric(name).is_some() {
        return Ok(true);
    }
    if dictionary().dimension(name).is_some() {
        return Err(format!(
            "`metrics` names `{name}`, which is a dimension; rows are grouped by it with \
             `dimensions` in `custom_reports`"
        ));
    }
    Ok(false)
}

/// Warns of metrics that are not in the dictionary. They are still requested, because TikTok adds
/// metrics at any time.
pub(super) fn warn_unknown<'n>(place: &str, names: impl Iterator<Item = &'n str>) {
    for name in names {
        log::warn!(
            "config: {place}: the metric `{name}` is not known to this tap; it is requested and \
             typed as text{}",
            hint(name, dictionary().metric_names())
        );
    }
}

/// Metrics that a report cannot have, each with the reason.
pub(super) fn reasons(metrics: &[&str], report: &Report) -> String {
    let reason = |name: &&str| format!("`{name}` ({})", reason(name, report, dictionary()));
    metrics.iter().map(reason).collect::<Vec<_>>().join(", ")
}

fn reason(name: &str, report: &Report, dictionary: &Dictionary) -> String {
    let Some(metric) = dictionary.metric(name) else { return "not known".to_owned() };
    if report.dimensions.contains(&name) {
        return "a dimension of this report".to_owned();
    }
    if !metric.reports.iter().any(|one| one == report.report_type) {
        return format!("only in reports of type {}", metric.reports.join(", "));
    }
    let level = report.data_level.unwrap_or_default();
    if !metric.levels.is_empty() && !metric.levels.iter().any(|one| one == level) {
        return format!("only at {}", metric.levels.join(", "));
    }
    "not with these dimensions or this grain".to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::all;
    use super::*;
    use serde_json::json;

    fn added(setting: &Value) -> Result<Vec<Stream>, String> {
        let mut streams = all().to_vec();
        add(&mut streams, setting).map(|()| streams)
    }

    /// Whether a stream declares a metric.
    fn has(streams: &[Stream], stream: &str, metric: &str) -> bool {
        let stream = streams.iter().find(|one| one.name == stream).expect("a stream");
        stream.report().expect("a report").default_metrics().contains(&metric)
    }

    #[test]
    fn an_array_is_for_all_reports_that_can_have_the_metrics() {
        let metric = "vta_complete_payment_value";
        assert!(!has(all(), "campaign_insights", metric), "it is a default already");
        let streams = added(&json!([metric, "tomorrows_metric"])).expect("valid");
        assert!(has(&streams, "campaign_insights", metric));
        assert!(!has(&streams, "ad_insights_by_age_and_gender", metric), "TikTok refuses it there");
        assert!(has(&streams, "ad_insights_by_age_and_gender", "tomorrows_metric"));
    }

    #[test]
    fn keys_are_streams_levels_and_report_types() {
        let metric = "vta_complete_payment_value";
        let of = |key: &str| added(&json!({key: [metric]})).expect("valid");
        for (key, with, without) in [
            ("ad_insights", "ad_insights", "adgroup_insights"),
            ("AUCTION_AD", "ad_insights", "adgroup_insights"),
            ("BASIC", "adgroup_insights", "ad_insights_by_platform"),
        ] {
            assert!(has(&of(key), with, metric), "{key}");
            assert!(!has(&of(key), without, metric), "{key}");
        }
    }

    #[test]
    fn wrong_keys_and_dimensions_are_refused() {
        for (setting, parts) in [
            (json!({"ad_insigths": ["spend"]}), ["`ad_insigths`", "did you mean `ad_insights`?"]),
            (json!({"campaigns": ["spend"]}), ["`campaigns`", "no report"]),
            (json!(["country_code"]), ["`country_code`", "is a dimension"]),
        ] {
            let error = added(&setting).expect_err("wrong");
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
    }
}

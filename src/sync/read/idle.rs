//! Finds out on which days accounts have results. With `skip_idle_days`, reports are not requested
//! for windows without any. It takes one request per account and 30 days.

use super::dimensions::{Dimensions, text};
use super::reader::Slice;
use crate::api::cause::Cause;
use crate::api::codes::PARTIAL;
use crate::api::error::ApiError;
use crate::json::Last;
use crate::requests::{Asked, integrated_report};
use crate::streams::Report;
use crate::sync::windows::Window;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration};

/// Days that one request covers.
const SPAN: u16 = 30;
/// The most metrics that TikTok takes in one request.
const MOST_METRICS: usize = 100;

/// Days with results among those of one request: a bit for each day, the last one first.
type Days = u32;

const DAY: &[BorrowedFormatItem] = format_description!("[year]-[month]-[day]");
const UNKNOWN: Days = Days::MAX;

/// Whether a window of a report is left out, because the account has no results in it.
pub(crate) fn is_idle(
    slice: &mut Slice,
    report: &Report,
    window: Window,
) -> Result<bool, ApiError> {
    let config = &slice.context.config;
    let is_wanted = config.skip_idle_days
        && !config.verify
        && !config.sandbox
        && !slice.context.is_sample
        && report.is_narrowable()
        && !report.comes_after_delivery();
    let account = slice.open_account().filter(|_| is_wanted);
    let days = account.map(|a| (a.first_day(), a.today(slice.context.started)));
    let Some((created, today)) = days.filter(|(_, today)| window.end <= *today) else {
        return Ok(false);
    };
    let first = created.map_or(config.start_date, |day| day.max(config.start_date));
    let ago = |day: Date| u16::try_from((today - day).whole_days()).unwrap_or(u16::MAX);
    for span in ago(window.end) / SPAN..=ago(window.start) / SPAN {
        let end = today - Duration::days(i64::from(span * SPAN));
        let start = (end - Duration::days(i64::from(SPAN) - 1)).max(first);
        let (memory, partition) = (slice.memory, slice.job.partition);
        let days = memory
            .days
            .get((partition, span), || find_days(slice, report, Window { start, end }))?;
        let is_of_window = |place: &u16| {
            let day = end - Duration::days(i64::from(*place));
            window.start <= day && day <= window.end
        };
        if (0..SPAN).filter(is_of_window).any(|place| days & (1 << place) != 0) {
            return Ok(false);
        }
    }
    log::debug!("{}: not requested, because the account has no results", slice.place());
    Ok(true)
}

/// The days of a span with results. A refusal means that nothing is known, and is logged.
fn find_days(slice: &mut Slice, report: &Report, span: Window) -> Result<Days, ApiError> {
    let report = Report { report_type: "BASIC", ..report.of_account() };
    let asked = Asked {
        owner: slice.account,
        metrics: report
            .default_metrics()
            .into_iter()
            .take(MOST_METRICS)
            .map(str::to_owned)
            .collect(),
        days: Some((span.start, span.end)),
        ..Asked::default()
    };
    let params = integrated_report(&slice.plan.stream, &report, &asked);
    let mut rows = Last(Dimensions::default());
    match slice.first_page(params, SPAN.into(), &mut rows) {
        Ok(page) if page.code == PARTIAL || page.last > 1 || page.not_rows > 0 => Ok(UNKNOWN),
        Ok(_) => Ok(days_before(span.end, &rows.0.0)),
        Err(error)
            if error.cause.is_refusal() && error.cause != Cause::AccountGone
                || matches!(error.cause, Cause::TooLarge | Cause::TimedOut) =>
        {
            log::info!(
                "account {}: it is not known which days have no results, so that reports are \
                 requested for all days: {error}",
                slice.account
            );
            Ok(UNKNOWN)
        }
        Err(error) => Err(error),
    }
}

/// The bits of the days of rows, up to `end`. A day that cannot be read may be any of them.
fn days_before(end: Date, rows: &[String]) -> Days {
    rows.iter().fold(0, |bits, dimensions| {
        let day = text(dimensions, "stat_time_day");
        let day = day.and_then(|day| Date::parse(day.get(..10)?, DAY).ok());
        let place = day.and_then(|day| u16::try_from((end - day).whole_days()).ok());
        bits | place.filter(|place| *place < SPAN).map_or(UNKNOWN, |place| 1 << place)
    })
}

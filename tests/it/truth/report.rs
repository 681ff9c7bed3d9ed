//! The rows that a report must have: what a run asks TikTok for, and the columns that TikTok's rows
//! do not have. Written independently of the code that computes these columns in the tap.

use super::Scope;
use super::parts::{Part, parts};
use fake_tiktok::{Level, ReportQuery, ReportType, World};
use serde_json::Value;
use tap_tiktok_ads::streams::dictionary::{Grain, dictionary};
use tap_tiktok_ads::streams::{Per, Report, Stream};
use time::{Date, Duration, OffsetDateTime, UtcOffset};

/// Columns of reports that are no metrics and no dimensions.
const ADDED: [&str; 8] = [
    "advertiser_id",
    "bc_id",
    "store_id",
    "currency",
    "timezone",
    "date",
    "read_date",
    "stat_time_hour_utc",
];

/// Names and raw values.
pub(super) type Pairs = Vec<(String, String)>;

/// Whether a property of a report's schema is a metric.
pub(crate) fn is_metric(report: &Report, name: &str) -> bool {
    !ADDED.contains(&name) && !report.dimensions.contains(&name)
}

/// The rows of a report of an account or a Business Center.
pub(super) fn rows(
    world: &World,
    stream: &Stream,
    schema: &Value,
    owner: &str,
    scope: &Scope,
) -> Vec<Pairs> {
    let report = stream.report().expect("a report");
    let mut about = Pairs::new();
    if stream.per == Per::Account && scope.describes_accounts {
        let is_known = |name: &str| ["currency", "timezone"].contains(&name);
        let described = world.advertiser(owner).0.into_iter();
        about.extend(described.filter(|(name, _)| is_known(name)));
    }
    let mut rows = Vec::new();
    for part in parts(world, stream, owner) {
        for query in queries(report, &part, schema, scope) {
            let stamp = match report.grain {
                Grain::Day | Grain::Hour => None,
                Grain::DayByRequest => query.start.map(|day| ("date", day)),
                Grain::Lifetime => Some(("read_date", world.today(owner))),
            };
            let stamp = stamp.map(|(name, day)| (name.to_owned(), format!("\"{day} 00:00:00\"")));
            for found in world.report(&query) {
                let mut row: Pairs =
                    found.dimensions.0.into_iter().chain(found.metrics.0).collect();
                if report.grain == Grain::Hour {
                    // Rows without an hour are not delivered.
                    let zone = &world.account(owner).expect("an account of the world").zone;
                    let Some(utc) = utc_hour(&row, zone) else { continue };
                    row.push(("stat_time_hour_utc".to_owned(), utc));
                }
                row.extend(about.iter().chain(&part.columns).cloned().chain(stamp.clone()));
                rows.push(row);
            }
        }
    }
    rows
}

/// The requests for a report: one includes Promote, and `TopView` needs a separate one.
fn queries(report: &Report, part: &Part, schema: &Value, scope: &Scope) -> Vec<ReportQuery> {
    let names = schema["properties"].as_object().expect("properties").keys();
    let level = Level::ALL.into_iter().find(|level| Some(level.name()) == report.data_level);
    let report_type = ReportType::ALL.into_iter().find(|kind| kind.name() == report.report_type);
    let returned = dictionary().returned(&report.grouping());
    let is_asked = |name: &str| {
        is_metric(report, name) && !scope.without.contains(&name) && !returned.contains(&name)
    };
    let of_all_days = ReportQuery {
        report_type: report_type.expect("a report type of the fake"),
        level: level.unwrap_or_default(),
        metrics: names.filter(|name| is_asked(name)).cloned().collect(),
        include_deleted: scope.include_deleted,
        promote: scope.promote && report.is_narrowable(),
        ..part.query.clone()
    };
    let mut queries = Vec::new();
    for (start, end) in spans(report.grain, scope.days) {
        let ordinary = ReportQuery { start, end, ..of_all_days.clone() };
        let top_view = ReportQuery { top_view: true, ..ordinary.clone() };
        match (ordinary.level, scope.top_view && report.is_narrowable()) {
            (Level::Advertiser, _) | (_, false) => queries.push(ordinary),
            _ if scope.only_top_view => queries.push(top_view),
            _ => queries.extend([ordinary, top_view]),
        }
    }
    queries
}

/// The days of each request, without a first and a last one where all days are asked for.
fn spans(grain: Grain, days: (Date, Date)) -> Vec<(Option<Date>, Option<Date>)> {
    match grain {
        Grain::Day | Grain::Hour => vec![(Some(days.0), Some(days.1))],
        Grain::Lifetime => vec![(None, None)],
        Grain::DayByRequest => {
            let next = |day: &Date| day.next_day().filter(|day| *day <= days.1);
            let each = std::iter::successors(Some(days.0).filter(|day| *day <= days.1), next);
            each.map(|day| (Some(day), Some(day))).collect()
        }
    }
}

/// The first instant at which the clocks of a zone show the hour of a row; none if it has no hour.
fn utc_hour(row: &Pairs, zone: &str) -> Option<String> {
    let (_, raw) = row.iter().find(|(name, _)| name == "stat_time_hour")?;
    let hour = raw.trim_matches('"');
    let day = super::day(hour.get(..10)?);
    let zone = tzdb::tz_by_name(zone).expect("a zone of the world");
    // No zone is further from UTC than 15 hours.
    let quarters = (-15 * 4..(24 + 15) * 4)
        .map(|quarter| day.midnight().assume_utc() + Duration::minutes(15 * quarter));
    let shown = |instant: &OffsetDateTime| {
        let local = zone.find_local_time_type(instant.unix_timestamp()).expect("a type");
        let offset = UtcOffset::from_whole_seconds(local.ut_offset()).expect("an offset");
        let local = instant.to_offset(offset);
        format!("{} {:02}:{:02}:00", local.date(), local.hour(), local.minute())
    };
    let first = quarters.into_iter().find(|instant| shown(instant) == hour);
    let first = first.unwrap_or_else(|| panic!("no clock shows {hour}"));
    Some(format!("\"{} {:02}:{:02}:00\"", first.date(), first.hour(), first.minute()))
}

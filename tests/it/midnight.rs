//! Days that end between two runs, days that are an hour shorter or longer, and days whose numbers
//! change afterwards.
//!
//! Today depends on the clock of the machine and the zone of the account, so an account in a zone
//! that is a day ahead stands for a machine that slept over midnight.

use crate::catalogs::fields;
use crate::harness::{Run, Tap, serve};
use crate::truth::{self, Scope};
use fake_tiktok::{Server, WorldConfig};
use serde_json::Value;
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime};

const STREAM: &str = "campaign_insights";

fn tap(server: &Server, start: Date) -> Tap {
    let tap = Tap::on(server).set("start_date", start.to_string()).set("end_date", Value::Null);
    tap.catalog(&fields(STREAM, &["spend", "impressions", "clicks", "conversion"]))
}

fn serve_in(zone: &str) -> Server {
    serve(WorldConfig {
        zones: vec![zone.into()],
        delivery: 1.0,
        restate_days: 3,
        ..WorldConfig::default()
    })
}

/// Today for the accounts of a server, which are all in one zone.
fn today(server: &Server) -> Date {
    server.world().today(&server.world().accounts()[0].advertiser_id)
}

/// The last record of each key, as a target that upserts has them.
fn loaded<'r>(runs: &[&'r Run]) -> Vec<&'r crate::harness::Fields> {
    let key = |record: &crate::harness::Fields| {
        ["advertiser_id", "campaign_id", "stat_time_day"].map(|name| record.raw(name).to_owned())
    };
    let all = runs.iter().flat_map(|run| run.records(STREAM));
    all.map(|record| (key(record), record)).collect::<BTreeMap<_, _>>().into_values().collect()
}

#[test]
fn no_day_is_missed_if_the_machine_sleeps_over_midnight() {
    for again in [0, 1, 3, 7] {
        // The names of these zones have the opposite sign, so the second one is 24 hours ahead.
        let (evening, morning) = (serve_in("Etc/GMT+12"), serve_in("Etc/GMT-12"));
        let start = today(&evening) - Duration::days(9);
        let first = tap(&evening, start).run().ended(0);
        morning.world().bump_epoch();
        let second = tap(&morning, start)
            .set("attribution_window", again)
            .state(first.state())
            .run()
            .ended(0);
        let (eve, day) = (today(&evening), today(&morning));
        if OffsetDateTime::now_utc().hour() == 11 && OffsetDateTime::now_utc().minute() > 58
            || day - eve != Duration::DAY
        {
            // It is just midnight there.
            continue;
        }
        assert_eq!(
            first.state()["bookmarks"][STREAM][&morning.world().accounts()[0].advertiser_id],
            format!("{eve}T00:00:00Z")
        );
        // The day of the bookmark was not over. Days before it are read again according to the
        // attribution window.
        let read_again = eve - Duration::days(again);
        let from = read_again.to_string();
        truth::check(
            morning.world(),
            &second,
            STREAM,
            &Scope::of(morning.world()).days(&from, &day.to_string()),
        );
        let records = loaded(&[&first, &second]);
        let all = Scope::of(morning.world()).days(&start.to_string(), &day.to_string());
        let (schema, keys) = second.schema(STREAM);
        let found = truth::difference(
            STREAM,
            keys,
            &records,
            truth::rows(morning.world(), STREAM, schema, &all),
        );
        assert_eq!(found.lost, [""; 0], "a day is missing");
        // Three days were restated: today, yesterday, and the one before, which only an
        // attribution window of 1 or more reads again.
        assert_eq!(
            found.changed.is_empty(),
            again >= 1,
            "attribution_window {again}: {:?}",
            found.changed.first()
        );
        for server in [&evening, &morning] {
            assert_eq!(server.violations(), [""; 0]);
        }
    }
}

#[test]
fn days_of_23_and_25_hours_are_read_as_whole_days() {
    for (zone, from, to) in [
        ("America/New_York", "2026-03-05", "2026-03-11"),
        ("America/New_York", "2025-10-30", "2025-11-05"),
        ("Europe/Berlin", "2026-03-26", "2026-04-01"),
        ("Australia/Lord_Howe", "2026-04-02", "2026-04-08"),
        // Its clocks change at midnight.
        ("America/Santiago", "2026-04-02", "2026-04-08"),
    ] {
        for window in [1, 3, 30] {
            let server = serve_in(zone);
            let start = truth::day(from);
            let run =
                tap(&server, start).set("end_date", to).set("report_window", window).run().ended(0);
            truth::check(server.world(), &run, STREAM, &Scope::of(server.world()).days(from, to));
            let again = tap(&server, start)
                .set("end_date", to)
                .set("attribution_window", 2)
                .state(run.state())
                .run()
                .ended(0);
            let tail = (truth::day(to) - Duration::days(2)).to_string();
            truth::check(
                server.world(),
                &again,
                STREAM,
                &Scope::of(server.world()).days(&tail, to),
            );
            assert_eq!(server.violations(), [""; 0]);
        }
    }
}

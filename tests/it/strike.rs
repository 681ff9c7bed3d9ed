//! Runs the tap while faults affect single pages of single accounts, runs it again without faults,
//! and checks the rows, bookmarks, log lines and exit code.
//!
//! The faults themselves are in `faults` and `codes`. Errors are collected, so that one test run
//! shows all of them.

mod fault;

use crate::catalogs::{entry, mark, only};
use crate::harness::{Run, Tap, ids, serve, world};
use crate::truth::{self, Scope};
use fake_tiktok::{FaultKind, Server, WorldConfig};
use serde_json::Value;

/// The days of reports: two windows of two days.
pub(crate) const DAYS: (&str, &str) = ("2026-05-01", "2026-05-04");
/// The first day of the window with faults.
const SECOND: &str = "2026-05-03";
/// The bookmark of a report whose second window failed.
const HELD: &str = "2026-05-02T00:00:00Z";
pub(crate) const STREAMS: [&str; 2] = ["campaigns", "ad_insights"];
const METRICS: [&str; 8] = [
    "spend",
    "impressions",
    "clicks",
    "ctr",
    "conversion",
    "currency",
    "ad_name",
    "real_time_conversion_rate",
];

pub(crate) use fault::{Follows, Strike};

/// The results of all strikes.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    tried: usize,
    lost: usize,
    changed: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Runs the tap with these faults, and once more without them.
    pub(crate) fn strike(&mut self, strikes: &[Strike], concurrency: usize) {
        self.tried += strikes.len();
        // One more account, without faults.
        let server = serve(WorldConfig { accounts: strikes.len() + 1, ..field() });
        let accounts = ids(&server);
        for (strike, account) in strikes.iter().zip(&accounts) {
            server.add_fault(strike.fault(account));
        }
        let is_slow =
            strikes.iter().any(|s| matches!(s.kind, FaultKind::Hang(_) | FaultKind::SlowBody(_)));
        let timeout = if is_slow { 1.0 } else { 60.0 };
        let tap = || {
            let tap = Tap::on(&server)
                .set("start_date", DAYS.0)
                .set("end_date", DAYS.1)
                .set("report_window", 2)
                .set("page_size", 5);
            tap.set("concurrency", concurrency)
                .set("attribution_window", 0)
                .set("request_timeout", timeout)
                .catalog(&catalog())
                .env("TAP_TIKTOK_ADS_PAUSE_SCALE", "0.0001")
        };
        let first = tap().run();
        let before = self.wrong.len();
        self.check(&server, strikes, &accounts, &first);
        let mut runs = vec![first];
        if strikes.iter().any(|strike| strike.cost().is_some()) {
            server.clear_faults();
            let second = tap().state(runs[0].state()).set("request_timeout", 60).run();
            if second.code != Some(0) {
                self.wrong.push(format!(
                    "the run after {} ended with {:?}",
                    strikes[0].name, second.code
                ));
            }
            runs.push(second);
        }
        for stream in STREAMS {
            let scope = Scope::of(server.world()).days(DAYS.0, DAYS.1);
            let records: Vec<_> = runs.iter().flat_map(|run| run.records(stream)).collect();
            // A run that ended early may not have started a stream.
            let (schema, keys) = runs[runs.len() - 1].schema(stream);
            let found = truth::difference(
                stream,
                keys,
                &records,
                truth::rows(server.world(), stream, schema, &scope),
            );
            self.lost += found.lost.len();
            self.changed += found.changed.len();
            let wrong = found
                .lost
                .iter()
                .map(|key| format!("lost for good: {stream} {key}"))
                .chain(found.changed);
            self.wrong.extend(
                wrong.take(3).map(|what| format!("{}: {what}", named(strikes, &accounts, &what))),
            );
        }
        self.wrong.extend(
            server
                .violations()
                .into_iter()
                .map(|what| format!("{}: violation: {what}", strikes[0].name)),
        );
        if self.wrong.len() > before {
            let told: Vec<_> =
                runs[0].stderr.iter().filter(|line| !line.contains("METRIC")).cloned().collect();
            self.wrong.push(format!("  stderr:\n    {}", told.join("\n    ")));
        }
    }

    /// Checks the first run.
    fn check(&mut self, server: &Server, strikes: &[Strike], accounts: &[String], run: &Run) {
        // Temporary failures come before refusals, because another run may help.
        let worst = [3, 5, 4]
            .into_iter()
            .find(|exit| strikes.iter().any(|s| s.cost().is_some_and(|(e, _)| e == *exit)));
        let mut wrong =
            |strike: &Strike, what: String| self.wrong.push(format!("{}: {what}", strike.name));
        if run.code != Some(worst.unwrap_or(0)) {
            wrong(&strikes[0], format!("exit {:?} instead of {:?}", run.code, worst.unwrap_or(0)));
        }
        for (strike, account) in strikes.iter().zip(accounts) {
            let Follows::Holds(says) = strike.follows else { continue };
            let part = format!("{}, account {account}", strike.stream);
            if !run.stderr.iter().any(|line| {
                line.starts_with("WARNING") && line.contains(&part) && line.contains(says)
            }) {
                wrong(strike, format!("no warning names {part} and `{says}`"));
            }
        }
        let state = run.state();
        let mut is_first = true;
        for (strike, account) in strikes.iter().zip(accounts) {
            let Some((exit, says)) = strike.cost() else { continue };
            let part = format!("{}, account {account}", strike.stream);
            let told = |line: &str, level: &str| {
                line.starts_with(level) && line.contains(&part) && line.contains(says)
            };
            // It is logged once: as the last line, or before it.
            let lines = run
                .stderr
                .iter()
                .filter(|line| told(line, "ERROR") || told(line, "CRITICAL"))
                .count();
            if lines != 1 {
                wrong(strike, format!("{lines} lines name {part} and `{says}`"));
            }
            if Some(exit) == worst
                && std::mem::take(&mut is_first)
                && !told(run.cause(), "CRITICAL")
            {
                wrong(strike, format!("the last line is {}", run.cause()));
            }
            let bookmark = &state["bookmarks"][strike.stream][account];
            let held = if strike.stream == STREAMS[0] { Value::Null } else { HELD.into() };
            // A run that ended early may not have got so far.
            if *bookmark != held && !(strike.ends_run && bookmark.is_null()) {
                wrong(strike, format!("the bookmark {bookmark} instead of {held}"));
            }
        }
        if strikes.iter().any(|strike| strike.ends_run) {
            return;
        }
        for stream in STREAMS {
            let costs = |account: &String| {
                strikes.iter().zip(accounts).any(|(s, struck)| s.costs(struck, (stream, account)))
            };
            let whole: Vec<_> =
                accounts.iter().filter(|account| !costs(account)).cloned().collect();
            let records = run
                .records(stream)
                .into_iter()
                .filter(|r| whole.iter().any(|id| r.raw("advertiser_id").contains(id.as_str())));
            let (schema, keys) = run.schema(stream);
            let scope =
                Scope { accounts: whole.clone(), ..Scope::of(server.world()).days(DAYS.0, DAYS.1) };
            let rows = truth::rows(server.world(), stream, schema, &scope);
            let found = truth::difference(stream, keys, &records.collect::<Vec<_>>(), rows);
            for key in found.lost {
                self.wrong.push(format!(
                    "{}: not in the first run: {stream} {key}",
                    named(strikes, accounts, &key)
                ));
            }
            if !found.twice.is_empty() && !strikes.iter().any(|strike| strike.repeats) {
                self.wrong.push(format!("{}: comes twice: {}", strikes[0].name, found.twice[0]));
            }
            let holds = |account: &String| {
                let held = strikes
                    .iter()
                    .zip(accounts)
                    .find(|(s, struck)| *struck == account && s.stream == stream);
                held.is_some_and(|(strike, _)| matches!(strike.follows, Follows::Holds(_)))
            };
            let has_none =
                |account: &&String| !state["bookmarks"][stream][account.as_str()].is_string();
            for account in whole.iter().filter(|account| has_none(account) != holds(account)) {
                self.wrong.push(format!(
                    "{}: no bookmark in {stream}, or one that should not be",
                    named(strikes, accounts, account)
                ));
            }
        }
    }

    /// Prints the counts and fails if anything was wrong.
    #[track_caller]
    #[expect(clippy::print_stdout, reason = "the counts show how much was tested")]
    pub(crate) fn end(self, what: &str) {
        println!(
            "{what} tried: {}, rows lost {}, values changed {}",
            self.tried, self.lost, self.changed
        );
        assert!(
            self.wrong.is_empty(),
            "{} things are wrong:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
    }
}

/// The strike on the account that a text names.
fn named<'s>(strikes: &'s [Strike], accounts: &[String], text: &str) -> &'s str {
    let found = strikes.iter().zip(accounts).find(|(_, account)| text.contains(account.as_str()));
    found.map_or(strikes[0].name.as_str(), |(strike, _)| &strike.name)
}

/// A world with fifteen campaigns, one of them from Promote, which are three pages of five, and six
/// pages of ads for two days.
pub(crate) fn field() -> WorldConfig {
    WorldConfig {
        campaigns: 14,
        adgroups: 1,
        ads: 1,
        top_view: 0,
        deleted: 0.0,
        delivery: 1.0,
        ..world()
    }
}

/// Both streams with few metrics, since faults do not depend on metrics.
pub(crate) fn catalog() -> Value {
    let mut catalog = only(&STREAMS);
    let report = entry(&mut catalog, STREAMS[1]);
    let names: Vec<String> =
        report["schema"]["properties"].as_object().expect("properties").keys().cloned().collect();
    for name in names {
        mark(report, &["properties", &name], "selected", METRICS.contains(&name.as_str()));
    }
    catalog
}

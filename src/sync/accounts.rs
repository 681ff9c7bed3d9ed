//! The accounts of a run: which of them can be read, and what day it is there. It owns the one question that a run begins with.

use crate::api::client::{Client, Request};
use crate::api::error::{ApiError, Outcome};
use crate::api::page::{self, Rows};
use crate::api::scan::{Malformed, Scan};
use crate::streams::ADVERTISER_INFO;
use std::collections::HashMap;
use time::{Date, OffsetDateTime, UtcOffset};
use tz::TimeZoneRef;

/// Accounts that one call describes at most.
const BATCH: usize = 100;

/// One account of the run.
#[derive(Debug)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Its zone, by which TikTok counts days; `None` stands for UTC.
    zone: Option<TimeZoneRef<'static>>,
}

impl Account {
    /// The calendar date there at `now`.
    #[must_use]
    pub fn today(&self, now: OffsetDateTime) -> Date {
        let local = self.zone.and_then(|zone| zone.find_local_time_type(now.unix_timestamp()).ok());
        let offset = local.and_then(|local| UtcOffset::from_whole_seconds(local.ut_offset()).ok()).unwrap_or(UtcOffset::UTC);
        now.to_offset(offset).date()
    }
}

/// What was found out.
#[derive(Debug, Default)]
pub struct Accounts {
    /// Those that can be read, in the order of the configuration.
    pub open: Vec<Account>,
    /// Those that TikTok refuses, and why.
    pub refused: Vec<(String, ApiError)>,
    /// Why TikTok does not describe accounts here, if it does not: the sandbox may lack that, and so may the app.
    pub undescribed: Option<ApiError>,
    /// Texts of the answers, for the stream of the accounts themselves.
    pub answers: Vec<String>,
}

/// Takes the accounts as they are, all in UTC: nothing in the run goes by days.
#[must_use]
pub fn unasked(ids: &[String]) -> Accounts {
    Accounts { open: ids.iter().map(|id| Account { id: id.clone(), zone: None }).collect(), ..Accounts::default() }
}

/// Asks TikTok about the accounts, a hundred a call.
///
/// # Errors
/// The run cannot go on: the token is wrong, or tries are spent.
pub fn look_up(client: &Client, ids: &[String]) -> Result<Accounts, ApiError> {
    let mut found = Accounts::default();
    let mut zones = HashMap::new();
    for batch in ids.chunks(BATCH) {
        describe(client, batch.to_vec(), &mut found, &mut zones)?;
    }
    for id in ids.iter().filter(|id| !found.refused.iter().any(|(refused, _)| refused == *id)) {
        let zone = zones.get(id.as_str()).and_then(Option::as_deref);
        found.open.push(Account { id: id.clone(), zone: zone.and_then(tzdb::tz_by_name) });
        if found.undescribed.is_none() && found.open.last().is_some_and(|a| a.zone.is_none()) {
            log::warn!("account {id}: TikTok gave {} as its time zone; its days are taken as UTC", zone.unwrap_or("nothing"));
        }
    }
    if let Some(error) = &found.undescribed {
        log::warn!("time zones are unknown, days are taken as UTC: {error}");
    }
    Ok(found)
}

/// Asks about one batch. When TikTok refuses one account of it, that one is taken out, or else the batch is halved to find it.
fn describe(
    client: &Client,
    mut batch: Vec<String>,
    found: &mut Accounts,
    zones: &mut HashMap<String, Option<String>>,
) -> Result<(), ApiError> {
    let mut body = Vec::new();
    while !batch.is_empty() {
        let ids = serde_json::Value::from(batch.clone()).to_string();
        let request = Request { path: ADVERTISER_INFO, params: vec![("advertiser_ids", ids)], shrinks: false };
        let mut seen = Zones::default();
        let answer = client.call(&request, &mut body, &mut |text| {
            seen = Zones::default();
            page::read(text, "list", &mut seen).map_err(|e| e.to_string())
        });
        let Err(error) = answer.map(|page| say_mended(page.mended)) else {
            zones.extend(seen.found);
            found.answers.push(String::from_utf8_lossy(&body).into_owned());
            return Ok(());
        };
        match error.outcome {
            Outcome::SkipAccount => {
                let named = batch.iter().position(|id| error.message.contains(id.as_str()));
                if let Some(index) = named.or((batch.len() == 1).then_some(0)) {
                    found.refused.push((batch.remove(index), error));
                } else {
                    let second = batch.split_off(batch.len() / 2);
                    describe(client, second, found, zones)?;
                }
            }
            // How many ids a call takes is not published.
            Outcome::TooLarge if batch.len() > 1 => {
                let second = batch.split_off(batch.len() / 2);
                describe(client, second, found, zones)?;
            }
            Outcome::Refused | Outcome::SkipStream | Outcome::TooLarge | Outcome::Cut | Outcome::Uneven | Outcome::Shape => {
                found.undescribed = Some(error);
                return Ok(());
            }
            Outcome::Spent | Outcome::TimedOut | Outcome::StopRun | Outcome::EndRun | Outcome::Halted => return Err(error),
        }
    }
    Ok(())
}

/// Rows of accounts are rendered later, from a text that was mended here.
fn say_mended(mended: u64) {
    if mended > 0 {
        log::warn!("{ADVERTISER_INFO}: {mended} sequences of bytes in TikTok's answer are no UTF-8 and became U+FFFD");
    }
}

/// Reads ids and zones out of the rows.
#[derive(Default)]
struct Zones {
    found: Vec<(String, Option<String>)>,
}

impl<'t> Rows<'t> for Zones {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let (mut id, mut zone, mut first) = (String::new(), None, true);
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            let name = scan.name()?;
            let value = scan.value()?;
            let text = || value.trim_matches('"').replace("\\/", "/");
            match name {
                "\"advertiser_id\"" => id = text(),
                "\"timezone\"" if value != "null" => zone = Some(text()),
                _ => {}
            }
        }
        self.found.push((id, zone));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn today_is_the_accounts_own() {
        let now = datetime!(2026-03-08 11:30 UTC);
        let today = |zone: &str| Account { id: "1".into(), zone: tzdb::tz_by_name(zone) }.today(now);
        assert_eq!(today("Pacific/Kiritimati"), date!(2026 - 03 - 09));
        assert_eq!(today("Pacific/Pago_Pago"), date!(2026 - 03 - 08));
        assert_eq!(today("Pacific/Midway"), date!(2026 - 03 - 08));
        // The sign of these names is the other way round: this one is an hour ahead of UTC.
        assert_eq!(Account { id: "1".into(), zone: tzdb::tz_by_name("Etc/GMT-14") }.today(now), date!(2026 - 03 - 09));
        assert_eq!(Account { id: "1".into(), zone: None }.today(now), date!(2026 - 03 - 08));
    }
}

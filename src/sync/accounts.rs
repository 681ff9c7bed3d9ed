//! The accounts of a run: finds out at the start which of them can be read, with their currency and
//! time zone.

use super::account::Account;
use crate::api::account_batches;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::request::Request;
use crate::json::scan::{Malformed, Scan};
use crate::json::{Last, Rows, RowsAt};
use crate::render::push_date_time;
use crate::singer::bookmark::Bookmark;
use crate::streams::ADVERTISER_INFO;
use std::collections::HashMap;
use time::Date;

/// The result of looking up the accounts.
#[derive(Debug, Default)]
pub struct Accounts {
    /// Those that can be read, in the order of the configuration.
    pub open: Vec<Account>,
    /// Those that TikTok refuses, and why.
    pub refused: Vec<(String, ApiError)>,
    /// Those that are missing in TikTok's answer. They are still read.
    pub missing: Vec<String>,
    /// Why TikTok does not describe accounts, if it does not: the sandbox lacks the endpoint, the
    /// app lacks the permission, or the endpoint is down.
    pub undescribed: Option<ApiError>,
    /// Business Centers of the run, if it reads any.
    pub business_centers: Vec<String>,
    /// The error, if TikTok does not list them.
    pub no_centers: Option<ApiError>,
    /// Texts of the answers, for the stream of the accounts themselves.
    pub answers: Vec<String>,
}

/// The accounts without a lookup, all in UTC, for a run in which no stream depends on days.
pub fn unasked(ids: &[String]) -> Accounts {
    let open = ids.iter().map(|id| Account { id: id.clone(), ..Account::default() });
    Accounts { open: open.collect(), ..Accounts::default() }
}

/// Asks TikTok about the accounts.
pub fn look_up(client: &Client, ids: &[String]) -> Result<Accounts, ApiError> {
    let mut found = Accounts::default();
    let mut rows = HashMap::new();
    let mut body = Vec::new();
    let unanswered = account_batches::ask(ids, &mut |batch| {
        let params = vec![("advertiser_ids", serde_json::Value::from(batch).to_string())];
        let list = Request::list(ADVERTISER_INFO, RowsAt::Member("list"), params);
        let request = Request { needs_list: false, ..list };
        let mut seen = Last(Described::default());
        say_mended(client.call(&request, &mut body, &mut seen)?.mended);
        rows.extend(seen.0.0);
        found.answers.push(String::from_utf8_lossy(&body).into_owned());
        Ok(())
    })?;
    (found.refused, found.undescribed) = (unanswered.refused, unanswered.undescribed);
    for id in ids.iter().filter(|id| !found.refused.iter().any(|(refused, _)| refused == *id)) {
        let row: Option<&Row> = rows.get(id.as_str());
        let name = row.and_then(|row| row.zone.as_deref());
        let zone = name.and_then(tzdb::tz_by_name);
        if row.is_none() && found.undescribed.is_none() {
            found.missing.push(id.clone());
        } else if zone.is_none() && found.undescribed.is_none() {
            let name = name.unwrap_or("nothing");
            log::warn!(
                "account {id}: TikTok gave {name} as its time zone; its days are taken as UTC"
            );
        }
        found.open.push(Account {
            id: id.clone(),
            currency: row.and_then(|row| row.currency.clone()),
            zone_name: row.and_then(|row| row.zone.clone()),
            zone,
            created: row.and_then(|row| row.created),
        });
    }
    if let Some(error) = &found.undescribed {
        log::warn!("time zones are unknown, days are taken as UTC: {error}");
    }
    Ok(found)
}

/// Warns of repaired text, because the rows are rendered later from the repaired answer.
fn say_mended(mended: u64) {
    if mended > 0 {
        log::warn!(
            "{ADVERTISER_INFO}: {mended} sequences of bytes in TikTok's answer are not UTF-8 and \
             became U+FFFD"
        );
    }
}

/// What is read of an account's row.
#[derive(Debug, Default)]
struct Row {
    currency: Option<String>,
    zone: Option<String>,
    created: Option<Date>,
}

/// The rows of an answer, by account.
#[derive(Default)]
struct Described(HashMap<String, Row>);

impl<'t> Rows<'t> for Described {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let (mut id, mut row, mut first) = (String::new(), Row::default(), true);
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            let name = scan.name()?;
            let value = scan.value()?;
            let text = value.trim_matches('"');
            match name {
                "\"advertiser_id\"" => text.clone_into(&mut id),
                "\"timezone\"" if value != "null" => row.zone = Some(text.replace("\\/", "/")),
                "\"currency\"" if value != "null" => row.currency = Some(text.to_owned()),
                "\"create_time\"" => row.created = date(text),
                _ => {}
            }
        }
        self.0.insert(id, row);
        Ok(())
    }
}

/// The calendar date, in UTC, of a time in any form that TikTok sends.
fn date(time: &str) -> Option<Date> {
    let mut text = Vec::new();
    push_date_time(time, &mut text)?;
    Bookmark::parse(std::str::from_utf8(text.get(1..20)?).ok()?).map(Bookmark::day)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    #[test]
    fn the_day_of_creation_is_read_in_every_form() {
        for time in ["1600000000", "2020-09-13 12:26:40", "2020-09-13T23:26:40Z", "1600000000000"] {
            assert_eq!(super::date(time), Some(date!(2020 - 09 - 13)), "{time}");
        }
        assert_eq!(super::date("never"), None);
    }
}

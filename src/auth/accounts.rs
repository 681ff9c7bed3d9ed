//! What TikTok says of the ad accounts and Business Centers that a config reads.

use crate::api::authorized::Objects;
use crate::api::cause::{Cause, Loss};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::request::{PageOf, Request};
use crate::json::Last;
use crate::streams::{self, ADVERTISER_INFO};
use serde::Serialize;
use serde_json::Value;

/// Accounts that one call describes at most.
const BATCH: usize = 100;

/// An ad account, and why it cannot be read if it cannot.
#[derive(Debug, Default, Serialize)]
pub(super) struct AccountState {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its time zone, whose days reports count.
    pub timezone: Option<String>,
    /// Its currency.
    pub currency: Option<String>,
    /// Its status in TikTok's words.
    pub status: Option<String>,
    /// Whether it can be read. An account that TikTok only does not describe can be.
    pub is_reachable: bool,
    /// Why it is not reachable or not described.
    pub problem: Option<String>,
    /// The error itself.
    #[serde(skip)]
    pub error: Option<ApiError>,
}

/// A Business Center that the token reaches.
#[derive(Debug, Serialize)]
pub(super) struct BusinessCenter {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
}

/// The accounts in their order. An error means that nothing can be asked any more.
pub(super) fn describe(client: &Client, ids: &[String]) -> Result<Vec<AccountState>, ApiError> {
    let mut found = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        match rows(client, batch) {
            Ok(rows) => found.extend(batch.iter().map(|id| described(id, &rows))),
            Err(error) if error.cause.loss() == Loss::Run => return Err(error),
            // One account that is refused makes TikTok refuse all of them.
            Err(_) if batch.len() > 1 => {
                for id in batch {
                    found.push(alone(client, id)?);
                }
            }
            Err(error) => found.push(refused(&batch[0], error)),
        }
    }
    Ok(found)
}

fn alone(client: &Client, id: &str) -> Result<AccountState, ApiError> {
    match rows(client, &[id.to_owned()]) {
        Ok(rows) => Ok(described(id, &rows)),
        Err(error) if error.cause.loss() == Loss::Run => Err(error),
        Err(error) => Ok(refused(id, error)),
    }
}

fn rows(client: &Client, ids: &[String]) -> Result<Vec<Value>, ApiError> {
    let stream = streams::all().iter().find(|stream| stream.call.path == ADVERTISER_INFO);
    let Some(call) = stream.map(|stream| stream.call) else { return Ok(Vec::new()) };
    let params = vec![("advertiser_ids", Value::from(ids).to_string())];
    let request = Request { needs_list: false, ..Request::list(call.path, call.rows, params) };
    let mut rows = Last(Objects::default());
    client.call(&request, &mut Vec::new(), &mut rows)?;
    Ok(rows.0.0)
}

fn described(id: &str, rows: &[Value]) -> AccountState {
    let is_it = |row: &&Value| match &row["advertiser_id"] {
        Value::String(text) => text == id,
        Value::Number(number) => number.to_string() == id,
        _ => false,
    };
    let Some(row) = rows.iter().find(is_it) else {
        let problem = Some(format!("{ADVERTISER_INFO}: it is not in TikTok's answer"));
        return AccountState {
            id: id.to_owned(),
            is_reachable: true,
            problem,
            ..AccountState::default()
        };
    };
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    AccountState {
        id: id.to_owned(),
        name: text("name"),
        timezone: text("timezone"),
        currency: text("currency"),
        status: text("status"),
        is_reachable: true,
        ..AccountState::default()
    }
}

/// An account without a description. Only some errors mean that it cannot be read at all.
fn refused(id: &str, error: ApiError) -> AccountState {
    AccountState {
        id: id.to_owned(),
        is_reachable: error.cause != Cause::AccountGone,
        problem: Some(error.to_string()),
        error: Some(error),
        ..AccountState::default()
    }
}

/// All Business Centers that the token reaches.
pub(super) fn business_centers(client: &Client) -> Result<Vec<BusinessCenter>, ApiError> {
    let Some(stream) = streams::find("business_centers") else { return Ok(Vec::new()) };
    let size = stream.call.paging.most().unwrap_or(1);
    let (mut found, mut number, mut last) = (Vec::new(), 1, 1);
    while number <= last {
        let request = Request {
            page: Some(PageOf { number, size, may_be_whole: false }),
            ..Request::list(stream.call.path, stream.call.rows, Vec::new())
        };
        let mut rows = Last(Objects::default());
        last = client.call(&request, &mut Vec::new(), &mut rows)?.last;
        let text = |row: &Value, name: &str| match &row["bc_info"][name] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        found.extend(rows.0.0.iter().filter_map(|row| {
            Some(BusinessCenter { id: text(row, "bc_id")?, name: text(row, "name") })
        }));
        number += 1;
    }
    Ok(found)
}

//! What TikTok says of the ad accounts and Business Centers that a config reads.

use crate::api::account_batches::{self, Unanswered};
use crate::api::authorized::Objects;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::request::{PageOf, Request};
use crate::json::Last;
use crate::streams::{self, ADVERTISER_INFO};
use serde::Serialize;
use serde_json::Value;

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
    /// Whether a run fails because of the account itself.
    #[serde(skip)]
    pub is_at_fault: bool,
}

/// The accounts of a config.
#[derive(Debug)]
pub(super) struct Accounts {
    /// In their order.
    pub states: Vec<AccountState>,
    /// Why TikTok does not describe accounts, if it does not.
    pub undescribed: Option<ApiError>,
}

/// A Business Center that the token reaches.
#[derive(Debug, Serialize)]
pub(super) struct BusinessCenter {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
}

/// Describes accounts, in their order. An error means that nothing can be asked any more.
pub(super) fn describe(client: &Client, ids: &[String]) -> Result<Accounts, ApiError> {
    let Some(stream) = streams::all().iter().find(|stream| stream.call.path == ADVERTISER_INFO)
    else {
        return Ok(Accounts { states: Vec::new(), undescribed: None });
    };
    let mut found = Vec::new();
    let Unanswered { refused, undescribed } = account_batches::ask(ids, &mut |batch| {
        let params = vec![("advertiser_ids", Value::from(batch).to_string())];
        let list = Request::list(stream.call.path, stream.call.rows, params);
        let request = Request { needs_list: false, ..list };
        let mut rows = Last(Objects::default());
        client.call(&request, &mut Vec::new(), &mut rows)?;
        found.append(&mut rows.0.0);
        Ok(())
    })?;
    let state = |id: &String| {
        let refusal = refused.iter().find(|(refused, _)| refused == id);
        let account = AccountState { id: id.clone(), is_reachable: true, ..Default::default() };
        match (refusal, found.iter().find(|row| is_of(row, id)), &undescribed) {
            (Some((_, error)), ..) => AccountState {
                is_reachable: false,
                problem: Some(error.to_string()),
                is_at_fault: true,
                ..account
            },
            (None, Some(row), _) => described(account, row),
            (None, None, Some(error)) => {
                AccountState { problem: Some(error.to_string()), ..account }
            }
            (None, None, None) => AccountState {
                problem: Some(format!("{ADVERTISER_INFO}: it is not in TikTok's answer")),
                is_at_fault: true,
                ..account
            },
        }
    };
    Ok(Accounts { states: ids.iter().map(state).collect(), undescribed })
}

fn is_of(row: &Value, id: &str) -> bool {
    match &row["advertiser_id"] {
        Value::String(text) => text == id,
        Value::Number(number) => number.to_string() == id,
        _ => false,
    }
}

fn described(account: AccountState, row: &Value) -> AccountState {
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    AccountState {
        name: text("name"),
        timezone: text("timezone"),
        currency: text("currency"),
        status: text("status"),
        ..account
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

//! The ad accounts that the token reaches, by id and name. TikTok lists them for the developer app
//! that the token belongs to.

use super::cause::Cause;
use super::client::Client;
use super::error::ApiError;
use super::request::Request;
use crate::config::Secret;
use crate::config::accounts::Known;
use crate::json::scan::{Malformed, Scan};
use crate::json::{Last, Rows, RowsAt};
use serde_json::Value;

const PATH: &str = "oauth2/advertiser/get/";

/// The error if there are no accounts, which consent can end with.
pub(crate) fn none() -> ApiError {
    ApiError::new(
        Cause::Unauthorized,
        PATH,
        "the token reaches no ad account".to_owned(),
        "give the TikTok user access to an ad account, or take a user who has it, and authorise \
         the app again",
    )
}

/// Asks for all accounts. There are no pages.
pub(crate) fn list(
    client: &Client,
    (app_id, secret): &(String, Secret),
) -> Result<Vec<Known>, ApiError> {
    let params = vec![("app_id", app_id.clone()), ("secret", secret.expose().to_owned())];
    let list = Request::list(PATH, RowsAt::Member("list"), params);
    let request = Request { needs_list: false, ..list };
    let mut found = Last(Objects::default());
    client.call(&request, &mut Vec::new(), &mut found)?;
    let text = |row: &Value, name: &str| match &row[name] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let known = found
        .0
        .0
        .iter()
        .map(|row| Known { id: text(row, "advertiser_id"), name: text(row, "advertiser_name") });
    Ok(known.filter(|account| !account.id.is_empty()).collect())
}

/// The rows of an answer as values, for answers with few of them.
#[derive(Debug, Default)]
pub(crate) struct Objects(pub Vec<Value>);

impl<'t> Rows<'t> for Objects {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let row = serde_json::from_str(scan.value()?);
        self.0.extend(row);
        Ok(())
    }
}

//! Calls that change something at TikTok: they give a code, get a token, or end one. They are made
//! like all others, but once.

use super::authorized::Objects;
use super::client::Client;
use super::error::ApiError;
use super::request::{Method, Request};
use crate::json::{Last, RowsAt};
use serde_json::Value;

impl Client {
    /// Posts JSON without the token, and returns `data` of the answer; null if it is empty.
    pub(crate) fn post(&self, path: &'static str, json: Value) -> Result<Value, ApiError> {
        let request = Request {
            method: Method::Post,
            needs_list: false,
            once: Some(json),
            ..Request::list(path, RowsAt::Data, Vec::new())
        };
        let mut data = Last(Objects::default());
        self.call(&request, &mut Vec::new(), &mut data)?;
        Ok(data.0.0.pop().unwrap_or_default())
    }
}

//! Calls that change something at TikTok: they give a code, get a token, or end one. Such a call is
//! made once, because TikTok refuses to do the same thing twice.

use super::authorized::Objects;
use super::client::Client;
use super::codes::PARTIAL;
use super::error::ApiError;
use super::page;
use super::trouble::{Incident, Trouble};
use crate::json::RowsAt;
use serde_json::Value;

impl Client {
    /// Posts JSON without the token, and returns `data` of the answer; null if it is empty.
    pub(crate) fn post(&self, path: &'static str, json: &Value) -> Result<Value, ApiError> {
        let turn = self.pacing.turn(path, "", &self.halt);
        if turn.is_none() {
            return Err(ApiError::halted(path));
        }
        self.traffic.sent(path);
        self.send_json(path, json).map_err(|trouble| trouble.error(path))
    }

    fn send_json(&self, path: &str, json: &Value) -> Result<Value, Trouble> {
        let answer = self
            .agent
            .post(format!("{}{path}", self.base))
            .content_type("application/json")
            .send(json.to_string());
        let mut body = Vec::new();
        self.receive(answer, &mut body)?;
        let mut data = Objects::default();
        let text = String::from_utf8_lossy(&body);
        let page = page::read(&text, RowsAt::Data, &mut data).map_err(|error| {
            Trouble::of(Incident::Malformed, format!("the answer cannot be trusted: {error}"))
        })?;
        match page.code {
            0 | PARTIAL => Ok(data.0.pop().unwrap_or_default()),
            _ => Err(Trouble::from(page)),
        }
    }
}

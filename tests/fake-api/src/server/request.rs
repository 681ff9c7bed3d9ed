//! Parameters that do not stand in the query: the JSON body of a POST, and headers that the facts
//! name. They become parameters like all others.

use super::http::Head;
use super::list_facts::ListFacts;
use crate::facts;
use serde_json::Value;

/// Adds the members of the body; false when it is no JSON object.
pub(crate) fn read(head: &Head, body: &[u8], params: &mut Vec<(String, String)>) -> bool {
    let json = head.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else { return false };
    params.extend(members.into_iter().filter(|(_, value)| !value.is_null()).map(
        |(name, value)| match value {
            // JSON inside a string stays a string, and is refused as encoded twice.
            Value::String(text) if !text.starts_with(['[', '{']) => (name, text),
            other => (name, other.to_string()),
        },
    ));
    json
}

/// Adds the headers that are parameters.
pub(crate) fn read_headers(head: &Head, facts: &ListFacts, params: &mut Vec<(String, String)>) {
    let file = facts::find(facts.endpoint.path).expect("it is the same path");
    for param in facts.endpoint.params {
        if file.json["params"][param.name]["type"] == "header"
            && let Some(value) = head.header(param.name)
        {
            params.push((param.name.to_owned(), value.to_owned()));
        }
    }
}

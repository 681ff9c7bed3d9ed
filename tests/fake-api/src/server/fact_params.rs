//! The parameters in a file of facts, as the table of endpoints has them. What a parameter filters
//! is read in `filter`.

use super::filter::Filter;
use super::params::{FilterKey, FilterKind as F, Param, ParamKind as P};
use crate::facts::expect_keys;
use serde_json::{Map, Value};

/// The parameters of an endpoint, with those of pages if it has pages.
pub(crate) fn params(path: &str, json: &'static Value, pages: bool) -> &'static [Param] {
    let reader = Reader { path };
    let mut params: Vec<_> = members(json).map(|(name, json)| reader.param(name, json)).collect();
    if pages {
        params.extend(["page", "page_size"].map(|name| Param {
            name,
            kind: P::Integer,
            required: false,
        }));
    }
    leak(params)
}

struct Reader<'a> {
    path: &'a str,
}

impl Reader<'_> {
    fn param(&self, name: &'static str, json: &'static Value) -> Param {
        let choices = self.choices(json);
        let most = number(&json["most"]);
        let kind = match (json["type"].as_str().unwrap_or_default(), choices) {
            (
                "text" | "account" | "business_center" | "library" | "app_id" | "secret" | "task",
                None,
            ) => P::Text,
            ("text" | "header", Some(choices)) => P::Choice(choices),
            ("integer", None) => most.map_or(P::Integer, P::UpTo),
            ("boolean", None) => P::Boolean,
            ("date", None) => P::Date,
            ("time", None) => P::Time,
            ("ids", None) => P::Ids(most.unwrap_or(100)),
            ("texts" | "accounts", None) => P::Texts(most.unwrap_or(1000)),
            ("texts", Some(choices)) => P::Choices(choices),
            ("objects", None) => P::Objects,
            ("object", None) => P::Object(self.keys(&json["keys"])),
            (kind, _) => panic!("endpoints/{}: {name} is of unknown type {kind:?}", self.path),
        };
        Param { name, kind, required: json["required"] == true }
    }

    fn keys(&self, json: &'static Value) -> &'static [FilterKey] {
        leak(members(json).map(|(name, json)| self.key(name, json)).collect())
    }

    fn key(&self, name: &'static str, json: &'static Value) -> FilterKey {
        let kind = match (json["type"].as_str().unwrap_or_default(), self.choices(json)) {
            ("text", None) => F::Text,
            ("text", Some(choices)) => F::Choice(choices),
            ("boolean", None) => F::Boolean,
            ("integer", None) => F::Integer,
            ("date", None) => F::Date,
            ("time", None) => F::Time,
            ("numbers", None) => F::Numbers,
            ("objects", None) => F::Objects,
            ("texts", None) => F::Texts(number(&json["most"]).unwrap_or(1000)),
            ("texts", Some(choices)) => F::Choices(choices),
            (kind, _) => panic!("endpoints/{}: {name} is of unknown type {kind:?}", self.path),
        };
        FilterKey { name, kind, required: json["required"] == true }
    }

    /// The values that are allowed, if they are listed.
    fn choices(&self, json: &'static Value) -> Option<&'static [&'static str]> {
        let known = ["type", "required", "one_of", "most", "keys"];
        let known: Vec<_> = known.iter().chain(Filter::FACTS).copied().collect();
        expect_keys(self.path, json, &known);
        json["one_of"].as_array().map(|_| leak(texts(&json["one_of"]).collect()))
    }
}

/// The members of an object; none of anything else.
pub(crate) fn members(json: &Value) -> impl Iterator<Item = (&String, &Value)> {
    json.as_object().into_iter().flat_map(Map::iter)
}

/// The texts of an array.
pub(crate) fn texts(json: &Value) -> impl Iterator<Item = &str> {
    json.as_array().into_iter().flatten().filter_map(Value::as_str)
}

pub(crate) fn number(json: &Value) -> Option<usize> {
    usize::try_from(json.as_u64()?).ok()
}

/// `filtering.primary_status` names a key inside a parameter.
pub(crate) fn parts(at: &str) -> Vec<String> {
    at.split('.').map(str::to_owned).collect()
}

/// Facts are read once and live as long as the program.
fn leak<T>(all: Vec<T>) -> &'static [T] {
    Box::leak(all.into_boxed_slice())
}

//! The facts of an endpoint that lists rows, read from its file: parameters, pages, filters, and
//! where the rows are in the answer. What the rows look like is read by the world.

use super::endpoints::Endpoint;
use super::filter::Filter;
use super::lists;
use super::params::{FilterKey, FilterKind as F, Param, ParamKind as P};
use crate::facts::{self, File, expect_keys};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// What is known about an endpoint that lists rows.
pub(crate) struct ListFacts {
    pub(crate) endpoint: Endpoint,
    /// The `page_size` of requests that name none.
    pub(crate) page_size: usize,
    /// A filter, a value of it, and the largest page together with it.
    pub(crate) smaller_page: Option<(Vec<String>, String, usize)>,
    pub(crate) filters: Vec<Filter>,
    /// Members that the sandbox neither shows nor takes as filters.
    pub(crate) not_in_sandbox: Vec<String>,
    pub(crate) shape: Shape,
}

/// Where the rows are in `data`.
pub(crate) struct Shape {
    /// The member that holds them; empty when `data` itself does.
    pub(crate) member: String,
    pub(crate) kind: ShapeKind,
    /// An answer without rows has null instead of an empty array.
    pub(crate) null: bool,
}

/// How the rows stand there.
pub(crate) enum ShapeKind {
    List,
    /// A single row.
    Object,
}

static ALL: LazyLock<Vec<ListFacts>> =
    LazyLock::new(|| facts::all().iter().map(ListFacts::read).collect());

/// The facts of a path.
pub(crate) fn find(path: &str) -> Option<&'static ListFacts> {
    ALL.iter().find(|facts| facts.endpoint.path == path)
}

impl ListFacts {
    fn read(file: &'static File) -> Self {
        let File { path, json } = file;
        let known = ["scope", "sandbox", "not_in_sandbox", "params", "page", "data", "rows"];
        expect_keys(path, json, &known);
        let page = &json["page"];
        expect_keys(path, page, &["default", "most", "most_with"]);
        let reader = Reader { path };
        let mut params: Vec<_> =
            members(&json["params"]).map(|(name, json)| reader.param(name, json)).collect();
        if page.is_object() {
            params.extend(["page", "page_size"].map(|name| Param {
                name,
                kind: P::Integer,
                required: false,
            }));
        }
        let smaller_page = page["most_with"].as_object().map(|with| {
            let (at, value) = with.iter().next().expect("a filter and a size");
            let value = value.as_str().expect("a value").to_owned();
            (parts(at), value, number(&with["most"]).expect("a size"))
        });
        Self {
            endpoint: Endpoint {
                path,
                params: leak(params),
                largest_page: number(&page["most"]),
                sandbox: json["sandbox"] == true,
                handler: lists::answer,
            },
            page_size: number(&page["default"]).unwrap_or(10),
            smaller_page,
            filters: filters(&json["params"]),
            not_in_sandbox: texts(&json["not_in_sandbox"]).map(str::to_owned).collect(),
            shape: Shape::read(path, &json["data"]),
        }
    }
}

impl Shape {
    fn read(path: &str, json: &Value) -> Self {
        expect_keys(path, json, &["list", "object", "empty"]);
        let member = |name: &str| json[name].as_str().map(str::to_owned);
        let (kind, member) = match (member("list"), member("object")) {
            (Some(member), None) => (ShapeKind::List, member),
            (None, Some(member)) => (ShapeKind::Object, member),
            _ => panic!("endpoints/{path}: data needs either a list or an object"),
        };
        Self { member, kind, null: json["empty"] == "null" }
    }
}

/// Every filter of the parameters, those inside objects included.
fn filters(params: &Value) -> Vec<Filter> {
    let mut filters = Vec::new();
    for (name, json) in members(params) {
        filters.extend(Filter::read(vec![name.clone()], json));
        for (key, json) in members(&json["keys"]) {
            filters.extend(Filter::read(vec![name.clone(), key.clone()], json));
        }
    }
    filters
}

struct Reader<'a> {
    path: &'a str,
}

impl Reader<'_> {
    fn param(&self, name: &'static str, json: &'static Value) -> Param {
        self.check(json);
        let choices = json["one_of"].as_array().map(|_| leak(texts(&json["one_of"]).collect()));
        let most = number(&json["most"]);
        let kind = match (json["type"].as_str().unwrap_or_default(), choices) {
            ("text" | "account" | "app_id" | "secret", None) => P::Text,
            ("text", Some(choices)) => P::Choice(choices),
            ("integer", None) => P::Integer,
            ("boolean", None) => P::Boolean,
            ("date", None) => P::Date,
            ("texts" | "accounts", None) => P::Texts(most.unwrap_or(1000)),
            ("texts", Some(choices)) => P::Choices(choices),
            ("object", None) => P::Object(self.keys(&json["keys"])),
            (kind, _) => panic!("endpoints/{}: {name} is of unknown type {kind:?}", self.path),
        };
        Param { name, kind, required: json["required"] == true }
    }

    fn keys(&self, json: &'static Value) -> &'static [FilterKey] {
        leak(members(json).map(|(name, json)| self.key(name, json)).collect())
    }

    fn key(&self, name: &'static str, json: &'static Value) -> FilterKey {
        self.check(json);
        let choices = json["one_of"].as_array().map(|_| leak(texts(&json["one_of"]).collect()));
        let kind = match (json["type"].as_str().unwrap_or_default(), choices) {
            ("text", None) => F::Text,
            ("text", Some(choices)) => F::Choice(choices),
            ("boolean", None) => F::Boolean,
            ("time", None) => F::Time,
            ("texts", None) => F::Texts(number(&json["most"]).unwrap_or(1000)),
            ("texts", Some(choices)) => F::Choices(choices),
            (kind, _) => panic!("endpoints/{}: {name} is of unknown type {kind:?}", self.path),
        };
        FilterKey { name, kind }
    }

    fn check(&self, json: &Value) {
        let known = ["type", "required", "one_of", "most", "keys"];
        let known: Vec<_> = known.iter().chain(Filter::FACTS).copied().collect();
        expect_keys(self.path, json, &known);
    }
}

/// The members of an object; none of anything else.
fn members(json: &Value) -> impl Iterator<Item = (&String, &Value)> {
    json.as_object().into_iter().flat_map(Map::iter)
}

/// The texts of an array.
fn texts(json: &Value) -> impl Iterator<Item = &str> {
    json.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn number(json: &Value) -> Option<usize> {
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

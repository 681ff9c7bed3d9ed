//! The facts of an endpoint that lists rows, read from its file: parameters, pages, filters, and
//! where the rows are in the answer. What the rows look like is read by the world.

use super::endpoints::Endpoint;
use super::fact_params::{members, number, params, parts, texts};
use super::filter::Filter;
use super::shape::Shape;
use super::window::Window;
use super::{lists, tasks};
use crate::facts::{self, File, expect_keys};
use serde_json::Value;
use std::sync::LazyLock;

/// What is known about an endpoint that lists rows.
pub(crate) struct ListFacts {
    pub(crate) endpoint: Endpoint,
    pub(crate) method: &'static str,
    /// The permissions of TikTok's app page, one of which is needed; none for endpoints that need
    /// none.
    pub(crate) scopes: Vec<&'static str>,
    /// The `page_size` of requests that name none.
    pub(crate) page_size: usize,
    /// Whether pages say how many there are.
    pub(crate) page_info: bool,
    /// Without this filter `page_info` counts the rows of the page only.
    pub(crate) page_info_with: Option<Vec<String>>,
    /// A filter, a value of it, and the largest page together with it.
    pub(crate) smaller_page: Option<(Vec<String>, String, usize)>,
    pub(crate) filters: Vec<Filter>,
    pub(crate) windows: Vec<Window>,
    /// Parameters of which exactly one must be given.
    pub(crate) exactly_one: Vec<Vec<&'static str>>,
    /// A parameter, a value of it, and the parameter that it needs.
    pub(crate) needs: Vec<[Vec<String>; 3]>,
    pub(crate) cap: Option<Cap>,
    /// Members that the sandbox neither shows nor takes as filters.
    pub(crate) not_in_sandbox: Vec<String>,
    /// Members that come only when `fields` names them.
    pub(crate) only_with_fields: Vec<String>,
    /// Null members are left out of the rows.
    pub(crate) drops_nulls: bool,
    pub(crate) shape: Shape,
}

/// What a list never goes beyond.
pub(crate) enum Cap {
    /// So many rows, the last modified ones, unless one of these filters is given.
    Rows(usize, Vec<Vec<String>>),
    /// Page times page size.
    PageTimesSize(usize),
}

static ALL: LazyLock<Vec<ListFacts>> =
    LazyLock::new(|| facts::all().iter().map(ListFacts::read).collect());

/// The facts of a path.
pub(crate) fn find(path: &str) -> Option<&'static ListFacts> {
    ALL.iter().find(|facts| facts.endpoint.path == path)
}

/// What may stand in a file; `rows` is read by the world.
const KNOWN: [&str; 15] = [
    "method",
    "scope",
    "sandbox",
    "not_in_sandbox",
    "only_with_fields",
    "params",
    "exactly_one",
    "needs",
    "windows",
    "page",
    "cap",
    "drops_nulls",
    "data",
    "task",
    "rows",
];

impl ListFacts {
    fn read(file: &'static File) -> Self {
        let File { path, json } = file;
        expect_keys(path, json, &KNOWN);
        let page = &json["page"];
        expect_keys(path, page, &["default", "most", "most_with", "info", "info_with"]);
        let needs = members(&json["needs"]).map(|(param, needs)| {
            let (value, needed) = members(needs).next().expect("a value and what it needs");
            let needed = needed.as_str().expect("the name of a parameter");
            [parts(param), vec![value.clone()], parts(needed)]
        });
        Self {
            endpoint: Endpoint {
                path,
                params: params(path, &json["params"], page.is_object()),
                largest_page: number(&page["most"]),
                sandbox: json["sandbox"] == true,
                handler: if json["task"].is_string() { tasks::answer } else { lists::answer },
            },
            method: json["method"].as_str().unwrap_or("GET"),
            scopes: texts(&json["scope"]).collect(),
            page_size: number(&page["default"]).unwrap_or(10),
            page_info: page["info"] != false,
            page_info_with: page["info_with"].as_str().map(parts),
            smaller_page: smaller_page(&page["most_with"]),
            filters: filters(&json["params"]),
            windows: array(&json["windows"]).map(|json| Window::read(path, json)).collect(),
            exactly_one: array(&json["exactly_one"]).map(|one| texts(one).collect()).collect(),
            needs: needs.collect(),
            cap: cap(&json["cap"]),
            not_in_sandbox: texts(&json["not_in_sandbox"]).map(str::to_owned).collect(),
            only_with_fields: texts(&json["only_with_fields"]).map(str::to_owned).collect(),
            drops_nulls: json["drops_nulls"] == true,
            shape: Shape::read(path, &json["data"]),
        }
    }
}

fn smaller_page(with: &Value) -> Option<(Vec<String>, String, usize)> {
    let (at, value) = members(with).next()?;
    Some((parts(at), value.as_str()?.to_owned(), number(&with["most"])?))
}

fn cap(json: &Value) -> Option<Cap> {
    if let Some(most) = number(&json["page_times_size"]) {
        return Some(Cap::PageTimesSize(most));
    }
    Some(Cap::Rows(number(&json["rows"])?, texts(&json["unless"]).map(parts).collect()))
}

fn array(json: &'static Value) -> impl Iterator<Item = &'static Value> {
    json.as_array().into_iter().flatten()
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

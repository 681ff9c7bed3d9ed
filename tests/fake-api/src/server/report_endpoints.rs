//! The endpoints of reports that have one of their own, from the table of report kinds.

use super::endpoints::Endpoint;
use super::params::{FilterKey, FilterKind, Param, ParamKind};
use super::reports;
use crate::world::report_endpoints;
use serde_json::{Map, Value};
use std::sync::LazyLock;

static ENDPOINTS: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
    let all = report_endpoints().map(|(path, facts)| {
        let largest_page = facts["largest_page"].as_u64();
        let params: Vec<_> =
            members(&facts["params"]).map(|(name, form)| param(name, form)).collect();
        Endpoint {
            path,
            params: params.leak(),
            largest_page: largest_page.and_then(|largest| usize::try_from(largest).ok()),
            sandbox: false,
            handler: reports::answer,
        }
    });
    all.collect()
});

/// The endpoint of a path.
pub(crate) fn find(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// A parameter: those that have to be given have a `!` behind their names.
fn param(name: &'static str, form: &'static Value) -> Param {
    let kind = match form.as_str() {
        None => {
            let keys = members(form).map(|(name, form)| FilterKey {
                name,
                kind: filter(form),
                required: false,
            });
            ParamKind::Object(keys.collect::<Vec<_>>().leak())
        }
        Some(form) => match split(form) {
            ("text", _) => ParamKind::Text,
            ("integer", _) => ParamKind::Integer,
            ("boolean", _) => ParamKind::Boolean,
            ("date", _) => ParamKind::Date,
            ("choice", choices) => ParamKind::Choice(words(choices)),
            ("texts", most) => ParamKind::Texts(most.parse().expect("the most there may be")),
            (other, _) => panic!("{name}: no kind of parameter is called {other}"),
        },
    };
    Param { name: name.trim_end_matches('!'), kind, required: name.ends_with('!') }
}

fn filter(form: &'static Value) -> FilterKind {
    match split(form.as_str().unwrap_or_default()) {
        ("text", _) => FilterKind::Text,
        ("boolean", _) => FilterKind::Boolean,
        ("time", _) => FilterKind::Time,
        ("choices", choices) => FilterKind::Choices(words(choices)),
        ("texts", most) => FilterKind::Texts(most.parse().expect("the most there may be")),
        (other, _) => panic!("no kind of filter is called {other}"),
    }
}

fn split(form: &'static str) -> (&'static str, &'static str) {
    form.split_once(' ').unwrap_or((form, ""))
}

fn words(text: &'static str) -> &'static [&'static str] {
    text.split(' ').collect::<Vec<_>>().leak()
}

fn members(object: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    object.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

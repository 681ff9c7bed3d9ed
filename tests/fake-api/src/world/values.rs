//! The values of breakdowns and of attributes, read once from `facts/values.json`. Which row has
//! which of them is decided in `plan` and `attributes`.

use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Debug)]
struct Values {
    breakdowns: HashMap<String, Vec<String>>,
    /// Raw JSON.
    attributes: HashMap<String, Vec<String>>,
    incomplete: Vec<String>,
}

static VALUES: LazyLock<Values> = LazyLock::new(|| {
    let text = include_str!("../../facts/values.json");
    let whole: Value = serde_json::from_str(text).expect("the facts are JSON");
    let of = |key: &str| {
        let members = whole[key].as_object().into_iter().flat_map(Map::iter);
        members.map(|(name, list)| (name.clone(), texts(list))).collect()
    };
    Values {
        breakdowns: of("breakdowns"),
        attributes: of("attributes"),
        incomplete: texts(&whole["incomplete"]),
    }
});

/// The values that a breakdown takes, unknown ones included.
///
/// # Panics
/// When the facts have none of them.
pub(super) fn breakdown(dimension: &str) -> &'static [String] {
    VALUES.breakdowns.get(dimension).unwrap_or_else(|| panic!("no values of {dimension}"))
}

/// The values that an attribute takes, as raw JSON.
pub(super) fn attribute(name: &str) -> Option<&'static [String]> {
    VALUES.attributes.get(name).map(Vec::as_slice)
}

/// Whether rows by this breakdown leave some of what was delivered out.
pub(super) fn is_incomplete(dimension: &str) -> bool {
    VALUES.incomplete.iter().any(|name| name == dimension)
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

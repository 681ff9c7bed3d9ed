//! Filters of lists: a parameter, or a key inside one, and the member of the rows that it looks at.
//! A default applies where the request says nothing, and is what hides rows.

use super::fact_params::parts;
use super::params::Params;
use crate::world::Item;
use serde_json::Value;

/// A filter of an endpoint.
pub(crate) struct Filter {
    /// The parameter, and the key inside it if there is one.
    at: Vec<String>,
    test: Test,
    member: String,
    /// The value that applies without a value in the request.
    default: Option<Value>,
    /// For a value of the request the values of rows that fit it, where they are not the same.
    means: Value,
    /// The filter that counts for nothing when this one is given.
    instead_of: Option<Vec<String>>,
    /// The value names a parent, which must exist.
    pub(crate) exists: bool,
    /// The value that may only be given by itself.
    pub(crate) alone: Option<String>,
}

/// How a value of a request and the member of a row are compared.
enum Test {
    /// The member is the value, or one of them.
    Is,
    /// The member contains the value.
    Has,
    /// The member is the value or comes after it.
    From,
    /// The member is the value or comes before it.
    Until,
    /// The member comes before the value.
    Before,
    /// The member comes after the value, or the row has none.
    After,
}

impl Filter {
    /// The facts that make a parameter a filter.
    pub(crate) const FACTS: &'static [&'static str] = &[
        "is",
        "has",
        "from",
        "until",
        "before",
        "after",
        "default",
        "means",
        "instead_of",
        "alone",
        "exists",
    ];

    /// Reads a filter; none when the parameter is no filter.
    pub(crate) fn read(at: Vec<String>, json: &Value) -> Option<Self> {
        let tests = [
            ("is", Test::Is),
            ("has", Test::Has),
            ("from", Test::From),
            ("until", Test::Until),
            ("before", Test::Before),
            ("after", Test::After),
        ];
        let (name, test) = tests.into_iter().find(|(name, _)| json[*name].is_string())?;
        Some(Self {
            at,
            test,
            member: json[name].as_str().unwrap_or_default().to_owned(),
            default: json.get("default").cloned(),
            means: json["means"].clone(),
            instead_of: json["instead_of"].as_str().map(parts),
            exists: json["exists"] == true,
            alone: json["alone"].as_str().map(str::to_owned),
        })
    }

    /// The name for messages.
    pub(crate) fn name(&self) -> String {
        self.at.join(": ")
    }

    /// The values that the request gives, without the default.
    pub(crate) fn given(&self, params: &Params) -> Option<Vec<String>> {
        let value = params.at(&self.at)?;
        Some(plain(&value))
    }

    /// Whether it is the filter of one of these members.
    pub(crate) fn is_of(&self, members: &[String]) -> bool {
        self.at.last().is_some_and(|name| members.contains(name))
    }
}

/// The filters of one request with their values.
pub(crate) struct Filters<'a>(Vec<(&'a Filter, Vec<String>)>);

impl<'a> Filters<'a> {
    /// Those that the request gives, and those that have a default.
    pub(crate) fn of(filters: &'a [Filter], params: &Params) -> Self {
        let given: Vec<_> = filters.iter().map(|filter| (filter, filter.given(params))).collect();
        let replaced: Vec<_> = given
            .iter()
            .filter(|(_, values)| values.is_some())
            .filter_map(|(filter, _)| filter.instead_of.as_ref())
            .collect();
        let in_force = given.iter().filter(|(filter, _)| !replaced.contains(&&filter.at));
        let with_values = in_force.filter_map(|(filter, values)| {
            let values = values.clone().or_else(|| filter.default.as_ref().map(plain))?;
            Some((*filter, filter.accepted(values)))
        });
        Self(with_values.collect())
    }

    /// Those that the request gives, and nothing else.
    pub(crate) fn given(filters: &'a [Filter], params: &Params) -> Self {
        let given = filters.iter().filter_map(|filter| {
            let values = filter.given(params)?;
            Some((filter, filter.accepted(values)))
        });
        Self(given.collect())
    }

    /// Whether a row passes all of them.
    pub(crate) fn pass(&self, row: &Item) -> bool {
        self.0.iter().all(|(filter, values)| filter.passes(row, values))
    }
}

impl Filter {
    /// The values of rows that fit the values of the request.
    fn accepted(&self, values: Vec<String>) -> Vec<String> {
        if self.means.is_null() {
            return values;
        }
        values.iter().flat_map(|value| plain(&self.means[value])).collect()
    }

    fn passes(&self, row: &Item, values: &[String]) -> bool {
        let raw = row.member(&self.member).filter(|raw| raw != "null");
        let Some(raw) = raw else {
            // Rows without a time are not withheld for it.
            return matches!(self.test, Test::After);
        };
        let member = unquoted(&raw);
        // A row with several values, such as the products of a set.
        if let (Test::Is, Some(Value::Array(own))) = (&self.test, list(&raw)) {
            return values.iter().any(|value| own.iter().any(|one| one == value));
        }
        values.iter().any(|value| match self.test {
            Test::Is => member == value,
            Test::Has => member.contains(value.as_str()),
            // Times and dates of these forms sort like texts.
            Test::From => member >= value.as_str(),
            // A day includes its times.
            Test::Until => member <= value.as_str() || member.starts_with(value.as_str()),
            Test::Before => member < value.as_str(),
            Test::After => member > value.as_str(),
        })
    }
}

/// A value, or the values of an array, as text without quotes.
fn plain(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().flat_map(plain).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

fn unquoted(raw: &str) -> &str {
    raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw)
}

fn list(raw: &str) -> Option<Value> {
    raw.starts_with('[').then(|| serde_json::from_str(raw).unwrap_or_default())
}

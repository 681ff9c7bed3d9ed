//! Parameters of a request, checked against the table of its endpoint.
//! Owns what any endpoint would check: names, types, ranges. Rules that tie parameters together
//! belong to the endpoint.

use super::endpoints::Endpoint;
use super::envelope::Refusal;
use super::list_facts::{self, ListFacts};
use super::param_values::{DATE_FORMAT, check_value};
use serde_json::Value;
use time::Date;

pub(crate) use super::param_values::check_texts;

/// A parameter of an endpoint.
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) kind: ParamKind,
    pub(crate) required: bool,
}

/// What a parameter holds. The plural ones are JSON.
pub(crate) enum ParamKind {
    Text,
    Integer,
    /// From 1 to so much.
    UpTo(usize),
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM-DD HH:MM:SS`.
    Time,
    /// An array of so many ids at most, with a code of its own for more of them.
    Ids(usize),
    Choice(&'static [&'static str]),
    /// An array of so many texts at most.
    Texts(usize),
    Choices(&'static [&'static str]),
    /// The filter of entities.
    Object(&'static [FilterKey]),
    /// The filter of reports.
    Conditions,
    /// An array of objects that nothing is known about.
    Objects,
}

/// A key of an entity filter.
pub(crate) struct FilterKey {
    pub(crate) name: &'static str,
    pub(crate) kind: FilterKind,
    pub(crate) required: bool,
}

/// What a key of an entity filter holds.
pub(crate) enum FilterKind {
    Text,
    Boolean,
    /// An array of so many texts at most.
    Texts(usize),
    Choice(&'static [&'static str]),
    Choices(&'static [&'static str]),
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM-DD HH:MM:SS`.
    Time,
    Integer,
    Numbers,
    /// An array of objects that nothing is known about.
    Objects,
}

/// The checked parameters of a request.
#[derive(Clone)]
pub(crate) struct Params {
    /// Of the endpoint.
    path: &'static str,
    pairs: Vec<(String, String)>,
    /// Of endpoints that have a file of facts.
    facts: Option<&'static ListFacts>,
    /// Values of what the request leaves out, for [`Self::at`].
    defaults: Vec<(Vec<String>, String)>,
    /// Rows by which every page is moved; see [`Self::shifted`].
    shift: i64,
}

impl Params {
    /// Checks the parameters one by one.
    pub(crate) fn check(
        endpoint: &Endpoint,
        pairs: Vec<(String, String)>,
    ) -> Result<Self, Refusal> {
        for (index, (name, value)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(other, _)| other == name) {
                return Err(Refusal::wrong(format!("{name}: given twice")));
            }
            let param = endpoint.params.iter().find(|param| param.name == name);
            let param =
                param.ok_or_else(|| Refusal::wrong(format!("{name}: unknown parameter")))?;
            check_value(&param.kind, value)
                .map_err(|why| Refusal::wrong(format!("{name}: {why}")))?;
            if let ParamKind::Ids(most) = param.kind
                && parsed(value).as_array().is_some_and(|ids| ids.len() > most)
            {
                let why = format!("Too many ids in one request: {name} takes at most {most}.");
                return Err(Refusal::of(40011, why));
            }
        }
        let facts = list_facts::find(endpoint.path);
        let path = endpoint.path;
        let params = Self { path, pairs, facts, defaults: Vec::new(), shift: 0 };
        for param in endpoint.params.iter().filter(|param| param.required) {
            if params.text(param.name).is_none() {
                return Err(Refusal::wrong(format!(
                    "{}: Missing data for required field.",
                    param.name
                )));
            }
        }
        if let Some(largest) = endpoint.largest_page {
            params.check_pages(largest)?;
        }
        Ok(params)
    }

    /// Parameters that need not fit the table, for questions about the truth.
    pub(crate) fn unchecked(facts: &'static ListFacts, pairs: Vec<(String, String)>) -> Self {
        let path = facts.endpoint.path;
        Self { path, pairs, facts: Some(facts), defaults: Vec::new(), shift: 0 }
    }

    fn check_pages(&self, largest: usize) -> Result<(), Refusal> {
        if self.page() < 1 {
            return Err(Refusal::wrong("page: must be at least 1"));
        }
        if !(1..=largest).contains(&self.page_size()) {
            return Err(Refusal::wrong(format!("page_size: must be between 1 and {largest}")));
        }
        Ok(())
    }

    pub(crate) fn path(&self) -> &'static str {
        self.path
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The parameters as they came.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// What is known about the endpoint; none for endpoints without a file of facts.
    pub(crate) fn facts(&self) -> Option<&'static ListFacts> {
        self.facts
    }

    /// The value of a parameter, or of a key inside one. Text that is no JSON is a JSON string.
    pub(crate) fn at(&self, names: &[String]) -> Option<Value> {
        let default = || {
            let (_, value) = self.defaults.iter().find(|(at, _)| at == names)?;
            Some(Value::from(value.as_str()))
        };
        self.given(names).or_else(default)
    }

    fn given(&self, names: &[String]) -> Option<Value> {
        let (name, keys) = names.split_first()?;
        let text = self.text(name)?;
        keys.iter().try_fold(parsed(text), |value, key| value.get(key).cloned())
    }

    /// Says what a parameter is that the request leaves out.
    pub(crate) fn set_default(&mut self, at: &[String], value: String) {
        self.defaults.push((at.to_vec(), value));
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    pub(crate) fn date(&self, name: &str) -> Option<Date> {
        Date::parse(self.text(name)?, DATE_FORMAT).ok()
    }

    /// A parameter in JSON; null when it was not given.
    pub(crate) fn json(&self, name: &str) -> Value {
        self.text(name).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// An array of texts; none when it was not given.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.text(name).map(|_| strings(&self.json(name)))
    }

    pub(crate) fn page(&self) -> usize {
        self.number("page").unwrap_or(1)
    }

    pub(crate) fn page_size(&self) -> usize {
        self.number("page_size").unwrap_or(self.facts.map_or(10, |facts| facts.page_size))
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// The same request for the page before; the first page has only itself.
    pub(crate) fn previous_page(&self) -> Self {
        let mut pairs = self.pairs.clone();
        pairs.retain(|(key, _)| key != "page");
        pairs.push(("page".to_owned(), self.page().saturating_sub(1).max(1).to_string()));
        Self { pairs, defaults: self.defaults.clone(), shift: 0, ..*self }
    }

    /// The same request after rows were inserted at the front of the list (deleted, if negative).
    pub(crate) fn shifted(&self, rows: i64) -> Self {
        Self { pairs: self.pairs.clone(), defaults: self.defaults.clone(), shift: rows, ..*self }
    }

    /// How many rows come before the page.
    pub(crate) fn offset(&self) -> usize {
        let before = (self.page() - 1) * self.page_size();
        let shift = usize::try_from(self.shift.unsigned_abs()).unwrap_or(usize::MAX);
        if self.shift < 0 { before.saturating_add(shift) } else { before.saturating_sub(shift) }
    }

    /// The parameters in a fixed order, but for the pages; equal for equal queries.
    pub(crate) fn query(&self) -> String {
        let mut pairs: Vec<_> =
            self.pairs.iter().filter(|(key, _)| !key.starts_with("page")).collect();
        pairs.sort();
        format!("{pairs:?}")
    }
}

/// The value of a parameter; text that is no JSON is a JSON string.
fn parsed(text: &str) -> Value {
    match text.chars().next() {
        Some('[' | '{') => serde_json::from_str(text).unwrap_or_default(),
        _ => Value::from(text),
    }
}

/// The texts of an array.
pub(crate) fn strings(array: &Value) -> Vec<String> {
    let texts = array.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

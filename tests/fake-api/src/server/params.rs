//! Parameters of a request, checked against the table of its endpoint.
//! Owns what any endpoint would check: names, types, ranges. Rules that tie parameters together
//! belong to the endpoint.

use super::endpoints::Endpoint;
use super::envelope::Refusal;
use crate::world::TIME_FORMAT;
use serde_json::Value;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{Date, PrimitiveDateTime};

const DATE_FORMAT: StaticFormatDescription = format_description!("[year]-[month]-[day]");

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
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    Choice(&'static [&'static str]),
    /// An array of so many texts at most.
    Texts(usize),
    Choices(&'static [&'static str]),
    /// The filter of entities.
    Object(&'static [FilterKey]),
    /// The filter of reports.
    Conditions,
}

/// A key of an entity filter.
pub(crate) struct FilterKey {
    pub(crate) name: &'static str,
    pub(crate) kind: FilterKind,
}

/// What a key of an entity filter holds.
pub(crate) enum FilterKind {
    Text,
    Boolean,
    /// An array of 1 to 100 ids.
    Ids,
    /// An array of so many texts at most.
    Texts(usize),
    Choice(&'static [&'static str]),
    Choices(&'static [&'static str]),
    /// `YYYY-MM-DD HH:MM:SS`.
    Time,
}

/// The checked parameters of a request.
#[derive(Debug)]
pub(crate) struct Params {
    /// Of the endpoint.
    path: &'static str,
    pairs: Vec<(String, String)>,
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
            check_value(param, value).map_err(|why| Refusal::wrong(format!("{name}: {why}")))?;
        }
        let params = Self { path: endpoint.path, pairs, shift: 0 };
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
        self.number("page_size").unwrap_or(10)
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// The same request for the page before; the first page has only itself.
    pub(crate) fn previous_page(&self) -> Self {
        let mut pairs = self.pairs.clone();
        pairs.retain(|(key, _)| key != "page");
        pairs.push(("page".to_owned(), self.page().saturating_sub(1).max(1).to_string()));
        Self { path: self.path, pairs, shift: 0 }
    }

    /// The same request after rows were inserted at the front of the list (deleted, if negative).
    pub(crate) fn shifted(&self, rows: i64) -> Self {
        Self { path: self.path, pairs: self.pairs.clone(), shift: rows }
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

/// The texts of an array.
pub(crate) fn strings(array: &Value) -> Vec<String> {
    let texts = array.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn check_value(param: &Param, value: &str) -> Result<(), String> {
    match &param.kind {
        ParamKind::Text if value.is_empty() => Err("must not be empty".to_owned()),
        ParamKind::Text => Ok(()),
        ParamKind::Integer => {
            // `parse` alone would take a sign.
            let digits = !value.is_empty()
                && value.len() < 10
                && value.bytes().all(|byte| byte.is_ascii_digit());
            digits.then_some(()).ok_or_else(|| "must be an integer".to_owned())
        }
        ParamKind::Boolean => check_choice(value, &["true", "false"]),
        ParamKind::Date => {
            let date = Date::parse(value, DATE_FORMAT);
            date.map(drop).map_err(|_| "must be a date, YYYY-MM-DD".to_owned())
        }
        ParamKind::Choice(choices) => check_choice(value, choices),
        ParamKind::Texts(most) => check_texts(&parse(value)?, *most),
        ParamKind::Choices(choices) => check_choices(&parse(value)?, choices),
        ParamKind::Object(keys) => check_object(&parse(value)?, keys),
        ParamKind::Conditions => parse(value).map(drop), // its rules are those of reports
    }
}

fn parse(value: &str) -> Result<Value, String> {
    let parsed: Value = serde_json::from_str(value).map_err(|_| {
        let twice = value.starts_with("%5B") || value.starts_with("%7B");
        if twice { "encoded twice".to_owned() } else { "must be JSON".to_owned() }
    })?;
    if parsed.is_string() {
        return Err("is JSON inside a JSON string: encoded twice".to_owned());
    }
    Ok(parsed)
}

fn check_object(value: &Value, keys: &[FilterKey]) -> Result<(), String> {
    let object = value.as_object().ok_or("must be an object")?;
    for (name, value) in object {
        let key = keys
            .iter()
            .find(|key| key.name == name)
            .ok_or_else(|| format!("{name}: unknown key"))?;
        check_filter(&key.kind, value).map_err(|why| format!("{name}: {why}"))?;
    }
    Ok(())
}

fn check_filter(kind: &FilterKind, value: &Value) -> Result<(), String> {
    let text = || value.as_str().ok_or_else(|| "must be a string".to_owned());
    match kind {
        FilterKind::Text => text().map(drop),
        FilterKind::Boolean => {
            value.as_bool().map(drop).ok_or_else(|| "must be true or false".to_owned())
        }
        FilterKind::Ids => check_texts(value, 100),
        FilterKind::Texts(most) => check_texts(value, *most),
        FilterKind::Choice(choices) => check_choice(text()?, choices),
        FilterKind::Choices(choices) => check_choices(value, choices),
        FilterKind::Time => {
            let time = PrimitiveDateTime::parse(text()?, TIME_FORMAT);
            time.map(drop).map_err(|_| "must be a time, YYYY-MM-DD HH:MM:SS".to_owned())
        }
    }
}

/// An array of texts, neither empty nor longer than allowed.
pub(crate) fn check_texts(value: &Value, most: usize) -> Result<(), String> {
    let array = value.as_array().ok_or("must be an array")?;
    if !array.iter().all(Value::is_string) {
        return Err("must be an array of strings".to_owned());
    }
    if array.is_empty() || array.len() > most {
        return Err(format!("must have 1 to {most} elements"));
    }
    Ok(())
}

fn check_choices(value: &Value, choices: &[&str]) -> Result<(), String> {
    check_texts(value, choices.len())?;
    strings(value).iter().try_for_each(|text| check_choice(text, choices))
}

fn check_choice(value: &str, choices: &[&str]) -> Result<(), String> {
    if choices.contains(&value) {
        return Ok(());
    }
    Err(format!("must be one of {}, not {value:?}", choices.join(", ")))
}

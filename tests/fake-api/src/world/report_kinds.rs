//! The table of report kinds, `facts/reports.json`: which dimensions go together in each of them,
//! which filters they need, and how long their windows may be. The server checks requests with it;
//! the world takes from it what rows look like.

use super::query::ReportType;
use serde_json::{Map, Value};
use std::sync::LazyLock;

static FACTS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../facts/reports.json")).expect("the facts are JSON")
});

/// One kind of report: a row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReportKind(&'static Value);

/// Dimensions that go together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grouping(&'static Value);

/// All of them, as many as there are ways to ask.
pub(crate) fn report_kinds() -> impl Iterator<Item = ReportKind> {
    list(&FACTS["kinds"]).map(ReportKind)
}

/// The endpoints of the table but for the one that entities of the API share a file with: path and
/// facts.
pub(crate) fn report_endpoints() -> impl Iterator<Item = (&'static str, &'static Value)> {
    members(&FACTS["endpoints"])
}

impl ReportKind {
    /// The kind that a path serves; of several kinds the one that is asked for.
    pub(crate) fn of(path: &str, report_type: Option<&str>) -> Option<Self> {
        let mut of_path = report_kinds().filter(|kind| kind.path() == path);
        match report_type.filter(|_| path == "report/integrated/get/") {
            Some(name) => of_path.find(|kind| kind.text("name") == Some(name)),
            None => of_path.next(),
        }
    }

    pub(crate) fn path(self) -> &'static str {
        self.text("path").unwrap_or_default()
    }

    pub(crate) fn report_type(self) -> ReportType {
        let name = self.text("name").unwrap_or_default();
        let found = ReportType::ALL.into_iter().find(|kind| kind.name() == name);
        found.expect("the table names known types")
    }

    /// A text of the table.
    pub(crate) fn text(self, key: &str) -> Option<&'static str> {
        self.0[key].as_str()
    }

    /// A list of texts of the table.
    pub(crate) fn texts(self, key: &str) -> Vec<&'static str> {
        texts(&self.0[key])
    }

    pub(crate) fn number(self, key: &str) -> Option<i64> {
        self.0[key].as_i64()
    }

    pub(crate) fn is(self, key: &str) -> bool {
        self.0[key] == true
    }

    /// Whether the table has a list of this name, even an empty one.
    pub(crate) fn has(self, key: &str) -> bool {
        !self.0[key].is_null()
    }

    /// Names of filters, and of what they look at.
    pub(crate) fn filters(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        members(&self.0["filters"]).filter_map(|(name, of)| Some((name, of.as_str()?)))
    }

    /// The dimensions that go together; none where rules of their own say so.
    pub(crate) fn groupings(self) -> impl Iterator<Item = Grouping> {
        list(&self.0["groupings"]).map(Grouping)
    }

    /// Most days of a window with a time dimension, or with none.
    pub(crate) fn most_days(self, time: Option<&str>) -> i64 {
        let time = time.unwrap_or("no time dimension");
        let own = self.0["spans"][time].as_i64();
        own.or_else(|| FACTS["spans"][time].as_i64()).expect("a span of every time dimension")
    }

    /// Metrics that the dictionary does not have: form (type and unit) and names.
    pub(crate) fn own_metrics(self) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
        members(&self.0["own_metrics"]).map(|(form, names)| (form, texts(names)))
    }
}

impl Grouping {
    /// Whether these are its dimensions.
    pub(crate) fn fits(self, dimensions: &[String]) -> bool {
        let mut seen = 0;
        for part in self.texts("of") {
            let (names, counts) = match (part.strip_suffix('?'), part.strip_suffix('+')) {
                (Some(names), _) => (names, 0..=1),
                (_, Some(names)) => (names, 1..=usize::MAX),
                _ => (part, 1..=1),
            };
            let found =
                dimensions.iter().filter(|name| names.split('|').any(|one| one == *name)).count();
            if !counts.contains(&found) {
                return false;
            }
            seen += found;
        }
        seen == dimensions.len()
    }

    pub(crate) fn text(self, key: &str) -> Option<&'static str> {
        self.0[key].as_str()
    }

    pub(crate) fn texts(self, key: &str) -> Vec<&'static str> {
        texts(&self.0[key])
    }
}

impl ReportType {
    /// Whether attributes without a value are left out instead of null.
    pub(crate) fn leaves_nulls_out(self) -> bool {
        texts(&FACTS["leave_nulls_out"]).contains(&self.name())
    }
}

fn list(value: &'static Value) -> impl Iterator<Item = &'static Value> {
    value.as_array().into_iter().flatten()
}

fn texts(value: &'static Value) -> Vec<&'static str> {
    list(value).filter_map(Value::as_str).collect()
}

fn members(object: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    object.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

//! Where the rows of a list are in `data`: in a member, as the one object there, or as an object
//! that has them by their ids.

use super::envelope::Data;
use crate::Row;
use crate::facts::expect_keys;
use serde_json::Value;

/// Where the rows are.
pub(crate) struct Shape {
    /// The members that hold them; empty when `data` itself does. Of two names owners take turns.
    members: Vec<String>,
    kind: Kind,
    /// An answer without rows has null instead of an empty array.
    null: bool,
    /// An answer without rows is this refusal.
    pub(crate) refused_empty: bool,
    /// What stands beside the rows, as raw JSON members with a comma before each.
    beside: String,
}

/// How the rows stand there.
enum Kind {
    List,
    /// A single row.
    Object,
    /// An object; the name of each row is this member of it.
    Map(String),
}

impl Shape {
    pub(crate) fn read(path: &str, json: &Value) -> Self {
        expect_keys(path, json, &["list", "object", "map", "by", "empty", "beside"]);
        let (kind, members) = match (&json["list"], &json["object"], &json["map"]) {
            (list, Value::Null, Value::Null) => (Kind::List, list),
            (Value::Null, object, Value::Null) => (Kind::Object, object),
            (Value::Null, Value::Null, map) => {
                (Kind::Map(json["by"].as_str().unwrap_or_default().to_owned()), map)
            }
            _ => panic!("endpoints/{path}: data has rows in two places"),
        };
        let members = match members {
            Value::String(member) => vec![member.clone()],
            all => super::fact_params::texts(all).map(str::to_owned).collect(),
        };
        let beside = super::fact_params::members(&json["beside"]);
        Self {
            members,
            kind,
            null: json["empty"] == "null",
            refused_empty: json["empty"] == "refused",
            beside: beside
                .map(|(name, value)| format!(",\"{name}\":{value}"))
                .collect::<Vec<_>>()
                .concat(),
        }
    }

    /// The data of an answer. The turn chooses between names of the same list.
    pub(crate) fn data(&self, rows: &[Row], page_info: Option<String>, turn: usize) -> Data {
        let member = self.members.get(turn % self.members.len().max(1));
        let member = member.map_or("", String::as_str);
        let end = format!("{}}}", self.beside);
        match &self.kind {
            Kind::List if member == "list" && self.beside.is_empty() => {
                let null = self.null && rows.is_empty();
                Data::List { rows: joined(rows), page_info, total_metrics: None, null }
            }
            Kind::List => Data::Shaped {
                open: format!("{{\"{member}\":["),
                rows: joined(rows),
                close: "]",
                page_info,
                end,
            },
            Kind::Map(by) => {
                let named = rows
                    .iter()
                    .map(|row| format!("{}:{}", row.get(by).unwrap_or("\"\""), row.shown().json()));
                Data::Shaped {
                    open: format!("{{\"{member}\":{{"),
                    rows: named.collect::<Vec<_>>().join(","),
                    close: "}",
                    page_info,
                    end,
                }
            }
            Kind::Object => {
                let row = rows.first().map_or_else(|| "{}".to_owned(), |row| row.shown().json());
                Data::Raw(match member {
                    "" => row,
                    member => format!("{{\"{member}\":{row}{end}"),
                })
            }
        }
    }
}

fn joined(rows: &[Row]) -> String {
    rows.iter().map(|row| row.shown().json()).collect::<Vec<_>>().join(",")
}

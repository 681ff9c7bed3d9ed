//! The value that a record must have for a value of the fake, by the type of its property in the
//! SCHEMA line. Written independently of the code that renders values in the tap.

use crate::json::Json;
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;

/// The value that a record must have for the raw value that was sent.
pub(crate) fn value(property: &Value, raw: &str) -> Json {
    let types: Vec<&str> = match &property["type"] {
        Value::Array(many) => {
            many.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect()
        }
        one => one.as_str().into_iter().collect(),
    };
    let sent = Json::read(raw);
    let inside = raw.trim_matches('"');
    let is_nothing = matches!(inside, "-" | "") || sent == Json::Null;
    match (types.as_slice(), property["format"].as_str()) {
        _ if sent == Json::Null => Json::Null,
        ([], _) => sent,
        (["number" | "integer" | "boolean"], _) | (["string"], Some("date-time")) if is_nothing => {
            Json::Null
        }
        (["number"], _) => {
            if is_number(inside) {
                Json::Number(inside.to_owned())
            } else {
                Json::Null
            }
        }
        // Numbers with exponents are tested in `values`.
        (["integer"], _) => {
            let (whole, fraction) = inside.split_once('.').unwrap_or((inside, ""));
            if is_number(inside) && fraction.bytes().all(|b| b == b'0') {
                Json::Number(whole.to_owned())
            } else {
                Json::Null
            }
        }
        (["boolean"], _) => match inside.to_lowercase().as_str() {
            "true" | "1" => Json::Bool(true),
            "false" | "0" => Json::Bool(false),
            _ => Json::Null,
        },
        (["string"], Some("date-time")) => time(inside),
        (["string"], _) => match sent {
            Json::Text(_) => sent,
            Json::Number(digits) => Json::Text(digits),
            Json::Bool(truth) => Json::Text(truth.to_string()),
            nested => Json::Inside(Box::new(nested)),
        },
        (types, _) => nested(property, types, sent, raw),
    }
}

fn nested(property: &Value, types: &[&str], sent: Json, raw: &str) -> Json {
    match sent {
        Json::Object(_) if types.contains(&"object") => {
            let known = |name: &str| property["properties"].get(name).cloned().unwrap_or_default();
            Json::Object(
                crate::json::members(raw)
                    .into_iter()
                    .map(|(name, raw)| (name.clone(), value(&known(&name), &raw)))
                    .collect(),
            )
        }
        Json::List(_) if types.contains(&"array") => {
            let items: Vec<&serde_json::value::RawValue> =
                serde_json::from_str(raw).expect("a list");
            Json::List(items.iter().map(|item| value(&property["items"], item.get())).collect())
        }
        Json::Object(_) | Json::List(_) if types.contains(&"string") => {
            Json::Inside(Box::new(sent))
        }
        Json::Text(_) if types.contains(&"string") => sent,
        _ => Json::Null,
    }
}

fn is_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok()
}

/// Reads the forms of times that the world sends: wall clock, date, and seconds since 1970.
fn time(text: &str) -> Json {
    if text.starts_with("0000-00-00") || text == "0" {
        return Json::Null;
    }
    if let Ok(seconds) = text.parse::<i64>() {
        let time = OffsetDateTime::from_unix_timestamp(seconds).expect("a time");
        return Json::Text(
            time.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
                .expect("a time"),
        );
    }
    let time = if text.len() == "2026-01-31".len() { "T00:00:00" } else { "" };
    Json::Text(format!("{}{time}Z", text.replace(' ', "T")))
}

//! Faults as JSON, for the admin door and the command line. Owns the names and the defaults.

use super::fault::Fault;
use super::fault_kind::{FaultKind, Shape};
use serde_json::Value;
use std::str::FromStr;
use std::time::Duration;

const CONDITIONS: [&str; 11] = [
    "path",
    "advertiser_id",
    "page",
    "start_date",
    "report_type",
    "data_level",
    "dimension",
    "param",
    "after",
    "times",
    "kind",
];

impl FromStr for Fault {
    type Err = String;

    /// Reads a fault from JSON: the conditions under their own names, `kind` in snake case
    /// (`cut_body`), `param` as an object with the name and the value of a parameter, and the
    /// details of the kind beside it: `code`, `message`, `status`, `content_type`,
    /// `body`, `seconds`, `page_info`, `rows` (how many), `shape` (in snake case).
    fn from_str(text: &str) -> Result<Self, String> {
        let json = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Self::from_json(&json)
    }
}

impl Fault {
    /// See [`Self::from_str`].
    pub(crate) fn from_json(json: &Value) -> Result<Self, String> {
        let object = json.as_object().ok_or("a fault must be an object")?;
        let name = text(json, "kind")?.unwrap_or_else(|| "code".to_owned());
        let (kind, details) = kind(&name, json)?;
        // A condition with a wrong name would leave a fault that hits everything.
        if let Some(unknown) = object
            .keys()
            .find(|key| !CONDITIONS.contains(&key.as_str()) && !details.contains(&key.as_str()))
        {
            return Err(format!("{unknown}: unknown in a fault of kind {name}"));
        }
        let count = |key: &str| -> Result<Option<usize>, String> {
            number(json, key)?
                .map(|number| usize::try_from(number).map_err(|_| format!("{key}: too large")))
                .transpose()
        };
        let page = number(json, "page")?.map(u32::try_from).transpose();
        Ok(Self {
            path: text(json, "path")?,
            advertiser_id: text(json, "advertiser_id")?,
            page: page.map_err(|_| "page: too large".to_owned())?,
            start_date: text(json, "start_date")?,
            report_type: text(json, "report_type")?,
            data_level: text(json, "data_level")?,
            dimension: text(json, "dimension")?,
            param: param(json)?,
            after: count("after")?.unwrap_or(0),
            times: count("times")?.unwrap_or(1),
            kind,
        })
    }
}

/// The kind of a name, and the details that it takes.
fn kind(name: &str, json: &Value) -> Result<(FaultKind, &'static [&'static str]), String> {
    let seconds = || {
        json["seconds"]
            .as_f64()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .ok_or_else(|| lacks("seconds"))
    };
    let rows = || number(json, "rows")?.ok_or_else(|| lacks("rows"));
    let none: &[&str] = &[];
    Ok(match name {
        "code" => {
            let code = if json["code"].is_null() {
                50000
            } else {
                json["code"].as_i64().ok_or("code: must be an integer")?
            };
            (
                FaultKind::Code {
                    code,
                    message: text(json, "message")?.unwrap_or_else(|| "System error.".to_owned()),
                },
                &["code", "message"],
            )
        }
        "http" => {
            let status = json["status"]
                .as_u64()
                .and_then(|status| u16::try_from(status).ok())
                .ok_or_else(|| lacks("status"))?;
            let content_type =
                text(json, "content_type")?.unwrap_or_else(|| "text/html".to_owned());
            (
                FaultKind::Http {
                    status,
                    content_type,
                    body: text(json, "body")?.unwrap_or_default(),
                },
                &["status", "content_type", "body"],
            )
        }
        "body" => (FaultKind::Body(text(json, "body")?.ok_or_else(|| lacks("body"))?), &["body"]),
        "cut_body" => (FaultKind::CutBody, none),
        "cut_gzip" => (FaultKind::CutGzip, none),
        "invalid_json" => (FaultKind::InvalidJson, none),
        "reset" => (FaultKind::Reset, none),
        "close_early" => (FaultKind::CloseEarly, none),
        "hang" => (FaultKind::Hang(seconds()?), &["seconds"]),
        "slow_body" => (FaultKind::SlowBody(seconds()?), &["seconds"]),
        "invalid_utf8" => (FaultKind::InvalidUtf8, none),
        "wrong_shape" => {
            let wanted = text(json, "shape")?.ok_or_else(|| lacks("shape"))?;
            let shape = Shape::NAMES
                .iter()
                .find(|(name, _)| *name == wanted)
                .ok_or_else(|| format!("shape: {wanted} is unknown"))?;
            (FaultKind::WrongShape(shape.1), &["shape"])
        }
        "partial_rows" => (
            FaultKind::PartialRows(
                text(json, "message")?.unwrap_or_else(|| "Partially successful.".to_owned()),
            ),
            &["message"],
        ),
        "missing_page_info" => (FaultKind::MissingPageInfo, none),
        "page_info" => (FaultKind::PageInfo(json["page_info"].to_string()), &["page_info"]),
        "grow" => (FaultKind::Grow(rows()?), &["rows"]),
        "shrink" => (FaultKind::Shrink(rows()?), &["rows"]),
        "empty_page" => (FaultKind::EmptyPage, none),
        "repeat_page" => (FaultKind::RepeatPage, none),
        "shift" => {
            (FaultKind::Shift(json["rows"].as_i64().ok_or_else(|| lacks("rows"))?), &["rows"])
        }
        "code_last" => (FaultKind::CodeLast, none),
        _ => return Err(format!("kind: {name} is unknown")),
    })
}

/// `"param": {"bc_id": "7"}`.
fn param(json: &Value) -> Result<Option<(String, String)>, String> {
    let Some(members) = json["param"].as_object() else { return Ok(None) };
    let (name, value) = members.iter().next().ok_or_else(|| lacks("param"))?;
    let value = value.as_str().ok_or("param: its value must be a text")?;
    Ok(Some((name.clone(), value.to_owned())))
}

fn text(json: &Value, key: &str) -> Result<Option<String>, String> {
    match &json[key] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(format!("{key}: must be a text")),
    }
}

fn number(json: &Value, key: &str) -> Result<Option<u64>, String> {
    if json[key].is_null() {
        return Ok(None);
    }
    json[key].as_u64().map(Some).ok_or_else(|| format!("{key}: must be a number, not negative"))
}

fn lacks(key: &str) -> String {
    format!("{key}: missing, or not of its kind")
}

//! Misbehaviour on request. Owns which request gets which fault; doing it is in `api` and
//! `connection`.

use serde_json::Value;
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// An error of the API, with HTTP 200.
    Code {
        /// The code.
        code: i64,
        /// Its text.
        message: String,
    },
    /// An answer that does not come from the API.
    Http {
        /// HTTP status.
        status: u16,
        /// Content type.
        content_type: String,
        /// Body.
        body: String,
    },
    /// This body with HTTP 200 as `application/json`.
    Body(String),
    /// Half of the promised bytes, then the end of the connection.
    CutBody,
    /// A complete HTTP answer whose compressed data ends too early.
    CutGzip,
    /// The connection is reset instead of an answer.
    Reset,
    /// The answer comes after this time.
    Hang(Duration),
    /// A byte that is no UTF-8 in the first text of the list.
    InvalidUtf8,
    /// The answer lacks `page_info`.
    MissingPageInfo,
    /// This raw JSON in place of `page_info`.
    PageInfo(String),
    /// An empty list; `page_info` as it was.
    EmptyPage,
    /// The rows of the page before.
    RepeatPage,
    /// The envelope has `data` before `code`.
    CodeLast,
}

/// A misbehaviour, and the requests it is for: those that fit every given condition.
#[derive(Debug, Clone)]
pub struct Fault {
    /// For example `campaign/get/`.
    pub path: Option<String>,
    /// An account, alone or among others.
    pub advertiser_id: Option<String>,
    /// A page.
    pub page: Option<u32>,
    /// The parameter `start_date`.
    pub start_date: Option<String>,
    /// Fitting requests that are let through first.
    pub after: usize,
    /// How many requests get it then; `usize::MAX` is for ever.
    pub times: usize,
    /// What happens.
    pub kind: FaultKind,
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            path: None,
            advertiser_id: None,
            page: None,
            start_date: None,
            after: 0,
            times: 1,
            kind: FaultKind::Code { code: 50000, message: "System error.".to_owned() },
        }
    }
}

impl Fault {
    fn fits(&self, path: &str, params: &[(String, String)]) -> bool {
        let param = |name: &str| params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let account =
            |id: &str| param("advertiser_id") == Some(id) || param("advertiser_ids").is_some_and(|ids| ids.contains(&format!("\"{id}\"")));
        self.path.as_deref().is_none_or(|wanted| wanted == path)
            && self.advertiser_id.as_deref().is_none_or(account)
            && self.page.is_none_or(|page| param("page").unwrap_or("1") == page.to_string())
            && self.start_date.as_deref().is_none_or(|day| param("start_date") == Some(day))
    }

    /// Reads a fault as the admin endpoint takes it: the conditions under their own names, `kind`
    /// in snake case (`cut_body`), and its details beside it (`code`, `message`, `status`,
    /// `content_type`, `body`, `seconds`, `page_info`).
    pub(crate) fn from_json(json: &Value) -> Option<Self> {
        let text = |key: &str| json[key].as_str().map(str::to_owned);
        let count = |key: &str| json[key].as_u64().and_then(|number| usize::try_from(number).ok());
        let kind = match json["kind"].as_str().unwrap_or("code") {
            "code" => FaultKind::Code {
                code: json["code"].as_i64().unwrap_or(50000),
                message: text("message").unwrap_or_else(|| "System error.".to_owned()),
            },
            "http" => FaultKind::Http {
                status: json["status"].as_u64().and_then(|status| u16::try_from(status).ok())?,
                content_type: text("content_type").unwrap_or_else(|| "text/html".to_owned()),
                body: text("body").unwrap_or_default(),
            },
            "body" => FaultKind::Body(text("body")?),
            "cut_body" => FaultKind::CutBody,
            "cut_gzip" => FaultKind::CutGzip,
            "reset" => FaultKind::Reset,
            "hang" => FaultKind::Hang(Duration::try_from_secs_f64(json["seconds"].as_f64()?).ok()?),
            "invalid_utf8" => FaultKind::InvalidUtf8,
            "missing_page_info" => FaultKind::MissingPageInfo,
            "page_info" => FaultKind::PageInfo(json["page_info"].to_string()),
            "empty_page" => FaultKind::EmptyPage,
            "repeat_page" => FaultKind::RepeatPage,
            "code_last" => FaultKind::CodeLast,
            _ => return None,
        };
        Some(Self {
            path: text("path"),
            advertiser_id: text("advertiser_id"),
            page: json["page"].as_u64().and_then(|page| u32::try_from(page).ok()),
            start_date: text("start_date"),
            after: count("after").unwrap_or(0),
            times: count("times").unwrap_or(1),
            kind,
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Armed>);

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: usize,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(Armed { fault, seen: 0 });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault a request gets. Counts the request for every fault it fits, up to that one.
    pub(crate) fn take(&mut self, path: &str, params: &[(String, String)]) -> Option<FaultKind> {
        self.0.iter_mut().find_map(|armed| {
            if !armed.fault.fits(path, params) {
                return None;
            }
            armed.seen += 1;
            let turn = armed.seen.checked_sub(armed.fault.after + 1)?;
            (turn < armed.fault.times).then(|| armed.fault.kind.clone())
        })
    }
}

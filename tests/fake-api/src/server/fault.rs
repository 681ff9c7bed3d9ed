//! Misbehaviour on request. Owns which request gets which fault.

use super::fault_kind::FaultKind;
use serde_json::Value;

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
    /// The parameter `report_type`, for example `AUDIENCE`.
    pub report_type: Option<String>,
    /// The parameter `data_level`, for example `AUCTION_AD`.
    pub data_level: Option<String>,
    /// One of the parameter `dimensions`, for example `gender`.
    pub dimension: Option<String>,
    /// A parameter and its value, alone or among others: a Business Center, a catalog, a form.
    pub param: Option<(String, String)>,
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
            report_type: None,
            data_level: None,
            dimension: None,
            param: None,
            after: 0,
            times: 1,
            kind: FaultKind::Code { code: 50000, message: "System error.".to_owned() },
        }
    }
}

impl Fault {
    fn fits(&self, path: &str, params: &[(String, String)]) -> bool {
        let param = |name: &str| {
            params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let is = |name: &str, wanted: &Option<String>| {
            wanted.is_none() || param(name) == wanted.as_deref()
        };
        let has = |name: &str, wanted: &str| {
            let list = param(name).and_then(|text| serde_json::from_str::<Value>(text).ok());
            list.is_some_and(|list| {
                list.as_array().is_some_and(|list| list.iter().any(|one| one == wanted))
            })
        };
        let account = |id: &str| param("advertiser_id") == Some(id) || has("advertiser_ids", id);
        self.path.as_deref().is_none_or(|wanted| wanted == path)
            && self.advertiser_id.as_deref().is_none_or(account)
            && self.page.is_none_or(|page| param("page").unwrap_or("1") == page.to_string())
            && is("start_date", &self.start_date)
            && is("report_type", &self.report_type)
            && is("data_level", &self.data_level)
            && self
                .param
                .as_ref()
                .is_none_or(|(name, value)| param(name) == Some(value) || has(name, value))
            && self.dimension.as_deref().is_none_or(|dimension| has("dimensions", dimension))
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

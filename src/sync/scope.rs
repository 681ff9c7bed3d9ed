//! Parts of an account for reports that are too much for one answer: by campaign, then by ad group, then by ad. It owns the ids by which
//! a report is narrowed, and the calls that find them.

use super::paging::has_more;
use crate::api::client::{Client, Request};
use crate::api::error::{ApiError, Outcome};
use crate::api::page::{self, Page, Rows};
use crate::api::scan::{Malformed, Scan};
use crate::streams::Report;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a report is narrowed by, step by step.
#[derive(Debug)]
struct Step {
    /// The report's filter, and that of the next step's list.
    filter: &'static str,
    /// The endpoint that lists what the filter names, below `/open_api/v1.3/`.
    path: &'static str,
    /// Where its rows have the id.
    id: &'static str,
    /// Ids in one request: TikTok takes a hundred, but advises thirty campaigns.
    most: usize,
    /// The levels of reports whose rows belong to one of them.
    levels: &'static [&'static str],
}

static STEPS: [Step; 3] = [
    Step {
        filter: "campaign_ids",
        path: "campaign/get/",
        id: "campaign_id",
        most: 30,
        levels: &["AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD"],
    },
    Step { filter: "adgroup_ids", path: "adgroup/get/", id: "adgroup_id", most: 100, levels: &["AUCTION_ADGROUP", "AUCTION_AD"] },
    Step { filter: "ad_ids", path: "ad/get/", id: "ad_id", most: 100, levels: &["AUCTION_AD"] },
];

fn halves(step: usize, ids: &[String]) -> Vec<Scope> {
    ids.chunks(ids.len().div_ceil(2)).map(|half| Scope::Ids(step, half.to_vec())).collect()
}

/// Deleted ones included: what is deleted may have had results, and whether those count is the report's matter.
const STATUS: &str = "primary_status";
const ALL: &str = "STATUS_ALL";
/// What was boosted from the app included, likewise.
const ORIGINS: &str = "campaign_system_origins";
const BOTH: [&str; 2] = ["TT_ADS_PLATFORM", "PROMOTE"];

/// A part of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// All of it.
    All,
    /// What these ids name, at one of the steps.
    Ids(usize, Vec<String>),
}

impl Scope {
    /// The filter for it.
    pub(super) fn filter(&self) -> Option<(&'static str, &[String])> {
        match self {
            Scope::All => None,
            Scope::Ids(step, ids) => Some((STEPS[*step].filter, ids)),
        }
    }

    /// What it goes by, for people.
    pub(super) fn name(&self) -> &'static str {
        self.filter().map_or("account", |(name, _)| name)
    }
}

/// The campaigns of accounts, once they were asked for: every window that is too large needs them.
#[derive(Debug, Default)]
pub struct Scopes(Mutex<HashMap<String, Arc<Vec<String>>>>);

impl Scopes {
    /// The parts of a scope, for a report; `None` if it cannot be narrowed any further. `body` is a buffer of any content.
    ///
    /// # Errors
    /// The ids cannot be listed.
    pub(super) fn parts(
        &self,
        client: &Client,
        report: &Report,
        account: &str,
        scope: &Scope,
        body: &mut Vec<u8>,
    ) -> Result<Option<Vec<Scope>>, ApiError> {
        let mut step = match scope {
            Scope::All => 0,
            Scope::Ids(step, ids) if ids.len() > 1 => return Ok(Some(halves(*step, ids))),
            Scope::Ids(step, _) => *step + 1,
        };
        let mut parent = scope.clone();
        loop {
            let Some(of) = STEPS.get(step).filter(|of| of.levels.contains(&report.data_level)) else { return Ok(None) };
            let ids = match parent.filter() {
                Some((name, ids)) => Arc::new(list(client, of, account, &json!({name: ids, STATUS: ALL, ORIGINS: BOTH}), body)?),
                None => self.campaigns(client, of, account, body)?,
            };
            match ids.len() {
                // There are rows, or they would not be too many: nothing that can be listed has them.
                0 => return Ok(None),
                // That is the same as its parent.
                1 => (parent, step) = (Scope::Ids(step, ids.to_vec()), step + 1),
                few if few <= of.most => return Ok(Some(halves(step, &ids))),
                _ => return Ok(Some(ids.chunks(of.most).map(|some| Scope::Ids(step, some.to_vec())).collect())),
            }
        }
    }

    fn campaigns(&self, client: &Client, step: &Step, account: &str, body: &mut Vec<u8>) -> Result<Arc<Vec<String>>, ApiError> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ids) = known().get(account) {
            return Ok(Arc::clone(ids));
        }
        let mut ids = list(client, step, account, &json!({STATUS: ALL, ORIGINS: BOTH}), body)?;
        match list(client, step, account, &json!({STATUS: ALL, "buying_types": ["RESERVATION_TOP_VIEW"]}), body) {
            Ok(more) => ids.extend(more),
            // Not every account may see it, and reports leave it out unless asked for it.
            Err(error) if matches!(error.outcome, Outcome::Refused | Outcome::SkipStream) => {}
            Err(error) => return Err(error),
        }
        let ids = Arc::new(ids);
        known().insert(account.to_owned(), Arc::clone(&ids));
        Ok(ids)
    }
}

/// All ids of a step that a filter lets through, once each.
fn list(client: &Client, step: &Step, account: &str, filtering: &Value, body: &mut Vec<u8>) -> Result<Vec<String>, ApiError> {
    let mut ids = Ids { name: format!("\"{}\"", step.id), found: Vec::new() };
    let mut number = 1;
    loop {
        let params = vec![
            ("advertiser_id", account.to_owned()),
            ("filtering", filtering.to_string()),
            ("page", number.to_string()),
            ("page_size", "1000".to_owned()),
        ];
        let (before, mut more) = (ids.found.len(), false);
        client.call(&Request { path: step.path, params, shrinks: false }, body, &mut |text| -> Result<Page, String> {
            ids.found.truncate(before);
            let page = page::read(text, "list", &mut ids).map_err(|e| e.to_string())?;
            more = has_more(&page, number)?;
            Ok(page)
        })?;
        if !more {
            // Rows repeat where others are added while pages are read.
            ids.found.sort_unstable();
            ids.found.dedup();
            return Ok(ids.found);
        }
        number += 1;
    }
}

/// Reads one id out of each row.
struct Ids {
    name: String,
    found: Vec<String>,
}

impl<'t> Rows<'t> for Ids {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        let mut first = true;
        scan.enter(b'{')?;
        while scan.next(first, b'}')? {
            first = false;
            let is_id = scan.name()? == self.name;
            let value = scan.value()?;
            if is_id {
                self.found.push(value.trim_matches('"').to_owned());
            }
        }
        Ok(())
    }
}

//! Parts of an account for reports that are too much for one answer: by campaign, then by ad group,
//! then by ad. It owns the ids by which a report is narrowed, and the calls that find them.

use super::paging::has_more;
use super::part::Part;
use crate::api::client::{Client, Request};
use crate::api::codes::PARTIAL;
use crate::api::error::{ApiError, Outcome};
use crate::api::page::{self, Page};
use crate::json::Rows;
use crate::json::scan::{Malformed, Scan};
use crate::streams::Report;
use crate::sync::pass::Buying;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    Step {
        filter: "adgroup_ids",
        path: "adgroup/get/",
        id: "adgroup_id",
        most: 100,
        levels: &["AUCTION_ADGROUP", "AUCTION_AD"],
    },
    Step { filter: "ad_ids", path: "ad/get/", id: "ad_id", most: 100, levels: &["AUCTION_AD"] },
];

fn halves(step: usize, ids: &[String]) -> Vec<Scope> {
    ids.chunks(ids.len().div_ceil(2)).map(|half| Scope::Ids(step, half.to_vec())).collect()
}

/// Rows a page where `TopView` ad groups are asked for, and elsewhere.
const TOP_VIEW_PAGE: u64 = 100;
const PAGE: u64 = 1000;

/// A part of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of it.
    All,
    /// What these ids name, at one of the steps.
    Ids(usize, Vec<String>),
}

impl Scope {
    /// The filter for it.
    pub(crate) fn filter(&self) -> Option<(&'static str, &[String])> {
        match self {
            Scope::All => None,
            Scope::Ids(step, ids) => Some((STEPS[*step].filter, ids)),
        }
    }

    /// What it goes by, for people.
    pub(crate) fn name(&self) -> &'static str {
        self.filter().map_or("account", |(name, _)| name)
    }
}

/// The campaigns of accounts and passes, once they were asked for: every window that is too large
/// needs them.
#[derive(Debug, Default)]
pub(crate) struct Scopes(Mutex<HashMap<(String, Buying), Listed>>);

/// Ids, once they were listed.
type Listed = Arc<Mutex<Option<Arc<Vec<String>>>>>;

impl Scopes {
    /// The parts of a part, for a report; `None` if it cannot be narrowed any further. `body` is a
    /// buffer of any content.
    pub(crate) fn parts(
        &self,
        client: &Client,
        report: &Report,
        account: &str,
        whole: &Part,
        body: &mut Vec<u8>,
    ) -> Result<Option<Vec<Scope>>, ApiError> {
        let mut step = match &whole.scope {
            Scope::All => 0,
            Scope::Ids(step, ids) if ids.len() > 1 => return Ok(Some(halves(*step, ids))),
            Scope::Ids(step, _) => *step + 1,
        };
        let mut parent = whole.scope.clone();
        loop {
            let Some(of) = STEPS.get(step).filter(|of| of.levels.contains(&report.data_level))
            else {
                return Ok(None);
            };
            let ids = match parent.filter() {
                Some((name, ids)) => {
                    let mut filter = whole.buying.list_filter();
                    filter.insert(name.to_owned(), json!(ids));
                    Arc::new(list(
                        client,
                        of,
                        account,
                        &Asked { filter, buying: whole.buying },
                        body,
                    )?)
                }
                None => self.campaigns(client, of, account, whole.buying, body)?,
            };
            match ids.len() {
                // There are rows, or they would not be too many: nothing that can be listed has
                // them.
                0 => return Ok(None),
                // That is the same as its parent.
                1 => (parent, step) = (Scope::Ids(step, ids.to_vec()), step + 1),
                few if few <= of.most => return Ok(Some(halves(step, &ids))),
                _ => {
                    return Ok(Some(
                        ids.chunks(of.most).map(|some| Scope::Ids(step, some.to_vec())).collect(),
                    ));
                }
            }
        }
    }

    fn campaigns(
        &self,
        client: &Client,
        step: &Step,
        account: &str,
        buying: Buying,
        body: &mut Vec<u8>,
    ) -> Result<Arc<Vec<String>>, ApiError> {
        let of_account = Arc::clone(lock(&self.0).entry((account.to_owned(), buying)).or_default());
        // Held while they are listed: several windows of one account find out at once that they are
        // too large.
        let mut known = lock(&of_account);
        if let Some(ids) = &*known {
            return Ok(Arc::clone(ids));
        }
        let ids =
            list(client, step, account, &Asked { filter: buying.list_filter(), buying }, body)?;
        Ok(Arc::clone(known.insert(Arc::new(ids))))
    }
}

/// Which entities of a step are asked for.
struct Asked {
    filter: Map<String, Value>,
    buying: Buying,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All ids of a step that a filter lets through, once each. Where one is missing its rows would be,
/// so they are counted too.
fn list(
    client: &Client,
    step: &Step,
    account: &str,
    asked: &Asked,
    body: &mut Vec<u8>,
) -> Result<Vec<String>, ApiError> {
    let mut ids = Ids { name: format!("\"{}\"", step.id), found: Vec::new() };
    let mut total = 0;
    for _ in 0..2 {
        total = read(client, step, account, asked, body, &mut ids)?;
        ids.found.sort_unstable();
        ids.found.dedup();
        if ids.found.len() as u64 >= total {
            return Ok(ids.found);
        }
    }
    let message = format!(
        "TikTok counts {total} rows of what a report is split by, but returned {}",
        ids.found.len()
    );
    let remedy = "run again later; the state is kept";
    Err(ApiError {
        outcome: Outcome::Uneven,
        code: None,
        message,
        request_id: String::new(),
        path: step.path,
        remedy,
    })
}

/// Reads all pages once. Returns the greatest count of them.
fn read(
    client: &Client,
    step: &Step,
    account: &str,
    asked: &Asked,
    body: &mut Vec<u8>,
    ids: &mut Ids,
) -> Result<u64, ApiError> {
    let (mut number, mut total) = (1, 0);
    loop {
        let params = vec![
            ("advertiser_id", account.to_owned()),
            ("filtering", Value::Object(asked.filter.clone()).to_string()),
            ("page", number.to_string()),
            (
                "page_size",
                if asked.buying == Buying::TopView { TOP_VIEW_PAGE } else { PAGE }.to_string(),
            ),
        ];
        let (before, mut more) = (ids.found.len(), false);
        let page = client.call(
            &Request { path: step.path, params, shrinks: false },
            body,
            &mut |text| -> Result<Page, String> {
                ids.found.truncate(before);
                let page = page::read(text, "list", ids).map_err(|e| e.to_string())?;
                more = has_more(&page, number)?;
                Ok(page)
            },
        )?;
        if page.code == PARTIAL {
            let remedy = "run again later; the state is kept";
            let (code, message) = (Some(PARTIAL), page.message);
            return Err(ApiError {
                outcome: Outcome::Partial,
                code,
                message,
                request_id: page.request_id,
                path: step.path,
                remedy,
            });
        }
        total = total.max(page.page_info.map_or(0, |info| info.total_number));
        if !more {
            return Ok(total);
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

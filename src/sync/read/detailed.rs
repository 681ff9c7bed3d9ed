//! Reads the pages of a list whose rows have details. The details of all rows of a page are read
//! together, of rows that are not delivered none. A refused detail costs its members, not the row.

use super::audit::Audit;
use super::detail::{Details, Texts, joined};
use super::list::List;
use super::reader::{Slice, Whole};
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::api::page::Page;
use crate::json::{Last, member};
use crate::streams::Detail;
use std::sync::Arc;

/// Details that TikTok refused.
#[derive(Default)]
struct Refused {
    count: usize,
    /// The first id, and the error.
    first: Option<(String, ApiError)>,
    /// Whether no more of them are asked for, because the refusal is not about a single one.
    is_general: bool,
}

impl Slice<'_> {
    /// Reads all pages of a list, one after the other, with the details of its rows.
    pub(super) fn read_detailed(&mut self, list: &List, detail: Detail) -> Result<Audit, ApiError> {
        let (mut audit, mut refused) = (Audit::default(), Refused::default());
        let mut number = 1;
        loop {
            let mut texts = Last(Texts::default());
            let page = list.call(self.context, number, self.desk.body(), &mut texts)?;
            let (end, mut rows) = (page.last, texts.0.0);
            self.join_details(list, detail, &mut rows, &mut refused)?;
            let lines = self.desk.buffer();
            let mut rendered = list.render_texts(self.context, page, &rows, lines)?;
            audit.add(&mut rendered);
            self.ending.tally.add(rendered.tally);
            if !self.desk.send(rendered.lines) {
                return Err(ApiError::halted(list.path));
            }
            if number >= end || self.context.is_sample {
                break;
            }
            number += 1;
        }
        if let Some((id, error)) = refused.first {
            let more = match refused.count {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            self.ending.is_incomplete = true;
            self.ending.oddities.push(format!(
                "{}: {} {id}{more}: {error}; the members that only this call returns are null, and \
                 the next run asks again",
                self.place(),
                detail.id
            ));
        }
        Ok(audit)
    }

    /// Joins the details of the rows that are delivered to them.
    fn join_details(
        &mut self,
        list: &List,
        detail: Detail,
        rows: &mut [String],
        refused: &mut Refused,
    ) -> Result<(), ApiError> {
        let (mut places, mut ids) = (Vec::new(), Vec::new());
        for (place, row) in rows.iter().enumerate() {
            let alone = std::slice::from_ref(row);
            let page = Page::default();
            if list.render_texts(self.context, page, alone, Vec::new())?.lines.is_empty() {
                continue;
            }
            let id = member(row, detail.id).ok().flatten().unwrap_or_default().trim_matches('"');
            places.push(place);
            ids.push(id.to_owned());
        }
        if ids.is_empty() {
            return Ok(());
        }
        if refused.is_general {
            refused.count += ids.len();
            return Ok(());
        }
        let owner = list.params.iter().filter(|(name, _)| *name == "advertiser_id");
        let details =
            Details { plan: list.plan, detail, owner: owner.cloned().collect(), ids: ids.clone() };
        let answers = match self.gather(&Arc::new(Whole::Details(details)), usize::MAX) {
            Err(error) if is_general(&error) => {
                refused.is_general = true;
                ids.iter().map(|_| Err(error.clone())).collect()
            }
            gathered => gathered?.details,
        };
        for ((place, id), answer) in places.into_iter().zip(ids).zip(answers) {
            match answer {
                Ok(detail) => rows[place] = joined(&rows[place], &detail),
                Err(error) => {
                    refused.count += 1;
                    refused.first.get_or_insert((id, error));
                }
            }
        }
        Ok(())
    }
}

/// Whether TikTok refuses a detail for a reason that is the same for all of them.
fn is_general(error: &ApiError) -> bool {
    matches!(error.cause, Cause::ScopeMissing | Cause::NotGranted)
}

/// Whether an error costs the detail of one row, and not those of others.
pub(super) fn costs_detail(error: &ApiError) -> bool {
    error.cause.is_refusal() && !is_general(error)
}

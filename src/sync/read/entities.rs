//! Slices of entities: all rows of a list, in as many passes as it takes to see all of them. It
//! owns what is asked for; reading is the slice's matter.

use super::list::List;
use super::reader::Slice;
use crate::api::error::{ApiError, Outcome};
use crate::streams::{Entity, Pass};
use crate::sync::context::PassEnd;
use crate::sync::jobs::Start;
use serde_json::{Map, Value, json};
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// TikTok's clock and this machine's may differ by so much.
const CLOCKS: Duration = Duration::minutes(5);
const SECOND: &[FormatItem] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");

impl Slice<'_, '_> {
    /// Reads what changed since the bookmark, or everything.
    pub(crate) fn entity(&mut self, entity: &Entity, start: &Start) -> Result<(), ApiError> {
        let begun = OffsetDateTime::now_utc();
        let mut grew = false;
        for pass in entity.passes {
            let bookmark = start.bookmark_of(pass);
            match self.pass(entity, pass, bookmark) {
                Err(error) if pass.optional.is_some() && is_refusal(error.outcome) => {
                    log::info!(
                        "{}: an extra call for what TikTok leaves out by default was refused: {error}",
                        self.place()
                    );
                    let held = bookmark.map(str::to_owned);
                    self.ending.pass = pass.optional.map(|name| PassEnd::Held(name, held));
                }
                Err(error) if error.outcome == Outcome::Moving => {
                    log::warn!(
                        "{}: {}; its bookmark stays, and the next run reads it again",
                        self.place(),
                        error.message
                    );
                    grew = true;
                }
                other => {
                    other?;
                    self.ending.pass = pass.optional.map(PassEnd::Read);
                }
            }
        }
        // What changes while it is read may have been read before it changed.
        let firm = (begun - CLOCKS).format(SECOND).unwrap_or_default();
        let greatest = self.ending.tally.greatest.as_ref().filter(|_| !grew);
        self.ending.reached = greatest.map(|greatest| format!("{}Z", greatest.min(&firm)));
        Ok(())
    }

    fn pass(
        &mut self,
        entity: &Entity,
        pass: &Pass,
        bookmark: Option<&str>,
    ) -> Result<(), ApiError> {
        let mut filtering: Map<String, Value> =
            pass.filters.iter().map(|(name, values)| ((*name).to_owned(), json!(values))).collect();
        if self.context.config.include_deleted && entity.deletable {
            filtering.insert("primary_status".to_owned(), json!("STATUS_ALL"));
        }
        if let Some(after) = bookmark.filter(|_| entity.modified_after).and_then(second_before) {
            filtering.insert("modified_after".to_owned(), Value::from(after));
        }
        let mut params = vec![("advertiser_id", self.account.to_owned())];
        if !filtering.is_empty() {
            params.push(("filtering", Value::Object(filtering).to_string()));
        }
        let list = self.list(entity.path, entity.list, params, pass.page_size);
        self.read(List { bookmark: bookmark.map(str::to_owned), ..list }).map(drop)
    }
}

/// Whether TikTok refuses a call that may be left out.
pub(crate) fn is_refusal(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Refused | Outcome::SkipStream | Outcome::SkipAccount | Outcome::CloseStream
    )
}

/// `modified_after` leaves out what is equal to it, and rows of the bookmark's own second may have
/// come later.
fn second_before(bookmark: &str) -> Option<String> {
    let time = PrimitiveDateTime::parse(
        bookmark,
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"),
    )
    .ok()?;
    time.checked_sub(Duration::SECOND)?
        .format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]"))
        .ok()
}

//! Splits a report that is too large for one answer: finds the ids of the campaigns, ad groups or
//! ads for its smaller parts.

use super::part::Part;
use super::reader::Slice;
use super::subset::{STEPS, Step, Subset};
use crate::api::error::ApiError;
use crate::api::params::Params;
use crate::api::request::{PageOf, Request};
use crate::json::RowsAt;
use crate::streams::{Buying, Report};
use crate::sync::id_list::{self, Wanted};
use std::sync::Arc;

/// Rows per page, and rows per page of `TopView` ad groups.
const PAGE: u64 = 1000;
const TOP_VIEW_PAGE: u64 = 100;

/// The smaller parts of a part of a report; `None` if it cannot be split any further. An error
/// means that the ids cannot be listed.
pub(crate) fn parts(
    slice: &mut Slice,
    report: &Report,
    whole: &Part,
) -> Result<Option<Vec<Subset>>, ApiError> {
    let mut step = match &whole.subset {
        Subset::All => 0,
        Subset::Ids(step, ids) if ids.len() > 1 => return Ok(Some(halves(*step, ids))),
        Subset::Ids(step, _) => *step + 1,
    };
    let mut parent = whole.subset.clone();
    loop {
        let of = STEPS
            .get(step)
            .filter(|_| report.is_narrowable())
            .filter(|of| report.data_level.is_some_and(|level| of.levels.contains(&level)));
        let Some(of) = of else { return Ok(None) };
        let ids = if let Some((_, inside)) = parent.filter() {
            let parent = STEPS[step - 1].list_filter;
            Arc::new(list(slice, of, whole.buying, Some((parent, inside)))?)
        } else {
            let (memory, question) = (slice.memory, (slice.job.partition, whole.buying));
            memory.campaigns.get(question, || list(slice, of, whole.buying, None).map(Arc::new))?
        };
        let allows = |id: &&String| report.settings.allows(of.filter, id);
        let ids: Vec<String> = ids.iter().filter(allows).cloned().collect();
        match ids.len() {
            // There are too many rows, but no listed id has any.
            0 => return Ok(None),
            // A single id covers the same rows as its parent.
            1 => (parent, step) = (Subset::Ids(step, ids), step + 1),
            few if few <= of.most => return Ok(Some(halves(step, &ids))),
            _ => {
                let parts = ids.chunks(of.most).map(|some| Subset::Ids(step, some.to_vec()));
                return Ok(Some(parts.collect()));
            }
        }
    }
}

fn halves(step: usize, ids: &[String]) -> Vec<Subset> {
    ids.chunks(ids.len().div_ceil(2)).map(|half| Subset::Ids(step, half.to_vec())).collect()
}

/// All ids of a step, each once, and only those of the parents if some are named. They are compared
/// with TikTok's count, because the rows of a missing id would be missing.
fn list(
    slice: &mut Slice,
    step: &Step,
    buying: Buying,
    parent: Option<(&'static str, &[String])>,
) -> Result<Vec<String>, ApiError> {
    let (name, values) = buying.list_filter();
    let mut params = Params::default();
    params.set("advertiser_id", slice.account);
    params.set("filtering.primary_status", "STATUS_ALL");
    params.set(name, values);
    if let Some((filter, ids)) = parent {
        params.set(filter, ids);
    }
    let size = if buying == Buying::TopView { TOP_VIEW_PAGE } else { PAGE };
    let request = Request {
        page: Some(PageOf { number: 1, size, may_be_whole: false }),
        ..Request::list(step.path, RowsAt::Member("list"), params.into_pairs())
    };
    let client = &slice.context.client;
    let found = id_list::read(client, slice.desk.body(), request, &Wanted::key(step.id))?;
    Ok(found.into_iter().map(|(id, _)| id.into()).collect())
}

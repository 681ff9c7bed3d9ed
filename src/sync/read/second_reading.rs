//! The second reading of a list that was not complete at first: its request, and what both readings
//! together say.

use super::audit::Audit;
use super::list::List;
use super::verdict::Verdict;
use crate::api::cause::Cause;
use crate::api::codes::PARTIAL;
use crate::api::error::ApiError;
use crate::api::request::other_size;
use std::collections::HashSet;

/// The list, to be read once more. The pages get another size, so that a page which came twice by
/// mistake does not do so again in the same place.
pub(crate) fn again(list: &List) -> List {
    List { page_size: list.page_size.map(other_size), ..list.clone() }
}

/// The rows that need not be written again, because another list or the first reading wrote them.
/// Entities that changed since are after the bookmark, and come with the next run. Rows of a report
/// that were written may be outdated. Rows without an id may be equal.
pub(crate) fn written(list: &List, first: &Audit) -> HashSet<u64> {
    let needs_all = list.is_report || first.has_hashes();
    let mut written = list.written.clone();
    if !needs_all {
        written.extend(first.keys());
    }
    written
}

/// Compares both readings of a list. Returns what is odd about its rows if all of them came, and an
/// error if some may be missing.
pub(crate) fn compare(
    (list, first): (&List, &mut Audit),
    (again, second): (&List, &mut Audit),
) -> Result<Option<String>, ApiError> {
    let cause = match second.verdict(first, again.page_size < list.page_size) {
        Verdict::Whole => return Ok(None),
        // Rows without an id may be equal.
        Verdict::Repeats(_) if second.has_hashes() => return Ok(None),
        Verdict::Repeats(rows) => {
            return Ok(Some(format!(
                "{}: {rows} rows have the key of another row, also when read once more; all are \
                 delivered, the last one counts",
                list.path
            )));
        }
        Verdict::Grew => Cause::Growing,
        Verdict::Partial => Cause::PartMissing,
        Verdict::Uneven => Cause::Incomplete,
    };
    let (code, message) = match (&second.partial, cause) {
        (Some(words), Cause::PartMissing) => (Some(PARTIAL), words.clone()),
        _ => (None, format!("{}, also when read once more", second.words())),
    };
    let remedy =
        "run again later; if it stays so, report it to TikTok with the account and the window";
    Err(ApiError { code, ..ApiError::new(cause, list.path, message, remedy) })
}

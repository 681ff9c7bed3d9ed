//! Values of fields that are written when a row ends, because they are made of other values.

use super::field::LateField;
use super::row_id;
use super::rows::PageRows;
use crate::json::member;
use std::borrow::Cow;

impl<'t> PageRows<'_, '_, 't> {
    /// The value of a field that is written at the end of the row.
    pub(super) fn late_value(&self, late: LateField) -> Option<Cow<'t, str>> {
        let captured = |place: usize| self.captured[place].filter(|raw| *raw != "null");
        let borrowed = match late {
            LateField::Cursor { cursor, created } => captured(cursor).or_else(|| captured(created)),
            // The same rule as in the Python tap.
            LateField::Status { operation, secondary } => {
                let is_deleted = captured(operation) == Some("\"DELETE\"")
                    || captured(secondary).is_some_and(|s| s.ends_with("_DELETE\""));
                Some(if is_deleted { "\"DELETE\"" } else { "\"ACTIVE\"" })
            }
            LateField::Inside { object, path: "" } => captured(object),
            LateField::Inside { object, path } => member(captured(object)?, path).ok()?,
            LateField::Around => self.around,
            LateField::UtcHour { hour } => {
                let wall = captured(hour)?.trim_matches('"');
                let known = self.renderer.hours.iter().find(|(known, _)| wall.starts_with(known));
                return known.map(|(_, utc)| Cow::Owned(format!("\"{utc}\"")));
            }
            LateField::RowId => return Some(Cow::Owned(row_id::raw_id(self.row_hash))),
        };
        borrowed.map(Cow::Borrowed)
    }
}

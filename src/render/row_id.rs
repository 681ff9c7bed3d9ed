//! Ids of rows that have none: a hash of all that a row holds, which does not depend on the order
//! of its members, and a number that tells equal rows apart. The number is known only when all rows
//! before are, so a record holds a place for it.

use super::recipe::Recipe;
use xxhash_rust::xxh3::xxh3_128;

/// The place for the number, behind the hash.
const PLACE: &[u8] = b"-00000000";

/// The hash of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowHash {
    /// The hash.
    pub hash: u128,
    /// Where the number stands among the bytes of the records: eight hexadecimal digits.
    pub place: usize,
}

/// Adds a member of a row to its hash.
pub(super) fn add_member(hash: u128, name: &str, raw: &str) -> u128 {
    let member = xxh3_128(name.as_bytes()).rotate_left(1) ^ xxh3_128(raw.as_bytes());
    hash.wrapping_add(xxh3_128(&member.to_le_bytes()))
}

/// The id as a JSON string, with a place for the number.
pub(super) fn raw_id(hash: u128) -> String {
    format!("\"{hash:032x}{}\"", String::from_utf8_lossy(PLACE))
}

impl Recipe {
    /// Tells rows apart by all that they hold, because they have no id, or one that is only known
    /// when they end.
    pub(crate) fn hashing_rows(mut self) -> Self {
        self.hashes_rows = true;
        self
    }
}

/// A shorter form of a hash, which is enough to compare the rows of one list.
pub(super) fn short(hash: u128) -> u64 {
    let [low @ .., _, _, _, _, _, _, _, _] = hash.to_le_bytes();
    u64::from_le_bytes(low)
}

impl RowHash {
    /// A shorter form of the hash, which is enough to compare the rows of one list.
    pub fn short(self) -> u64 {
        short(self.hash)
    }

    /// Writes the number of the row among equal ones, from 0, into its record.
    pub fn set_number(self, number: u32, lines: &mut [u8]) {
        if let Some(place) = lines.get_mut(self.place..self.place + 8) {
            place.copy_from_slice(format!("{number:08x}").as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FieldSpec, Kind, Origin, Renderer};
    use super::*;
    use crate::json::Rows;
    use crate::json::scan::Scan;
    use serde_json::json;

    #[test]
    fn the_order_of_members_does_not_matter_but_their_values_do() {
        let hash = |members: &[(&str, &str)]| {
            members.iter().fold(0, |hash, (name, raw)| add_member(hash, name, raw))
        };
        let ab = hash(&[("\"a\"", "1"), ("\"b\"", "2")]);
        assert_eq!(ab, hash(&[("\"b\"", "2"), ("\"a\"", "1")]));
        assert_ne!(ab, hash(&[("\"a\"", "2"), ("\"b\"", "1")]));
        assert_ne!(ab, hash(&[("\"a\"", "1")]));
        // Ids must stay what they were, whatever machine or version makes them.
        assert_eq!(raw_id(ab).len(), 43);
    }

    #[test]
    fn a_row_that_is_left_out_has_no_number() {
        let field = |name: &str, origin| FieldSpec {
            name: name.to_owned(),
            kind: Kind::of(&json!({"type": "string"})),
            origin,
            key: true,
            selected: true,
        };
        let specs = vec![field("row_id", Origin::RowId), field("date", Origin::Row)];
        let recipe = Recipe::new("costs", false, None, specs);
        let (mut renderer, mut out) = (Renderer::new(&recipe, &[], None), Vec::new());
        let mut rows = renderer.page("2026-01-01T00:00:00Z", &mut out);
        for row in [r#"{"date":null,"x":1}"#, r#"{"date":"2026-01-01","x":"long enough"}"#] {
            rows.row(&mut Scan::new(row)).expect("a row");
        }
        let ids = renderer.take_row_ids();
        assert_eq!(ids.len(), 1, "of the row with a date");
        let before = out.clone();
        ids[0].set_number(0, &mut out);
        assert_eq!(String::from_utf8(out), String::from_utf8(before));
    }
}

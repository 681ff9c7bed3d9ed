//! One field of the records of a stream: how it is written, and what else its values are needed
//! for.

use super::kind::Kind;

/// The size of a block in bytes, which is enough for nearly every prefix.
const BLOCK: usize = 32;

/// Copies a prefix into a block, if it fits.
pub(super) fn block(prefix: &[u8]) -> Option<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    block.get_mut(..prefix.len())?.copy_from_slice(prefix);
    Some(block)
}

#[derive(Debug)]
pub(super) struct Field {
    /// `,"name":`
    pub(super) prefix: Vec<u8>,
    /// The same in a block of fixed size, if it fits, because copying such a block needs no call.
    pub(super) block: Option<[u8; BLOCK]>,
    pub(super) kind: Kind,
    pub(super) key: bool,
    /// Whether it is written as soon as it is read.
    pub(super) inline: bool,
    /// The place of its value among those that are kept until the row ends.
    pub(super) capture: Option<usize>,
    /// Whether it is one of the fields that identify a row in its list.
    pub(super) identity: bool,
    /// The index of its sum, if it is summed.
    pub(super) sum: Option<usize>,
    /// A faster way for its usual values, if they are needed for nothing but the record.
    pub(super) short: Option<Short>,
    pub(super) name: String,
}

impl Field {
    /// Appends what comes before its value.
    #[inline]
    pub(super) fn push_prefix(&self, out: &mut Vec<u8>) {
        match &self.block {
            // The head ends with a brace, and every prefix starts with a comma.
            _ if out.last() == Some(&b'{') => out.extend_from_slice(&self.prefix[1..]),
            Some(block) => {
                let end = out.len() + self.prefix.len();
                out.extend_from_slice(block);
                out.truncate(end);
            }
            None => out.extend_from_slice(&self.prefix),
        }
    }
}

/// Values that are copied without further checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Short {
    /// A number in a string, which is what nearly every metric is.
    Number,
    /// A string without escapes.
    Text,
    /// An object or an array, which is written while it is being read.
    Nested,
}

/// What a field is made of that is written when the row ends. Numbers are places among the values
/// that are kept until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LateField {
    /// The cursor, or else the time of creation.
    Cursor {
        cursor: usize,
        created: usize,
    },
    Status {
        operation: usize,
        secondary: usize,
    },
    Inside {
        object: usize,
        path: &'static str,
    },
    UtcHour {
        hour: usize,
    },
    Around,
    /// A member, or the empty text if the row does not have it.
    OrEmpty {
        /// The captured member.
        member: usize,
    },
    RowId,
}

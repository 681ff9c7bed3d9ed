//! The bookmarks of one stream, in any of the forms that taps and orchestrators write. Forms that
//! are never changed are kept as the JSON text that they came as.

use super::super::members::Members;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// What `bookmarks` holds about one stream.
#[derive(Debug)]
pub(super) enum StreamEntry {
    /// A map of bookmarks by account.
    Accounts(Members),
    /// The Meltano SDK's list of partitions, as it came and by account.
    Partitions(Box<RawValue>, HashMap<String, Box<RawValue>>),
    /// One text for all accounts, or something that is not a bookmark.
    Other(Box<RawValue>),
}

impl StreamEntry {
    pub(super) fn of(raw: &RawValue) -> Self {
        #[derive(Deserialize)]
        struct Partition {
            context: Option<Box<RawValue>>,
            replication_key_value: Option<Box<RawValue>>,
        }
        let Some(members) = Members::of(raw) else { return StreamEntry::Other(raw.to_owned()) };
        let Some(partitions) = members.get("partitions") else {
            return StreamEntry::Accounts(members);
        };
        let mut by_account = HashMap::new();
        let listed =
            serde_json::from_str::<Vec<Box<RawValue>>>(partitions.get()).unwrap_or_default();
        for partition in
            listed.iter().filter_map(|one| serde_json::from_str::<Partition>(one.get()).ok())
        {
            // Only sorted streams have this value. An unsorted one that was interrupted has a
            // progress marker, from which no run can resume.
            let id = partition
                .context
                .as_deref()
                .and_then(Members::of)
                .and_then(|context| context.get("advertiser_id").map(plain));
            if let Some(id) = id {
                by_account.entry(id).or_insert_with(|| {
                    partition.replication_key_value.unwrap_or_else(|| RawValue::NULL.to_owned())
                });
            }
        }
        StreamEntry::Partitions(raw.to_owned(), by_account)
    }

    pub(super) fn text(&self) -> String {
        match self {
            StreamEntry::Accounts(by_account) => by_account.text(),
            StreamEntry::Partitions(raw, _) | StreamEntry::Other(raw) => raw.get().to_owned(),
        }
    }
}

/// The text of a string, or the digits of a number.
fn plain(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

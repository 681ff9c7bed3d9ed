//! What a slice of a stream is read for. Whoever asks for the account, the id or the words of a
//! partition gets them here.

use super::accounts::{Account, Accounts};

/// What a slice is read for, by its place in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Partition {
    /// An account, by its place among those that are open.
    Account(usize),
    /// Accounts that one call described, by the place of its answer.
    Batch(usize),
}

impl Partition {
    /// The account, if it is one.
    pub(crate) fn account(self, accounts: &Accounts) -> Option<&Account> {
        match self {
            Partition::Account(place) => accounts.open.get(place),
            Partition::Batch(_) => None,
        }
    }

    /// The id under which the state keeps its bookmarks; empty for a batch, which has none.
    pub(crate) fn id(self, accounts: &Accounts) -> &str {
        self.account(accounts).map_or("", |account| account.id.as_str())
    }

    /// How messages name it behind the name of a stream: `, account 7`.
    pub(crate) fn words(self, accounts: &Accounts) -> String {
        self.account(accounts).map_or(String::new(), |account| format!(", account {}", account.id))
    }
}

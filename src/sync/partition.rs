//! The partitions of streams: what a slice is read for, with the account, the id in the state, and
//! the name in messages of each.

use super::account::Account;
use super::accounts::Accounts;

/// What a slice is read for, by its place in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Partition {
    /// An account, by its place among those that are open.
    Account(usize),
    /// Accounts that one call described, by the place of its answer.
    Batch(usize),
    /// A Business Center, by its place among those of the run.
    BusinessCenter(usize),
    /// The only partition of a stream that is read once.
    Once,
    /// The developer app.
    App,
}

impl Partition {
    /// The account, if it is one.
    pub(crate) fn account(self, accounts: &Accounts) -> Option<&Account> {
        match self {
            Partition::Account(place) => accounts.open.get(place),
            _ => None,
        }
    }

    /// The id under which the state keeps its bookmarks; empty if it has none.
    pub(crate) fn id(self, accounts: &Accounts) -> &str {
        match self {
            Partition::Account(place) => accounts.open.get(place).map_or("", |a| a.id.as_str()),
            Partition::BusinessCenter(place) => {
                accounts.business_centers.get(place).map_or("", String::as_str)
            }
            Partition::Batch(_) | Partition::Once | Partition::App => "",
        }
    }

    /// How messages name it behind the name of a stream: `, account 7`.
    pub(crate) fn words(self, accounts: &Accounts) -> String {
        let id = self.id(accounts);
        match self {
            Partition::Account(_) => format!(", account {id}"),
            Partition::BusinessCenter(_) => format!(", Business Center {id}"),
            Partition::Batch(_) | Partition::Once | Partition::App => String::new(),
        }
    }
}

//! Who has rows besides ad accounts: Business Centers and page libraries; and all rows of an owner
//! for tests to compare with.

use super::World;
use super::listing::Item;
use super::row::Row;

impl World {
    /// The ids of the Business Centers.
    pub fn business_centers(&self) -> Vec<String> {
        let count = u64::try_from(self.config.business_centers).unwrap_or_default();
        let ids = (1..=count).map(|number| 7_200_000_000_000_000_000 + number * 11);
        ids.map(|id| id.to_string()).collect()
    }

    /// Every row of an endpoint that an account, a Business Center or a page library has, also rows
    /// that are hidden by default. Members that begin with an underscore are never sent; they are
    /// what filters look at, and `_parent` is the id of the parent.
    ///
    /// # Panics
    /// When the endpoint has no file of facts.
    pub fn listed(&self, path: &str, owner: &str) -> Vec<Row> {
        let listing = self.listing(path, &[owner.to_owned()], None);
        listing.items().iter().map(Item::row).collect()
    }

    /// The ids of the page libraries.
    pub fn libraries(&self) -> Vec<String> {
        let samples = self.samples("page/library/get/", "", None);
        let ids = samples.rows.iter().filter_map(|row| row.get("library_id"));
        ids.map(|raw| raw.trim_matches('"').to_owned()).collect()
    }

    /// Which of its kind the owner is.
    pub(crate) fn turn(&self, owner: &[String]) -> usize {
        let Some(id) = owner.first() else { return 0 };
        let accounts = self.accounts.iter().map(|account| &account.advertiser_id);
        let account = accounts.into_iter().position(|known| known == id);
        account
            .or_else(|| self.business_centers().iter().position(|known| known == id))
            .unwrap_or(0)
    }
}

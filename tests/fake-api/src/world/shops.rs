//! Who else than accounts has reports: Business Centers, which own accounts, and the stores of
//! GMV Max.

use super::leaves::made_id;
use super::{Account, World};
use crate::random::text;

/// Business Centers, unless there are fewer accounts.
const CENTERS: usize = 2;
const STORES: usize = 2;

impl World {
    /// The ids of the Business Centers; each owns some of the accounts.
    #[must_use]
    pub fn business_centers(&self) -> Vec<String> {
        let count = CENTERS.min(self.accounts().len());
        (0..count).map(|index| made_id(self.config().seed, "business center", index)).collect()
    }

    /// The accounts that a Business Center owns; none if it does not exist.
    #[must_use]
    pub fn accounts_of(&self, bc_id: &str) -> Vec<&Account> {
        let centers = self.business_centers();
        let Some(own) = centers.iter().position(|center| center == bc_id) else {
            return Vec::new();
        };
        self.accounts().iter().skip(own).step_by(centers.len()).collect()
    }

    /// The ids of the stores that an account advertises with GMV Max.
    #[must_use]
    pub fn stores(&self, advertiser_id: &str) -> Vec<String> {
        (0..STORES).map(|index| made_id(text(advertiser_id), "store", index)).collect()
    }
}

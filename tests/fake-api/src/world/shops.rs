//! Who else than accounts has reports: Business Centers, by the accounts that they own, and the
//! stores of GMV Max.

use super::leaves::made_id;
use super::{Account, World};
use crate::random::text;

const STORES: usize = 2;

impl World {
    /// The accounts that a Business Center owns; none if it does not exist.
    #[must_use]
    pub fn accounts_of(&self, bc_id: &str) -> Vec<&Account> {
        let centers = self.business_centers();
        let Some(own) = centers.iter().position(|center| center == bc_id) else {
            return Vec::new();
        };
        // With fewer accounts than centers, several centers own the same one.
        let first = own % self.accounts().len().max(1);
        self.accounts().iter().skip(first).step_by(centers.len()).collect()
    }

    /// The ids of the stores that an account advertises with GMV Max.
    #[must_use]
    pub fn stores(&self, advertiser_id: &str) -> Vec<String> {
        (0..STORES).map(|index| made_id(text(advertiser_id), "store", index)).collect()
    }
}

//! Who else than accounts has reports: Business Centers, by the accounts that they own, and the
//! stores of GMV Max.

use super::{Account, World};

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

    /// The ids of the stores that accounts advertise with GMV Max, each once.
    #[must_use]
    pub fn stores(&self) -> Vec<String> {
        let samples = self.samples("gmv_max/store/list/", "", None);
        let mut stores = Vec::new();
        for id in samples.rows.iter().filter_map(|row| row.get("store_id")) {
            let id = id.trim_matches('"').to_owned();
            if !stores.contains(&id) {
                stores.push(id);
            }
        }
        stores
    }
}

//! The attributes of report rows: values that are no numbers, but properties of what a row is
//! about.

use super::dictionary::Metric;
use super::plan::{Key, Plan};
use super::row::quote;
use super::{ads, campaign, values};
use crate::random::{mix, remainder, text};

impl Plan<'_> {
    /// The attribute of a row, as raw JSON.
    pub(super) fn attribute(&self, key: &Key, metric: &Metric, row: u64) -> String {
        if metric.is_list {
            let values = self.list(key, &metric.name, row);
            return format!("[{}]", values.join(","));
        }
        self.of_entity(key, &metric.name).unwrap_or_else(|| quote("-"))
    }

    fn of_entity(&self, key: &Key, name: &str) -> Option<String> {
        if let Some(id) = self.subject(key).and_then(|subject| subject.leaf.id(name)) {
            return Some(id.to_owned());
        }
        let node = self.node(key);
        let campaign = node.map(|node| &self.tree.campaigns[node.campaign]);
        let adgroup = node.and_then(|node| self.tree.adgroups.get(node.adgroup));
        let found = match name {
            "advertiser_name" => Some(quote(&self.account.name)),
            "advertiser_id" => Some(quote(&self.account.advertiser_id)),
            "currency" => Some(quote(&self.account.currency)),
            "campaign_id" => campaign.map(|node| quote(&node.id)),
            "campaign_name" => campaign.map(|node| node.name.clone()),
            "objective_type" => campaign.map(|node| quote(campaign::objective(node).1)),
            "adgroup_id" => adgroup.map(|node| quote(&node.id)),
            "adgroup_name" => adgroup.map(|node| node.name.clone()),
            "ad_id" | "ad_id_v2" => node.map(|node| quote(&node.id)),
            "ad_name" => node.map(|node| node.name.clone()),
            "ad_text" => node.map(|node| ads::ad_text(&self.world.config, node).to_owned()),
            "call_to_action" => node.and_then(ads::call_to_action).map(str::to_owned),
            _ => None,
        };
        found.or_else(|| {
            let choices = values::attribute(name)?;
            let hash = mix(self.entity_hash(key), text(name));
            Some(choices[remainder(hash, choices.len())].clone())
        })
    }

    /// None, one or two texts.
    fn list(&self, key: &Key, name: &str, row: u64) -> Vec<String> {
        let count = remainder(row, 3);
        let choices = values::attribute(name).unwrap_or_default();
        let hash = mix(self.entity_hash(key), text(name));
        let text = |number: usize| match choices {
            [] => quote(&format!("{name} {}", remainder(hash, 90) + number)),
            _ => choices[(remainder(hash, choices.len()) + number) % choices.len()].clone(),
        };
        (0..count).map(text).collect()
    }
}

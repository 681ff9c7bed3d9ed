//! What one call names: ids of parents, as many as the call takes.

use super::ids::Ids;
use crate::api::params::Params;
use crate::render::Constants;
use crate::requests::name_parent;
use crate::streams::Parent;
use std::sync::Arc;

/// What one call names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    /// The ids of each parent, from the outermost one.
    ids: Vec<Named>,
}

/// The ids of one parent in a batch, as places in the list of all its ids.
#[derive(Clone, Debug)]
struct Named {
    parent: &'static Parent,
    all: Arc<Ids>,
    from: usize,
    to: usize,
}

impl Batch {
    /// The batches that name ids of one more parent: together all of them.
    pub(crate) fn with_all(&self, parent: &'static Parent, all: &Arc<Ids>) -> Vec<Batch> {
        let most = parent.most.max(1);
        let with = |from: usize| {
            let (all, to) = (Arc::clone(all), (from + most).min(all.len()));
            let mut batch = self.clone();
            batch.ids.push(Named { parent, all, from, to });
            batch
        };
        (0..all.len()).step_by(most).map(with).collect()
    }

    /// Adds what the batch names to the parameters of a call.
    pub(crate) fn add_to(&self, params: &mut Params) {
        for Named { parent, all, from, to } in &self.ids {
            let ids = (*from..*to).map(|place| all.get(place)).collect();
            name_parent(params, parent, ids, all.also(*from).iter().map(|value| &**value));
        }
    }

    /// Columns that all rows of the call have in common: ids of which a call names only one.
    pub(crate) fn columns(&self) -> Constants {
        let mut columns = Constants::new();
        for Named { parent, all, from, .. } in &self.ids {
            columns.extend(parent.column.map(|column| (column, all.get(*from))));
            let of_parent = parent.columns.iter();
            columns.extend(of_parent.map(|(name, value)| (*name, (*value).to_owned())));
        }
        columns
    }

    /// The two halves of a batch of several ids; `None` if it has only one.
    pub(crate) fn halves(&self) -> Option<[Batch; 2]> {
        let place = self.ids.iter().rposition(|ids| ids.to - ids.from > 1)?;
        let Named { from, to, .. } = self.ids[place];
        let mut halves = [self.clone(), self.clone()];
        halves[0].ids[place].to = from.midpoint(to);
        halves[1].ids[place].from = from.midpoint(to);
        Some(halves)
    }

    /// Whether its ids are those of accounts, so that a refused account is one of them.
    pub(crate) fn names_accounts(&self) -> bool {
        self.ids.iter().any(|ids| ids.parent.param.contains("advertiser_id"))
    }

    /// What it names, for messages.
    pub(crate) fn words(&self) -> String {
        let words = self.ids.iter().map(|Named { parent, all, from, to }| {
            let more =
                if to - from > 1 { format!(" and {} more", to - from - 1) } else { String::new() };
            format!("{} {}{more}", parent.param, all.get(*from))
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

//! What one call names: ids of parents, as many as the call takes.

use super::ids::Ids;
use super::params::Params;
use crate::render::Constants;
use crate::streams::Parent;
use std::sync::Arc;

/// What one call names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    /// The ids of each parent, from the outermost one.
    ids: Vec<Named>,
}

/// Ids of one parent in a batch: places among all of its ids.
#[derive(Clone, Debug)]
struct Named {
    parent: &'static Parent,
    all: Arc<Ids>,
    from: usize,
    to: usize,
}

impl Batch {
    /// The batch with ids of one more parent: those at the places from `from` to before `to`.
    pub(crate) fn with(
        &self,
        parent: &'static Parent,
        all: Arc<Ids>,
        from: usize,
        to: usize,
    ) -> Batch {
        let mut batch = self.clone();
        batch.ids.push(Named { parent, all, from, to });
        batch
    }

    /// Adds what the batch names to the parameters of a call.
    pub(crate) fn add_to(&self, params: &mut Params) {
        for Named { parent, all, from, to } in &self.ids {
            if parent.replaces_owner {
                params.remove("advertiser_id");
            }
            if parent.param.ends_with('s') {
                let ids: Vec<String> = (*from..*to).map(|place| all.get(place)).collect();
                params.set(parent.param, ids);
            } else {
                params.set(parent.param, all.get(*from));
            }
            for ((param, _), value) in parent.also.iter().zip(all.also(*from)) {
                params.set(param, &**value);
            }
            for (param, value) in parent.with {
                params.set_json(param, value);
            }
        }
    }

    /// Columns of its rows: ids that are named one by one, and what goes with them.
    pub(crate) fn columns(&self) -> Constants {
        let mut columns = Constants::new();
        for Named { parent, all, from, .. } in &self.ids {
            columns.extend(parent.column.map(|column| (column, all.get(*from))));
        }
        columns
    }

    /// Halves of a batch of several ids; `None` if there is but one.
    pub(crate) fn halves(&self) -> Option<[Batch; 2]> {
        let place = self.ids.iter().rposition(|ids| ids.to - ids.from > 1)?;
        let Named { from, to, .. } = self.ids[place];
        let mut halves = [self.clone(), self.clone()];
        halves[0].ids[place].to = from.midpoint(to);
        halves[1].ids[place].from = from.midpoint(to);
        Some(halves)
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

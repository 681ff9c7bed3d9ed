//! What the rows of a report are about, where these are not the account's own campaigns, ad groups
//! and ads: leaves put together by the ids that the report asks for.

use super::dictionary::{Dictionary, DimensionKind};
use super::leaves::{self, Leaf};
use super::query::{ReportQuery, ReportType};
use super::tree::Tree;
use super::{Account, World};
use crate::random::text;
use std::collections::{HashMap, HashSet};

/// What a row is about.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) hash: u64,
    /// Hashes of the leaves that its numbers are the sums of.
    pub(super) parts: Vec<u64>,
    /// One of its leaves: it has the ids that all of them have in common.
    pub(super) leaf: Leaf,
}

/// Whether rows of a query are about subjects.
pub(super) fn has_subjects(query: &ReportQuery) -> bool {
    match query.report_type {
        ReportType::Basic | ReportType::Audience => {
            query.dimensions.iter().any(|name| name == "ad_id_v2")
        }
        _ => true,
    }
}

/// Whether a name is that of an id of leaves in a report, although others have a breakdown of that
/// name.
pub(super) fn is_id(report: ReportType, name: &str) -> bool {
    match report {
        ReportType::GmvMax => name == "room_id",
        ReportType::Creative | ReportType::VideoPerformance => true,
        _ => false,
    }
}

/// The subjects of a query, oldest first. For ads by their Smart+ ads, `ads` are those that the
/// query looks at.
pub(super) fn of(
    world: &World,
    account: &Account,
    tree: &Tree,
    query: &ReportQuery,
    ads: &[u32],
) -> Vec<Subject> {
    let ads: HashSet<usize> = ads.iter().map(|ad| usize::try_from(*ad).expect("32 bits")).collect();
    let of_tree = matches!(query.report_type, ReportType::Basic | ReportType::Audience);
    let is_wanted = |leaf: &Leaf| {
        let ids = query.ids.iter().all(|(name, ids)| {
            let own = leaf.id(name).map(|raw| raw.trim_matches('"'));
            own.is_some_and(|own| ids.iter().any(|id| id == own))
        });
        match leaf.ad.filter(|_| of_tree) {
            Some(ad) => ids && ads.contains(&ad),
            None => ids && (query.include_deleted || !leaf.deleted),
        }
    };
    let mut subjects: Vec<Subject> = Vec::new();
    let mut positions = HashMap::new();
    for leaf in leaves::of(world, account, tree, query).into_iter().filter(is_wanted) {
        let Some(ids) = ids(&leaf, query) else { continue };
        let position = *positions.entry(ids.clone()).or_insert(subjects.len());
        if let Some(subject) = subjects.get_mut(position) {
            subject.parts.push(leaf.hash);
        } else {
            let hash = text(&format!("{} {ids}", query.report_type.name()));
            subjects.push(Subject { hash, parts: vec![leaf.hash], leaf });
        }
    }
    subjects
}

/// The ids of a leaf that make it a subject's; none where it lacks one that is asked for.
fn ids(leaf: &Leaf, query: &ReportQuery) -> Option<String> {
    let mut of_subject = Vec::new();
    for name in &query.dimensions {
        match leaf.id(name) {
            Some(id) if name.contains("_id") => of_subject.push(id),
            None if name.contains("_id") && !is_other(query.report_type, name) => return None,
            _ => {}
        }
    }
    Some(of_subject.join(" "))
}

/// Whether a dimension whose name looks like that of an id is a breakdown, or need not be there.
fn is_other(report: ReportType, name: &str) -> bool {
    let known = Dictionary::get().dimensions.get(name);
    let is_breakdown = known.is_some_and(|known| known.kind == DimensionKind::Breakdown);
    (is_breakdown && !is_id(report, name)) || report == ReportType::Creative
}

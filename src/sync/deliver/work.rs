//! An estimate of how much of the work of a run is done, from the days and owners of each stream.

use crate::streams::Per;
use crate::sync::context::Context;
use crate::sync::jobs::Job;
use crate::sync::partition::Partition;

/// The parts of the whole in which the work that is done is measured.
const PARTS: u64 = 1000;

/// The work of a run, and how much of it is done.
#[derive(Debug)]
pub(crate) struct Work {
    /// Of each stream: its owners, and the work for one of them.
    streams: Vec<(u64, u64)>,
    all: u64,
    /// Of the streams before the one being delivered.
    before: u64,
    /// Of the stream being delivered.
    current: Option<Current>,
}

#[derive(Debug)]
struct Current {
    plan: usize,
    partition: Partition,
    /// Owners that are over.
    owners: u64,
    /// Days that were read for this one, and all that are to be read.
    days: (u64, u64),
}

impl Work {
    /// The work of a run that begins.
    pub(crate) fn new(context: &Context) -> Self {
        let streams: Vec<(u64, u64)> = (0..context.plans.len())
            .map(|plan| (owners(context, plan), weight(context, plan)))
            .collect();
        let all = streams.iter().map(|(owners, weight)| owners * weight).sum();
        Work { streams, all, before: 0, current: None }
    }

    /// A slice is being delivered. Returns the one before it if that belongs to another owner, who
    /// is over then.
    pub(crate) fn reach(&mut self, context: &Context, job: Job) -> Option<(usize, Partition)> {
        let over = match &mut self.current {
            Some(at) if at.plan == job.plan && at.partition == job.partition => return None,
            Some(at) => Some((at.plan, at.partition)),
            None => None,
        };
        let owners = match &self.current {
            Some(at) if at.plan == job.plan => at.owners + 1,
            _ => 0,
        };
        let days = context.starts.of(job.plan, job.partition).days;
        let all = days.map_or(0, |(first, last)| (last - first).whole_days() + 1);
        let days = (0, u64::try_from(all).unwrap_or_default());
        self.current = Some(Current { plan: job.plan, partition: job.partition, owners, days });
        over
    }

    /// The slice being delivered is over.
    pub(crate) fn end(&mut self, job: Job) {
        if let (Some(at), Some(window)) = (&mut self.current, job.window) {
            at.days.0 += u64::from(window.days());
        }
    }

    /// A stream is over.
    pub(crate) fn leave(&mut self, plan: usize) {
        let over = self.streams.iter().take(plan + 1);
        self.before = over.map(|(owners, weight)| owners * weight).sum();
        self.current = None;
    }

    /// The work that is done, in thousandths of all.
    pub(crate) fn done(&self) -> u32 {
        let current = self.current.as_ref().map_or(0, |at| {
            let weight = self.streams.get(at.plan).map_or(0, |(_, weight)| *weight);
            let days = at.days.0.min(at.days.1) * PARTS / at.days.1.max(1);
            (at.owners * PARTS + days) * weight
        });
        let parts = (self.before * PARTS + current) / self.all.max(1);
        u32::try_from(parts.min(PARTS)).unwrap_or_default()
    }
}

/// The owners of a stream.
fn owners(context: &Context, plan: usize) -> u64 {
    let owners = match context.plans[plan].stream.per {
        Per::Account => context.accounts.open.len(),
        Per::BusinessCenter => context.accounts.business_centers.len(),
        Per::AccountBatch | Per::Once | Per::App => 1,
        Per::Run => 0,
    };
    owners as u64
}

/// The work for one owner: about the number of its windows, as the first owner has them.
fn weight(context: &Context, plan: usize) -> u64 {
    let stream = &context.plans[plan].stream;
    let first = match stream.per {
        Per::BusinessCenter => Partition::BusinessCenter(0),
        _ => Partition::Account(0),
    };
    let Some((start, end)) = context.starts.of(plan, first).days else { return 1 };
    let window = stream.window_days().min(context.config.report_window).max(1);
    let days = u64::try_from((end - start).whole_days() + 1).unwrap_or_default();
    days.div_ceil(window.into()).max(1)
}

//! What a worker does: it reads a slice from TikTok, renders its rows and says how the slice ended.
//! It also reads pages of the lists of other workers' slices.

mod audit;
mod entities;
mod joined;
mod list;
mod memory;
mod narrowing;
mod part;
mod part_reader;
mod reader;
mod refusals;
mod reports;
mod split;
mod stored;
mod subset;
mod top_view;
mod totals;

use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::pool::{self, Work};
use crate::render::Tally;
use crate::sync::context::{Context, Ending};
use crate::sync::jobs::Job;
use crate::sync::partition::Partition;
use crate::sync::skips::Skips;
use audit::Audit;
use list::{List, Rendered};
use memory::Memory;
use reader::{Desk, Pages, Slice};
use std::sync::Arc;

/// What TikTok means by its header.
const CUT: &str = "TikTok looked at its 20,000 newest ads only";

/// What workers do: slices, and pages for each other.
#[derive(Debug)]
pub(crate) struct Reading {
    /// What all of them share.
    pub context: Arc<Context>,
    /// Slices that workers can skip, because their result would be dropped.
    pub skips: Arc<Skips>,
    memory: Memory,
}

impl Reading {
    /// The work of a run.
    pub(crate) fn new(context: Arc<Context>, skips: Arc<Skips>) -> Self {
        Reading { context, skips, memory: Memory::default() }
    }
}

impl Work for Reading {
    type Job = Job;
    type End = Ending;
    type Whole = List;
    type Piece = Result<Rendered, ApiError>;
    type Gathered = (Audit, Tally);
    type Error = ApiError;
    /// Bodies of answers are read into it.
    type Scratch = Vec<u8>;

    fn job(&self, job: Job, desk: &mut pool::Desk<Self>) -> Ending {
        if self.skips.has(job.plan, job.partition) {
            return Ending { skipped: true, ..Ending::default() };
        }
        let ending = read(&self.context, &self.memory, job, desk);
        self.skips.add(job.plan, job.partition, ending.failure.as_ref());
        ending
    }

    fn piece(&self, list: &List, number: u64, lines: Vec<u8>, body: &mut Vec<u8>) -> Self::Piece {
        list.page(&self.context, number, lines, body)
    }

    fn gather(
        &self,
        list: &List,
        gathered: &mut (Audit, Tally),
        page: Self::Piece,
    ) -> Result<(Vec<u8>, u64), ApiError> {
        let mut page = page?;
        gathered.0.add(&mut page);
        if page.is_cut && !list.takes_cut {
            let remedy = "";
            return Err(ApiError::new(Cause::Truncated, list.path, CUT.to_owned(), remedy));
        }
        gathered.1.add(page.tally);
        if gathered.0.expected_bytes() > list.most_held {
            return Err(joined::too_much(list, &gathered.0));
        }
        Ok((page.lines, page.last))
    }

    fn weight(piece: &Self::Piece) -> usize {
        piece.as_ref().map_or(0, |page| page.lines.len())
    }
}

impl Desk for pool::Desk<'_, Reading> {
    fn pages(&mut self, list: Arc<List>, ahead: usize) -> Option<Pages> {
        self.share(list, ahead, <(Audit, Tally)>::default())
    }

    fn send(&mut self, lines: Vec<u8>) -> bool {
        pool::Desk::send(self, lines)
    }

    fn hold(&self, bytes: usize) {
        pool::Desk::hold(self, bytes);
    }

    fn release(&self, bytes: usize) {
        pool::Desk::release(self, bytes);
    }

    fn buffer(&self) -> Vec<u8> {
        pool::Desk::buffer(self)
    }

    fn body(&mut self) -> &mut Vec<u8> {
        self.scratch
    }
}

/// Reads a slice and sends its lines on.
fn read(context: &Context, memory: &Memory, job: Job, desk: &mut dyn Desk) -> Ending {
    let plan = &context.plans[job.plan];
    let mut slice = Slice {
        context,
        memory,
        job,
        plan,
        account: job.partition.id(&context.accounts),
        desk,
        ending: Ending::default(),
        cut: Vec::new(),
        most_held: joined::MOST_HELD,
        times_too_much: 1,
    };
    let failure = match (job.partition, plan.stream.report(), job.window) {
        (Partition::Batch(place), ..) => {
            slice.send_answer(context.accounts.answers.get(place).map_or("", String::as_str))
        }
        (_, Some(report), Some(window)) => reports::read(&mut slice, report, window),
        _ => entities::read(&mut slice, &context.starts.of(job.plan, job.partition)),
    }
    .err();
    Ending { failure, ..slice.ending }
}

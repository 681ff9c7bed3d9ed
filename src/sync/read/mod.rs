//! What a worker does: it reads a slice from TikTok, renders its rows and says how the slice ended.
//! It also reads pages of the lists of other workers' slices.

mod audit;
mod batch;
mod batches;
mod capped;
mod capped_page;
mod constants;
mod days;
mod detail;
mod detailed;
mod dimensions;
mod idle;
mod ids;
mod joined;
mod list;
mod list_totals;
mod lists;
mod many;
mod memory;
mod narrowing;
mod page_cap;
mod part;
mod part_reader;
mod passes;
mod patience;
mod printed;
mod reader;
mod refusals;
mod rendered;
mod reports;
mod requests;
mod second_reading;
mod split;
mod stored;
mod subset;
mod task_file;
mod task_rows;
mod tasks;
mod top_view;
mod totals;
mod verdict;

pub(crate) use joined::MOST_HELD;

use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::logging::stream::work_for;
use crate::pool::{self, Work};
use crate::streams::REPORT;
use crate::sync::context::{Context, Ending};
use crate::sync::jobs::Job;
use crate::sync::partition::Partition;
use crate::sync::skips::Skips;
use crate::sync::starts::Start;
use detailed::costs_detail;
use list::List;
use many::{Piece, is_refused};
use memory::Memory;
use reader::{Desk, Gathered, Slice, Whole};
use std::collections::HashMap;
use std::sync::Arc;

/// The message for TikTok's header about left-out ads.
const CUT: &str = "TikTok looked at its 20,000 newest ads only";

/// The work of the workers: slices, and pages of each other's lists.
#[derive(Debug)]
pub(crate) struct Reading {
    /// Shared by all of them.
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
    type Whole = Whole;
    type Piece = Result<Piece, ApiError>;
    type Gathered = Gathered;
    type Error = ApiError;
    /// The buffer for bodies of answers.
    type Scratch = Vec<u8>;

    fn job(&self, job: Job, desk: &mut pool::Desk<Self>) -> Ending {
        if self.skips.has(job.plan, job.partition) {
            return Ending { skipped: true, ..Ending::default() };
        }
        let _working = work_for(&self.context.plans[job.plan].name);
        let ending = read(&self.context, &self.memory, job, desk);
        self.skips.add(job.plan, job.partition, ending.failure.as_ref());
        ending
    }

    fn piece(&self, whole: &Whole, number: u64, lines: Vec<u8>, body: &mut Vec<u8>) -> Self::Piece {
        let _working = work_for(&self.context.plans[whole.plan()].name);
        match whole {
            Whole::List(list) => {
                let page = if list.side.is_some() { stored::page } else { List::page };
                let rendered = page(list, &self.context, number, lines, body)?;
                Ok(Piece { rendered, ..Piece::default() })
            }
            Whole::Many(many) => many.piece(&self.context, number, lines, body),
            Whole::Details(details) => {
                let detail = details.read(&self.context.client, number, body);
                Ok(Piece { detail: Some(detail), ..Piece::default() })
            }
        }
    }

    fn gather(
        &self,
        whole: &Whole,
        gathered: &mut Gathered,
        piece: Self::Piece,
    ) -> Result<(Vec<u8>, u64), ApiError> {
        let Piece { rendered: mut page, answered, refused, long, oddities, totals, detail } =
            piece?;
        gathered.answered += answered;
        gathered.refused.extend(refused);
        gathered.long.extend(long);
        gathered.oddities.extend(oddities);
        gathered.totals.add(totals);
        let last = match whole {
            Whole::Many(many) => {
                if let Some(error) = is_refused(gathered.answered, &gathered.refused) {
                    return Err(error.clone());
                }
                many.batches.len() as u64
            }
            Whole::Details(details) => {
                match detail {
                    Some(Err(error)) if !costs_detail(&error) => return Err(error),
                    detail => gathered.details.extend(detail),
                }
                details.ids.len() as u64
            }
            Whole::List(list) => {
                gathered.audit.add(&mut page);
                if page.is_cut && !list.takes_cut && !self.context.is_sample {
                    let message = CUT.to_owned();
                    return Err(ApiError::new(Cause::Truncated, list.path, message, ""));
                }
                if gathered.audit.expected_bytes() > list.most_held {
                    return Err(joined::too_much(list, &gathered.audit));
                }
                if self.context.is_sample { 1 } else { page.last }
            }
        };
        for row in &page.row_ids {
            let number = gathered.numbers.entry(row.hash).or_default();
            row.set_number(*number, &mut page.lines);
            *number += 1;
        }
        if matches!(whole, Whole::List(_)) {
            page.withhold_repeated(&mut gathered.audit.withheld);
        }
        gathered.tally.add(page.tally);
        Ok((page.lines, last))
    }

    fn weight(piece: &Self::Piece) -> usize {
        piece.as_ref().map_or(0, |piece| piece.rendered.lines.len())
    }
}

impl Desk for pool::Desk<'_, Reading> {
    fn share(
        &mut self,
        whole: Arc<Whole>,
        ahead: usize,
        gathered: Gathered,
    ) -> Option<(Gathered, Result<(), ApiError>)> {
        pool::Desk::share(self, whole, ahead, gathered)
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
        numbers: HashMap::new(),
        most_held: MOST_HELD,
        times_too_much: 1,
    };
    let failure = match (job.partition, plan.stream.report()) {
        (Partition::Batch(place), _) => {
            slice.send_answer(context.accounts.answers.get(place).map_or("", String::as_str))
        }
        (_, Some(report)) if plan.stream.call.path == REPORT => {
            reports::read(&mut slice, report, job.window)
        }
        (Partition::Once, _) if plan.stream.call.names_owner => read_once(&mut slice),
        _ => {
            let start = context.starts.of(job.plan, job.partition);
            lists::read(&mut slice, &start, job.window)
        }
    }
    .err();
    Ending { failure, ..slice.ending }
}

/// Reads a stream that belongs to no account, with the first account that is not refused.
fn read_once(slice: &mut Slice) -> Result<(), ApiError> {
    let mut refusal = None;
    for account in &slice.context.accounts.open {
        slice.account = &account.id;
        match lists::read(slice, &Start::default(), None) {
            Err(error) if error.cause.is_refusal() && error.cause != Cause::ScopeMissing => {
                refusal = Some(error);
            }
            other => return other,
        }
    }
    refusal.map_or(Ok(()), Err)
}

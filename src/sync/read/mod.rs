//! What a worker does: it reads a slice from TikTok, renders its rows and says how the slice ended.
//! It also reads pages of the lists of other workers' slices. When a request starts is decided by
//! `api::pacing`, and where the lines go by the pool.

mod audit;
mod entities;
mod list;
mod paging;
mod part;
mod reader;
mod refusals;
mod reports;
mod scope;
mod top_view;
mod totals;

use crate::api::error::{ApiError, Outcome};
use crate::pool::{self, Work};
use crate::render::Tally;
use crate::streams::Source;
use crate::sync::context::{Context, Ending};
use crate::sync::jobs::Job;
use crate::sync::skips::Skips;
use audit::Audit;
use list::{List, Rendered};
use reader::{Slice, stopped};
use refusals::Refusals;
use scope::Scopes;
use std::sync::Arc;
use top_view::TopViewAccounts;

/// What TikTok's header for it means.
const CUT: &str = "TikTok looked at its 20,000 newest ads only";

/// What workers do: slices, and pages for each other.
#[derive(Debug)]
pub(crate) struct Reading {
    /// What all of them share.
    pub context: Arc<Context>,
    /// Slices that workers can skip, because their result would be dropped.
    pub skips: Arc<Skips>,
    /// What is learnt of TikTok on the way.
    pub memory: Memory,
}

/// What workers learn of TikTok on the way, and need not ask for again.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Ids by which reports are narrowed.
    pub scopes: Scopes,
    /// Which accounts have results of `TopView`.
    pub top_view: TopViewAccounts,
    /// What TikTok refused of reports.
    pub refusals: Refusals,
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

    fn job(&self, job: Job, desk: &mut Desk) -> Ending {
        if self.skips.has(job.plan, job.account) {
            return Ending { skipped: true, ..Ending::default() };
        }
        let ending = read(&self.context, &self.memory, job, desk);
        self.skips.add(job.plan, job.account, ending.failure.as_ref());
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
            return Err(ApiError {
                outcome: Outcome::Cut,
                message: CUT.to_owned(),
                ..stopped(list.path)
            });
        }
        gathered.1.add(page.tally);
        Ok((page.lines, page.last))
    }

    fn weight(piece: &Self::Piece) -> usize {
        piece.as_ref().map_or(0, |page| page.lines.len())
    }
}

type Desk<'a> = pool::Desk<'a, Reading>;

/// Reads a slice and sends its lines on.
fn read(context: &Context, memory: &Memory, job: Job, desk: &mut Desk) -> Ending {
    let plan = &context.plans[job.plan];
    let start = context.starts.of(job);
    let mut slice = Slice {
        context,
        memory,
        job,
        plan,
        account: context.account_id(job),
        desk,
        ending: Ending::default(),
        cut: Vec::new(),
    };
    let failure = match &plan.stream.source {
        Source::Account(_) => slice.answered(
            context
                .accounts
                .answers
                .get(job.account - context.accounts.open.len())
                .map_or("", String::as_str),
        ),
        Source::Entity(entity) => slice.entity(entity, &start),
        Source::Report(report) => job.window.map_or(Ok(()), |window| slice.report(report, window)),
    }
    .err();
    Ending { failure, ..slice.ending }
}

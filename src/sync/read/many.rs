//! Many short lists of one stream, such as the comments of each ad group. Each worker reads whole
//! lists, one after the other.

use super::audit::Audit;
use super::batch::Batch;
use super::list::{List, Rendered};
use super::tasks;
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::api::params::Params;
use crate::streams::Task;
use crate::sync::context::Context;

/// The lists of all batches.
#[derive(Debug)]
pub(crate) struct Many {
    pub batches: Vec<Batch>,
    /// A list that names no ids.
    pub template: List,
    /// The parameters of the template.
    pub params: Params,
    /// How their rows are read if they are the results of tasks.
    pub task: Option<Task>,
}

/// The result of reading a batch.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// Rows of all lists of the batch.
    pub rendered: Rendered,
    /// Descriptions of the batches that were refused, with the errors.
    pub refused: Vec<(String, ApiError)>,
}

impl Many {
    /// The list of a batch.
    fn list(&self, batch: &Batch) -> List {
        let mut params = self.params.clone();
        batch.add_to(&mut params);
        let mut list = List { params: params.into_pairs(), ..self.template.clone() };
        list.constants.extend(batch.columns());
        list
    }

    /// Reads the batch of that number, from 1. If a batch of several ids is refused, it is halved
    /// until the refused id is found.
    pub(crate) fn piece(
        &self,
        context: &Context,
        number: u64,
        lines: Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Result<Piece, ApiError> {
        let mut piece = Piece::default();
        piece.rendered.lines = lines;
        piece.rendered.lines.clear();
        let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
        if let Some(batch) = self.batches.get(place) {
            self.read(context, batch, body, &mut piece)?;
        }
        Ok(piece)
    }

    fn read(
        &self,
        context: &Context,
        batch: &Batch,
        body: &mut Vec<u8>,
        piece: &mut Piece,
    ) -> Result<(), ApiError> {
        let list = self.list(batch);
        let read = match &self.task {
            Some(task) => tasks::read(task, &list, &batch.words(), context, body).map(|read| {
                piece.refused.extend(read.refused);
                read.rendered
            }),
            None => whole(&list, context, body),
        };
        match read {
            Ok(read) => piece.rendered.append(read),
            Err(error)
                if matches!(error.cause, Cause::Refused | Cause::TooLarge)
                    || error.cause == Cause::AccountGone && batch.names_accounts() =>
            {
                match batch.halves() {
                    Some(halves) => {
                        for half in &halves {
                            self.read(context, half, body, piece)?;
                        }
                    }
                    None => piece.refused.push((batch.words(), error)),
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Reads all pages of a list, twice if they are not complete.
fn whole(list: &List, context: &Context, body: &mut Vec<u8>) -> Result<Rendered, ApiError> {
    let (read, mut first) = pages(list, context, body)?;
    if context.is_sample || first.is_whole() {
        return Ok(read);
    }
    let (read, mut second) = pages(list, context, body)?;
    if second.is_whole() {
        return Ok(read);
    }
    let message = format!("{}, also when read once more", second.words());
    let remedy = "run again later; if it stays so, report it to TikTok with the account";
    Err(ApiError::new(Cause::Incomplete, list.path, message, remedy))
}

fn pages(
    list: &List,
    context: &Context,
    body: &mut Vec<u8>,
) -> Result<(Rendered, Audit), ApiError> {
    let (mut all, mut audit) = (Rendered::default(), Audit::default());
    let mut number = 1;
    loop {
        let mut page = list.page(context, number, Vec::new(), body)?;
        let end = page.last;
        audit.add(&mut page);
        all.append(page);
        if number >= end || context.is_sample {
            return Ok((all, audit));
        }
        number += 1;
    }
}

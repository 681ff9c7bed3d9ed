//! Reads rows that are the result of a task: creates it, asks for it until it is done, and
//! downloads its file. A task that failed, or whose file is gone or broken, is created anew, but
//! all tasks for the same rows together are only waited for as long as one.

use super::list::List;
use super::memory::Refusal;
use super::patience::Patience;
use super::rendered::Rendered;
use super::{task_file, task_rows};
use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::api::request::{Method, Request};
use crate::json::scan::{Malformed, Scan};
use crate::json::{Last, Rows, RowsAt, member};
use crate::logging::metrics;
use crate::streams::Task;
use crate::sync::context::Context;
use std::cell::Cell;
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// How often a task is created for the same rows.
const TRIES: usize = 3;
/// Seconds between the questions whether a task is done.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 15];
/// Seconds between all further questions.
const LAST_PAUSE: u64 = 30;
/// What TikTok says of tasks that it still works on.
const RUNNING: [&str; 9] = [
    "CREATED",
    "SUBMITTED",
    "PENDING",
    "QUEUED",
    "QUEUING",
    "WAITING",
    "RUNNING",
    "PROCESSING",
    "IN_PROGRESS",
];
/// The region for which there is no header.
const OTHER: &str = "other";

const LATER: &str = "run again later; the state is kept";
const CHANGED: &str = "TikTok's answers have changed: report it";

/// The rows of the tasks of one call.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub rendered: Rendered,
    /// Descriptions of the tasks that have no file, with the errors.
    pub refused: Vec<Refusal>,
}

/// What the tasks of one region have in common.
struct Errand<'a> {
    task: &'a Task,
    list: &'a List,
    context: &'a Context,
    region: Option<&'a str>,
    patience: &'a Patience,
    /// Seconds that were waited so far.
    waited: Cell<u64>,
}

/// Reads the rows of `list`, of which `words` say what it names. Rows that come from several
/// regions are delivered once.
pub(crate) fn read(
    task: &Task,
    list: &List,
    words: &str,
    patience: &Patience,
    context: &Context,
    body: &mut Vec<u8>,
) -> Result<Read, ApiError> {
    let all = context.config.lead_regions.iter().map(|region| Some(region.as_str()));
    let regions: Vec<_> = if task.region_header.is_some() { all.collect() } else { vec![None] };
    let waited = || Cell::new(0);
    let errand = |region| Errand { task, list, context, region, patience, waited: waited() };
    // TikTok works on the tasks of all regions at the same time.
    let created: Vec<_> = regions.iter().map(|region| errand(*region).create(body)).collect();
    let count = regions.len();
    let (mut read, mut written) = (Read::default(), HashSet::new());
    for (region, created) in regions.into_iter().zip(created) {
        let fresh = List { written, ..list.clone() };
        let errand = Errand { list: &fresh, ..errand(region) };
        let result = created.and_then(|task| errand.read(task, body));
        written = fresh.written;
        match result {
            Ok(mut rows) => {
                written.extend(rows.keys.drain(..));
                read.rendered.append(rows);
            }
            Err(error) if error.cause.costs_list() || error.cause == Cause::Unfinished => {
                let place = [Some(words).filter(|words| !words.is_empty()), region];
                let place: Vec<_> = place.into_iter().flatten().collect();
                read.refused.push((place.join(", region "), error));
            }
            Err(error) => return Err(error),
        }
    }
    let is_not_granted = |(_, error): &Refusal| error.cause == Cause::NotGranted;
    if read.refused.len() == count && read.refused.iter().all(is_not_granted) {
        return Err(read.refused.swap_remove(0).1);
    }
    Ok(read)
}

impl Errand<'_> {
    /// Reads the rows of a task that was just created.
    fn read(&self, mut task: String, body: &mut Vec<u8>) -> Result<Rendered, ApiError> {
        let mut tries = 1;
        loop {
            let why = match self.try_to_read(&task, body)? {
                Ok(rows) => return Ok(rows),
                Err(why) => why,
            };
            if tries == TRIES {
                let message = format!("{why}, in each of {TRIES} tasks");
                return Err(self.error(Cause::Refused, message));
            }
            tries += 1;
            log::info!("{}: {why}; the task is created anew", self.list.path);
            task = self.create(body)?;
        }
    }

    /// The rows of a task, or why it has none.
    fn try_to_read(
        &self,
        task: &str,
        body: &mut Vec<u8>,
    ) -> Result<Result<Rendered, String>, ApiError> {
        let begun = Instant::now();
        let done = self.wait(task, body);
        metrics::job_duration(self.list.path, begun.elapsed(), done.is_ok());
        let file = match done.and_then(|()| self.download(task, body)) {
            Err(error) if error.cause == Cause::Refused => return Ok(Err(error.message)),
            file => file?,
        };
        let columns = task_rows::Columns::of(&self.context.plans[self.list.plan].stream, self.task);
        let list = List { rows: RowsAt::Member(task_rows::LIST), ..self.list.clone() };
        let mut rendered = Rendered::default();
        let read = task_file::read(&file, &mut |csv| {
            task_rows::read(csv, &columns, &mut |text, mended| {
                let mut page = list.answered(self.context, text, Vec::new())?;
                page.tally.mended += mended;
                rendered.keys.append(&mut page.keys);
                rendered.append(page);
                Ok(())
            })
        });
        match read {
            Ok(()) => Ok(Ok(rendered)),
            Err(task_file::Trouble::Broken(why)) => Ok(Err(why)),
            Err(task_file::Trouble::Api(error)) => Err(error),
        }
    }

    fn create(&self, body: &mut Vec<u8>) -> Result<String, ApiError> {
        if self.patience.seconds() == 0 {
            let message = "no task is created, because too many before it did not end";
            return Err(self.error(Cause::Unfinished, message.to_owned()));
        }
        let answer = self.ask(self.list.path, Method::Post, self.list.params.clone(), body)?;
        text(&answer, "task_id").ok_or_else(|| {
            let message = "the answer does not name the task".to_owned();
            ApiError { remedy: CHANGED, ..self.error(Cause::UnknownForm, message) }
        })
    }

    /// Waits until a task is done.
    fn wait(&self, task: &str, body: &mut Vec<u8>) -> Result<(), ApiError> {
        let is_same = self.task.check == self.list.path;
        let method = if is_same { Method::Post } else { Method::Get };
        for pause in PAUSES.iter().chain(std::iter::repeat(&LAST_PAUSE)) {
            let waited = self.waited.get() + pause;
            if waited > self.patience.seconds() {
                break;
            }
            self.waited.set(waited);
            if !self.context.client.rest(Duration::from_secs(*pause)) {
                return Err(ApiError::halted(self.task.check));
            }
            let mut params = if is_same { self.list.params.clone() } else { self.owner() };
            params.push(("task_id", task.to_owned()));
            let answer = self.ask(self.task.check, method, params, body)?;
            let status = text(&answer, "status").unwrap_or_default();
            match status.to_ascii_uppercase().as_str() {
                "SUCCEED" | "SUCCESS" | "SUCCEEDED" => return Ok(()),
                "FAILED" | "FAIL" | "CANCELED" | "CANCELLED" | "EXPIRED" => {
                    return Err(self.error(Cause::Refused, "TikTok's task failed".to_owned()));
                }
                known if RUNNING.contains(&known) => {}
                _ => return Err(self.unknown(&status)),
            }
        }
        self.patience.lose();
        let message = match self.waited.get() / 60 {
            0 => "TikTok's task has not ended, and others before it did not end".to_owned(),
            1 => "TikTok's task has not ended after a minute".to_owned(),
            minutes => format!("TikTok's task has not ended after {minutes} minutes"),
        };
        Err(self.error(Cause::Unfinished, message))
    }

    /// The status of a task is not known.
    fn unknown(&self, status: &str) -> ApiError {
        let message = match status {
            "" => "the answer does not name the status of the task".to_owned(),
            status => format!("the status of the task is \"{status}\", which is not known"),
        };
        ApiError { remedy: CHANGED, ..self.error(Cause::UnknownForm, message) }
    }

    /// The file of a task, taken out of its answer.
    fn download(&self, task: &str, body: &mut Vec<u8>) -> Result<Vec<u8>, ApiError> {
        let mut params = self.owner();
        params.push(("task_id", task.to_owned()));
        let request = self.request(self.task.download, Method::Get, params);
        self.context.client.download(&request, body)?;
        task_file::contents(std::mem::take(body), self.task.form)
            .map_err(|why| self.error(Cause::Refused, why))
    }

    /// The parameters that say whose task it is.
    fn owner(&self) -> Vec<(&'static str, String)> {
        let params = self.list.params.iter();
        params
            .filter(|(name, _)| matches!(*name, "advertiser_id" | "library_id"))
            .cloned()
            .collect()
    }

    fn ask(
        &self,
        path: &'static str,
        method: Method,
        params: Vec<(&'static str, String)>,
        body: &mut Vec<u8>,
    ) -> Result<String, ApiError> {
        let request = self.request(path, method, params);
        let mut answer = Last(Answer::default());
        self.context.client.call(&request, body, &mut answer)?;
        Ok(answer.0.0)
    }

    fn request(
        &self,
        path: &'static str,
        method: Method,
        params: Vec<(&'static str, String)>,
    ) -> Request {
        let region = self.region.filter(|region| *region != OTHER).map(str::to_owned);
        let header = self.task.region_header.zip(region);
        Request { method, header, ..Request::list(path, RowsAt::Data, params) }
    }

    fn error(&self, cause: Cause, message: String) -> ApiError {
        ApiError::new(cause, self.list.path, message, LATER)
    }
}

/// The `data` of an answer.
#[derive(Default)]
struct Answer(String);

impl<'t> Rows<'t> for Answer {
    fn row(&mut self, scan: &mut Scan<'t>) -> Result<(), Malformed> {
        scan.value()?.clone_into(&mut self.0);
        Ok(())
    }
}

/// A member that is text or a number.
fn text(object: &str, name: &str) -> Option<String> {
    let raw = member(object, name).ok()??.trim_matches('"');
    Some(raw.to_owned()).filter(|raw| !raw.is_empty() && raw != "null")
}

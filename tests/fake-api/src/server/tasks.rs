//! Tasks: created by one request, asked for by others until they are done, and then downloaded as a
//! file. Which rows the file has is said by the request that created the task.

use super::api::Context;
use super::envelope::{Answer, Data, Refusal};
use super::list_facts::{self, ListFacts};
use super::params::Params;
use super::{lists, lock, owners, rules, task_files};
use crate::{Row, facts};
use std::collections::HashMap;
use std::time::Instant;

/// Every task since the server started.
#[derive(Debug, Default)]
pub(crate) struct Tasks(HashMap<String, Task>);

#[derive(Debug, Clone)]
struct Task {
    path: &'static str,
    /// The parameters of its creation.
    params: Vec<(String, String)>,
    polls: usize,
    fails: bool,
    created: Instant,
}

/// Answers a request to an endpoint of tasks.
pub(crate) fn answer(context: &Context, params: &Params) -> Result<Answer, Refusal> {
    let facts = params.facts().expect("only endpoints with facts come here");
    let owner = owners::of(context, facts, params)?;
    let file = facts::find(facts.endpoint.path).expect("it is the same path");
    let task = params.text("task_id");
    let data = match (file.json["task"].as_str().unwrap_or_default(), task) {
        ("create" | "create_and_check", None) => create(context, facts, params, &owner)?,
        ("download", Some(id)) => download(context, params, &owner, id)?,
        ("check", Some(id)) => check(context, params, &owner, id, ["PROCESSING", "SUCCESS"])?,
        (_, Some(id)) => check(context, params, &owner, id, ["RUNNING", "SUCCEED"])?,
        (_, None) => return Err(Refusal::wrong("task_id: Missing data for required field.")),
    };
    Ok(Answer { data, ..Answer::default() })
}

fn create(
    context: &Context,
    facts: &'static ListFacts,
    params: &Params,
    owner: &[String],
) -> Result<Data, Refusal> {
    let mut checked = params.clone();
    rules::check(context, facts, &mut checked)?;
    rules::check_ids(context, facts, params, &lists::listing(context, facts, params, owner))?;
    let mut tasks = lock(context.tasks);
    let number = tasks.0.len();
    let id = (7_400_000_000_000_000_001 + number as u64).to_string();
    let task = Task {
        path: facts.endpoint.path,
        params: params.pairs().to_vec(),
        polls: 0,
        fails: number < context.options.failing_tasks,
        created: Instant::now(),
    };
    tasks.0.insert(id.clone(), task);
    Ok(Data::Raw(format!("{{\"task_id\":\"{id}\",\"status\":\"CREATED\"}}")))
}

fn check(
    context: &Context,
    params: &Params,
    owner: &[String],
    id: &str,
    [running, done]: [&str; 2],
) -> Result<Data, Refusal> {
    find(context, params, owner, id)?;
    let mut tasks = lock(context.tasks);
    let task = tasks.0.get_mut(id).expect("it was found before");
    task.polls += 1;
    let status = match (task.polls > context.options.task_polls, task.fails) {
        (false, _) => running,
        (true, true) => "FAILED",
        (true, false) => done,
    };
    let file = if status == "SUCCEED" {
        let kind = task_files::kind(id);
        format!(",\"file_name\":\"leads_{id}.{kind}\",\"file_type\":\"{kind}\"")
    } else {
        String::new()
    };
    Ok(Data::Raw(format!("{{\"task_id\":\"{id}\",\"status\":\"{status}\"{file}}}")))
}

fn download(
    context: &Context,
    params: &Params,
    owner: &[String],
    id: &str,
) -> Result<Data, Refusal> {
    let task = find(context, params, owner, id)?;
    if task.fails || task.polls <= context.options.task_polls {
        return Err(Refusal::of(40201, "The asynchronous task is not ready."));
    }
    if task.created.elapsed() > context.options.task_life {
        return Err(Refusal::by_option(40910, "The file has expired."));
    }
    let facts = list_facts::find(task.path).expect("the task was created there");
    let created = Params::check(&facts.endpoint, task.params)?;
    let listing = lists::listing(context, facts, &created, owner);
    let items = listing.items();
    let rows: Vec<Row> = lists::shown(context, facts, &created, &items)
        .into_iter()
        .map(|item| item.row().shown())
        .collect();
    let columns = facts::find(task.path).expect("it is the same path").json["rows"]["row"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .filter(|name| !name.starts_with('_'));
    Ok(task_files::data(&columns.collect::<Vec<_>>(), &rows, id, context.world.turn(owner)))
}

/// A task that the same owner created, asked for with the same headers.
fn find(context: &Context, params: &Params, owner: &[String], id: &str) -> Result<Task, Refusal> {
    let task = lock(context.tasks).0.get(id).cloned();
    let same = |task: &Task| {
        let given = |name: &str| {
            task.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let is_theirs = task.params.iter().any(|(_, value)| owner.contains(value));
        is_theirs && given("x-lead-region") == params.text("x-lead-region")
    };
    // Tasks end at TikTok by themselves, so a client cannot know which there are.
    let message = || Refusal::by_option(40007, format!("The task {id} does not exist."));
    task.filter(same).ok_or_else(message)
}

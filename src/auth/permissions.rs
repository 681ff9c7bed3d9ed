//! Which permissions of the app the groups of streams need, and whether the token has them.

use super::probe::{Asked, Owners, ask};
use crate::api::cause::{Cause, Loss};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::config::Config;
use crate::error::Exit;
use crate::streams::{self, Group, Per, Stream};
use serde::Serialize;
use std::collections::HashMap;

/// A group of streams with a permission that it needs.
#[derive(Debug, Serialize)]
pub(super) struct Permission {
    /// The group, as `stream_groups` names it.
    pub group: &'static str,
    /// Whether a run with this config reads streams of the group.
    pub is_read: bool,
    /// The permission, in the words of TikTok's app page.
    #[serde(rename = "permission")]
    pub name: &'static str,
    /// Whether the token has it; `None` if that could not be found out.
    pub is_granted: Option<bool>,
    /// Why it is missing or not known.
    pub problem: Option<String>,
    /// What a run that needs it would end with.
    #[serde(skip)]
    pub exit: Exit,
}

/// What is known of one permission.
#[derive(Clone, Debug)]
struct Known {
    is_granted: Option<bool>,
    problem: Option<String>,
    exit: Exit,
}

/// Permissions in the words of the stream table that need not be asked for.
const NEEDS_NONE: &str = "none";

/// The permissions of all groups, asked for one by one. An error means that nothing can be asked
/// any more.
pub(super) fn of_groups(
    client: &Client,
    config: &Config,
    owners: &Owners,
) -> Result<Vec<Permission>, ApiError> {
    let read: Vec<Group> = config.streams.listed().map(|stream| stream.group).collect();
    let mut known: HashMap<&str, Known> = HashMap::new();
    let mut permissions = Vec::new();
    for group in Group::ALL {
        let is_read = read.contains(&group);
        let mut names: Vec<&str> = Vec::new();
        for stream in streams::all().iter().filter(|stream| stream.group == group) {
            if !names.contains(&stream.permission) {
                names.push(stream.permission);
            }
        }
        for name in names {
            let found = if name == NEEDS_NONE {
                Known { is_granted: Some(true), problem: None, exit: Exit::Done }
            } else if group.is_personal() && !is_read {
                unasked("personal data: only asked for if `stream_groups` names the group")
            } else if let Some(found) = known.get(name) {
                found.clone()
            } else {
                let found = find_out(client, config, owners, name, is_read)?;
                known.insert(name, found.clone());
                found
            };
            permissions.push(Permission {
                group: group.name(),
                is_read,
                name,
                is_granted: found.is_granted,
                problem: found.problem,
                exit: if is_read { found.exit } else { Exit::Done },
            });
        }
    }
    Ok(permissions)
}

fn unasked(why: impl Into<String>) -> Known {
    Known { is_granted: None, problem: Some(why.into()), exit: Exit::Done }
}

fn find_out(
    client: &Client,
    config: &Config,
    owners: &Owners,
    name: &str,
    is_read: bool,
) -> Result<Known, ApiError> {
    let is_askable = |stream: &&Stream| {
        stream.permission == name
            && stream.per != Per::App
            && (!config.sandbox || stream.in_sandbox)
            && (is_read || !stream.group.is_personal())
    };
    // The fewer parents have to be looked up, the better.
    let depth = |stream: &&Stream| {
        let of_pass = stream.call.passes.first().map_or(&[][..], |pass| pass.parents);
        let ways = if of_pass.is_empty() { stream.call.parents } else { of_pass };
        ways.first().map_or(0, |way| way.len())
    };
    let Some(stream) = streams::all().iter().filter(is_askable).min_by_key(depth) else {
        return Ok(unasked(if config.sandbox {
            "the sandbox does not have it"
        } else {
            "no stream can be asked for one row"
        }));
    };
    match ask(client, stream, owners) {
        Asked::Allowed => Ok(Known { is_granted: Some(true), problem: None, exit: Exit::Done }),
        Asked::Unasked(why) => Ok(unasked(why)),
        Asked::Refused(error) if error.cause.loss() == Loss::Run => Err(error),
        Asked::Refused(error) => {
            let is_missing = matches!(error.cause, Cause::ScopeMissing | Cause::NotGranted);
            Ok(Known {
                is_granted: is_missing.then_some(false),
                problem: Some(format!("{}: {error}", stream.name)),
                exit: error.cause.exit(),
            })
        }
    }
}

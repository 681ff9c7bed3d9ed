//! Which permissions of the app the groups of streams need, and whether the token has them.

use super::probe::{Asked, Owners, ask, is_end};
use crate::api::cause::Cause;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::config::Config;
use crate::error::Exit;
use crate::streams::{self, Group, Parent, Per, Stream};
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
    /// What it is asked with. It can be granted for accounts, but not for Business Centers.
    pub per: &'static str,
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

const GRANTED: Known = Known { is_granted: Some(true), problem: None, exit: Exit::Done };

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
    let mut known: HashMap<(&str, &str), Known> = HashMap::new();
    let mut permissions = Vec::new();
    for group in Group::ALL {
        let is_read = read.contains(&group);
        let mut needs: Vec<(&str, &str)> = Vec::new();
        for stream in streams::all().iter().filter(|stream| stream.group == group) {
            let need = (stream.permission, per(stream));
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
        for need in needs {
            let found = if need.0 == NEEDS_NONE {
                GRANTED
            } else if group.is_personal() && !is_read {
                unasked("personal data: only asked for if `stream_groups` names the group")
            } else if let Some(found) = known.get(&need) {
                found.clone()
            } else {
                let found = find_out(client, config, owners, need, is_read)?;
                known.insert(need, found.clone());
                found
            };
            permissions.push(Permission {
                group: group.name(),
                is_read,
                name: need.0,
                per: need.1,
                is_granted: found.is_granted,
                problem: found.problem,
                exit: if is_read { found.exit } else { Exit::Done },
            });
        }
    }
    Ok(permissions)
}

/// What a stream is asked with.
fn per(stream: &Stream) -> &'static str {
    match stream.per {
        Per::Account | Per::AccountBatch => "account",
        Per::BusinessCenter => "Business Center",
        Per::Once => "once",
        Per::App => "app",
        Per::Run => "run",
    }
}

fn unasked(why: impl Into<String>) -> Known {
    Known { is_granted: None, problem: Some(why.into()), exit: Exit::Done }
}

/// Asks for a row of the streams that need a permission, one after the other, until one can be
/// asked for: there may be no parent to ask with.
fn find_out(
    client: &Client,
    config: &Config,
    owners: &Owners,
    need: (&str, &str),
    is_read: bool,
) -> Result<Known, ApiError> {
    let is_askable = |stream: &&Stream| {
        (stream.permission, per(stream)) == need
            && (!config.sandbox || stream.in_sandbox)
            && (is_read || !stream.group.is_personal())
    };
    let mut streams: Vec<&Stream> = streams::all().iter().filter(is_askable).collect();
    // The fewer parents have to be looked up, the better.
    streams.sort_by_key(|stream| ways(stream).first().map_or(0, |way| way.len()));
    let mut unknown = None;
    let mut tried: Vec<Vec<&str>> = Vec::new();
    for stream in streams {
        // Parents that were not there for another stream are not looked up again.
        let parents: Vec<&str> =
            ways(stream).iter().copied().flatten().map(|parent| parent.stream).collect();
        if !parents.is_empty() && tried.contains(&parents) {
            continue;
        }
        match ask(client, stream, owners) {
            Asked::Allowed => return Ok(GRANTED),
            Asked::Unasked(why) => {
                unknown.get_or_insert(why);
                tried.push(parents);
            }
            Asked::Refused(error) if is_end(&error) => return Err(error),
            Asked::Refused(error) => {
                let is_missing = matches!(error.cause, Cause::ScopeMissing | Cause::NotGranted);
                return Ok(Known {
                    is_granted: is_missing.then_some(false),
                    problem: Some(format!("{}: {error}", stream.name)),
                    exit: error.cause.exit(),
                });
            }
        }
    }
    let none = if config.sandbox { "the sandbox does not have it" } else { "nothing can be asked" };
    Ok(unasked(unknown.unwrap_or_else(|| none.to_owned())))
}

/// The ways to the parents that the first call of a stream names.
fn ways(stream: &Stream) -> &'static [&'static [Parent]] {
    let of_pass = stream.call.passes.first().map_or(&[][..], |pass| pass.parents);
    if of_pass.is_empty() { stream.call.parents } else { of_pass }
}

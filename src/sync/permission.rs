//! Names the permission that the developer app lacks, in the words of TikTok's app page, because
//! TikTok's messages do not always do so.

use crate::api::cause::Cause;
use crate::api::error::ApiError;
use crate::streams::{self, Stream};

/// The codes with which TikTok refuses a call for want of a permission.
const CODES: [i64; 2] = [40001, 40125];

/// The end of a message about a refused call of a stream; empty if no permission is missing.
pub(crate) fn words(stream: &Stream, error: &ApiError) -> String {
    let is_missing = matches!(error.cause, Cause::ScopeMissing | Cause::NotGranted)
        && error.code.is_some_and(|code| CODES.contains(&code));
    // The call may be one for the ids of another stream.
    let calls = |other: &&Stream| other.call.path == error.path;
    let is_own = stream.call.path == error.path;
    let called = if is_own { stream } else { streams::all().iter().find(calls).unwrap_or(stream) };
    match called.permission {
        permission if is_missing && !["none", "not published"].contains(&permission) => {
            format!("; TikTok's app page calls the permission \"{permission}\"")
        }
        _ => String::new(),
    }
}

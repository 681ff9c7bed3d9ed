//! The error of a call, with everything that a message about it needs.

use super::cause::Cause;
use crate::words::foreign;
use std::fmt;

/// Why a call failed after all its tries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// What happened. It decides what the run does next.
    pub cause: Cause,
    /// TikTok's return code, if there was an answer.
    pub code: Option<i64>,
    /// TikTok's message, or a description of what went wrong.
    pub message: String,
    /// TikTok's id of the request; empty if there was no answer.
    pub request_id: String,
    /// The endpoint, without parameters because they may contain a secret.
    pub path: &'static str,
    /// What the user can do about it.
    pub remedy: &'static str,
}

impl ApiError {
    /// An error without a return code of TikTok.
    pub fn new(cause: Cause, path: &'static str, message: String, remedy: &'static str) -> Self {
        ApiError { cause, code: None, message, request_id: String::new(), path, remedy }
    }

    /// The run was stopped before the call was made or answered.
    pub fn halted(path: &'static str) -> Self {
        Self::new(Cause::Halted, path, "stopped".to_owned(), "")
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match self.code {
            Some(code) => write!(f, "TikTok answered {code} \"{}\"", foreign(&self.message))?,
            None => f.write_str(&foreign(&self.message))?,
        }
        if !self.request_id.is_empty() {
            write!(f, " (request {})", foreign(&self.request_id))?;
        }
        if self.remedy.is_empty() { Ok(()) } else { write!(f, "; {}", self.remedy) }
    }
}

impl std::error::Error for ApiError {}

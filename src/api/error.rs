//! A request that brought no data, and what follows from that. The one error on which code decides.

use super::codes::Action;
use crate::words::foreign;
use std::fmt;

/// What a call came to in the end, after its tries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// What follows for the work that needed the call.
    pub outcome: Outcome,
    /// The return code, when TikTok gave one.
    pub code: Option<i64>,
    /// TikTok's words, or what went wrong on the way.
    pub message: String,
    /// Names the call in TikTok's logs; empty when there was no answer.
    pub request_id: String,
    /// The endpoint, without parameters: those may hold a secret.
    pub path: &'static str,
    /// What to do, for people.
    pub remedy: &'static str,
}

/// What follows from a call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Tries are spent on passing trouble.
    Spent,
    /// Too much was asked at once.
    TooLarge,
    /// A report looked at a part of its ads only.
    Cut,
    /// A list did not add up, also when it was read once more.
    Uneven,
    /// A list grew each time it was read: a row may have slipped from page to page unseen.
    Moving,
    /// TikTok delivered a part and said so.
    Partial,
    /// Rows came, but none of them can be told from the others: their shape is another than before.
    Shape,
    /// A report took too long, which means the same: it is never asked for again as it is.
    TimedOut,
    /// The whole run cannot go on.
    StopRun,
    /// The whole run should end, and be started again later.
    EndRun,
    /// TikTok refuses the request.
    Refused,
    /// The account is gone.
    SkipAccount,
    /// The stream is closed to the account.
    SkipStream,
    /// The stream is closed to the developer app, so to every account.
    CloseStream,
    /// The run was told to stop while the call was waiting.
    Halted,
}

impl Outcome {
    /// What an action comes to when it is final.
    pub fn of(action: Action) -> Self {
        match action {
            Action::Shrink => Outcome::TooLarge,
            Action::StopRun => Outcome::StopRun,
            Action::EndRun => Outcome::EndRun,
            Action::SkipAccount => Outcome::SkipAccount,
            Action::SkipStream => Outcome::SkipStream,
            Action::CloseStream => Outcome::CloseStream,
            Action::Refuse => Outcome::Refused,
            Action::Accept
            | Action::AcceptPart
            | Action::Retry
            | Action::Pause
            | Action::PauseAccount
            | Action::Wait => Outcome::Spent,
        }
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

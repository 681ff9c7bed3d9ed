//! The causes for which calls fail, named for what happened. The cause alone decides whether the
//! call is made again, what is left out of the run, and the exit code.

use crate::error::Exit;

/// What went wrong with a call, or with the list that several calls read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A temporary failure: the network, an overloaded server, an answer that was cut off.
    Passing,
    /// The app sends requests too fast.
    Throttled,
    /// The app sends requests for one account and endpoint too fast.
    AccountThrottled,
    /// TikTok is under maintenance.
    Maintenance,
    /// The app has used all of its requests of today.
    QuotaSpent,
    /// It took too long. A report that timed out asks for too much, so it is not repeated
    /// unchanged.
    TimedOut,
    /// Too much was asked for at once.
    TooLarge,
    /// There are more rows than the tap holds until the answers to other requests are there.
    TooMuchToHold,
    /// A report covers only a part of its ads.
    Truncated,
    /// TikTok said that it left out a part.
    PartMissing,
    /// The rows of a list do not match TikTok's own count, even after reading it a second time.
    Incomplete,
    /// A list grew each time it was read, so a row may have moved to another page and been missed.
    Growing,
    /// No row of an answer has its key properties, so the form of the answer has changed.
    UnknownForm,
    /// A task with which TikTok makes a file did not end.
    Unfinished,
    /// The token, the app or a setting is wrong, so every call is refused.
    Unauthorized,
    /// TikTok finds the request wrong.
    Refused,
    /// The account does not exist any more, or the token cannot read it.
    AccountGone,
    /// The account does not have the feature, or has not granted it.
    NotGranted,
    /// The developer app lacks the permission, for every account.
    ScopeMissing,
    /// The run was stopped while the call was waiting.
    Halted,
}

/// When a call is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not at all.
    Never,
    /// After a few seconds, a few times.
    Soon,
    /// After a pause of the whole process.
    AfterPause,
    /// After a pause of its account at its endpoint.
    AfterAccountPause,
    /// After minutes.
    AfterMaintenance,
}

/// What is left out of the run because of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// What comes after it in the same stream and partition.
    Slice,
    /// Everything of the account.
    Account,
    /// The stream, for every account.
    Stream,
    /// Everything that comes after it.
    Run,
}

impl Cause {
    /// When the call is made again.
    pub fn retry(self) -> Retry {
        match self {
            Cause::Passing | Cause::TimedOut => Retry::Soon,
            Cause::Throttled => Retry::AfterPause,
            Cause::AccountThrottled => Retry::AfterAccountPause,
            Cause::Maintenance => Retry::AfterMaintenance,
            _ => Retry::Never,
        }
    }

    /// What is left out when the call is given up.
    pub fn loss(self) -> Loss {
        match self {
            Cause::Unauthorized | Cause::QuotaSpent | Cause::Throttled | Cause::Maintenance => {
                Loss::Run
            }
            Cause::AccountGone => Loss::Account,
            Cause::ScopeMissing => Loss::Stream,
            _ => Loss::Slice,
        }
    }

    /// What it means for the exit code.
    pub fn exit(self) -> Exit {
        match self {
            Cause::Unauthorized => Exit::Denied,
            Cause::Passing
            | Cause::Throttled
            | Cause::AccountThrottled
            | Cause::Maintenance
            | Cause::QuotaSpent
            | Cause::TimedOut
            | Cause::Unfinished
            | Cause::Halted => Exit::Transient,
            Cause::TooLarge
            | Cause::TooMuchToHold
            | Cause::Truncated
            | Cause::PartMissing
            | Cause::Incomplete
            | Cause::Growing
            | Cause::UnknownForm
            | Cause::Refused
            | Cause::AccountGone
            | Cause::NotGranted
            | Cause::ScopeMissing => Exit::Refused,
        }
    }

    /// Whether TikTok refuses the call, so that another call may still be answered.
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Cause::Refused | Cause::NotGranted | Cause::AccountGone | Cause::ScopeMissing
        )
    }

    /// Whether it is about one list, so that other lists of the same stream may still be read.
    pub fn costs_list(self) -> bool {
        matches!(
            self,
            Cause::Refused
                | Cause::NotGranted
                | Cause::TooLarge
                | Cause::Incomplete
                | Cause::Growing
                | Cause::PartMissing
                | Cause::UnknownForm
        )
    }

    /// Whether fewer days or ids in one request may help.
    pub fn is_too_much(self) -> bool {
        matches!(self, Cause::TooLarge | Cause::TooMuchToHold | Cause::TimedOut | Cause::Truncated)
    }

    /// Whether nothing more can be asked for the slice that made the call.
    pub fn ends_slice(self) -> bool {
        self.loss() == Loss::Run || matches!(self, Cause::Halted | Cause::AccountGone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_run_is_passing_or_denied() {
        for cause in [Cause::Throttled, Cause::Maintenance, Cause::QuotaSpent, Cause::Unauthorized]
        {
            assert_eq!(cause.loss(), Loss::Run, "{cause:?}");
            assert!(matches!(cause.exit(), Exit::Transient | Exit::Denied), "{cause:?}");
        }
        assert!(!Cause::Halted.is_refusal() && Cause::Halted.ends_slice());
    }
}

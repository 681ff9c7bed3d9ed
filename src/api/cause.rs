//! Why a call brought nothing, named for what happened. One way leads from here to everything that
//! follows: whether the call is tried again, what is left out of the run, and the exit code.

use crate::error::Exit;

/// What went wrong with a call, or with the list that calls were to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Trouble that passes by itself: the network, an overloaded server, an answer that broke off.
    Passing,
    /// The app asks too fast.
    Throttled,
    /// The app asks too fast about one account at one endpoint.
    AccountThrottled,
    /// TikTok is under maintenance.
    Maintenance,
    /// What the app may ask today is used up.
    QuotaSpent,
    /// It took too long. A report that timed out asks for too much, and is not repeated as it is.
    TimedOut,
    /// Too much was asked for at once.
    TooLarge,
    /// More rows than should be held until the answers to other requests for them are there.
    TooMuchToHold,
    /// A report looked at a part of its ads only.
    Truncated,
    /// TikTok said that it left out a part.
    PartMissing,
    /// The rows of a list are not those that TikTok counts, also when it was read once more.
    Incomplete,
    /// A list grew each time it was read: a row may have moved to another page unseen.
    Growing,
    /// Rows came, but none has what tells it from the others: the form of the answer has changed.
    UnknownForm,
    /// The token, the app or a setting is wrong, so every call is refused.
    Unauthorized,
    /// TikTok finds the request wrong.
    Refused,
    /// The account is gone, or closed to the token.
    AccountGone,
    /// The account lacks the feature, or has not granted it.
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

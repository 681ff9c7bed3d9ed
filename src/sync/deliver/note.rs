//! A failure as the run report has it, and where in the run it belongs.

use crate::api::cause::Loss;
use crate::api::error::ApiError;
use crate::error::Exit;
use crate::run_report::content::{Failure, LeftOut};
use crate::sync::jobs::Job;
use crate::sync::partition::Partition;
use crate::words::foreign;

/// A failure, and the stream and owner that it is about.
#[derive(Debug)]
pub(crate) struct Note {
    /// The stream, by its place among the plans.
    pub plan: Option<usize>,
    pub partition: Option<Partition>,
    pub failure: Failure,
}

impl Note {
    /// A refused call, which the run report shows with its parts.
    pub(crate) fn of(error: &ApiError) -> Self {
        let failure = Failure {
            account: None,
            first_day: None,
            last_day: None,
            endpoint: Some(error.path),
            code: error.code,
            message: foreign(&error.message),
            request_id: Some(foreign(&error.request_id)).filter(|id| !id.is_empty()),
            remedy: Some(error.remedy).filter(|remedy| !remedy.is_empty()),
            exit_code: error.cause.exit(),
            left_out: match error.cause.loss() {
                Loss::Slice => LeftOut::Rest,
                Loss::Account => LeftOut::Owner,
                Loss::Stream => LeftOut::Stream,
                Loss::Run => LeftOut::Run,
            },
        };
        Note { plan: None, partition: None, failure }
    }

    /// Delivered rows are not as TikTok describes them, or something is not known of an account.
    pub(crate) fn of_words(words: &str) -> Self {
        let failure = Failure {
            account: None,
            first_day: None,
            last_day: None,
            endpoint: None,
            code: None,
            message: words.to_owned(),
            request_id: None,
            remedy: None,
            exit_code: Exit::Refused,
            left_out: LeftOut::Nothing,
        };
        Note { plan: None, partition: None, failure }
    }

    /// The same about an account as a whole.
    pub(crate) fn about_account(mut self, id: &str, left_out: LeftOut) -> Self {
        self.failure.account = Some(id.to_owned());
        self.failure.left_out = left_out;
        self
    }

    /// The same about a slice.
    pub(crate) fn about(mut self, job: Job) -> Self {
        (self.plan, self.partition) = (Some(job.plan), Some(job.partition));
        self.failure.first_day = job.window.map(|window| window.start);
        self.failure.last_day = job.window.map(|window| window.end);
        self
    }

    /// The same about a stream as a whole.
    pub(crate) fn about_stream(mut self, plan: usize) -> Self {
        self.plan = Some(plan);
        self
    }
}

//! How a run ends: exit codes, and the one kind of error that the user can mend in a file. Errors of the API are `api::error`'s.

use std::fmt;
use std::io;

/// Exit codes, as the README lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything was delivered.
    Done = 0,
    /// A defect of the tap.
    Internal = 1,
    /// The command line, config, catalog or state is wrong.
    Input = 2,
    /// The token or its permissions are wrong, or every account was refused.
    Denied = 3,
    /// TikTok refused a part of the work; the rest was delivered.
    Refused = 4,
    /// Something passing: run again.
    Transient = 5,
    /// The reader of stdout went away.
    ReaderGone = 141,
}

/// The command line, config, catalog or state is wrong: nothing was asked of TikTok.
#[derive(Debug)]
pub struct InputError(pub String);

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InputError {}

/// An [`InputError`] as `anyhow` has it.
pub fn input(message: impl Into<String>) -> anyhow::Error {
    InputError(message.into()).into()
}

/// What an error that ended the run means for the exit code.
#[must_use]
pub fn exit_of(error: &anyhow::Error) -> Exit {
    let is_broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(is_broken_pipe) {
        Exit::ReaderGone
    } else if error.is::<InputError>() {
        Exit::Input
    } else {
        Exit::Internal
    }
}

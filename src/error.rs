//! Exit codes, and the error for wrong input: the command line, config, catalog or state. Errors of
//! the API are in `api::error`.

use crate::stdout::Unwritable;
use std::fmt;
use std::io;

/// The exit codes, which docs/guarantees.md lists for users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything was delivered.
    Done = 0,
    /// A bug in the tap.
    Internal = 1,
    /// The command line, config, catalog or state is wrong.
    Input = 2,
    /// The token or its permissions are wrong, or every account was refused.
    Denied = 3,
    /// TikTok refused a part of the work; the rest was delivered.
    Refused = 4,
    /// A temporary failure, which may not happen in the next run.
    Transient = 5,
    /// Stdout cannot be written to, as with a full disk. `EX_IOERR` of `sysexits.h`.
    Output = 74,
    /// The reader of stdout closed the pipe.
    ReaderGone = 141,
}

/// The command line, config, catalog or state is wrong.
#[derive(Debug)]
pub(crate) struct InputError(pub(crate) String);

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InputError {}

/// Makes an [`InputError`].
pub(crate) fn input(message: impl Into<String>) -> anyhow::Error {
    InputError(message.into()).into()
}

/// Work outside of a sync failed: what happened, and the exit code.
#[derive(Debug)]
pub(crate) struct Failed {
    exit: Exit,
    message: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failed {}

/// Makes a [`Failed`].
pub(crate) fn failed(exit: Exit, message: impl Into<String>) -> anyhow::Error {
    Failed { exit, message: message.into() }.into()
}

/// The exit code for an error that ended the run.
pub fn exit_of(error: &anyhow::Error) -> Exit {
    let errors = || error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    if errors()
        .any(|e| matches!(e.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset))
    {
        Exit::ReaderGone
    } else if errors()
        .filter_map(io::Error::get_ref)
        .any(<dyn std::error::Error + Send + Sync>::is::<Unwritable>)
    {
        Exit::Output
    } else if error.is::<InputError>() {
        Exit::Input
    } else if let Some(failed) = error.downcast_ref::<Failed>() {
        failed.exit
    } else {
        Exit::Internal
    }
}

/// The chain of causes in one line, without repetitions.
pub fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !message.contains(&cause) {
            message = if message.is_empty() { cause } else { format!("{message}: {cause}") };
        }
    }
    message
}

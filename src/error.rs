//! How a run ends: exit codes, and the one kind of error that the user can mend in a file. Errors
//! of the API are `api::error`'s.

use crate::stdout::Unwritable;
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
    /// Stdout takes nothing more: a full disk, or closed. `EX_IOERR` of `sysexits.h`.
    Output = 74,
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
    } else {
        Exit::Internal
    }
}

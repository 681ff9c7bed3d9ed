//! Writes to stdout without a buffer. Unlike the standard library's, it waits for slow readers of
//! non-blocking pipes, reports a closed stdout, and explains errors to users.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

/// The first and the longest pause while a non-blocking pipe is full.
const PAUSES: (Duration, Duration) = (Duration::from_micros(200), Duration::from_millis(20));

/// Opens the stdout of the process.
pub fn open() -> io::Result<Stdout<impl Write>> {
    if is_closed() {
        return Err(unwritable(io::ErrorKind::NotConnected.into()));
    }
    handle().map(Stdout).map_err(unwritable)
}

/// A separate file for stdout, because the one of the standard library ignores that stdout is
/// closed, and does not report how much of a line it wrote.
#[cfg(unix)]
fn handle() -> io::Result<fs::File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn handle() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Whether stdout was closed when the process started. Rust's start-up code then opens `/dev/null`
/// instead, for reading and writing, while `> /dev/null` in a shell opens it for writing only.
fn is_closed() -> bool {
    let is_null =
        fs::read_link("/proc/self/fd/1").is_ok_and(|target| target.as_os_str() == "/dev/null");
    is_null && fs::read_to_string("/proc/self/fdinfo/1").is_ok_and(|info| is_read_write(&info))
}

/// Reads the octal flags in `fdinfo` of Linux, whose last digit says how a file was opened.
fn is_read_write(info: &str) -> bool {
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.is_some_and(|flags| flags.trim().ends_with('2'))
}

/// Stdout of the process.
#[derive(Debug)]
pub struct Stdout<W>(W);

impl<W: Write> Write for Stdout<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pause = PAUSES.0;
        loop {
            match self.0.write(bytes) {
                // Some launchers pass a non-blocking pipe.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(PAUSES.1);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unwritable(error)),
                Ok(0) if !bytes.is_empty() => {
                    return Err(unwritable(io::ErrorKind::WriteZero.into()));
                }
                Ok(written) => return Ok(written),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(unwritable)
    }
}

/// Stdout cannot be written to. A type of its own distinguishes this from errors of other files.
#[derive(Debug)]
pub(crate) struct Unwritable(io::Error);

fn unwritable(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), Unwritable(error))
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Unwritable(error) = self;
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => f.write_str(
                "the reader of stdout went away before everything was written; check why the \
                 target ended, and run again from the last state that it printed",
            ),
            io::ErrorKind::NotConnected => f.write_str(
                "stdout is closed (or it is /dev/null opened for reading too, which looks the \
                 same); pipe it into a target, or discard it with `> /dev/null`",
            ),
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => write!(
                f,
                "stdout: there is no space left to write to ({error}); free some space, and run \
                 again from the last state that was written"
            ),
            _ => write!(
                f,
                "stdout cannot be written to ({error}); run again from the last state that was \
                 written"
            ),
        }
    }
}

impl std::error::Error for Unwritable {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that accepts a few bytes at a time, and fails in between.
    #[derive(Default)]
    struct Reluctant {
        taken: Vec<u8>,
        calls: usize,
    }

    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.calls += 1;
            match self.calls % 3 {
                0 => Err(io::ErrorKind::Interrupted.into()),
                1 => Err(io::ErrorKind::WouldBlock.into()),
                _ => {
                    let some = bytes.len().min(7);
                    self.taken.extend(&bytes[..some]);
                    Ok(some)
                }
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reluctant_reader_gets_every_byte_once() {
        let text: Vec<u8> = (0..100_u8).collect();
        let mut out = Stdout(Reluctant::default());
        out.write_all(&text).expect("everything is written in the end");
        assert_eq!(out.0.taken, text);
    }

    #[test]
    fn flags_show_how_a_file_was_opened() {
        assert!(is_read_write("pos:\t0\nflags:\t0100002\nmnt_id:\t29\n"));
        assert!(is_read_write("flags:\t02100002\n"));
        for other in ["flags:\t0100001\n", "flags:\t0100000\n", "pos:\t2\n", ""] {
            assert!(!is_read_write(other), "{other}");
        }
    }
}

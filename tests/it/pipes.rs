//! Unusual kinds of stdout: a non-blocking pipe, a full disk, a file at its size limit, and a
//! closed stdout. Readers that go away and signals are tested in `process`.

use crate::catalogs::only;
use crate::harness::{Run, Tap, binary, serve, world};
use crate::truth::{self, Scope};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

/// Runs the tap with this stdout, from which nothing is read.
fn into(mut command: Command, stdout: impl Into<Stdio>) -> Run {
    Run::of(command.stdout(stdout).output().expect("the binary starts"))
}

#[test]
fn a_non_blocking_pipe_gets_every_line_whole() {
    let server = serve(world());
    let tap = Tap::on(&server).catalog(&only(&["ads", "ad_insights"]));
    let (mut reader, writer) = std::io::pipe().unwrap();
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    let mut command = tap.command();
    let child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    // The command also keeps the pipe open.
    drop(command);
    // By then, more than fits into a pipe is written.
    thread::sleep(Duration::from_millis(500));
    let mut stdout = Vec::new();
    reader.read_to_end(&mut stdout).unwrap();
    assert!(
        stdout.len() > 300_000,
        "{} bytes fit into a pipe, so this shows nothing",
        stdout.len()
    );
    let output = child.wait_with_output().unwrap();
    let run = Run::of(Output { stdout, ..output }).ended(0);
    for stream in ["ads", "ad_insights"] {
        truth::check(server.world(), &run, stream, &Scope::of(server.world()));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_reported_with_its_exit_code() {
    let server = serve(world());
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = into(Tap::on(&server).command(), full()).ended(74);
    assert!(run.cause().contains("stdout: there is no space left"), "{}", run.cause());
    let mut discover = binary();
    discover.arg("--discover");
    assert!(into(discover, full()).ended(74).cause().contains("stdout"));
}

#[test]
fn a_file_at_its_size_limit_is_reported_with_the_same_exit_code() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("out");
    let script = format!("ulimit -f 8; exec {} --discover", env!("CARGO_BIN_EXE_tap-tiktok-ads"));
    let run = into(shell(&script), File::create(&path).unwrap()).ended(74);
    assert!(run.cause().contains("stdout: there is no space left"), "{}", run.cause());
}

#[test]
#[cfg(target_os = "linux")]
fn a_closed_stdout_is_an_error_before_any_request() {
    let server = serve(world());
    let tap = Tap::on(&server);
    let command = tap.command();
    let args: Vec<String> =
        command.get_args().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let script = format!("exec {} {} >&-", env!("CARGO_BIN_EXE_tap-tiktok-ads"), args.join(" "));
    let run = into(shell(&script), Stdio::null()).ended(74);
    assert!(run.cause().contains("stdout is closed"), "{}", run.cause());
    assert!(server.requests().is_empty());
    // Discarding the output is allowed.
    into(tap.command(), OpenOptions::new().write(true).open("/dev/null").unwrap()).ended(0);
}

fn shell(script: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env_clear();
    shell
}

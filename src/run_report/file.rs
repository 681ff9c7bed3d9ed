//! The file of a run report. Each version is written beside it and then takes its place, so that
//! readers never see a part of one.

use crate::error::input;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where the report is written.
#[derive(Debug)]
pub(super) struct ReportFile {
    path: PathBuf,
    /// The next version, until it is complete.
    beside: PathBuf,
}

impl ReportFile {
    /// A file at `path`. An error means that something else is there.
    pub(super) fn new(path: &Path) -> anyhow::Result<Self> {
        let Some(name) = path.file_name() else {
            return Err(input(format!(
                "config: `run_report` is `{}`, which is no name of a file; expected a path such \
                 as run-report.json",
                path.display()
            )));
        };
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(input(format!(
                "config: `run_report` is `{}`, which is there and is no file; name another one",
                path.display()
            )));
        }
        let mut beside = name.to_owned();
        beside.push(format!(".{}.part", std::process::id()));
        Ok(ReportFile { beside: path.with_file_name(beside), path: path.to_owned() })
    }

    /// Replaces the file.
    pub(super) fn write(&self, document: &impl Serialize) -> io::Result<()> {
        let written =
            self.write_beside(document).and_then(|()| fs::rename(&self.beside, &self.path));
        if written.is_err() {
            // Whatever is wrong with the folder may keep it from being removed, too.
            let _ = fs::remove_file(&self.beside);
        }
        written
    }

    fn write_beside(&self, document: &impl Serialize) -> io::Result<()> {
        let mut out = BufWriter::new(File::create(&self.beside)?);
        serde_json::to_writer_pretty(&mut out, document)?;
        out.write_all(b"\n")?;
        // Otherwise an empty file could be left after a power failure.
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }

    /// The file cannot be written.
    pub(super) fn refused(&self, error: &io::Error) -> anyhow::Error {
        input(format!(
            "config: `run_report` cannot be written to `{}` ({error}); name a file in a folder \
             that exists and in which files may be created",
            self.path.display()
        ))
    }
}

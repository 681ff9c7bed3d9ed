//! The config that `auth` makes, and the file that it is written to, which nobody else can read.

use super::exchange::Connected;
use crate::config::Draft;
use crate::config::accounts;
use crate::error::{InputError, input};
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where the config goes.
#[derive(Debug)]
pub(super) enum Target {
    /// To stdout.
    Stdout,
    /// To a file, which may exist if it is replaced.
    File { path: PathBuf, replaces: bool },
}

/// The settings of the new config: what a run needs first, and then all others that are given.
pub(super) fn settings(draft: &Draft, connected: &Connected) -> Result<Map<String, Value>> {
    let given = draft.given.get("accounts").cloned();
    // Names that are wrong are found here, and not in the first run.
    accounts::ids(&draft.config.accounts, &connected.accounts)?;
    let all = || connected.accounts.iter().map(|account| account.id.clone()).collect();
    let mut settings = Map::new();
    for (name, value) in [
        ("access_token", Value::from(connected.token.expose())),
        ("app_id", connected.app.0.clone().into()),
        ("secret", connected.app.1.expose().into()),
        ("accounts", given.unwrap_or_else(all)),
        ("start_date", draft.config.start_date.to_string().into()),
    ] {
        settings.insert(name.to_owned(), value);
    }
    for (name, value) in &draft.given {
        settings.entry(name).or_insert_with(|| value.clone());
    }
    if let Some(start_date) = draft.given.get("start_date") {
        settings.insert("start_date".to_owned(), start_date.clone());
    }
    Ok(settings)
}

impl Target {
    /// Checks at the start whether the file can be written, because a code works only once.
    pub(super) fn of(path: Option<&str>, replaces: bool) -> Result<Self> {
        let Some(path) = path else { return Ok(Target::Stdout) };
        let target = Target::File { path: path.into(), replaces };
        let exists = fs::symlink_metadata(path).is_ok();
        if exists && !replaces {
            return Err(exists_already(Path::new(path)));
        }
        let folder = folder(Path::new(path));
        if !folder.is_dir() {
            return Err(input(format!(
                "auth: `{path}` cannot be written, because there is no folder `{}`; create it",
                folder.display()
            )));
        }
        Ok(target)
    }

    /// Writes the settings and says where they are.
    pub(super) fn write(
        &self,
        settings: &Map<String, Value>,
        mut out: impl Write,
    ) -> Result<String> {
        let text = format!("{:#}\n", Value::Object(settings.clone()));
        match self {
            Target::Stdout => {
                out.write_all(text.as_bytes())?;
                Ok("is on stdout, with the token and the secret of the app".to_owned())
            }
            Target::File { path, replaces } => {
                let written = if *replaces { replace(path, &text) } else { create(path, &text) };
                match written {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        Err(exists_already(path))
                    }
                    other => other.with_context(|| {
                        InputError(format!("auth: `{}` cannot be written", path.display()))
                    }),
                }?;
                Ok(format!("is in {}, which only you can read", path.display()))
            }
        }
    }
}

fn exists_already(path: &Path) -> anyhow::Error {
    input(format!(
        "auth: `{}` exists; replace it with `--overwrite`, or give another name",
        path.display()
    ))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Replaces a file as a whole, so that it is complete and private at any moment.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // If it is a link, the file to which it leads is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = folder(&path).join(name);
    let replaced = create(&new, text).and_then(|()| fs::rename(&new, &path));
    if replaced.is_err() {
        // The error of the failure before matters more.
        let _ = fs::remove_file(&new);
    }
    replaced
}

/// Creates a file that only its owner can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

//! The config that `auth` makes, and where it goes: to stdout, or to a file that nobody else can
//! read. Whether the file can be written is tried before the consent, because a code works once.

use crate::config::{Draft, Secret};
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
/// Without `accounts`, a run reads all accounts that the token reaches.
pub(super) fn settings(
    draft: &Draft,
    token: &Secret,
    app: &(String, Secret),
    accounts: Option<Vec<String>>,
) -> Map<String, Value> {
    let accounts = draft.given.get("accounts").cloned().or(accounts.map(Value::from));
    let mut settings = Map::new();
    for (name, value) in [
        ("access_token", Some(Value::from(token.expose()))),
        ("app_id", Some(app.0.clone().into())),
        ("secret", Some(app.1.expose().into())),
        ("accounts", accounts),
        ("start_date", Some(draft.config.start_date.to_string().into())),
    ] {
        settings.extend(value.map(|value| (name.to_owned(), value)));
    }
    for (name, value) in &draft.given {
        settings.entry(name).or_insert_with(|| value.clone());
    }
    if let Some(start_date) = draft.given.get("start_date") {
        settings.insert("start_date".to_owned(), start_date.clone());
    }
    settings
}

impl Target {
    /// Checks before the consent that the config can be written.
    pub(super) fn of(path: Option<&str>, replaces: bool) -> Result<Self> {
        let Some(path) = path else { return Ok(Target::Stdout) };
        let path = PathBuf::from(path);
        if fs::symlink_metadata(&path).is_ok() && !replaces {
            return Err(exists_already(&path));
        }
        if path.is_dir() {
            let shown = path.display();
            return Err(input(format!("auth: `{shown}` is a folder; add the name of a file")));
        }
        let folder = folder(&path);
        if !folder.is_dir() {
            return Err(input(format!(
                "auth: `{}` cannot be written, because there is no folder `{}`; create it",
                path.display(),
                folder.display()
            )));
        }
        try_to_write(&path).with_context(|| {
            InputError(format!(
                "auth: `{}` cannot be written, so there is no sense in asking for consent; give \
                 another name with `--output`, or make the file and its folder writable",
                path.display()
            ))
        })?;
        Ok(Target::File { path, replaces })
    }

    /// Keeps the config as soon as there is a token, if it goes to a file. Stdout has to wait,
    /// because what it says cannot be completed later.
    pub(super) fn keep(&mut self, settings: &Map<String, Value>) -> Result<()> {
        let Target::File { path, replaces } = self else { return Ok(()) };
        let text = text(settings);
        let written = if *replaces { replace(path, &text) } else { create(path, &text) };
        match written {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(exists_already(path));
            }
            other => other.with_context(|| {
                InputError(format!("auth: `{}` cannot be written", path.display()))
            })?,
        }
        // From now on it is the file of this run.
        *replaces = true;
        Ok(())
    }

    /// Writes the final config. A file that cannot be written again keeps what it has.
    pub(super) fn write(
        &mut self,
        settings: &Map<String, Value>,
        mut out: impl Write,
    ) -> Result<()> {
        match self {
            Target::Stdout => out.write_all(text(settings).as_bytes())?,
            Target::File { .. } => {
                if let Err(error) = self.keep(settings) {
                    log::warn!("{error:#}; the config has no `accounts`, so that all are read");
                }
            }
        }
        Ok(())
    }

    /// Says where the config is, for a sentence that begins with "The config".
    pub(super) fn place(&self) -> String {
        match self {
            Target::Stdout => "is on stdout, with the token and the secret of the app".to_owned(),
            Target::File { path, .. } => {
                format!("is in {}, which only you can read", path.display())
            }
        }
    }
}

fn text(settings: &Map<String, Value>) -> String {
    format!("{:#}\n", Value::Object(settings.clone()))
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

/// The file to which a link leads, so that the file is replaced and not the link.
fn end_of(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A name beside a file that nobody can guess. Another program could put a link in a place that it
/// knows in advance.
fn name_beside(path: &Path) -> io::Result<PathBuf> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.new", u64::from_ne_bytes(bytes)));
    Ok(folder(path).join(name))
}

/// Does everything that writing the file will take, but leaves the file as it is.
fn try_to_write(path: &Path) -> io::Result<()> {
    let path = end_of(path);
    let beside = name_beside(&path)?;
    let beside_works = private(&beside).and_then(|_| fs::remove_file(&beside));
    match beside_works {
        // A file that exists can be written in its place if nothing can be created beside it.
        Err(_) if path.exists() => OpenOptions::new().write(true).open(&path).map(drop),
        other => other,
    }
}

/// Creates a file; what is left of it after a failure is removed.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // The error of the failure before matters more.
        let _ = fs::remove_file(path);
    }
    written
}

/// Replaces a file as a whole, so that it is complete and private at any moment. Where that is
/// impossible, as with a file that is mounted into a container, its content is replaced.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = end_of(path);
    let new = name_beside(&path)?;
    let replaced = create(&new, text).and_then(|()| fs::rename(&new, &path));
    if replaced.is_ok() {
        return Ok(());
    }
    // The file may not have been created.
    let _ = fs::remove_file(&new);
    if !path.is_file() {
        return replaced;
    }
    let mut file = OpenOptions::new().write(true).truncate(true).open(&path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Creates a file that only its owner can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

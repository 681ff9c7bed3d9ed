//! The files of tasks: CSV, or a ZIP archive of CSV files, or an answer that holds CSV as text.
//! What is unpacked is limited, so that an archive that unpacks to a huge file cannot fill memory.

use super::printed;
use crate::api::error::ApiError;
use crate::json::member;
use crate::streams::FileForm;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive};
use serde_json::Value;
use std::io::{Error, ErrorKind, Read};

/// The most bytes of all files of an archive together.
const MOST_BYTES: u64 = 64 << 20;
/// How archives begin.
const ARCHIVE: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Why a file was not read to its end.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The file is broken. The text does not quote it, because files hold personal data.
    Broken(String),
    /// Its rows cannot be used.
    Api(ApiError),
}

impl Trouble {
    /// The file is broken.
    pub(crate) fn broken(why: &str) -> Self {
        Trouble::Broken(format!("the file of TikTok's task is broken: {why}"))
    }
}

/// The file that an answer holds.
pub(crate) fn contents(body: Vec<u8>, form: FileForm) -> Result<Vec<u8>, String> {
    let FileForm::Printed(name) = form else { return Ok(body) };
    let text = String::from_utf8_lossy(&body);
    let found = member(&text, "data").ok().flatten().and_then(|data| member(data, name).ok()?);
    let csv = found.and_then(|raw| match serde_json::from_str(raw).ok()? {
        Value::String(text) => printed::file_data(&text),
        object => printed::member_data(&object),
    });
    csv.ok_or_else(|| format!("`{name}` of the answer has no form that is known"))
}

/// Passes each CSV file on.
pub(crate) fn read(
    file: &[u8],
    csv: &mut dyn FnMut(&mut dyn Read) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    if !ARCHIVE.iter().any(|start| file.starts_with(start)) {
        return csv(&mut &*file);
    }
    let broken = |error: rawzip::Error| Trouble::broken(&error.to_string());
    let archive = ZipArchive::from_slice(file).map_err(broken)?;
    let (mut entries, mut left) = (archive.entries(), MOST_BYTES);
    while let Some(entry) = entries.next_entry().map_err(broken)? {
        if entry.is_dir() {
            continue;
        }
        let local = archive.get_entry(entry.wayfinder()).map_err(broken)?;
        match entry.compression_method() {
            CompressionMethod::STORE => {
                csv(&mut Limited(local.verifying_reader(local.data()), &mut left))?;
            }
            CompressionMethod::DEFLATE => {
                let unpacked = DeflateDecoder::new(local.data());
                csv(&mut Limited(local.verifying_reader(unpacked), &mut left))?;
            }
            _ => return Err(Trouble::broken("it is packed in a way that is not known")),
        }
    }
    Ok(())
}

/// Reads until the limit is reached, which is an error.
struct Limited<'a, R>(R, &'a mut u64);

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let read = self.0.read(buffer)?;
        let Some(left) = self.1.checked_sub(read as u64) else {
            let why = format!("it unpacks to more than {} MiB", MOST_BYTES >> 20);
            return Err(Error::new(ErrorKind::FileTooLarge, why));
        };
        *self.1 = left;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unpacked_is_limited() {
        let mut left = 10;
        let mut limited = Limited(std::io::repeat(b'x'), &mut left);
        let mut buffer = [0; 8];
        assert_eq!(limited.read(&mut buffer).expect("within the limit"), 8);
        assert_eq!(
            limited.read(&mut buffer).expect_err("too much").kind(),
            ErrorKind::FileTooLarge
        );
    }

    #[test]
    fn broken_archives_are_errors() {
        for file in [&b"PK\x03\x04"[..], b"PK\x05\x06 and so on", b"PK\x03\x04lead_id\n1\n"] {
            assert!(matches!(read(file, &mut |_| Ok(())), Err(Trouble::Broken(_))), "{file:?}");
        }
    }
}

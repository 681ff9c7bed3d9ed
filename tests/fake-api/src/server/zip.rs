//! A ZIP archive with one compressed file in it, as much of the format as that needs.

use flate2::Compression;
use flate2::Crc;
use flate2::write::DeflateEncoder;
use std::io::Write;

/// Packs a file.
pub(crate) fn one_file(name: &str, plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).expect("writing to memory cannot fail");
    let packed = encoder.finish().expect("writing to memory cannot fail");
    let mut crc = Crc::new();
    crc.update(plain);
    let about = [
        &20_u16.to_le_bytes()[..], // version needed
        &0_u16.to_le_bytes(),      // flags
        &8_u16.to_le_bytes(),      // deflated
        &0_u32.to_le_bytes(),      // time and date
        &crc.sum().to_le_bytes(),
        &length(packed.len()).to_le_bytes(),
        &length(plain.len()).to_le_bytes(),
        &short(name.len()).to_le_bytes(),
        &0_u16.to_le_bytes(), // extra field
    ]
    .concat();
    let mut out = [b"PK\x03\x04", &about[..], name.as_bytes(), &packed].concat();
    let at = length(out.len());
    let entry = [
        b"PK\x01\x02",
        &20_u16.to_le_bytes()[..],
        &about,
        &[0; 10], // comment, disk and attributes
        &at.to_le_bytes(),
        name.as_bytes(),
    ]
    .concat();
    let size = length(entry.len());
    out.extend(entry);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("files of tests are small")
}

fn short(bytes: usize) -> u16 {
    u16::try_from(bytes).expect("names are short")
}

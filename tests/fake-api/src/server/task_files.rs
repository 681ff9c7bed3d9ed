//! The files of tasks: leads as CSV or as a ZIP of it, the change log as a printed Python object
//! with the bytes of a CSV in it, or as JSON with them.

use super::envelope::Data;
use super::zip;
use crate::Row;
use crate::world::quote;
use std::fmt::Write;

/// The kind of a file of leads: tasks take turns.
pub(crate) fn kind(task: &str) -> &'static str {
    if task.ends_with(['0', '2', '4', '6', '8']) { "zip" } else { "csv" }
}

/// The file of a task.
pub(crate) fn data(columns: &[&str], rows: &[Row], task: &str, turn: usize) -> Data {
    let csv = csv(columns, rows);
    if columns.first() == Some(&"Time") {
        return change_log(&csv, rows.len(), task, turn);
    }
    match kind(task) {
        "zip" => {
            let bytes = zip::one_file(&format!("leads_{task}.csv"), csv.as_bytes());
            Data::File { content_type: "application/zip", bytes }
        }
        _ => Data::File { content_type: "text/csv", bytes: csv.into_bytes() },
    }
}

fn csv(columns: &[&str], rows: &[Row]) -> String {
    let mut out = line(columns.iter().map(|column| (*column).to_owned()));
    for row in rows {
        let cells = columns.iter().map(|column| {
            let raw = row.get(column).unwrap_or("null");
            let text = serde_json::from_str::<String>(raw);
            text.unwrap_or_else(|_| if raw == "null" { String::new() } else { raw.to_owned() })
        });
        out.push_str(&line(cells));
    }
    out
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

fn change_log(csv: &str, rows: usize, task: &str, turn: usize) -> Data {
    let csv = format!("Total,{rows}\nTruncated,0\n{csv}");
    let bytes = python_bytes(csv.as_bytes());
    let name = format!("changelog_{task}.csv");
    let text = if turn.is_multiple_of(2) {
        format!("{{'file_data': {bytes}, 'file_name': '{name}'}}")
    } else {
        format!("{{\"file_data\":{},\"file_name\":\"{name}\"}}", quote(&bytes))
    };
    Data::Raw(format!("{{\"changelog\":{}}}", quote(&text)))
}

/// Bytes as Python prints them.
fn python_bytes(bytes: &[u8]) -> String {
    let mut out = String::from("b'");
    for byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\'' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            0x20..=0x7e => out.push(char::from(*byte)),
            _ => write!(out, "\\x{byte:02x}").expect("writing to a String cannot fail"),
        }
    }
    out.push('\'');
    out
}

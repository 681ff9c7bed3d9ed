//! Reads JSON text in place, without building a tree: numbers and names stay the text that they
//! are. Nothing in here depends on TikTok, Singer or records.

pub(crate) mod decimal;
mod rows;
pub mod scan;
pub(crate) mod token;

pub use rows::{Last, NoRows, Reader, Rows, RowsAt};

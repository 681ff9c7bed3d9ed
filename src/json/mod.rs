//! Reads JSON text in place, without building a tree: numbers and names stay the text that they
//! are. Nothing in here depends on TikTok, Singer or records.

pub(crate) mod decimal;
mod member;
mod rows;
pub mod scan;
pub(crate) mod token;

pub(crate) use member::member;
pub use rows::{Last, NoRows, Reader, Rows, RowsAt};

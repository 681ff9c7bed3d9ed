//! Reading JSON text in place, without a tree: numbers and names stay the text that they are, and
//! white space and order stay known. It knows nothing of TikTok, Singer or records.

pub mod decimal;
mod rows;
pub mod scan;
pub mod token;

pub use rows::{Last, NoRows, Reader, Rows};

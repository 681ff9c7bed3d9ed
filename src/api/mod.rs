//! The TikTok side: requests and their answers. It knows the envelope, the codes, paging and pace; streams, catalogs and records are
//! unknown to it.

mod budget;
pub mod client;
pub mod codes;
pub mod decimal;
pub mod error;
pub mod limits;
pub mod pacing;
pub mod page;
pub mod scan;
pub mod token;
mod trouble;

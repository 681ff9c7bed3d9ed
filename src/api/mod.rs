//! The TikTok side: requests and their answers. It knows the envelope, the codes, paging and pace;
//! streams, catalogs and records are unknown to it.

mod budget;
mod certificate;
pub mod client;
pub mod codes;
pub mod error;
pub mod limits;
pub mod pacing;
pub mod page;
mod proxy;
mod trouble;
mod tunnel;

//! The TikTok side: requests and their answers. The client reads the envelope of an answer, checks
//! its paging, keeps to the rate limits, and hands the rows to whoever made the request.

pub(crate) mod account_batches;
pub(crate) mod authorized;
mod budget;
pub mod cause;
mod certificate;
pub mod client;
pub mod codes;
mod connection;
mod data_rows;
pub mod error;
pub mod limits;
pub mod pacing;
pub mod page;
mod paging;
pub(crate) mod params;
mod post;
mod proxy;
pub mod request;
pub mod traffic;
mod trouble;
mod tunnel;

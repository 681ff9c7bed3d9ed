//! x
pub mod api;
pub mod config;
pub mod error;
pub mod logging;
pub mod streams;
pub mod sync;

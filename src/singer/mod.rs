//! The Singer side: catalogs, selection, state and messages, as every tap has them. Nothing in here
//! depends on TikTok.

pub mod bookmark;
pub mod catalog;
pub(crate) mod discovered;
mod members;
pub(crate) mod output;
pub(crate) mod selection;
pub(crate) mod shape;
pub mod state;
pub(crate) mod state_file;

//! The Singer side: catalogs, selection, state and messages, as every tap has them. It knows
//! nothing of TikTok.

pub mod bookmark;
pub mod catalog;
mod members;
pub mod output;
pub mod selection;
pub mod shape;
pub mod state;
pub mod state_file;

//! The Singer side: catalogs, selection, state and messages, as every tap has them. It knows nothing of TikTok.

pub mod catalog;
pub mod output;
pub mod selection;
pub mod shape;
pub mod state;

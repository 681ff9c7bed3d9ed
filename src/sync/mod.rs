//! sync
pub mod render;

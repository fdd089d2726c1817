//! A plan written down.

pub mod text;

//! What is SQLite's own.

pub(super) mod grammar;

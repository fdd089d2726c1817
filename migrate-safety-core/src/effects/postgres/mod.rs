//! PostgreSQL 9.6 to 18.

mod facts;
mod family;
mod index_match;

pub use facts::facts;

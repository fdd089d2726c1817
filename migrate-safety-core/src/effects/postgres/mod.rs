//! PostgreSQL 9.6 to 18.

mod access;
mod bodies;
mod facts;
mod falls;
mod family;
mod index_match;
mod partition;
mod routines;
mod say;
mod sequences;

pub use facts::facts;

//! PostgreSQL 9.6 to 18.

mod access;
mod added;
mod bodies;
mod bounds;
mod constant;
mod constrained;
mod data;
mod dropped;
mod facts;
mod falls;
mod family;
mod foreign_key;
mod index_match;
pub(crate) mod narrowing;
mod on;
mod partition;
mod proof;
mod retyped;
mod routines;
mod say;
mod sequences;
mod type_change;
mod updatable;

pub use facts::facts;

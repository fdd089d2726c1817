//! PostgreSQL 9.6 to 18.

mod access;
mod bodies;
mod data;
mod facts;
mod falls;
mod family;
mod index_match;
mod partition;
mod routines;
mod say;
mod sequences;
mod added;
mod constant;
mod constrained;
mod dropped;
mod foreign_key;
mod on;
mod bounds;
mod proof;
mod retyped;
mod type_change;

pub use facts::facts;

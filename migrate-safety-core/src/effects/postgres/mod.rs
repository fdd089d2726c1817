//! PostgreSQL 9.6 to 18.

mod added;
mod constant;
mod constrained;
mod dropped;
mod facts;
mod foreign_key;
mod on;
mod bounds;
mod proof;
mod retyped;
mod type_change;

pub use facts::facts;

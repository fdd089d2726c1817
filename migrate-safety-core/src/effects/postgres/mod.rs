//! PostgreSQL 9.6 to 18.

mod facts;

pub use facts::facts;

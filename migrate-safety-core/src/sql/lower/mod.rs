//! What is below the level of a statement - types, expressions, queries - and the statements about data.
//!
//! As the data definition language in [`grammar`](super::grammar), it is read straight from the tokens into our own
//! shapes, by PostgreSQL's own grammar: a superset of several dialects would take what the server rejects, and the
//! other way round.

mod array_literal;
mod data_type;
mod dml;
mod expr;
mod query;

pub(crate) use array_literal::elements as array_elements;
pub(crate) use data_type::data_type;
pub(crate) use dml::{DML_WORDS, dml};
pub(crate) use expr::{expression, operand_expression, restricted_expression};
pub(crate) use query::query;

#[cfg(test)]
mod tests;

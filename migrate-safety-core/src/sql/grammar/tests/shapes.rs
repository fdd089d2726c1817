//! What is kept of a statement.

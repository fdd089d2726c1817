//! What is MySQL's and MariaDB's own.

pub(super) mod grammar;

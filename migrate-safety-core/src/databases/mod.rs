//! MySQL, MariaDB and SQLite: the same pipeline as for PostgreSQL, which the rest of the crate is about.
//!
//! ```text
//! text ─lexer, split─▶ Piece ─grammar─▶ Statement ─▶ Operation
//!                                                        │
//!                       Schema (before) ─────────────────┤
//!                                                        ▼
//!                        Effects = effects(Operation, Schema, Session)
//!                                                        │
//!                       Schema (after) ◀─ apply ─────────┤
//!                                                        ▼
//!                                 rules(Operation, Effects, Schema, …) ─▶ Finding
//! ```
//!
//! What both have in common is here: tokens, names, statements, the schema and how statements change it, the replay
//! and the rules. What a server does is in `mysql/` and `sqlite/`. These servers have far fewer kinds of objects than
//! PostgreSQL, no schemas within a database and no types of one's own, so that the schema is a smaller thing than
//! [`Catalog`](crate::catalog::Catalog); a report is the same.

mod apply;
mod check;
mod conditions;
#[cfg(feature = "diff")]
pub mod diff;
mod dml;
pub mod effects;
mod expression;
#[cfg(all(feature = "diff", feature = "json"))]
mod json;
mod kinds;
pub(crate) mod lexer;
#[cfg(feature = "live")]
pub mod live;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
pub mod name;
pub mod operation;
mod parse;
#[cfg(feature = "mysql")]
mod prepared;
mod query;
pub(crate) mod quote;
mod reader;
#[cfg(feature = "diff")]
pub(crate) mod render;
pub mod rule;
mod rules;
mod say;
mod scan;
pub mod schema;
mod split;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod statement;
pub mod view;

pub use check::replay;
pub(crate) use check::{check_on, schema_problems};
#[cfg(feature = "mysql")]
pub use mysql::sources as mysql_facts;
pub use parse::parse;
#[cfg(feature = "plan")]
pub(crate) use parse::parse_for_replay;
pub use rules::RULES;

//! From text to [`Operation`]s: split into statements, cut into tokens, read by PostgreSQL's grammar.

pub mod calls;
pub(crate) mod cursor;
pub mod datatype;
pub mod expr;
mod fragment;
mod grammar;
mod keyword;
mod lexer;
mod lock_mode;
pub mod name;
pub mod operation;
mod parse;
pub mod plpgsql;
pub mod rename;
pub(crate) mod source;
pub mod span;
mod split;
pub mod statement;
pub(crate) mod token;

pub use calls::{called_routines, routine_calls};
pub use datatype::DataType;
pub use expr::{Expr, Expression, Query};
#[cfg(feature = "plan")]
pub(crate) use grammar::ChangeText;
pub use name::{Ident, ObjectName};
pub use operation::{LocatedOperation, LockMode, Operation};
#[cfg(feature = "plan")]
pub(crate) use parse::change_text;
pub use parse::parse;
pub use span::{LineIndex, Position, Span};
pub use split::split;
pub use statement::{Directive, Problem, ProblemKind, Script, Statement};

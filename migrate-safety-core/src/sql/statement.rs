//! A script cut into statements, each read into operations.

use super::operation::LocatedOperation;
use super::span::Span;

/// A source text, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Its statements in order.
    pub statements: Vec<Statement>,
    /// Directives behind the last statement, which belong to none.
    pub dangling: Vec<Directive>,
}

/// One statement of a script: also a psql command or a block of `COPY` data, with the problem that it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// From its first token to its last, the semicolon excluded.
    pub span: Span,
    /// What it does, in order; what a `DO` block does inside comes after its [`Do`](super::Operation::Do).
    pub operations: Vec<LocatedOperation>,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
    /// `-- migrate-safety: …` comments before and in it.
    pub directives: Vec<Directive>,
}

impl Statement {
    /// Whether all of it was understood.
    pub fn understood(&self) -> bool {
        self.problems.iter().all(|p| !matches!(p.kind, ProblemKind::Unsupported | ProblemKind::Invalid))
    }
}

/// A `-- migrate-safety: …` comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Where the comment stands.
    pub span: Span,
    /// What follows `migrate-safety:`, trimmed.
    pub text: Box<str>,
}

/// Something about a statement that kept it from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Of which sort.
    pub kind: ProblemKind,
    /// The offending place.
    pub span: Span,
    /// In words, without the place: ``expected a type, found `,` ``.
    pub message: Box<str>,
}

/// The sorts of [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The server would reject it: a syntax error.
    Invalid,
    /// The server may well take it; we do not read it.
    Unsupported,
    /// SQL put together at run time that cannot be read beforehand.
    Dynamic,
    /// `COPY … FROM stdin` with its data: no Rust runner can execute it.
    CopyData,
    /// A command of psql (`\connect`): not SQL.
    PsqlCommand,
}

//! A script cut into statements, each read.

use super::operation::Operation;
use crate::sql::{Directive, Problem, ProblemKind, Span};

/// A source text, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Its statements in order.
    pub statements: Vec<Statement>,
    /// Directives behind the last statement, which belong to none.
    pub dangling: Vec<Directive>,
}

/// One statement of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// From its first token to its last, the semicolon excluded.
    pub span: Span,
    /// What it does.
    pub operation: Operation,
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

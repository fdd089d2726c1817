//! A schema that statements are applied to.

use super::error::PlanError;
use super::piece::Piece;
use super::replayed::Replayed;
use super::way_back::way_back;
use crate::catalog::diff::{Closeness, Difference, diff};
use crate::catalog::{Catalog, Stamp, in_pass_order};
use crate::check::{Start, check_on};
use crate::layout::MigrationSet;
use crate::sql::{LocatedOperation, parse};
use crate::{Config, Report, Target};

/// Statements are numbered behind those of any history.
const AFTER_ANY_HISTORY: u32 = 1 << 30;

/// A schema, and how many statements have been applied to it.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) catalog: Catalog,
    applied: u32,
}

impl State {
    /// A schema as it is.
    pub(crate) fn new(catalog: &Catalog) -> Self {
        Self { catalog: catalog.clone(), applied: AFTER_ANY_HISTORY }
    }

    /// The schema after statements, each in a transaction of its own. What the server would refuse is in the check of
    /// them, not here.
    pub(crate) fn with<'s>(&self, statements: impl IntoIterator<Item = &'s str>) -> Self {
        let mut state = self.clone();
        for sql in statements {
            for statement in parse(state.catalog.target(), sql).statements {
                state.apply(&statement.operations);
            }
        }
        state
    }

    /// The schema after statements, or the first error that the server would report.
    pub(super) fn tried(&self, statements: &[String]) -> Result<Self, String> {
        let mut state = self.clone();
        for statement in statements.iter().flat_map(|sql| parse(self.catalog.target(), sql).statements) {
            if let Some(problem) = statement.problems.first() {
                return Err(problem.message.to_string());
            }
            if let Some(message) = state.apply(&statement.operations) {
                return Err(message);
            }
        }
        Ok(state)
    }

    /// The schema after a piece of the change, as it is written.
    ///
    /// # Errors
    /// The server would refuse it.
    pub(super) fn plain(&self, piece: &Piece) -> Result<Self, PlanError> {
        let mut state = self.clone();
        match state.apply(&piece.operations) {
            Some(message) => Err(PlanError::ChangeFails { message, sql: piece.sql.clone() }),
            None => Ok(state),
        }
    }

    /// The schema after a statement; none if the server would refuse it.
    pub(super) fn attempt(&self, sql: &str) -> Option<Self> {
        let mut state = self.clone();
        let script = parse(state.catalog.target(), sql);
        let refused = script.statements.iter().any(|statement| state.apply(&statement.operations).is_some());
        (!refused).then_some(state)
    }

    /// Applies one statement; the first error the server would report.
    fn apply(&mut self, operations: &[LocatedOperation]) -> Option<String> {
        self.applied += 1;
        let now = Stamp { migration: self.applied, transaction: self.applied, statement: self.applied };
        let mut error = None;
        for located in in_pass_order(operations) {
            self.catalog.presume(&located.operation);
            let applied = self.catalog.apply(&located.operation, now);
            let mut conflicts = applied.conflicts.iter().filter(|conflict| !conflict.only_with_rows);
            let failed = conflicts.next().map(|conflict| conflict.message.clone());
            error = error.or(failed.filter(|_| located.routine.is_none()));
        }
        error
    }
}

impl Replayed for State {
    fn target(&self) -> Target {
        self.catalog.target()
    }

    fn has(&self, _: &str) -> bool {
        // What a statement makes is no part of its effects.
        true
    }

    fn with(&self, statements: &[String]) -> Self {
        self.with(statements.iter().map(String::as_str))
    }

    fn differences(&self, found: &Self) -> Vec<Difference> {
        diff(&self.catalog, &found.catalog, Closeness::Meaning)
    }

    fn way_back(&self, after: &Self) -> Vec<String> {
        way_back(self, after)
    }

    fn check(&self, set: &MigrationSet, config: &Config) -> Report {
        check_on(set, config, &Start { catalog: Some(&self.catalog), ..Start::default() })
    }
}

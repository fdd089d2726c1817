//! A schema of MySQL, MariaDB or SQLite that statements are applied to.

use super::desired::ordered;
use super::piece::{self, Piece};
use crate::catalog::Stamp;
use crate::catalog::diff::{Change, Difference, ObjectKind};
use crate::databases::diff::diff;
use crate::databases::effects::shown;
use crate::databases::operation::Operation;
use crate::databases::quote::quoted;
use crate::databases::render::Rendered;
use crate::databases::schema::Schema;
use crate::databases::{check_on, parse_for_replay};
use crate::layout::{Layout, MigrationSet};
use crate::plan::error::PlanError;
use crate::plan::replayed::Replayed;
use crate::report::StatementReport;
use crate::{Config, Dialect, Report, Target};

/// Statements are numbered behind those of any history.
const AFTER_ANY_HISTORY: u32 = 1 << 30;

/// How often the schemas are compared for a way back: what is made anew can lack what only then can be seen.
const ROUNDS: usize = 8;

/// A schema, and how many statements have been applied to it.
#[derive(Clone, Debug)]
pub(in crate::plan) struct State {
    pub(super) schema: Schema,
    applied: u32,
}

impl State {
    /// A schema as it is.
    pub(super) fn new(schema: &Schema) -> Self {
        Self { schema: schema.clone(), applied: AFTER_ANY_HISTORY }
    }

    /// A name as the server wants it in a statement.
    pub(in crate::plan) fn quoted(&self, name: &str) -> String {
        quoted(self.schema.target.dialect, name)
    }

    /// The schema after a change as it is written.
    ///
    /// # Errors
    /// It cannot be read, or the server would refuse it.
    pub(in crate::plan) fn changed(&self, sql: &str) -> Result<Self, PlanError> {
        piece::pieces(self, sql)?.iter().try_fold(self.clone(), |state, piece| state.plain(piece))
    }

    /// The schema after a piece of the change.
    ///
    /// # Errors
    /// The server would refuse it.
    pub(super) fn plain(&self, piece: &Piece) -> Result<Self, PlanError> {
        if piece.moved.is_some() {
            return piece.apart().iter().try_fold(self.clone(), |state, part| state.plain(part));
        }
        let fails = |message| PlanError::ChangeFails { message, sql: piece.sql.clone() };
        self.after(&piece.operation).map_err(fails)
    }

    /// The schema after a statement; none if the server would refuse it.
    pub(super) fn attempt(&self, sql: &str) -> Option<Self> {
        let set = MigrationSet::from_text("-", sql, Layout::Plain);
        let report = self.check(&set, &Config { target: self.schema.target, ..Config::default() });
        let taken = |statement: &StatementReport| {
            statement.understood && statement.effects.failures.iter().all(|failure| failure.only_with_rows)
        };
        let mut statements = report.migrations.iter().flat_map(|migration| &migration.statements);
        statements.all(taken).then(|| self.with(&[sql.to_owned()]))
    }

    /// The statements that make a difference to this schema good, and keep all values.
    fn undoing(&self, difference: &Difference) -> Vec<String> {
        if (difference.kind, difference.change) == (ObjectKind::Trigger, Change::Missing) {
            let gone = self.schema.triggers.values().find(|trigger| trigger.name.name == *difference.name);
            let rendered = Rendered::new(self.schema.target);
            return gone.map(|trigger| rendered.trigger(&self.schema, trigger)).into_iter().collect();
        }
        let is_other_form = (difference.kind, difference.change) == (ObjectKind::Column, Change::Different);
        if self.schema.target.dialect != Dialect::Sqlite || !is_other_form {
            return difference.sql.clone();
        }
        let Some((table, column)) = difference.name.split_once('.') else { return Vec::new() };
        let of = self.schema.tables().find(|other| other.name.name == *table);
        let Some(found) = of.and_then(|table| table.columns.iter().find(|c| c.name == *column)) else {
            return Vec::new();
        };
        let word = if found.not_null == Some(true) { "SET" } else { "DROP" };
        vec![format!("ALTER TABLE {} ALTER COLUMN {} {word} NOT NULL", self.quoted(table), self.quoted(column))]
    }

    /// The schema after an operation, or what the server would say.
    pub(super) fn after(&self, operation: &Operation) -> Result<Self, String> {
        let mut state = self.clone();
        match state.apply(operation) {
            Some(message) => Err(message),
            None => Ok(state),
        }
    }

    /// Applies one statement; the first error the server would report whatever rows there are.
    fn apply(&mut self, operation: &Operation) -> Option<String> {
        self.applied += 1;
        let now = Stamp { migration: self.applied, transaction: self.applied, statement: self.applied };
        let failures = self.schema.apply(operation, now);
        failures.into_iter().find(|failure| !failure.only_with_rows).map(|failure| failure.message.to_string())
    }
}

impl Replayed for State {
    fn target(&self) -> Target {
        self.schema.target
    }

    fn has(&self, relation: &str) -> bool {
        self.schema.tables().any(|table| shown(self.schema.target, &table.name) == relation)
    }

    fn with(&self, statements: &[String]) -> Self {
        let mut state = self.clone();
        // One may execute what another has prepared.
        for statement in parse_for_replay(self.schema.target, &statements.join(";\n")).statements {
            state.apply(&statement.operation);
        }
        state
    }

    fn differences(&self, found: &Self) -> Vec<Difference> {
        diff(&self.schema, &found.schema, None)
    }

    fn way_back(&self, after: &Self) -> Vec<String> {
        let mut state = after.clone();
        let mut done = Vec::new();
        for _ in 0..ROUNDS {
            let differences = self.differences(&state);
            let before_round = done.len();
            for sql in ordered(&differences).into_iter().flat_map(|difference| self.undoing(difference)) {
                if let Some(next) = state.attempt(&sql) {
                    state = next;
                    done.push(sql);
                }
            }
            if done.len() == before_round {
                break;
            }
        }
        done
    }

    fn check(&self, set: &MigrationSet, config: &Config) -> Report {
        check_on(set, config, Some(&self.schema))
    }
}

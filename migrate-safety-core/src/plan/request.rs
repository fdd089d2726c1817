//! What a recipe is asked, and what it may look at.

use super::Planner;
use super::draft::Draft;
use super::error::Refusal;
use super::options::PlanOptions;
use super::piece::{self, Piece};
use super::state::State;
use crate::catalog::{Catalog, Column, ColumnId, Constraint, Relation, RelationId, Table};
use crate::check::{Start, check_on};
use crate::layout::{Layout, MigrationSet};
use crate::rules::{Finding, Status};
use crate::sql::operation::{AlterTable, CommentTarget, TableAction};
use crate::sql::{Ident, ObjectName, Operation};
use crate::{Config, Report};

/// A recipe's answer: none if the change is not its kind.
pub(crate) type Answer = Option<Result<Draft, Refusal>>;

/// A part of a change on a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    planner: &'a Planner<'a>,
    state: &'a State,
    /// The schema before it.
    pub(crate) catalog: &'a Catalog,
    /// The schema that the plain change leaves.
    pub(crate) after: &'a Catalog,
    pub(crate) piece: &'a Piece,
    pub(crate) options: &'a PlanOptions,
}

/// A table by all that one needs to speak of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableRef<'a> {
    pub(crate) id: RelationId,
    pub(crate) relation: &'a Relation,
    pub(crate) table: &'a Table,
}

impl TableRef<'_> {
    /// The table as a statement names it, with its schema.
    pub(crate) fn sql(&self) -> String {
        self.relation.object_name().sql()
    }
}

impl<'a> Request<'a> {
    pub(super) fn new(planner: &'a Planner<'a>, state: &'a State, after: &'a State, piece: &'a Piece) -> Self {
        let (catalog, after) = (&state.catalog, &after.catalog);
        Self { planner, state, catalog, after, piece, options: planner.options }
    }

    /// The steps for other statements that together do the same.
    pub(crate) fn plan_as<'s>(&self, statements: impl IntoIterator<Item = &'s String>) -> Result<Draft, Refusal> {
        let drafts = self.plan_each(statements)?;
        Ok(drafts.into_iter().fold(Draft::new(), Draft::then))
    }

    /// The steps for each of other statements, which follow one another.
    pub(crate) fn plan_each<'s>(
        &self,
        statements: impl IntoIterator<Item = &'s String>,
    ) -> Result<Vec<Draft>, Refusal> {
        let mut state = self.state.clone();
        let mut drafts = Vec::new();
        for statement in statements {
            if statement == self.sql() {
                return Err(Refusal::new(
                    "it has no steps that are smaller",
                    "make the change in a maintenance window",
                ));
            }
            let pieces = piece::pieces(&state, statement).map_err(Refusal::Part)?;
            let parts = self.planner.drafts(&mut state, pieces).map_err(Refusal::Part)?;
            drafts.push(parts.into_iter().fold(Draft { already_safe: true, ..Draft::new() }, Draft::then));
        }
        Ok(drafts)
    }

    /// The steps for other pieces, on a schema of their own.
    pub(crate) fn plan_parts(&self, state: &State, pieces: Vec<Piece>) -> Result<Vec<Draft>, Refusal> {
        self.planner.drafts(&mut state.clone(), pieces).map_err(Refusal::Part)
    }

    /// The schema before it, to try statements on.
    pub(crate) fn state(&self) -> &'a State {
        self.state
    }

    /// The schema as a statement would leave it in the place of the plain one.
    pub(crate) fn state_after(&self, sql: &str) -> State {
        self.state.with([sql])
    }

    /// The steps for another statement on another schema.
    pub(crate) fn plan_on(&self, catalog: &Catalog, statement: &str) -> Result<Draft, Refusal> {
        let mut state = State::new(catalog);
        let pieces = piece::pieces(&state, statement).map_err(Refusal::Part)?;
        let parts = self.planner.drafts(&mut state, pieces).map_err(Refusal::Part)?;
        Ok(parts.into_iter().fold(Draft { already_safe: true, ..Draft::new() }, Draft::then))
    }

    /// Whether the check would block a statement on the schema before the change.
    pub(crate) fn blocks(&self, sql: &str) -> bool {
        self.obstacle(sql).is_some()
    }

    /// Why the check would block a statement on the schema before the change.
    pub(crate) fn obstacle(&self, sql: &str) -> Option<Finding> {
        self.findings(sql).into_iter().find(|finding| finding.status == Status::Block)
    }

    /// What the check says of a statement on the schema before the change.
    pub(crate) fn findings(&self, sql: &str) -> Vec<Finding> {
        self.report(sql).all_findings().cloned().collect()
    }

    fn report(&self, sql: &str) -> Report {
        let set = MigrationSet::from_text("-", sql, Layout::Sqlx);
        let config = Config { target: self.catalog.target(), ..self.options.config.clone() };
        check_on(&set, &config, &Start { catalog: Some(self.catalog), ..Start::default() })
    }

    /// Whether the plain statement locks relations, and only such as earlier parts of the change make.
    pub(crate) fn concerns_only_new(&self) -> bool {
        let report = self.report(self.sql());
        let statements = report.migrations.iter().flat_map(|migration| &migration.statements);
        let mut locks = statements.flat_map(|statement| &statement.effects.locks).peekable();
        locks.peek().is_some() && locks.all(|lock| self.is_new(lock.relation.id))
    }

    /// The relations that the plain change makes.
    pub(crate) fn made(&self) -> impl Iterator<Item = RelationId> {
        self.after.relations().map(|relation| relation.id).filter(|id| self.catalog.relation(*id).is_none())
    }

    /// The relation that the statement is about.
    pub(crate) fn target(&self) -> Option<RelationId> {
        let name = match self.operation()? {
            Operation::AlterTable(alter) => match &alter.action {
                // What is new is changed by it, rather than the table that it becomes a part of.
                TableAction::AttachPartition { partition, .. } if self.is_new_name(partition) => partition,
                _ => &alter.table,
            },
            Operation::CreateIndex(create) => &create.table,
            Operation::CreateTrigger(create) => &create.table,
            Operation::CreatePolicy { table, .. } => table,
            Operation::Update(update) => &update.table.name,
            Operation::Insert(insert) => &insert.table,
            Operation::Delete(delete) => &delete.table.name,
            Operation::Comment {
                on:
                    CommentTarget::Relation(name)
                    | CommentTarget::Column(name, _)
                    | CommentTarget::Constraint(name, _)
                    | CommentTarget::OnTable(_, name, _),
                ..
            } => name,
            Operation::Grant { relations, .. } => relations.first()?,
            _ => return None,
        };
        self.catalog.resolve(name).found()
    }

    fn is_new_name(&self, name: &ObjectName) -> bool {
        self.catalog.resolve(name).found().is_some_and(|id| self.is_new(id))
    }

    /// Whether a relation is made by an earlier part of the change: nobody uses it yet.
    pub(crate) fn is_new(&self, id: RelationId) -> bool {
        self.planner.start.catalog.relation(id).is_none()
    }

    /// The constraints that the plain change adds to a table, in order.
    pub(crate) fn new_constraints(&self, table: RelationId) -> Vec<&'a Constraint> {
        let constraints = self.after.table(table).map_or(&[][..], |t| &t.constraints);
        constraints.iter().filter(|c| self.catalog.constraint(table, c.id).is_none()).collect()
    }

    /// The plain statement.
    pub(crate) fn sql(&self) -> &'a str {
        &self.piece.sql
    }

    /// What it does, if that is one thing.
    pub(crate) fn operation(&self) -> Option<&'a Operation> {
        match &*self.piece.operations {
            [located] => Some(&located.operation),
            _ => None,
        }
    }

    /// Whether it is two statements that may be one change.
    pub(crate) fn is_pair(&self) -> bool {
        self.piece.is_pair
    }

    /// What it does, if something is taken away and something else put in its place.
    pub(crate) fn pair(&self) -> Option<[&'a Operation; 2]> {
        match &*self.piece.operations {
            [first, second] if self.piece.is_pair => Some([&first.operation, &second.operation]),
            _ => None,
        }
    }

    /// The action, if it is one of `ALTER TABLE` on a table that the schema has.
    pub(crate) fn table_action(&self) -> Option<(TableRef<'a>, &'a AlterTable, &'a TableAction)> {
        let Operation::AlterTable(alter) = self.operation()? else { return None };
        Some((self.table(&alter.table)?, alter, &alter.action))
    }

    /// A table by its name.
    pub(crate) fn table(&self, name: &ObjectName) -> Option<TableRef<'a>> {
        self.table_by_id(self.catalog.resolve(name).found()?)
    }

    /// A table by its identity.
    pub(crate) fn table_by_id(&self, id: RelationId) -> Option<TableRef<'a>> {
        let relation = self.catalog.relation(id)?;
        Some(TableRef { id, relation, table: relation.table()? })
    }

    /// A column by its name.
    pub(crate) fn column(&self, table: TableRef<'a>, name: &Ident) -> Option<&'a Column> {
        table.table.column(name)
    }

    /// The server's major version.
    pub(crate) fn version(&self) -> u16 {
        self.catalog.target().version
    }

    /// Names of columns.
    pub(crate) fn column_names(&self, table: TableRef<'a>, ids: &[ColumnId]) -> Vec<&'a Ident> {
        ids.iter().filter_map(|id| table.table.column_by_id(*id)).map(|column| &column.name).collect()
    }
}

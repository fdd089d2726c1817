//! What a recipe is asked, and what it may look at.

use super::piece::Piece;
use super::{Planner, State};
use crate::databases::lexer::{Lexeme, Lexer};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{Action, ActionKind, ColumnDef, Operation};
use crate::databases::parse;
use crate::databases::render::Rendered;
use crate::databases::schema::{Schema, Table};
use crate::databases::statement::Statement;
use crate::effects::Failure;
use crate::layout::{Layout, Migration, MigrationSet};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::Rollback;
use crate::plan::options::PlanOptions;
use crate::plan::replayed::Replayed;
use crate::report::MigrationReport;
use crate::rules::{Finding, Status};
use crate::sql::LineIndex;
use crate::sql::token::Token;
use crate::{Config, Dialect, Target};

/// A recipe's answer: none if the change is not its kind.
pub(super) type Answer = Option<Result<Draft, Refusal>>;

/// A part of a change on a schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub(super) planner: &'a Planner<'a>,
    pub(super) state: &'a State,
    /// The schema that the plain change leaves.
    pub(super) after: &'a State,
    pub(super) piece: &'a Piece,
}

impl<'a> Request<'a> {
    pub(super) fn target(&self) -> Target {
        self.state.schema.target
    }

    pub(super) fn is_sqlite(&self) -> bool {
        self.target().dialect == Dialect::Sqlite
    }

    pub(super) fn options(&self) -> &'a PlanOptions {
        self.planner.options
    }

    /// The schema before the piece.
    pub(super) fn schema(&self) -> &'a Schema {
        &self.state.schema
    }

    pub(super) fn rendered(&self) -> Rendered {
        Rendered::new(self.target())
    }

    /// A name as it is written in a statement.
    pub(super) fn name(&self, name: &Name) -> String {
        self.rendered().name(name)
    }

    /// The table that is changed, with its one action, if it was there before the whole change.
    pub(super) fn action(&self) -> Option<(&'a Table, &'a ActionKind)> {
        let (table, actions) = self.actions()?;
        let [action] = actions else { return None };
        Some((table, &action.kind))
    }

    /// The table that is changed, with the actions of one piece.
    pub(super) fn actions(&self) -> Option<(&'a Table, &'a [crate::databases::operation::Action])> {
        let alter = self.piece.alter().filter(|_| !self.piece.has_parts())?;
        let table = self.schema().table(&alter.table)?;
        (!self.is_new(table)).then_some((table, &alter.actions))
    }

    /// Whether a table is made by an earlier part of the change: nobody uses it yet.
    pub(super) fn is_new(&self, table: &Table) -> bool {
        self.planner.start.schema.tables().all(|other| other.id != table.id)
    }

    /// The table after the plain change.
    pub(super) fn table_after(&self, table: &Table) -> Option<&'a Table> {
        self.after.schema.tables().find(|other| other.id == table.id)
    }

    /// The table as statements name it.
    pub(super) fn table_sql(&self, table: &Table) -> String {
        self.name(&table.name.name)
    }

    /// A column as it stands in a statement that adds or changes it.
    pub(super) fn column_sql(&self, column: &ColumnDef) -> String {
        self.rendered().column(column)
    }

    /// What the check says of a statement on the schema before the piece.
    pub(super) fn judged(&self, sql: &str) -> MigrationReport {
        self.planner.judged(self.state, sql)
    }

    /// What MySQL says of the change whatever rows there are, if it refuses it. What SQLite refuses may be done otherwise.
    pub(super) fn fails(&self) -> Option<Failure> {
        if self.is_sqlite() {
            return None;
        }
        let judged = self.judged(&self.piece.sql);
        let mut failures = judged.statements.iter().flat_map(|statement| &statement.effects.failures);
        failures.find(|failure| !failure.only_with_rows).cloned()
    }

    /// Why the check would block a statement.
    pub(super) fn obstacle(&self, sql: &str) -> Option<Finding> {
        blocking(&self.judged(sql))
    }

    /// A statement that changes a table as it is to be written: with the best way that the server has, asserted, so that it
    /// fails rather than take a worse one. None for what the server can only do by a copy, or while nobody writes.
    pub(super) fn asserted(&self, sql: &str) -> Option<String> {
        self.planner.asserted(self.state, sql)
    }

    /// A step of statements: in a transaction where the server has one for them.
    pub(super) fn step(&self, title: impl Into<String>, sql: impl IntoIterator<Item = String>) -> DraftStep {
        DraftStep { transaction: self.is_sqlite(), ..DraftStep::ddl(title, sql) }
    }

    /// The steps for another statement in the place of this one.
    pub(super) fn plan_as(&self, statements: &[String]) -> Result<Draft, Refusal> {
        let mut state = self.state.clone();
        let mut joined = Draft { already_safe: true, ..Draft::new() };
        for statement in statements {
            if *statement == self.piece.sql {
                return Err(Refusal::new(
                    "it has no steps that are smaller",
                    "make the change in a maintenance window",
                ));
            }
            let pieces = super::piece::pieces(&state, statement).map_err(Refusal::Part)?;
            let parts = self.planner.drafts(&mut state, pieces).map_err(Refusal::Part)?;
            joined = parts.into_iter().fold(joined, Draft::then);
        }
        Ok(joined)
    }

    /// Views and triggers whose text names a column of a table: they would have to be made anew.
    pub(super) fn readers(&self, table: &Table, column: &Name) -> Vec<String> {
        let schema = self.schema();
        let of_table = |reads: &[ObjectName]| reads.iter().any(|read| read.name == table.name.name);
        let names = |sql: &str| mentions(self.target(), sql, column);
        let views = schema.views.values().filter(|view| of_table(&view.query.reads) && names(&view.query.sql));
        let views = views.map(|view| format!("the view {}", view.name));
        let triggers = schema.triggers.values().filter(|trigger| {
            let is_near =
                trigger.table.name == table.name.name || mentions(self.target(), &trigger.body.sql, &table.name.name);
            is_near && (names(&trigger.body.sql) || trigger.columns.contains(column))
        });
        views.chain(triggers.map(|trigger| format!("the trigger {}", trigger.name))).collect()
    }

    /// The way back from another character set, which comparing columns does not tell: to that of the table before. There is
    /// none where the table left it to the server.
    pub(super) fn undoable(&self, step: DraftStep) -> DraftStep {
        let converts = |action: &Action| matches!(action.kind, ActionKind::Convert { .. });
        let Some(alter) = self.piece.alter().filter(|alter| alter.actions.iter().any(converts)) else { return step };
        let table = self.schema().table(&alter.table);
        let Some((table, charset)) = table.and_then(|table| Some((table, table.options.charset.as_ref()?))) else {
            return step
                .irreversible("which character set the table had is not in the schema: convert it back by hand");
        };
        let collation = table.options.collation.as_ref().map(|name| format!(" COLLATE {name}")).unwrap_or_default();
        let mut back =
            vec![format!("ALTER TABLE {} CONVERT TO CHARACTER SET {charset}{collation}", self.table_sql(table))];
        back.extend(self.state.way_back(&self.after.with(&back)));
        DraftStep { rollback: Some(Rollback::Sql { statements: back, transaction: false }), ..step }
    }
}

impl Planner<'_> {
    /// What the check says of a statement on a schema.
    fn judged(&self, state: &State, sql: &str) -> MigrationReport {
        let mut set = MigrationSet::from_text("-", sql, Layout::Sqlx);
        set.layout = self.options.layout;
        let config =
            Config { target: state.schema.target, start_after: None, only: None, ..self.options.config.clone() };
        let report = state.check(&set, &config);
        report.migrations.into_iter().next().unwrap_or_else(|| {
            let source = crate::layout::Source { path: "-".into(), text: "".into() };
            let migration = Migration {
                id: String::new(),
                name: String::new(),
                up: source,
                down: None,
                transaction: true,
                notes: Vec::new(),
            };
            MigrationReport::new(&migration, Vec::new(), Vec::new())
        })
    }

    /// A statement that changes a table as it is to be written: with the best way that the server has, asserted, so that it
    /// fails rather than take a worse one. None for what the server can only do by a copy, or while nobody writes.
    pub(super) fn asserted(&self, state: &State, sql: &str) -> Option<String> {
        let target = state.schema.target;
        let is_told = sql.to_ascii_uppercase().contains("ALGORITHM=");
        if target.dialect == Dialect::Sqlite || is_told {
            return Some(sql.to_owned());
        }
        // MariaDB's DROP INDEX has no place for the words.
        let altered = match parse(target, sql).statements.as_slice() {
            [
                Statement {
                    operation: Operation::DropIndex { index, table: Some(table), if_exists: false, .. }, ..
                },
            ] => {
                let rendered = Rendered::new(target);
                Some(format!("ALTER TABLE {} DROP INDEX {}", rendered.name(&table.name), rendered.name(&index.name)))
            }
            _ => None,
        };
        let sql = altered.as_deref().unwrap_or(sql);
        let judged = self.judged(state, sql);
        let [statement] = judged.statements.as_slice() else { return Some(sql.to_owned()) };
        let Some(algorithm) = statement.effects.algorithm else { return Some(sql.to_owned()) };
        let lock = statement.effects.foreign_locks.first().map_or("NONE", |lock| lock.mode);
        if lock != "NONE" || algorithm == "COPY" && !copies_online(target) {
            return None;
        }
        Some(with_words(sql, algorithm, lock))
    }
}

/// Whether the server copies a table while others write (MariaDB from 11.2).
fn copies_online(target: Target) -> bool {
    target.dialect == Dialect::MariaDb && target.version >= 1102
}

/// The first finding that the check would block.
pub(super) fn blocking(judged: &MigrationReport) -> Option<Finding> {
    let mut all = judged.statements.iter().flat_map(|statement| &statement.findings).chain(&judged.findings);
    all.find(|finding| finding.status == Status::Block).cloned()
}

/// A statement with the words that say how it is done.
fn with_words(sql: &str, algorithm: &str, lock: &str) -> String {
    let is_alter = sql.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("alter"));
    // INSTANT takes no LOCK in MySQL, and needs none.
    let lock = if algorithm == "INSTANT" { String::new() } else { format!("LOCK={lock}") };
    let words = [format!("ALGORITHM={algorithm}"), lock];
    let words = words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>();
    if is_alter { format!("{sql}, {}", words.join(", ")) } else { format!("{sql} {}", words.join(" ")) }
}

/// Whether a text names something, outside of its strings and comments.
pub(super) fn mentions(target: Target, text: &str, name: &Name) -> bool {
    let lines = LineIndex::new(text);
    let mut lexer = Lexer::new(&lines, target);
    loop {
        match lexer.next(&mut Vec::new()) {
            Lexeme::Token(token) if matches!(&token.token, Token::Word(word) if *name == *word.value) => return true,
            Lexeme::Token(_) | Lexeme::Comment(_) => {}
            Lexeme::End => return false,
        }
    }
}

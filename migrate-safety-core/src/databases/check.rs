//! The pipeline: every migration replayed into the schema, its effects predicted, the rules asked.

use super::effects::{Scene, outcome};
use super::operation::{Operation, SettingScope, Transaction};
use super::parse::{parse, parse_for_replay};
use super::rule::{DatabaseRule, Look};
use super::rules::RULES;
use super::schema::Schema;
use super::statement::{Script, Statement};
use super::view::{Judged, MigrationView, SetView, StatementView, Undone};
use crate::catalog::{Catalog, Session, Stamp};
use crate::check::{hides_something, not_taken, settled};
use crate::config::Config;
use crate::dialect::{Dialect, Target};
use crate::layout::{Layout, LoadError, Migration, MigrationSet, Source};
use crate::report::{MigrationReport, OperationName, Report, StatementReport};
use crate::rules::rule::{Check, Findings, SetFindings, StatementFindings};
use crate::rules::view::Scope;
use crate::rules::{Directives, Finding, RULES as SHARED_RULES};
use crate::sizes::Sizing;
use std::sync::Arc;

/// Rules for PostgreSQL that look at files alone, and say the same of any server.
const OF_FILES: [&str; 3] = ["duplicate-version", "file-not-run", "no-down"];

/// Judges every migration of a set for a server that is not PostgreSQL; on a schema that is there already, if one is given:
/// that of the settings is then not looked at.
pub(crate) fn check_on(set: &MigrationSet, config: &Config, start: Option<&Schema>) -> Report {
    let mut replay = Replay::new(set, config, start);
    let migrations = set.migrations.iter().map(|migration| replay.judge(migration)).collect();
    let mut report = Report::of(set, config, migrations);
    replay.judge_set(set, &mut report);
    report.errors.extend(config.schema.iter().flat_map(|schema| schema_problems(config.target, schema)));
    settled(report, set, config, &replay.directives)
}

/// The schema that a set of migrations leaves.
pub fn replay(set: &MigrationSet, config: &Config) -> Schema {
    let mut replay = Replay::new(set, config, None);
    replay.silent = true;
    for migration in &set.migrations {
        replay.judge(migration);
    }
    replay.schema
}

/// What cannot be read of a schema that is given, and what would fail.
pub(crate) fn schema_problems(target: Target, given: &Source) -> Vec<LoadError> {
    let mut schema = Schema::new(target, true);
    let mut wrong = Vec::new();
    for statement in parse(target, &given.text).statements {
        let hidden = statement.problems.iter().filter(|problem| hides_something(problem));
        wrong.extend(hidden.map(|problem| (problem.span.start.line, problem.message.to_string())));
        let failed = schema.apply(&statement.operation, Stamp::BEFORE).into_iter().filter(|f| !f.only_with_rows);
        wrong.extend(failed.map(|failure| (statement.span.start.line, failure.message.to_string())));
    }
    wrong.into_iter().map(|(line, message)| not_taken(given, line, &message)).collect()
}

/// The state of a replay between two statements.
struct Replay<'c> {
    config: &'c Config,
    host: Layout,
    schema: Schema,
    session: Session,
    now: Stamp,
    /// Nothing is reported of any migration.
    silent: bool,
    /// What the migrations' comments say to us, one list a migration.
    directives: Vec<Vec<Directives>>,
}

impl<'c> Replay<'c> {
    fn new(set: &MigrationSet, config: &'c Config, start: Option<&Schema>) -> Self {
        let complete = set.complete || config.schema.is_some();
        let schema = start.map_or_else(|| Schema::new(config.target, complete), Schema::as_found);
        let mut replay = Self {
            config,
            host: set.layout,
            schema,
            session: Session::default(),
            now: Stamp::BEFORE,
            silent: false,
            directives: Vec::new(),
        };
        for (name, value) in settings_of(set.layout, config.target.dialect) {
            replay.session.set(name, Some(value), false);
        }
        let given = config.schema.as_ref().filter(|_| start.is_none());
        let before = given.map(|schema| &*schema.text).into_iter();
        for sql in before.chain(bookkeeping(set.layout)) {
            for Statement { operation, .. } in parse(config.target, sql).statements {
                let outcome = outcome(&Scene {
                    operation: &operation,
                    schema: &replay.schema,
                    session: &replay.session,
                    scope: Scope::Autocommit,
                    host: set.layout,
                    now: Stamp::BEFORE,
                });
                replay.schema.apply(&operation, Stamp::BEFORE);
                replay.schema.count_row_version(&operation, &outcome);
            }
        }
        replay
    }

    fn judge(&mut self, migration: &Migration) -> MigrationReport {
        let script = parse_for_replay(self.config.target, &migration.up.text);
        self.now.migration += 1;
        self.now.transaction += 1;
        let reported = !self.silent && self.config.reports(self.host, migration);
        self.directives.push(directives(&script));
        let before = reported.then(|| self.schema.clone());
        let (mut statements, judged) = self.run(migration, &migration.up, script, migration.transaction, reported);
        let mut findings = Vec::new();
        if let Some(before) = &before {
            let undone = migration.down.as_ref().map(|down| self.undo(migration, down));
            let view = MigrationView {
                migration,
                number: self.now.migration,
                judged: &judged,
                before,
                after: &self.schema,
                undone: undone.as_ref(),
                host: self.host,
                config: self.config,
            };
            for rule in self.rules() {
                match rule.look {
                    Look::Migration(look) => look(&view, &mut Findings::new(&rule.rule, &mut findings)),
                    Look::Outcome(look) => look(&view, &mut StatementFindings::new(&rule.rule, &mut statements)),
                    Look::Statement(_) | Look::Set(_) => {}
                }
            }
        }
        MigrationReport::new(migration, statements, findings)
    }

    fn judge_set(&self, set: &MigrationSet, report: &mut Report) {
        let view = SetView { set, schema: &self.schema, config: self.config };
        for rule in self.rules() {
            if let Look::Set(look) = rule.look {
                look(&view, &mut SetFindings::new(&rule.rule, &mut report.findings, &mut report.migrations));
            }
        }
        let catalog = Catalog::new(crate::Target::default(), false);
        let sizing = Sizing::new(self.config, None);
        let view = crate::rules::view::SetView { set, catalog: &catalog, config: self.config, sizing };
        for rule in SHARED_RULES.iter().filter(|rule| OF_FILES.contains(&rule.id)) {
            if let Check::Set(check) = rule.check {
                check(&view, &mut SetFindings::new(rule, &mut report.findings, &mut report.migrations));
            }
        }
    }

    /// The rules for this server.
    fn rules(&self) -> impl Iterator<Item = &'static DatabaseRule> + use<> {
        let dialect = self.config.target.dialect;
        RULES.iter().copied().filter(move |rule| rule.dialects.contains(&dialect))
    }

    /// Runs the statements of a script.
    fn run(
        &mut self,
        migration: &Migration,
        source: &Source,
        script: Script,
        transaction: bool,
        reported: bool,
    ) -> (Vec<StatementReport>, Vec<Judged>) {
        let mut scope = if transaction { Scope::Host } else { Scope::Autocommit };
        let count = script.statements.len();
        let mut reports = Vec::with_capacity(count);
        let mut judged: Vec<Judged> = Vec::with_capacity(count);
        for (index, statement) in script.statements.into_iter().enumerate() {
            if scope == Scope::Autocommit {
                self.now.transaction += 1;
            }
            self.now.statement += 1;
            let scene = Scene {
                operation: &statement.operation,
                schema: &self.schema,
                session: &self.session,
                scope,
                host: self.host,
                now: self.now,
            };
            let mut outcome = outcome(&scene);
            let sql = source.text.get(statement.span.range()).unwrap_or_default();
            let mut findings = Vec::new();
            // What the schema says of the statement is known once it is applied; the rules see it as it was before.
            let mut after = reported.then(|| self.schema.clone());
            let applied = after.as_mut().unwrap_or(&mut self.schema).apply(&statement.operation, self.now);
            if outcome.effects.failures.is_empty() {
                outcome.effects.failures = applied;
            }
            after.as_mut().unwrap_or(&mut self.schema).count_row_version(&statement.operation, &outcome);
            if let Some(after) = after {
                let view = StatementView {
                    statement: &statement,
                    outcome: &outcome,
                    schema: &self.schema,
                    session: &self.session,
                    sql,
                    scope,
                    earlier: &judged,
                    statements: count,
                    migration,
                    now: self.now,
                    host: self.host,
                    config: self.config,
                };
                for rule in self.rules() {
                    if let Look::Statement(look) = rule.look {
                        look(&view, &mut Findings::new(&rule.rule, &mut findings));
                    }
                }
                self.schema = after;
            }
            let session = self.session.clone();
            self.settle(&statement.operation, scope);
            scope = scope_after(scope, &statement.operation);
            reports.push(report(&statement, sql, &outcome, findings));
            judged.push(Judged { index, statement, outcome, session, now: self.now });
        }
        (reports, judged)
    }

    /// Runs the way back of the migration that has just been run, and goes on as if it had not been.
    fn undo(&mut self, migration: &Migration, down: &Source) -> Undone {
        let (schema, session, now) = (self.schema.clone(), self.session.clone(), self.now);
        let script = parse_for_replay(self.config.target, &down.text);
        self.now.migration += 1;
        self.now.transaction += 1;
        let transaction = self.host.transaction_of_down(migration, down);
        let (_, judged) = self.run(migration, down, script, transaction, false);
        (self.session, self.now) = (session, now);
        Undone { judged, schema: std::mem::replace(&mut self.schema, schema) }
    }

    /// Notes what a statement sets for those behind it.
    fn settle(&mut self, operation: &Operation, scope: Scope) {
        // Where SQLite has a transaction open, it does nothing (PRAGMA foreign_keys).
        let ignored =
            |name: &str| self.config.target.dialect == Dialect::Sqlite && scope.is_block() && name == "foreign_keys";
        if let Operation::Set { scope: SettingScope::Session, settings } = operation {
            for (name, value) in settings.iter().filter(|(name, _)| !ignored(name)) {
                self.session.set(name, value.as_deref(), false);
            }
        }
    }
}

/// How a `BEGIN` or `COMMIT` of the migration itself changes the scope of what follows.
fn scope_after(scope: Scope, operation: &Operation) -> Scope {
    match operation {
        Operation::Transaction(Transaction::Begin { .. }) if scope != Scope::Host => Scope::Explicit,
        Operation::Transaction(Transaction::Commit | Transaction::Rollback) => Scope::Autocommit,
        _ => scope,
    }
}

fn report(
    statement: &Statement,
    sql: &str,
    outcome: &super::effects::Outcome,
    findings: Vec<Finding>,
) -> StatementReport {
    StatementReport {
        span: statement.span,
        sql: sql.to_owned(),
        operations: statement.operation.names().into_iter().map(OperationName).collect(),
        understood: statement.understood(),
        effects: Arc::new(outcome.effects.clone()),
        estimates: Vec::new(),
        findings,
    }
}

/// What a script's comments say to us.
fn directives(script: &Script) -> Vec<Directives> {
    let of_statement = script.statements.iter().enumerate().map(|(at, statement)| Directives {
        statement: Some(statement.span),
        first: at == 0,
        written: statement.directives.clone(),
    });
    let dangling = Directives { statement: None, first: false, written: script.dangling.clone() };
    of_statement.chain([dangling]).filter(|directives| !directives.written.is_empty()).collect()
}

/// Settings that a host's connections have: sqlx enforces SQLite's foreign keys (sqlx 0.9, `SqliteConnectOptions`),
/// diesel leaves the library's default.
fn settings_of(host: Layout, dialect: Dialect) -> &'static [(&'static str, &'static str)] {
    match (host, dialect) {
        (Layout::Sqlx, Dialect::Sqlite) => &[("foreign_keys", "on")],
        _ => &[],
    }
}

/// The table in which the host records what it has run: it is there before the first migration.
fn bookkeeping(host: Layout) -> Option<&'static str> {
    match host {
        Layout::Sqlx => Some(
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on \
             TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, \
             execution_time BIGINT NOT NULL)",
        ),
        Layout::Diesel => Some(
            "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT \
             NULL DEFAULT CURRENT_TIMESTAMP)",
        ),
        Layout::Plain => None,
    }
}

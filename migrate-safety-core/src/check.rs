//! `check`: every migration replayed into the catalog, its effects predicted, the rules asked.

mod given;
mod parts;
#[cfg(feature = "resume")]
mod resume;

pub use given::schema_problems;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
pub(crate) use given::{hides_something, not_taken};
#[cfg(feature = "resume")]
pub use resume::messages_resumed;

use crate::catalog::{Applied, Catalog, RelationId, Removed, Stamp, Table};
use crate::config::Config;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
use crate::dialect::Dialect;
use crate::effects::{self, Effects, Failure, RelationRef, scene::Scene};
use crate::estimate::{Estimate, estimates};
use crate::layout::{Layout, LoadError, Migration, MigrationSet, Source};
use crate::report::{MigrationReport, OperationName, Report, StatementReport};
use crate::rules::extent::{self, Change, Loaded, Put};
use crate::rules::rule::{Check, Findings, Rule, SetFindings, StatementFindings};
use crate::rules::view::{Judged, MigrationView, OperationView, Scope, SetView, Sizes, StatementView, Undone, Write};
use crate::rules::{Category, Directives, Finding, RULES, fold, suppress, tell_once};
use crate::sizes::{Size, Sizing};
use crate::sql::calls::RoutineCall;
use crate::sql::operation::Transaction;
use crate::sql::{
    Ident, LocatedOperation, ObjectName, Operation, Problem, ProblemKind, Script, Statement, parse, plpgsql,
    routine_calls,
};
use parts::Read;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Judges every migration of a set.
///
/// Total: whatever the texts hold, it returns. What could not be read is in the report.
pub fn check(set: &MigrationSet, config: &Config) -> Report {
    check_on(set, config, &Start::default())
}

/// Like [`check`], on a schema that is there already.
pub(crate) fn check_on(set: &MigrationSet, config: &Config, start: &Start<'_>) -> Report {
    if let Some(missing) = config.target.dialect.missing_feature() {
        let reason = format!(
            "migrations for {} cannot be checked: this build lacks the feature `{missing}` of migrate-safety-core",
            config.target
        );
        let mut report = Report::new(config.target, set.layout);
        report.errors = vec![LoadError { path: "migrations".into(), line: None, reason }];
        return report;
    }
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if config.target.dialect != Dialect::Postgres {
        return crate::databases::check_on(set, config, None);
    }
    let mut replay = Replay::over_bookkeeping(set, config, start);
    let migrations = parts::judge(&mut replay, &set.migrations);
    let mut report = conclude(set, config, &replay, migrations);
    if start.catalog.is_none() {
        report.errors.extend(schema_problems(config));
    }
    report
}

/// What is found when all migrations have been judged.
fn conclude(set: &MigrationSet, config: &Config, replay: &Replay<'_>, migrations: Vec<JudgedMigration>) -> Report {
    let (reports, directives): (_, Vec<_>) =
        migrations.into_iter().map(|judged| (judged.report, judged.directives)).unzip();
    let mut report = Report::of(set, config, reports);
    let view = SetView { set, catalog: &replay.catalog, config, sizing: replay.sizing };
    for rule in RULES {
        if let Check::Set(check) = rule.check {
            check(&view, &mut SetFindings::new(rule, &mut report.findings, &mut report.migrations));
        }
    }
    settled(report, set, config, &directives)
}

/// A report with what consequences, comments and settings leave of what was found.
pub(crate) fn settled(
    mut report: Report,
    set: &MigrationSet,
    config: &Config,
    directives: &[Vec<Directives>],
) -> Report {
    for (migration, directives) in report.migrations.iter_mut().zip(directives) {
        let mut lists = migration.finding_lists();
        fold(&mut lists);
        suppress(directives, &mut lists);
        lists.iter_mut().for_each(|list| config.apply_levels(list));
        tell_once(&mut lists);
    }
    config.apply_levels(&mut report.findings);
    let mut reported = set.migrations.iter().map(|migration| config.reports(set.layout, migration));
    report.migrations.retain(|_| reported.next().unwrap_or(true));
    report.replayed = set.migrations.len() - report.migrations.len();
    report
}

/// The schema that a set of migrations leaves.
pub fn replay(set: &MigrationSet, config: &Config) -> Catalog {
    let silent = Config { only: Some(BTreeSet::new()), ..config.clone() };
    let mut replay = Replay::new(set, &silent, &Start::default());
    for migration in &set.migrations {
        replay.judge(migration);
    }
    replay.catalog
}

/// Replays a set of migrations over the host's bookkeeping table; `seen` gets the schema after each migration.
pub fn replay_each(set: &MigrationSet, config: &Config, seen: &mut dyn FnMut(&Migration, &Catalog)) {
    let silent = Config { only: Some(BTreeSet::new()), ..config.clone() };
    let mut replay = Replay::over_bookkeeping(set, &silent, &Start::default());
    for migration in &set.migrations {
        replay.judge(migration);
        seen(migration, &replay.catalog);
    }
}

/// What there is before the first migration, besides what the settings say.
#[derive(Clone, Copy, Default)]
pub(crate) struct Start<'s> {
    /// The whole schema; the settings' schema is then not looked at.
    pub(crate) catalog: Option<&'s Catalog>,
    /// Sizes of its tables and indexes, as far as they are known.
    pub(crate) sizes: Option<&'s BTreeMap<RelationId, Size>>,
    /// The migrations are run as a guard does it: one after the other before anybody uses what they make, and those
    /// without a transaction statement by statement, where the hosts send them as one message.
    pub(crate) guarded: bool,
}

/// What is found in a migration, before what only the whole set can show.
struct JudgedMigration {
    report: MigrationReport,
    /// What the migration's comments say to us.
    directives: Vec<Directives>,
}

/// The state of a replay between two statements.
#[derive(Clone)]
struct Replay<'c> {
    config: &'c Config,
    host: Layout,
    catalog: Catalog,
    session: crate::catalog::Session,
    now: Stamp,
    /// The migrations are run as a guard does it.
    guarded: bool,
    /// The number of the first migration.
    first: u32,
    /// The blocks of procedural code that the statement has left by an error that they handle.
    left: Vec<usize>,
    /// What there was when the statement entered blocks that handle errors.
    entered: Vec<Entered>,
    /// How many bodies have been followed.
    bodies: usize,
    /// How many of them before the statement.
    bodies_before: usize,
    /// The routines whose bodies are being followed, each called by the one before it.
    calls: Vec<ObjectName>,
    /// Whether the statement calls routines that have not been followed.
    unfollowed: bool,
    /// What becomes of what the present script does.
    attention: Attention,
    /// How large tables are that were there before.
    sizing: Sizing<'c>,
    /// To where `ROLLBACK` and `ROLLBACK TO` can go back.
    points: Vec<Point>,
    /// What the present migration has put into tables that it made.
    loaded: Loaded,
    /// Prepared statements.
    prepared: BTreeMap<Ident, Operation>,
    nothing: Nothing,
}

/// What becomes of what a script does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attention {
    /// It is taken into the state, and nothing else.
    Pass,
    /// Its effects are looked at, as a way back's are; no rule is asked.
    Look,
    /// It is judged.
    Judge,
}

/// What most operations of a large script have in common: that there is nothing to say of them.
#[derive(Clone, Default)]
struct Nothing {
    effects: Arc<Effects>,
    sizes: Arc<Sizes>,
    removed: Arc<Removed>,
}

impl Nothing {
    fn effects(&self, effects: Effects) -> Arc<Effects> {
        if effects == *self.effects { Arc::clone(&self.effects) } else { Arc::new(effects) }
    }

    fn sizes(&self, sizes: Sizes) -> Arc<Sizes> {
        if sizes == *self.sizes { Arc::clone(&self.sizes) } else { Arc::new(sizes) }
    }

    fn removed(&self, removed: Removed) -> Arc<Removed> {
        if removed.is_empty() { Arc::clone(&self.removed) } else { Arc::new(removed) }
    }
}

/// The state at the begin of a transaction, or at a savepoint in it.
#[derive(Clone)]
struct Point {
    savepoint: Option<Ident>,
    catalog: Catalog,
    session: crate::catalog::Session,
}

/// The state on entering a block with handlers.
#[derive(Clone)]
struct Entered {
    block: usize,
    catalog: Catalog,
    /// How many operations and findings there were.
    judged: usize,
    findings: usize,
}

/// What is known of the statement being judged.
struct Current<'a> {
    migration: &'a Migration,
    statement: &'a Statement,
    alone: bool,
    sql: &'a str,
    scope: Scope,
    /// What the statements before it did.
    earlier: &'a [(usize, Judged)],
}

/// What has been found in a statement so far.
#[derive(Default)]
struct Outcome {
    judged: Vec<Judged>,
    /// What stands in routines that it calls and cannot be read.
    problems: Vec<Problem>,
    findings: Vec<Finding>,
}

/// How deep calls of routines are followed.
const MAX_CALL_DEPTH: usize = 8;

/// How many bodies are followed for one statement.
const MAX_BODIES: usize = 1000;

impl<'c> Replay<'c> {
    /// Before the first migration, but for the host's bookkeeping table.
    fn new(set: &MigrationSet, config: &'c Config, start: &Start<'c>) -> Self {
        let complete = set.complete || config.schema.is_some();
        let catalog = start.catalog.map_or_else(|| Catalog::new(config.target, complete), Catalog::aged);
        let mut replay = Self::on(catalog, set, config, start);
        if let (Some(schema), None) = (&config.schema, start.catalog) {
            replay.run_before(&schema.text);
        }
        replay
    }

    /// Before the first migration.
    fn over_bookkeeping(set: &MigrationSet, config: &'c Config, start: &Start<'c>) -> Self {
        let mut replay = Self::new(set, config, start);
        if let Some(sql) = set.layout.bookkeeping() {
            replay.run_before(sql);
        }
        replay
    }

    /// On a schema that is there.
    fn on(catalog: Catalog, set: &MigrationSet, config: &'c Config, start: &Start<'c>) -> Self {
        let now = start.catalog.map_or(Stamp::BEFORE, |_| Stamp::AFTER_ANY_HISTORY);
        Self {
            config,
            host: set.layout,
            catalog,
            session: crate::catalog::Session::default(),
            now,
            guarded: start.guarded,
            first: now.migration + 1,
            left: Vec::new(),
            entered: Vec::new(),
            bodies: 0,
            bodies_before: 0,
            calls: Vec::new(),
            unfollowed: false,
            attention: Attention::Pass,
            sizing: Sizing::new(config, start.sizes),
            points: Vec::new(),
            loaded: Loaded::default(),
            prepared: BTreeMap::new(),
            nothing: Nothing::default(),
        }
    }

    /// Applies what was there before the first migration; what is wrong with it, by lines.
    fn run_before(&mut self, sql: &str) -> Vec<(u32, String)> {
        let mut wrong = Vec::new();
        for statement in &parse(self.config.target, sql).statements {
            let problems = statement.problems.iter().filter(|problem| given::hides_something(problem));
            wrong.extend(problems.map(|problem| (problem.span.start.line, problem.message.to_string())));
            for located in crate::catalog::in_pass_order(&statement.operations) {
                let applied = self.catalog.apply(&located.operation, Stamp::BEFORE);
                let failed = applied.conflicts.into_iter().filter(|conflict| !conflict.only_with_rows);
                wrong.extend(failed.map(|conflict| (located.span.start.line, conflict.message)));
            }
        }
        self.catalog.reset_search_path();
        wrong
    }

    fn judge(&mut self, migration: &Migration) -> JudgedMigration {
        let with_down = self.config.reports(self.host, migration);
        self.judge_read(migration, Read::of(migration, self.config.target, with_down))
    }

    fn judge_read(&mut self, migration: &Migration, read: Read) -> JudgedMigration {
        let judged = self.config.reports(self.host, migration);
        self.attention = if judged { Attention::Judge } else { Attention::Pass };
        let before = migration.down.as_ref().filter(|_| judged).map(|_| self.catalog.clone());
        let Read { up: mut script, down } = read;
        let directives = directives(&script);
        let (mut statements, operations) = self.run_up(migration, &mut script);
        let down = migration.down.as_ref().zip(down).filter(|_| judged);
        let undone = down.map(|(down, script)| self.undo(migration, down, script));
        let mut findings = Vec::new();
        let view = MigrationView {
            migration,
            number: self.now.migration,
            since: self.since(),
            operations: &operations,
            before: before.as_ref(),
            after: &self.catalog,
            undone: undone.as_ref(),
            host: self.host,
            config: self.config,
            sizing: self.sizing,
        };
        for rule in self.rules() {
            match rule.check {
                Check::Migration(check) => check(&view, &mut Findings::new(rule, &mut findings)),
                Check::Outcome(check) => check(&view, &mut StatementFindings::new(rule, &mut statements)),
                Check::Operation(_) | Check::Statement(_) | Check::Set(_) => {}
            }
        }
        JudgedMigration { report: MigrationReport::new(migration, statements, findings), directives }
    }

    /// Takes what a migration does into the state, and judges nothing of it.
    fn pass(&mut self, migration: &Migration) {
        self.attention = Attention::Pass;
        self.run_up(migration, &mut Read::of(migration, self.config.target, false).up);
    }

    /// Runs a migration.
    fn run_up(&mut self, migration: &Migration, script: &mut Script) -> (Vec<StatementReport>, Vec<(usize, Judged)>) {
        self.now.migration += 1;
        self.now.transaction += 1;
        self.loaded = Loaded::default();
        let scope = opening_scope(migration.transaction, script, self.guarded);
        self.run(migration, script, &migration.up.text, scope)
    }

    /// Runs the statements of a script. Their operations are taken out of it; they have reports if they are reported.
    fn run(
        &mut self,
        migration: &Migration,
        script: &mut Script,
        text: &str,
        mut scope: Scope,
    ) -> (Vec<StatementReport>, Vec<(usize, Judged)>) {
        let count = script.statements.len();
        let judged = self.attention == Attention::Judge;
        let mut statements = Vec::with_capacity(if judged { count } else { 0 });
        let mut operations: Vec<(usize, Judged)> = Vec::with_capacity(count);
        // Kept only where it will be needed: what is kept makes every change dearer.
        if scope == Scope::Host && script.statements.iter().any(ends_by_rollback) {
            self.remember(None);
        }
        for (index, statement) in script.statements.iter_mut().enumerate() {
            let own = std::mem::take(&mut statement.operations);
            if scope == Scope::Autocommit {
                self.now.transaction += 1;
            }
            self.now.statement += 1;
            let sql = text.get(statement.span.range()).unwrap_or_default();
            let alone = own.len() == 1;
            let current = Current { migration, statement, alone, sql, scope, earlier: &operations };
            let Outcome { judged: done, problems, findings } = self.operations(&current, own);
            if judged {
                statements.push(self.report(&current, &done, problems, findings, count));
            }
            for judged in &done {
                if let (None, Operation::Transaction(control)) = (&judged.located.routine, &judged.located.operation) {
                    scope = self.transaction_control(scope, control, count);
                }
            }
            operations.extend(done.into_iter().map(|j| (index, j)));
        }
        self.session.end_transaction();
        self.points.clear();
        (statements, operations)
    }

    /// Runs the way back of the migration that has just been run, and goes on as if it had not been.
    fn undo(&mut self, migration: &Migration, down: &Source, mut script: Script) -> Undone {
        let (catalog, session, now) = (self.catalog.clone(), self.session.clone(), self.now);
        self.attention = Attention::Look;
        self.now.migration += 1;
        self.now.transaction += 1;
        let scope = opening_scope(self.host.transaction_of_down(migration, down), &script, self.guarded);
        let (_, operations) = self.run(migration, &mut script, &down.text, scope);
        (self.session, self.now) = (session, now);
        self.attention = Attention::Judge;
        let catalog = std::mem::replace(&mut self.catalog, catalog);
        Undone { script, operations, catalog }
    }

    /// From which migration on what was made is used by nobody yet: the present one, or the first that a guard runs.
    fn since(&self) -> u32 {
        if self.guarded { self.first } else { self.now.migration }
    }

    /// The rules to ask in the present migration.
    fn rules(&self) -> &'static [&'static Rule] {
        if self.attention == Attention::Judge { RULES } else { &[] }
    }

    /// How a `BEGIN` or `COMMIT` of the migration itself changes the scope of what follows.
    fn transaction_control(&mut self, scope: Scope, control: &Transaction, statements: usize) -> Scope {
        match control {
            Transaction::Begin if !matches!(scope, Scope::Host | Scope::Explicit) => {
                self.remember(None);
                Scope::Explicit
            }
            Transaction::Savepoint(name) if scope.is_block() => {
                self.remember(Some(name.clone()));
                scope
            }
            Transaction::RollbackToSavepoint(name) => {
                let at = self.points.iter().rposition(|point| point.savepoint.as_ref() == Some(name));
                self.go_back(at, true);
                scope
            }
            Transaction::Commit | Transaction::Rollback => {
                if *control == Transaction::Rollback {
                    let at = self.points.iter().position(|point| point.savepoint.is_none());
                    self.go_back(at, false);
                }
                self.points.clear();
                self.now.transaction += 1;
                self.session.end_transaction();
                if statements > 1 && !self.guarded { Scope::Implicit } else { Scope::Autocommit }
            }
            _ => scope,
        }
    }

    /// Keeps what there is, to come back to.
    fn remember(&mut self, savepoint: Option<Ident>) {
        let (catalog, session) = (self.catalog.clone(), self.session.clone());
        self.points.push(Point { savepoint, catalog, session });
    }

    /// Goes back to what was kept; the savepoints made since are gone.
    fn go_back(&mut self, to: Option<usize>, keep: bool) {
        let Some(at) = to else { return };
        self.points.truncate(at + 1);
        let point = if keep { self.points.last().cloned() } else { self.points.pop() };
        if let Some(Point { catalog, session, .. }) = point {
            (self.catalog, self.session) = (catalog, session);
        }
    }

    /// Judges and applies the operations of a statement.
    fn operations(&mut self, current: &Current<'_>, mut operations: Vec<LocatedOperation>) -> Outcome {
        crate::catalog::sort_by_pass(&mut operations);
        self.left.clear();
        self.entered.clear();
        self.bodies_before = self.bodies;
        self.unfollowed = false;
        self.count_calls_in_loops(&mut operations);
        let mut outcome = Outcome { judged: Vec::with_capacity(operations.len()), ..Outcome::default() };
        for located in operations {
            self.operation(current, located, &mut outcome);
        }
        if self.unfollowed {
            let message = "the routines it calls call others, more than are followed".into();
            outcome.problems.push(Problem { kind: ProblemKind::Dynamic, span: current.statement.span, message });
        }
        outcome
    }

    /// What is to be said of a statement whose operations have been judged.
    fn report(
        &self,
        current: &Current<'_>,
        judged: &[Judged],
        problems: Vec<Problem>,
        mut findings: Vec<Finding>,
        statements: usize,
    ) -> StatementReport {
        let effects = Effects::merge(judged.iter().map(|j| &j.effects));
        let with_problems;
        let statement = if problems.is_empty() {
            current.statement
        } else {
            let mut all = current.statement.clone();
            all.problems.extend(problems);
            with_problems = all;
            &with_problems
        };
        let view = StatementView {
            statement,
            sql: current.sql,
            operations: judged,
            effects: &effects,
            scope: current.scope,
            migration: current.migration,
            statements,
            host: self.host,
        };
        for rule in self.rules() {
            if let Check::Statement(check) = rule.check {
                check(&view, &mut Findings::new(rule, &mut findings));
            }
        }
        let estimates = estimates(judged, &self.catalog, self.sizing);
        tell_estimates(&estimates, &mut findings);
        findings.sort_by_key(|f| f.span.map(|s| s.start.offset));
        let names = judged.iter().map(|j| OperationName::of(&j.located.operation)).collect();
        StatementReport {
            span: statement.span,
            sql: current.sql.to_owned(),
            operations: names,
            understood: statement.understood(),
            effects,
            estimates,
            findings,
        }
    }

    /// Judges one operation, applies it, and follows the routines it calls.
    fn operation(&mut self, current: &Current<'_>, located: LocatedOperation, outcome: &mut Outcome) {
        if self.comes_to_nothing(&located, outcome) {
            outcome.judged.push(Judged {
                located,
                effects: Arc::clone(&self.nothing.effects),
                sizes: Arc::clone(&self.nothing.sizes),
                writes: Vec::new(),
                removed: Arc::clone(&self.nothing.removed),
                now: self.now,
                scope: current.scope,
            });
            return;
        }
        let called = self.called_bodies(&located);
        self.catalog.presume(&located.operation);
        let scene = Scene::new(&located.operation, &self.catalog, &self.session, self.now).since(self.since());
        // A migration that is only replayed has to tell which of its ALTER TABLEs fail, nothing else.
        let watched = self.attention != Attention::Pass;
        let foreseen = watched || matches!(located.operation, Operation::AlterTable(_));
        let mut effects = if foreseen { effects::effects(&scene) } else { Effects::default() };
        if located.routine.is_some() {
            effects.failures.retain(|failure| !is_of_names(&located.operation, failure));
        }
        // A block or routine cannot end the transaction it is called in.
        effects.requires_no_transaction |= located.routine.is_some() && ends_transaction(&located.operation);
        let sizes = if watched { self.sizes(&effects) } else { Sizes::default() };
        let routine = located.routine.is_some();
        let changes = match self.attention {
            Attention::Judge => extent::changes(&self.catalog, &self.loaded, &located.operation, routine),
            Attention::Pass | Attention::Look => Vec::new(),
        };
        let view = OperationView {
            scene,
            located: &located,
            effects: &effects,
            judged: &sizes,
            changes: &changes,
            loaded: &self.loaded,
            statement: current.statement,
            alone: current.alone,
            sql: current.sql,
            scope: current.scope,
            migration: current.migration,
            earlier: current.earlier,
            siblings: &outcome.judged,
            host: self.host,
            config: self.config,
            sizing: self.sizing,
        };
        for rule in self.rules() {
            if let Check::Operation(check) = rule.check {
                check(&view, &mut Findings::new(rule, &mut outcome.findings));
            }
        }
        let writes = changes.iter().filter_map(|change| self.write(change, &sizes)).collect();
        let put = if self.attention == Attention::Judge {
            self.loaded.put(&self.catalog, &located, &changes)
        } else {
            Put::Nothing
        };
        // What fails changes nothing. A new relation is taken to be there all the same: the history goes on.
        let refused = matches!(located.operation, Operation::AlterTable(_));
        let refused = refused && effects.failures.iter().any(|failure| !failure.only_with_rows);
        let applied = if refused { Applied::default() } else { self.catalog.apply(&located.operation, self.now) };
        self.loaded.add(&self.catalog, self.now, put);
        for failure in applied.conflicts.into_iter().map(Failure::from) {
            // The facts know some errors that applying finds as well.
            if !effects.failures.contains(&failure) {
                effects.failures.push(failure);
            }
        }
        if let Operation::Set { name, value, local } = &located.operation {
            self.session.set(name, value.as_deref(), *local);
        }
        let executed = self.executed(&located);
        let removed = self.nothing.removed(applied.removed);
        let (effects, sizes) = (self.nothing.effects(effects), self.nothing.sizes(sizes));
        outcome.judged.push(Judged { located, effects, sizes, writes, removed, now: self.now, scope: current.scope });
        if let Some(executed) = executed {
            self.operation(current, executed, outcome);
        }
        for (name, body) in called {
            self.calls.push(name);
            // The body stands elsewhere: what it does is shown at the call.
            let span = current.statement.span;
            outcome.problems.extend(body.problems.into_iter().map(|problem| Problem { span, ..problem }));
            let mut operations = body.operations;
            crate::catalog::sort_by_pass(&mut operations);
            self.count_calls_in_loops(&mut operations);
            for mut inner in operations {
                inner.span = span;
                self.operation(current, inner, outcome);
            }
            self.calls.pop();
        }
    }

    /// What `EXECUTE` runs; `PREPARE` is remembered.
    fn executed(&mut self, located: &LocatedOperation) -> Option<LocatedOperation> {
        match &located.operation {
            Operation::Prepare { name, operation } => {
                self.prepared.insert(name.clone(), (**operation).clone());
                None
            }
            Operation::Execute { name } => {
                let operation = self.prepared.get(name)?.clone();
                Some(LocatedOperation { operation, ..located.clone() })
            }
            _ => None,
        }
    }

    /// Whether an operation of procedural code leaves nothing behind: its block has been left, or it fails, and that is
    /// handled or, behind a condition, says that the condition does not hold.
    fn comes_to_nothing(&mut self, located: &LocatedOperation, outcome: &mut Outcome) -> bool {
        let Some(frame) = &located.routine else { return false };
        if frame.guards.iter().any(|guard| self.left.contains(&guard.number)) {
            return true;
        }
        if frame.guards.is_empty() && !frame.conditional {
            return false;
        }
        for guard in &frame.guards {
            if !self.entered.iter().any(|entered| entered.block == guard.number) {
                self.entered.push(Entered {
                    block: guard.number,
                    catalog: self.catalog.clone(),
                    judged: outcome.judged.len(),
                    findings: outcome.findings.len(),
                });
            }
        }
        let scene = Scene::new(&located.operation, &self.catalog, &self.session, self.now).since(self.since());
        let mut foreseen = effects::effects(&scene).failures;
        foreseen.retain(|failure| !is_of_names(&located.operation, failure));
        let applied = self.catalog.clone().apply(&located.operation, self.now);
        let mut failures = foreseen.into_iter().chain(applied.conflicts.into_iter().map(Failure::from));
        let says_so = |failure: &Failure| {
            // What looks like a column or an alias may be a variable.
            let may_be_variable = is_of_names(&located.operation, failure) && !failure.message.starts_with("relation ");
            !failure.only_with_rows && !may_be_variable
        };
        let Some(failure) = failures.find(says_so) else { return false };
        let guard = frame.guards.iter().rev().find(|guard| guard.catches(failure.sqlstate));
        if let (Some(guard), false) = (guard, frame.conditional) {
            self.left.push(guard.number);
            // A subtransaction that is rolled back leaves no lock behind.
            if let Some(entered) = self.entered.iter().find(|entered| entered.block == guard.number) {
                self.catalog = entered.catalog.clone();
                outcome.findings.truncate(entered.findings);
                for judged in outcome.judged.iter_mut().skip(entered.judged) {
                    judged.effects = Arc::clone(&self.nothing.effects);
                    judged.writes.clear();
                    judged.removed = Arc::clone(&self.nothing.removed);
                }
            }
        }
        guard.is_some() || frame.conditional
    }

    /// Takes what the routines do that loops call into the facts of these loops.
    fn count_calls_in_loops(&mut self, operations: &mut [LocatedOperation]) {
        for at in 0..operations.len() {
            let Some(located) = operations.get(at).filter(|o| o.routine.as_ref().is_some_and(|f| !f.loops.is_empty()))
            else {
                continue;
            };
            let (commits, sleeps) = self.ends_and_pauses(&located.clone());
            let around: Vec<usize> =
                located.routine.iter().flat_map(|frame| &frame.loops).map(|facts| facts.number).collect();
            let frames = operations.iter_mut().filter_map(|o| o.routine.as_mut());
            for facts in frames.flat_map(|frame| &mut frame.loops).filter(|facts| around.contains(&facts.number)) {
                facts.commits |= commits;
                facts.sleeps |= sleeps;
            }
        }
    }

    /// Whether the routines that an operation calls commit; whether they sleep.
    fn ends_and_pauses(&mut self, located: &LocatedOperation) -> (bool, bool) {
        let mut found = (false, false);
        for (name, body) in self.called_bodies(located) {
            self.calls.push(name);
            for inner in &body.operations {
                let (commits, sleeps) = self.ends_and_pauses(inner);
                found.0 |= commits || matches!(inner.operation, Operation::Transaction(Transaction::Commit));
                found.1 |= sleeps || plpgsql::sleeps(&inner.operation);
            }
            self.calls.pop();
        }
        found
    }

    /// The bodies of the history's own routines that an operation calls; those that are being followed call themselves,
    /// and do nothing new.
    fn called_bodies(&mut self, located: &LocatedOperation) -> Vec<(ObjectName, plpgsql::Body)> {
        let mut bodies = Vec::new();
        for RoutineCall { name, args } in routine_calls(&located.operation) {
            if self.calls.contains(&name) {
                continue;
            }
            for routine in self.catalog.routines_named(&name) {
                let Some(body) = &routine.body else { continue };
                if self.calls.len() >= MAX_CALL_DEPTH || self.bodies - self.bodies_before >= MAX_BODIES {
                    self.unfollowed = true;
                    continue;
                }
                let inputs: Vec<_> = routine.input_names().cloned().collect();
                let mut read = plpgsql::read_call(self.config.target, &routine.language, body, &name, &inputs, &args);
                self.bodies += 1;
                for inner in &mut read.operations {
                    let frame = inner.routine.get_or_insert_default();
                    for guard in &mut frame.guards {
                        guard.number += self.bodies * plpgsql::MOST_BLOCKS;
                    }
                    for facts in &mut frame.loops {
                        facts.number += self.bodies * plpgsql::MOST_BLOCKS;
                    }
                    if let Some(outer) = &located.routine {
                        frame.conditional |= outer.conditional;
                        frame.guards.splice(0..0, outer.guards.iter().cloned());
                        frame.loops.splice(0..0, outer.loops.iter().copied());
                    }
                }
                bodies.push((name.clone(), read));
            }
        }
        bodies
    }

    fn write(&self, change: &Change<'_>, sizes: &Sizes) -> Option<Write> {
        let name = self.catalog.relation(change.table)?.qualified();
        let table = RelationRef { name, id: change.table };
        Some(Write { table, verb: change.verb, rows: change.rows, hot: sizes.is_hot(change.table) })
    }

    /// Which of the relations that an operation touches are new or small.
    fn sizes(&self, effects: &Effects) -> Sizes {
        let mut sizes = Sizes::default();
        let touched = effects.locks.iter().map(|l| &l.relation).chain(&effects.scans).chain(&effects.rewrites);
        for touched in touched.chain(&effects.rebuilds_indexes) {
            let Some(relation) = self.catalog.relation(touched.id) else { continue };
            let created = relation.created;
            let fresh = created != Stamp::BEFORE
                && (created.migration >= self.since() || created.transaction == self.now.transaction);
            if fresh && !sizes.fresh.contains(&touched.id) {
                sizes.fresh.push(touched.id);
                if relation.table().is_some_and(|t| t.filled.is_none()) {
                    sizes.empty.push(touched.id);
                }
            }
            // An index is as large as its table.
            let table = relation.index().map_or(touched.id, |index| index.table);
            let emptied = self.is_emptied(table);
            if emptied && !sizes.empty.contains(&touched.id) {
                sizes.empty.push(touched.id);
            }
            if (emptied || self.is_small(table)) && !sizes.small.contains(&touched.id) {
                sizes.small.push(touched.id);
            }
        }
        sizes
    }

    /// Whether this transaction took all rows of a table: its lock keeps others from adding any.
    fn is_emptied(&self, table: RelationId) -> bool {
        let here = |table: &Table| table.emptied.is_some_and(|at| at.transaction == self.now.transaction);
        self.catalog.table(table).is_some_and(|table| table.filled.is_none() && here(table))
    }

    fn is_small(&self, table: RelationId) -> bool {
        self.catalog.relation(table).is_some_and(|relation| self.sizing.is_small(table, &relation.qualified()))
    }
}

/// Says with the finding that they bear on most how long the work takes.
fn tell_estimates(estimates: &[Estimate], findings: &mut [Finding]) {
    const BEARS_ON: [Category; 3] = [Category::LockContention, Category::ConcurrentWrites, Category::ReplicationLag];
    let told: Vec<String> = estimates.iter().map(ToString::to_string).collect();
    let of = |category: Category, findings: &[Finding]| findings.iter().position(|f| f.category == category);
    let at = BEARS_ON.into_iter().find_map(|category| of(category, findings));
    if let (Some(finding), false) = (at.and_then(|at| findings.get_mut(at)), told.is_empty()) {
        finding.estimate = Some(told.join("; "));
    }
}

/// Whether a failure is about what a statement about data names: in a routine, what looks like a column may be a
/// variable, and what looks like a table is made by then.
fn is_of_names(operation: &Operation, failure: &Failure) -> bool {
    let of_data =
        matches!(operation, Operation::Select(_) | Operation::Insert(_) | Operation::Update(_) | Operation::Delete(_));
    of_data && matches!(failure.sqlstate, "42P01" | "42703" | "42883" | "42702" | "42804")
}

fn ends_transaction(operation: &Operation) -> bool {
    matches!(operation, Operation::Transaction(Transaction::Commit | Transaction::Rollback))
}

fn ends_by_rollback(statement: &Statement) -> bool {
    statement
        .operations
        .iter()
        .any(|o| o.routine.is_none() && o.operation == Operation::Transaction(Transaction::Rollback))
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

/// In what kind of transaction the first statement of a script runs; whether the host opens one is told.
fn opening_scope(transaction: bool, script: &Script, guarded: bool) -> Scope {
    if transaction {
        Scope::Host
    } else if script.statements.len() > 1 && !guarded {
        // Both hosts send the file as one message.
        Scope::Implicit
    } else {
        Scope::Autocommit
    }
}

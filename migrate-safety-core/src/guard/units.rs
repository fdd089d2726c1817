//! A migration cut into the pieces that are sent one by one.

use super::activity::Wanted;
use super::concurrent::Concurrent;
use crate::dialect::Target;
use crate::effects::LockedKind;
use crate::report::{MigrationReport, StatementReport};
use crate::sql::operation::{TableAction, Transaction};
use crate::sql::{Ident, LockMode, ObjectName, Operation, ProblemKind, Statement, parse};

/// A piece: one statement, or several that may as well go together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unit {
    /// What is sent.
    pub(super) sql: String,
    /// Where its first statement stands, 1-based.
    pub(super) line: u32,
    /// How it is run.
    pub(super) manner: Manner,
    /// The locks it will ask for.
    pub(super) wanted: Wanted,
    /// It changes settings of the session, which a later run has to make again.
    pub(super) settings: bool,
    /// All locks that it will ask for are known.
    pub(super) foreseen: bool,
    /// The tables that it makes, or gives another name.
    pub(super) makes: Vec<Made>,
}

/// The names of tables that are new, or another's now, behind a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// None: it is not written, so it may be any.
    schema: Option<String>,
    /// None: all of the schema.
    name: Option<String>,
}

impl Made {
    /// Whether it may be this one (`schema.name`).
    pub(super) fn may_be(&self, relation: &str) -> bool {
        let in_schema = match &self.schema {
            Some(schema) => relation.strip_prefix(schema.as_str()).and_then(|rest| rest.strip_prefix('.')),
            None => relation.split_once('.').map(|(_, name)| name),
        };
        in_schema.is_some_and(|there| self.name.as_ref().is_none_or(|name| there == name))
    }
}

/// How a piece is run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Manner {
    /// In a transaction, which a `BEGIN` of the file's own may open.
    InTransaction { begin: String },
    /// By itself: the server takes it in no transaction, or it commits by itself.
    Alone {
        /// It may be run again after it failed.
        repeatable: bool,
        /// Nobody queues behind it while it waits for its locks.
        quiet: bool,
        /// What it leaves when it fails.
        concurrent: Option<Concurrent>,
    },
}

impl Manner {
    /// The ordinary transaction.
    pub(super) fn in_transaction() -> Self {
        Self::InTransaction { begin: "BEGIN".to_owned() }
    }
}

/// The pieces of a migration.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Units {
    pub(super) units: Vec<Unit>,
    /// From which piece on `lock_timeout` is the file's own business.
    pub(super) own_timeout_from: usize,
    /// The whole may be run again after it failed and was rolled back: it ends no transaction by itself.
    pub(super) repeatable: bool,
}

impl Units {
    /// Those of `text`; `report` is what the check says of it.
    pub(super) fn of(text: &str, in_transaction: bool, target: Target, report: Option<&MigrationReport>) -> Self {
        let script = parse(target, text);
        let statements = &script.statements;
        let reports = report.map(|report| &report.statements[..]).filter(|reports| {
            reports.len() == statements.len() && reports.iter().zip(statements).all(|(r, s)| r.span == s.span)
        });
        let read: Vec<Read<'_>> = statements
            .iter()
            .enumerate()
            .map(|(n, statement)| Read { statement, report: reports.and_then(|reports| reports.get(n)) })
            .collect();
        let repeatable = !read.iter().any(Read::controls_transactions);
        let units = if read.iter().any(Read::is_no_sql) || (in_transaction && !repeatable) {
            vec![whole(text, &read, in_transaction)]
        } else if in_transaction {
            together(text, &read)
        } else {
            one_by_one(text, &read)
        };
        let own_timeout_from = units.iter().position(|unit| sets_timeout(text, unit, &read)).unwrap_or(units.len());
        Self { units, own_timeout_from, repeatable }
    }

    /// The locks that all of them will ask for.
    pub(super) fn wanted(&self) -> Wanted {
        strongest(self.units.iter().map(|unit| &unit.wanted))
    }
}

/// A statement and what is known of it.
struct Read<'s> {
    statement: &'s Statement,
    report: Option<&'s StatementReport>,
}

impl Read<'_> {
    /// What the statement itself does: what a block of code does inside comes behind it.
    fn operations(&self) -> Vec<&Operation> {
        let own = self.statement.operations.iter().filter(|located| located.routine.is_none());
        own.map(|located| &located.operation).collect()
    }

    /// Data of `COPY`, a command of psql: the host fails on the file, in its own words.
    fn is_no_sql(&self) -> bool {
        let no_sql = [ProblemKind::CopyData, ProblemKind::PsqlCommand];
        self.statement.problems.iter().any(|problem| no_sql.contains(&problem.kind))
    }

    fn transaction(&self) -> Option<Transaction> {
        self.operations().iter().find_map(|operation| match operation {
            Operation::Transaction(control) => Some(control.clone()),
            _ => None,
        })
    }

    /// It begins or ends a transaction.
    fn controls_transactions(&self) -> bool {
        use Transaction::{Begin, Commit, Rollback, TwoPhase};
        self.transaction().is_some_and(|control| matches!(control, Begin | Commit | Rollback | TwoPhase))
    }

    /// It may commit inside, or nobody knows what it does.
    fn may_commit(&self) -> bool {
        let operations = self.statement.operations.iter();
        let commits = |operation: &Operation| {
            use Transaction::{Commit, Rollback};
            matches!(
                operation,
                Operation::Call { .. } | Operation::Opaque { .. } | Operation::Transaction(Commit | Rollback)
            )
        };
        operations.map(|located| &located.operation).any(commits) || !self.statement.understood()
    }

    /// It cannot be run in a transaction of ours.
    fn stands_alone(&self) -> bool {
        self.report.is_none_or(|report| report.effects.requires_no_transaction) || self.may_commit()
    }

    /// What it does is known to the last lock.
    fn is_foreseen(&self) -> bool {
        self.report.is_some()
            && self.statement.problems.is_empty()
            && !self.may_commit()
            && !self.controls_transactions()
    }

    fn makes(&self) -> Vec<Made> {
        self.statement.operations.iter().filter_map(|located| made(&located.operation)).collect()
    }

    fn sets_session(&self) -> bool {
        self.operations().iter().any(|operation| matches!(operation, Operation::Set { local: false, .. }))
    }

    fn wanted(&self) -> Wanted {
        let locks = self.report.iter().flat_map(|report| &report.effects.locks);
        locks
            .filter(|lock| lock.kind != LockedKind::Index)
            .map(|lock| (lock.relation.name.clone(), lock.mode))
            .collect()
    }

    /// Traffic can feel its locks, or they are not known.
    fn is_heavy(&self) -> bool {
        self.may_commit()
            || self.report.is_none_or(|report| report.effects.locks.iter().any(|l| l.mode > LockMode::RowExclusive))
    }

    fn sql<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.statement.span.range()).unwrap_or_default()
    }

    fn alone(&self) -> Manner {
        let operations = self.operations();
        let concurrent = Concurrent::of(&operations).filter(|_| self.statement.understood());
        let weak = self.wanted().values().all(|mode| *mode <= LockMode::ShareUpdateExclusive);
        Manner::Alone {
            repeatable: !self.may_commit() && !self.controls_transactions(),
            quiet: concurrent.is_some() || (weak && self.report.is_some() && !self.may_commit()),
            concurrent,
        }
    }
}

/// The names of tables that are not what they were behind an operation.
fn made(operation: &Operation) -> Option<Made> {
    let text = |ident: &Ident| ident.as_str().to_owned();
    let of = |name: &ObjectName| Made { schema: name.schema.as_ref().map(text), name: Some(text(&name.name)) };
    match operation {
        Operation::CreateTable(create) => Some(of(&create.name)),
        Operation::CreateTableAs { name, .. } => Some(of(name)),
        Operation::CreateMaterializedView { name, .. } => Some(of(name)),
        Operation::RenameSchema { to, .. } => Some(Made { schema: Some(text(to)), name: None }),
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::Rename { to } => {
                Some(Made { schema: alter.table.schema.as_ref().map(text), name: Some(text(to)) })
            }
            TableAction::SetSchema { schema } => {
                Some(Made { schema: Some(text(schema)), name: Some(text(&alter.table.name)) })
            }
            _ => None,
        },
        _ => None,
    }
}

/// The text as it is, in one piece.
fn whole(text: &str, read: &[Read<'_>], in_transaction: bool) -> Unit {
    let wanted = read.iter().map(Read::wanted).collect::<Vec<_>>();
    Unit {
        sql: text.to_owned(),
        line: read.first().map_or(1, |read| read.statement.span.start.line),
        manner: if in_transaction {
            Manner::in_transaction()
        } else {
            Manner::Alone { repeatable: false, quiet: false, concurrent: None }
        },
        wanted: strongest(wanted.iter()),
        settings: false,
        foreseen: read.iter().all(Read::is_foreseen),
        makes: read.iter().flat_map(Read::makes).collect(),
    }
}

/// Pieces within one transaction: what takes locks that are felt is measured by itself.
fn together(text: &str, read: &[Read<'_>]) -> Vec<Unit> {
    let mut units = Vec::new();
    for group in read.chunk_by(|a, b| !a.is_heavy() && !b.is_heavy()) {
        units.extend(joined(text, group, Manner::in_transaction()));
    }
    units
}

/// Pieces of a file without a transaction: every statement by itself, and what stands between its own `BEGIN` and
/// `COMMIT` as one.
fn one_by_one(text: &str, read: &[Read<'_>]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut at = 0;
    while let Some(first) = read.get(at) {
        let rest = &read[at..];
        let end = rest.iter().skip(1).position(Read::controls_transactions).map(|end| end + 1);
        let (taken, unit) = match (first.transaction(), end) {
            (Some(Transaction::Begin), Some(end))
                if closes(&rest[end]) && !rest[1..end].iter().any(Read::may_commit) =>
            {
                let begin = first.sql(text).to_owned();
                (end + 1, joined(text, &rest[1..end], Manner::InTransaction { begin }))
            }
            // Anything else that controls transactions is left to the server, to the end of the file.
            _ if first.controls_transactions() => {
                let manner = Manner::Alone { repeatable: false, quiet: false, concurrent: None };
                (rest.len(), joined(text, rest, manner))
            }
            _ if first.stands_alone() => (1, joined(text, &rest[..1], first.alone())),
            _ => (1, joined(text, &rest[..1], Manner::in_transaction())),
        };
        units.extend(unit);
        at += taken;
    }
    units
}

fn closes(read: &Read<'_>) -> bool {
    read.transaction() == Some(Transaction::Commit)
}

/// One piece of several statements and what stands between them.
fn joined(text: &str, group: &[Read<'_>], manner: Manner) -> Option<Unit> {
    let (first, last) = (group.first()?, group.last()?);
    let range = first.statement.span.start.offset..last.statement.span.end.offset;
    let wanted = group.iter().map(Read::wanted).collect::<Vec<_>>();
    Some(Unit {
        sql: text.get(range).unwrap_or_default().to_owned(),
        line: first.statement.span.start.line,
        manner,
        wanted: strongest(wanted.iter()),
        settings: group.iter().all(Read::sets_session),
        foreseen: group.iter().all(Read::is_foreseen),
        makes: group.iter().flat_map(Read::makes).collect(),
    })
}

fn sets_timeout(text: &str, unit: &Unit, read: &[Read<'_>]) -> bool {
    let of_unit = |read: &&Read<'_>| read.statement.span.start.line >= unit.line && unit.sql.contains(read.sql(text));
    read.iter().filter(of_unit).any(|read| {
        let is_timeout = |operation: &&Operation| {
            matches!(operation, Operation::Set { name, local: false, .. } if &**name == "lock_timeout")
        };
        read.operations().iter().any(is_timeout)
    })
}

/// The strongest mode of each relation.
pub(super) fn strongest<'w>(all: impl Iterator<Item = &'w Wanted>) -> Wanted {
    let mut strongest = Wanted::new();
    for (relation, mode) in all.flatten() {
        let known = strongest.entry(relation.clone()).or_insert(*mode);
        *known = (*known).max(*mode);
    }
    strongest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Layout, MigrationSet};
    use crate::{Config, check};

    /// Each piece with a letter for how it is run: t(ransaction), b(egin of its own), a(lone), q(uietly).
    fn units(text: &str, in_transaction: bool) -> Vec<String> {
        let mut set = MigrationSet::from_text("1_a.sql", text, Layout::Sqlx);
        set.migrations[0].transaction = in_transaction;
        let report = check(&set, &Config::default());
        let units = Units::of(text, in_transaction, Target::default(), report.migrations.first());
        let letter = |manner: &Manner| match manner {
            Manner::InTransaction { begin } if begin == "BEGIN" => 't',
            Manner::InTransaction { .. } => 'b',
            Manner::Alone { quiet: true, .. } => 'q',
            Manner::Alone { quiet: false, .. } => 'a',
        };
        units.units.iter().map(|unit| format!("{}{} {}", letter(&unit.manner), unit.line, unit.sql)).collect()
    }

    #[test]
    fn in_a_transaction_only_what_is_felt_is_cut_off() {
        let text = "INSERT INTO t VALUES (1);\n-- two\nINSERT INTO t VALUES (2);\nALTER TABLE t ADD a int;\nSELECT 1;";
        assert_eq!(
            units(text, true),
            [
                "t1 INSERT INTO t VALUES (1);\n-- two\nINSERT INTO t VALUES (2)",
                "t4 ALTER TABLE t ADD a int",
                "t5 SELECT 1"
            ]
        );
        assert_eq!(units("SELECT 1;\nCOMMIT;\nSELECT 2", true), ["t1 SELECT 1;\nCOMMIT;\nSELECT 2"]);
        assert_eq!(units("SELECT 1;\n\\connect x\n", true), ["t1 SELECT 1;\n\\connect x\n"]);
        assert_eq!(units("-- nothing", true), [""; 0]);
    }

    #[test]
    fn without_a_transaction_each_statement_goes_by_itself() {
        let text = "SET work_mem = '1MB';\nCREATE INDEX CONCURRENTLY i ON t (a);\nUPDATE t SET a = 1;\nCALL p();\n\
                    DO $$ BEGIN COMMIT; END $$;\nDO $$ BEGIN PERFORM 1; END $$;\nVACUUM t";
        assert_eq!(
            units(text, false),
            [
                "t1 SET work_mem = '1MB'",
                "q2 CREATE INDEX CONCURRENTLY i ON t (a)",
                "t3 UPDATE t SET a = 1",
                "a4 CALL p()",
                "a5 DO $$ BEGIN COMMIT; END $$",
                "t6 DO $$ BEGIN PERFORM 1; END $$",
                "q7 VACUUM t"
            ]
        );
        assert_eq!(units("VACUUM FULL t", false), ["a1 VACUUM FULL t"]);
    }

    #[test]
    fn what_is_made_is_told_by_its_name() {
        let text = "CREATE TABLE a (i int); CREATE TABLE s.b (); ALTER TABLE c RENAME TO d; ALTER TABLE e SET SCHEMA x;\
                    ALTER SCHEMA y RENAME TO z; CREATE MATERIALIZED VIEW m AS SELECT 1; CREATE TABLE q AS SELECT 1";
        let units = Units::of(text, true, Target::default(), None).units;
        let is_made = |relation: &&str| units.iter().flat_map(|unit| &unit.makes).any(|made| made.may_be(relation));
        let made = ["public.a", "other.a", "s.b", "public.d", "x.e", "z.any", "public.m", "public.q"];
        assert_eq!(made.iter().find(|relation| !is_made(relation)), None);
        let not = ["public.b", "public.c", "public.e", "sx.b", "y.any", "public.aa"];
        assert_eq!(not.iter().find(|relation| is_made(relation)), None);
    }

    #[test]
    fn transactions_of_the_file_stay_whole() {
        let text = "BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;\nSELECT 2;\nCOMMIT;\nVACUUM t";
        assert_eq!(units(text, false), ["b2 SELECT 1;\nSELECT 2", "q5 VACUUM t"]);
        let text = "SELECT 1;\nBEGIN;\nSELECT 2;\nROLLBACK;\nSELECT 3";
        assert_eq!(units(text, false), ["t1 SELECT 1", "a2 BEGIN;\nSELECT 2;\nROLLBACK;\nSELECT 3"]);
    }
}

//! `LOCK TABLES` in a migration.

use crate::databases::effects::shown;
use crate::databases::name::ObjectName;
use crate::databases::operation::{Algorithm, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::{Judged, MigrationView, is_small};
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "lock-table",
        category: Category::LockContention,
        title: "LOCK TABLES in a migration",
        why: "The tables stay locked until UNLOCK TABLES, the end of the connection, or the next START TRANSACTION: a \
              migration that fails between leaves them locked for as long as the host keeps the connection. \
              Statements on other tables fail meanwhile with error 1100, the host's own among them.",
        source: "MySQL manual, 15.3.6 LOCK TABLES and UNLOCK TABLES Statements",
        bad: &[Sample::new("CREATE TABLE users (id int PRIMARY KEY);", "LOCK TABLES users WRITE;").of(Target::mysql(800))],
        good: &[
            Sample::new("", "UNLOCK TABLES;").of(Target::mysql(800)),
            Sample::new(
                "CREATE TABLE users (id int PRIMARY KEY);",
                "LOCK TABLES users WRITE; ALTER TABLE users ADD COLUMN b int, ALGORITHM=INSTANT; UNLOCK TABLES;",
            )
            .of(Target::mysql(804)),
        ],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Outcome(look),
};

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (at, judged) in view.judged.iter().enumerate() {
        let Operation::LockTables { write, read } = &judged.statement.operation else { continue };
        let hot = |tables: &[ObjectName]| {
            let known = tables.iter().filter_map(|name| view.before.table(name));
            let known = known.map(|table| shown(view.target(), &table.name));
            known.filter(|name| !is_small(view.config, name)).collect::<Vec<_>>()
        };
        let (written, only_read) = (hot(write), hot(read));
        if (written.is_empty() && only_read.is_empty()) || is_brief(view.judged.get(at + 1..).unwrap_or_default()) {
            continue;
        }
        let what = if written.is_empty() {
            format!("nobody can write to {}", only_read.join(", "))
        } else {
            format!("nobody else can read or write {}", written.join(", "))
        };
        let Some(mut found) = findings.statement(judged.index) else { continue };
        found
            .block(format!("{what} until UNLOCK TABLES or the end of the connection"))
            .at(judged.statement.span)
            .help("leave it out: every statement takes the locks that it needs");
    }
}

/// Whether the tables are unlocked behind statements that take no time and touch no other table.
fn is_brief(behind: &[Judged]) -> bool {
    let unlocks = |judged: &Judged| matches!(judged.statement.operation, Operation::UnlockTables);
    let Some(end) = behind.iter().position(unlocks) else { return false };
    behind.iter().take(end).all(|judged| match &judged.statement.operation {
        Operation::CreateTrigger(_) | Operation::DropTrigger { .. } => true,
        Operation::AlterTable(alter) => alter.online.algorithm == Some(Algorithm::Instant),
        _ => false,
    })
}

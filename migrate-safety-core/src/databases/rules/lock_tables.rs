//! `LOCK TABLES` in a migration.

use crate::databases::operation::Operation;
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::StatementView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

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
        good: &[Sample::new("", "UNLOCK TABLES;").of(Target::mysql(800))],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let Operation::LockTables { write, read } = view.operation() else { return };
    let hot = |tables: &[crate::databases::name::ObjectName]| {
        let known = tables.iter().filter_map(|table| view.reference(table)).filter(|relation| view.is_hot(relation));
        known.map(|relation| relation.name).collect::<Vec<_>>()
    };
    let (written, only_read) = (hot(write), hot(read));
    if written.is_empty() && only_read.is_empty() {
        return;
    }
    let what = if written.is_empty() {
        format!("nobody can write to {}", only_read.join(", "))
    } else {
        format!("nobody else can read or write {}", written.join(", "))
    };
    findings
        .block(format!("{what} until UNLOCK TABLES or the end of the connection"))
        .at(view.span())
        .help("leave it out: every statement takes the locks that it needs");
}

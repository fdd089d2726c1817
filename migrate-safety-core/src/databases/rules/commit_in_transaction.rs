//! COMMIT or ROLLBACK inside the host's transaction.

use super::known::hosts_migration;
use crate::databases::operation::{Operation, Transaction};
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "commit-in-transaction",
        category: Category::Deployability,
        title: "COMMIT or ROLLBACK inside a transaction that is not its own",
        why: "It ends the transaction that the host has opened: what follows is not undone on failure. Where none is \
              open at the end, the host's own COMMIT fails, and a migration that has run is not recorded as such.",
        source: "SQLite, BEGIN TRANSACTION; measured",
        bad: &[
            Sample::new("", "CREATE TABLE a (x int); COMMIT;").of(Target::sqlite(345)),
            Sample::new("", "CREATE TABLE a (x int); COMMIT; PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE b (x int);")
                .of(Target::sqlite(345)),
        ],
        good: &[Sample::new("", "-- no-transaction\nBEGIN; CREATE TABLE a (x int); COMMIT;").of(Target::sqlite(345))],
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Outcome(look),
};

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    if !view.migration.transaction {
        return;
    }
    let mut ended = None;
    let mut open = true;
    for judged in view.judged {
        match &judged.statement.operation {
            Operation::Transaction(Transaction::Commit | Transaction::Rollback) => {
                ended = ended.or(Some(judged));
                open = false;
            }
            Operation::Transaction(Transaction::Begin { .. }) => open = true,
            _ => {}
        }
    }
    let Some(judged) = ended else { return };
    let Some(mut to) = findings.statement(judged.index) else { return };
    let undone = judged.statement.operation == Operation::Transaction(Transaction::Rollback);
    let finding = match (open, undone) {
        (true, true) => to.block("this undoes what stands before it, and the host records the migration as applied"),
        (true, false) => to.flag("this ends the transaction that the migration runs in: what follows is not undone on failure"),
        (false, _) => to.block("this ends the transaction of the host, whose own COMMIT then fails: no transaction is active"),
    };
    finding.at(judged.statement.span).help(format!("run the migration {}", hosts_migration(view.host)));
}

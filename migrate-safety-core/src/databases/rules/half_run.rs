//! A migration that is not undone when it fails, and that cannot be run again.

use super::online::is_taken;
use crate::databases::name::ObjectName;
use crate::databases::operation::Operation;
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::{Judged, MigrationView};
use crate::dialect::Target;
use crate::layout::Layout;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "half-run",
        category: Category::Deployability,
        title: "A migration that is not undone when it fails, and that cannot be run again",
        why: "Every DDL statement commits what stands before it and itself: the transaction that the host opens undoes \
              nothing. If a later statement fails, the earlier ones stay, and the next run fails at the first of them: \
              somebody has to mend the database by hand, in the middle of a deploy. sqlx refuses to go on at all until \
              the row of the migration in _sqlx_migrations is set right.",
        source: "MySQL manual, 15.3.3 Statements That Cause an Implicit Commit; sqlx 0.9, `Migrate for MySqlConnection`",
        bad: &[Sample::new(
            "CREATE TABLE users (id int PRIMARY KEY);",
            "ALTER TABLE users ADD COLUMN a int; ALTER TABLE users ADD COLUMN b int;",
        )
        .of(Target::mysql(800))],
        good: &[
            Sample::new("CREATE TABLE users (id int PRIMARY KEY);", "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;")
                .of(Target::mysql(800)),
            Sample::new(
                "CREATE TABLE users (id int PRIMARY KEY);",
                "ALTER TABLE users ADD COLUMN IF NOT EXISTS a int; ALTER TABLE users ADD COLUMN IF NOT EXISTS b int;",
            )
            .of(Target::mariadb(1011)),
            Sample::new("", "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY);").of(Target::mysql(800)),
        ],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Outcome(look),
};

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let changes: Vec<&Judged> = view.judged.iter().filter(|judged| changes(judged) && judged.statement.understood()).collect();
    // What only makes new things can be dropped and run again.
    let touches_old = changes.iter().any(|judged| touches_old(view, judged));
    if !touches_old {
        return;
    }
    // The first that cannot be run again, and what can fail behind it.
    let mut left = changes.iter().enumerate();
    let Some((at, first, why)) = left.find_map(|(at, change)| Some((at, change, fails_again(view, change)?))) else { return };
    let Some(later) = changes.iter().skip(at + 1).find(|judged| is_taken(judged)) else { return };
    let Some(mut found) = findings.statement(later.index) else { return };
    let line = first.statement.span.start.line;
    let dirty = if view.host == Layout::Sqlx { ", and sqlx runs nothing more before its row is set right" } else { "" };
    found
        .flag(format!("if this fails, what stands before it stays; run again, line {line} fails: {why}{dirty}"))
        .at(later.statement.span)
        .help("one statement a migration: join the actions on one table into one ALTER TABLE, make the others migrations of their own");
}

/// Whether a statement leaves something behind that no rollback takes away.
fn changes(judged: &Judged) -> bool {
    matches!(
        judged.statement.operation,
        Operation::CreateTable(_)
            | Operation::DropTable { .. }
            | Operation::RenameTable { .. }
            | Operation::AlterTable(_)
            | Operation::Truncate { .. }
            | Operation::CreateIndex(_)
            | Operation::DropIndex { .. }
            | Operation::CreateView(_)
            | Operation::DropView { .. }
            | Operation::CreateTrigger(_)
            | Operation::DropTrigger { .. }
    )
}

fn touches_old(view: &MigrationView<'_>, judged: &Judged) -> bool {
    let tables: Vec<&ObjectName> = match &judged.statement.operation {
        Operation::AlterTable(alter) => vec![&alter.table],
        Operation::CreateIndex(create) => vec![&create.table],
        Operation::DropIndex { table: Some(table), .. } => vec![table],
        Operation::DropTable { tables, .. } => tables.iter().collect(),
        Operation::RenameTable { renames } => renames.iter().map(|(from, _)| from).collect(),
        _ => Vec::new(),
    };
    tables.into_iter().any(|table| view.before.table(table).is_some())
}

/// What the server says when a statement is run again behind the migration.
fn fails_again(view: &MigrationView<'_>, judged: &Judged) -> Option<String> {
    let mut schema = view.after.clone();
    let failures = schema.apply(&judged.statement.operation, judged.now);
    failures.into_iter().next().map(|failure| failure.message)
}

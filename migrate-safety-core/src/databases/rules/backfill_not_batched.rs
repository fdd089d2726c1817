//! Any number of rows of a live table are changed by one statement.

use super::known::{BATCH, Extent, changed};
use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::databases::effects::shown;
use crate::dialect::Dialect;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "backfill-not-batched",
        category: Category::ConcurrentWrites,
        title: "Any number of rows of a live table changed in one transaction",
        why: "InnoDB locks every row that the statement reads until the transaction ends, gaps between them included, so \
              that writers wait; the old versions of all rows stay in the undo log, and an error near the end undoes \
              everything for as long again. In SQLite the transaction holds the only write lock of the database.",
        source: "MySQL manual, 17.7.3 Locks Set by Different SQL Statements; SQLite, File Locking And Concurrency",
        bad: &[
            Sample::new(USERS, "UPDATE users SET org_id = 1 WHERE org_id IS NULL;")
                .of(Target::mysql(800))
                .with(&["bulk-change-replicated"]),
            Sample::new(USERS, "UPDATE users SET legacy = 'b' WHERE legacy = 'a';")
                .of(Target::mysql(800))
                .with(&["bulk-change-replicated"]),
            Sample::new(USERS, "UPDATE users SET org_id = 1 WHERE org_id IS NULL;").of(Target::sqlite(345)),
        ],
        good: &[
            Sample::new(USERS, "UPDATE users SET org_id = 1 WHERE id IN (1, 2, 3);").of(Target::mysql(800)),
            Sample::new(USERS, "UPDATE users SET org_id = 1 WHERE org_id IS NULL LIMIT 1000;").of(Target::mysql(800)),
            Sample::new(USERS, "UPDATE users SET org_id = 1;").of(Target::sqlite(345)).rows(&[("users", 400)]),
            Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY); UPDATE plans SET id = 1;").of(Target::sqlite(345)),
        ],
        planned: true,
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let target = view.target();
    let verb = match view.operation() {
        crate::databases::operation::Operation::Delete(_) => "deletes",
        _ => "changes",
    };
    for (table, extent) in changed(view.schema, view.operation()) {
        let Some(relation) = view.reference(table).filter(|relation| view.is_hot(relation)) else { continue };
        let name = shown(target, table);
        let lock = match target.dialect {
            Dialect::Sqlite => "keeps everybody from writing to the database",
            _ => "keeps them all locked to its end",
        };
        match extent {
            Extent::AtMost(rows) if rows <= BATCH => {}
            Extent::Sharing => {
                findings
                    .flag(format!("this {verb} all rows of {name} that share a value, however many, and {lock}"))
                    .at(view.span())
                    .help("if there are more than 10,000, change them in batches")
                    .verify(format!("how many rows of {} does the condition of this statement match?", relation.name));
            }
            Extent::AtMost(_) | Extent::Any => {
                findings
                    .block(format!("this {verb} any number of rows of {name} at once, and {lock}"))
                    .at(view.span())
                    .help(
                        "take at most 10,000 rows at a time by ranges of the key, each batch in a transaction of its \
                         own with a pause behind it, from a program rather than a migration",
                    );
            }
        }
    }
}

//! A table is dropped, and rows of others go with it.

use super::known::hosts_migration;
use crate::databases::operation::Operation;
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::sqlite::{Enforced, enforced_in};
use crate::databases::view::StatementView;
use crate::dialect::Target;
use crate::effects::DataLossKind;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "drop-table-cascades",
        category: Category::DataLoss,
        title: "A table is dropped, and rows of others go with it",
        why: "While foreign keys are enforced, DROP TABLE first deletes all rows of the table, and ON DELETE CASCADE or \
              SET NULL does its work in the tables that refer to it: a table that is only made anew empties its \
              children. sqlx enforces them on every connection, and PRAGMA foreign_keys does nothing in the \
              transaction in which it runs a migration.",
        source: "SQLite Foreign Key Support, 5; sqlx, SqliteConnectOptions",
        bad: &[
            Sample::new(
                SHOP,
                "PRAGMA foreign_keys = OFF; \
                 CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT ''); \
                 INSERT INTO new_users (id, email) SELECT id, email FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(FEW)
            .with(&["foreign-keys-pragma-ignored", "rows-may-violate"]),
            Sample::new(
                SHOP,
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT); \
                 INSERT INTO new_users (id, email) SELECT id, email FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .diesel()
            .of(Target::sqlite(345))
            .rows(FEW).with(&["no-down"]),
        ],
        good: &[
            Sample::new(
                SHOP,
                "-- no-transaction\nPRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; \
                 CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT); \
                 INSERT INTO new_users (id, email) SELECT id, email FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users; COMMIT; PRAGMA foreign_keys = ON;",
            )
            .of(Target::sqlite(345))
            .rows(FEW),
            Sample::new(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);",
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email VARCHAR(100)); \
                 INSERT INTO new_users (id, email) SELECT id, email FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(FEW),
        ],
        planned: true,
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Statement(look),
};

const SHOP: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); \
    CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);";
const FEW: &[(&str, u64)] = &[("users", 300), ("orders", 300)];

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let Operation::DropTable { tables, .. } = view.operation() else { return };
    let children = view.outcome.effects.data_loss.iter().filter(|loss| loss.how != DataLossKind::Dropped);
    let children = children.filter(|loss| view.is_old(loss.relation.id));
    let done: Vec<String> = children
        .map(|loss| match loss.how {
            DataLossKind::Deleted => format!("deletes rows of {}", loss.relation.name),
            _ => format!("overwrites what refers to it in {}", loss.relation.name),
        })
        .collect();
    let Some(table) = tables.first().filter(|_| !done.is_empty()) else { return };
    let done = done.join(" and ");
    let finding = match enforced_in(view.session, view.host) {
        Enforced::Maybe => findings
            .flag(format!("dropping {} {done} if foreign keys are enforced", table.name))
            .verify("is PRAGMA foreign_keys on for the connection that migrates? A bundled library turns it on by itself"),
        _ => findings.block(format!("dropping {} {done}: foreign keys are enforced here", table.name)),
    };
    finding.at(view.span()).help(format!(
        "run the migration {}, with PRAGMA foreign_keys = OFF before a BEGIN IMMEDIATE of its own and PRAGMA \
         foreign_keys = ON behind its COMMIT; then see that PRAGMA foreign_key_check gives no row: no host looks at \
         what it gives within a migration",
        hosts_migration(view.host)
    ));
}

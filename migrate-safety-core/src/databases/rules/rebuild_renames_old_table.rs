//! A table is made anew in the order in which references follow the old one.

use crate::databases::effects::shown;
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::sqlite::{Order, rebuilds};
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rebuild-renames-old-table",
        category: Category::ForeignKeys,
        title: "A table is made anew in the order in which references follow the old one",
        why: "ALTER TABLE … RENAME TO changes the foreign keys, views and triggers of others too: they refer to the old \
              table under its new name, and to nothing when it is dropped. Every INSERT into them fails from then on.",
        source: "SQLite, ALTER TABLE, 2 and 8, the caution below step 12",
        bad: &[Sample::new(
            SHOP,
            "-- no-transaction\nPRAGMA foreign_keys = OFF; BEGIN; ALTER TABLE users RENAME TO old_users; \
             CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(100)); \
             INSERT INTO users (id, email) SELECT id, email FROM old_users; DROP TABLE old_users; COMMIT; \
             PRAGMA foreign_keys = ON;",
        )
        .of(Target::sqlite(345))
        .rows(FEW)],
        good: &[
            Sample::new(
                SHOP,
                "-- no-transaction\nPRAGMA foreign_keys = OFF; BEGIN; \
                 CREATE TABLE new_users (id INTEGER PRIMARY KEY, email VARCHAR(100)); \
                 INSERT INTO new_users (id, email) SELECT id, email FROM users; DROP TABLE users; \
                 ALTER TABLE new_users RENAME TO users; COMMIT; PRAGMA foreign_keys = ON;",
            )
            .of(Target::sqlite(345))
            .rows(FEW),
            Sample::new(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);",
                "ALTER TABLE users RENAME TO old_users; \
                 CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(100)); \
                 INSERT INTO users (id, email) SELECT id, email FROM old_users; DROP TABLE old_users;",
            )
            .of(Target::sqlite(345))
            .rows(FEW),
        ],
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Outcome(look),
};

const SHOP: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); \
    CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));";
const FEW: &[(&str, u64)] = &[("users", 300), ("orders", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for rebuild in rebuilds(view).iter().filter(|rebuild| rebuild.order == Order::RenameOldAway) {
        let referring = view.after.tables.values().filter(|table| {
            let mut keys = table.foreign_keys.iter();
            table.id != rebuild.old.id && keys.any(|key| view.after.table(&key.table).is_none())
        });
        let was = view.before.references_to(&rebuild.old.name).map(|(table, _)| table.id).collect::<Vec<_>>();
        let names: Vec<String> =
            referring.filter(|table| was.contains(&table.id)).map(|table| shown(view.target(), &table.name)).collect();
        if names.is_empty() {
            continue;
        }
        let Some(mut to) = findings.statement(rebuild.renamed.index) else { continue };
        to.block(format!("{} refers to the renamed table from here on, and to nothing when it is dropped", names.join(", ")))
            .at(rebuild.renamed.statement.span)
            .help("make the new table under another name, copy, drop the old one, and rename the new one");
    }
}

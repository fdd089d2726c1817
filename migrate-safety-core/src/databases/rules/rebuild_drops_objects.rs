//! A table is made anew without its indexes or triggers.

use crate::databases::effects::shown;
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::schema::Table;
use crate::databases::sqlite::rebuilds;
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rebuild-drops-objects",
        category: Category::IndexDependencies,
        title: "A table is made anew without its indexes or triggers",
        why: "Indexes and triggers are dropped with the old table. Without its index a query reads the table through; \
              without a unique one duplicates come in; without a trigger what it kept up to date is no longer.",
        source: "SQLite, ALTER TABLE, 8, steps 3 and 8",
        bad: &[Sample::new(
            USERS,
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email VARCHAR(100)); \
             INSERT INTO new_users (id, email) SELECT id, email FROM users; \
             DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        )
        .of(Target::sqlite(345))
        .rows(FEW)],
        good: &[Sample::new(
            USERS,
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email VARCHAR(100)); \
             INSERT INTO new_users (id, email) SELECT id, email FROM users; \
             DROP TABLE users; ALTER TABLE new_users RENAME TO users; \
             CREATE INDEX users_by_email ON users (email); \
             CREATE TRIGGER users_changed AFTER UPDATE ON users BEGIN SELECT 1; END;",
        )
        .of(Target::sqlite(345))
        .rows(FEW)],
        planned: true,
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); \
    CREATE INDEX users_by_email ON users (email); \
    CREATE TRIGGER users_changed AFTER UPDATE ON users BEGIN SELECT 1; END;";
const FEW: &[(&str, u64)] = &[("users", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for rebuild in rebuilds(view) {
        let Some(after) = view.after.table(&rebuild.old.name) else { continue };
        let Some(at) = rebuild.dropped else { continue };
        let mut gone = lost_indexes(rebuild.old, after);
        let key = view.before.key(&rebuild.old.name);
        let triggers = view.before.triggers.iter().filter(|(_, trigger)| view.before.key(&trigger.table) == key);
        gone.extend(triggers.filter(|(name, _)| !view.after.triggers.contains_key(*name)).map(|(name, _)| name.to_string()));
        if gone.is_empty() {
            continue;
        }
        let Some(mut to) = findings.statement(at.index) else { continue };
        to.flag(format!("{} goes with the old {}, and is not made again", gone.join(", "), shown(view.target(), &after.name)))
            .at(at.statement.span)
            .help("make it again when the new table has its name")
            .verify("is it still needed?");
    }
}

/// Indexes of the old table of which the new one has none like it, though it has their columns.
fn lost_indexes(old: &Table, new: &Table) -> Vec<String> {
    let made_by_itself = old.indexes.iter().filter(|index| {
        index.name.as_ref().is_some_and(|name| !name.as_str().starts_with("sqlite_autoindex_"))
    });
    let lost = made_by_itself.filter(|index| {
        let columns = index.columns();
        let kept = columns.iter().all(|column| new.column(column).is_some());
        let covered = new.indexes.iter().any(|other| {
            (other.columns() == columns && other.parts.len() == index.parts.len()) || other.name == index.name
        });
        kept && !covered
    });
    lost.filter_map(|index| index.name.as_ref().map(ToString::to_string)).collect()
}

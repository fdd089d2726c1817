//! A table is made anew, and values land in other columns.

use crate::databases::effects::shown;
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::sqlite::rebuilds;
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rebuild-copies-by-position",
        category: Category::DataLoss,
        title: "A table is made anew, and values land in other columns",
        why: "INSERT … SELECT pairs columns by their place, not by their name. Where the new table has them in another \
              order, values change places, and SQLite stores them, whatever their type.",
        source: "SQLite, INSERT",
        bad: &[Sample::new(
            USERS,
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT, email TEXT); \
             INSERT INTO new_users SELECT * FROM users; \
             DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        )
        .of(Target::sqlite(345))
        .rows(FEW)],
        good: &[Sample::new(
            USERS,
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT, email TEXT); \
             INSERT INTO new_users (id, name, email) SELECT id, name, email FROM users; \
             DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        )
        .of(Target::sqlite(345))
        .rows(FEW)],
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);";
const FEW: &[(&str, u64)] = &[("users", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for rebuild in rebuilds(view) {
        let Some((judged, _)) = rebuild.copied else { continue };
        // A column of another name may be meant; one that has its own name in the other table is not.
        let is_in_old = |name| rebuild.old.column(name).is_some();
        let moved = rebuild.pairs().into_iter().find(|(new, old)| new.name != old.name && is_in_old(&new.name));
        let Some((new, old)) = moved else { continue };
        let Some(mut to) = findings.statement(judged.index) else { continue };
        let table = shown(view.target(), &rebuild.old.name);
        to.block(format!("the values of {table}.{} land in {}", old.name, new.name))
            .at(judged.statement.span)
            .help("name the columns, in the same order behind INSERT INTO and behind SELECT");
    }
}
